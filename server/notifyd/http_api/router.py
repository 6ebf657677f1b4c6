"""Which route a request is for."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote

from notifyctl.errors import BadRequest, MethodNotAllowed, NotFound
from notifyd.http_api.route import Route

_NOTHING: Final[Mapping[str, str]] = {}
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Router:
    """Finds routes by method and path as they stand in the request line."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in routes:
            if _PARAMETER.search(route.path):
                pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", route.path))
                _, methods = self._patterns.setdefault(route.path, (pattern, {}))
            else:
                methods = self._fixed.setdefault(route.path, {})
            methods[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route and its path parameters. Raises `NotFound` or `MethodNotAllowed`."""
        methods, parameters = self._at(path)
        route = methods.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed(path=path, method=method, allowed=_listed(methods))
        return route, parameters

    def allowed(self, path: str) -> str:
        """The methods that a path answers, for the `Allow` header. Raises `NotFound`."""
        return _listed(self._at(path)[0])

    def _at(self, path: str) -> tuple[Mapping[str, Route], Mapping[str, str]]:
        methods = self._fixed.get(path)
        if methods is not None:
            return methods, _NOTHING
        for pattern, methods in self._patterns.values():
            if match := pattern.fullmatch(path):
                return methods, {
                    name: _decoded(name, text) for name, text in match.groupdict().items()
                }
        raise NotFound(what=f"page {path}")


def _listed(methods: Mapping[str, Route]) -> str:
    return ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])


def _decoded(name: str, text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest(detail=f"{name}: it is not UTF-8") from None
