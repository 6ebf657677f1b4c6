"""Contexts: the servers that a person has written down, by name."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from notifyctl.errors import UsageError

KEYS: Final = ("url", "ws_url", "token", "token_file")


def config_path() -> Path:
    """Where the contexts are kept."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "notifyctl" / "config.toml"


def read_context(name: str) -> Mapping[str, str]:
    """A context by its name: any of `url`, `ws_url`, `token` and `token_file`.

    ::

        [contexts.prod]
        url = "https://notify.example"
        token_file = "~/.config/notifyctl/prod.token"
    """
    contexts = read_contexts()
    if name not in contexts:
        raise UsageError(problem=f"There is no context {name!r}; {_instead(name, contexts)}")
    context = contexts[name]
    for key, value in context.items() if isinstance(context, dict) else [("", context)]:
        if key not in KEYS or not isinstance(value, str):
            problem = f"The context {name!r} in {config_path()} is not valid: "
            raise UsageError(problem=f"{problem}it has texts called {', '.join(KEYS)}.")
    return dict(context)


def read_contexts() -> dict[str, Any]:
    """Every context of the configuration file, unchecked; none without the file."""
    import tomllib

    try:
        contexts = tomllib.loads(config_path().read_text()).get("contexts", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(problem=f"{config_path()} cannot be read: {error}.") from None
    return contexts if isinstance(contexts, dict) else {}


def context_names(incomplete: str) -> list[str]:
    """The contexts whose names begin so, for the shell's completion."""
    try:
        return [name for name in read_contexts() if name.startswith(incomplete)]
    except UsageError:
        return []


def _instead(name: str, contexts: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    if close := get_close_matches(name, contexts, n=1):
        return f"perhaps {close[0]!r} was meant."
    if contexts:
        return f"{config_path()} has {', '.join(sorted(contexts))}."
    return f"add [contexts.{name}] with a url to {config_path()}."
