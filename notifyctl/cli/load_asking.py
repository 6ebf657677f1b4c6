"""What a load test is asked to do: from what a person typed to a spec that can be carried out."""

import re
import secrets
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from loadtests.limits import allow_files, check_ports
from loadtests.spec import Spec
from loadtests.topology import all_seats, most_seats
from notifyctl.cli.load_target import load_target
from notifyctl.cli.options import to_seconds
from notifyctl.errors import UsageError

Wishes: TypeAlias = dict[str, Any]
"""Fields of the spec as they were typed; None for what was not."""

TIMES: Final = frozenset({"duration", "warmup", "quiesce", "spread", "away"})
_WHERE: Final = re.compile(r"(?P<problem>.*) - at `\$\.(?P<field>\w+).*`")


def spec_of(
    scenario: str,
    wishes: Wishes,
    url: str | None,
    ws_url: str | None,
    key: Path | None,
    *,
    is_owned: bool,
) -> Spec:
    """The spec, once this machine can carry it out.

    Raises `UsageError` for what makes no sense, and for what this machine does not allow.
    """
    given = {name: value for name, value in wishes.items() if value is not None}
    for name in TIMES & given.keys():
        given[name] = 0.0 if given[name] == "0" else to_seconds(given[name])
    if "connections" in given or "users" in given:
        # Everybody has one device, if only one of them is said.
        given.setdefault("users", given.get("connections"))
        given.setdefault("connections", given["users"])
    spec = converted({"scenario": scenario, "run": secrets.token_hex(4), **given})
    if spec.users > spec.connections:
        raise UsageError(
            problem=f"{spec.connections:,} sessions cannot belong to {spec.users:,} users; ask for"
            f" --users {spec.connections}, or fewer."
        )
    if url is not None:
        if spec.cut != "rst":
            raise UsageError(
                problem=f"--cut {spec.cut} ends the server; leave --target out, and the run starts"
                " one that may end."
            )
        target = load_target(url, ws_url, key, is_owned=is_owned)
        spec = msgspec.structs.replace(spec, target=target)
    allow_files(all_seats(spec) if url is None else most_seats(spec))
    check_ports(all_seats(spec), len(spec.source_ips) or 1)
    return spec


def converted(fields: dict[str, Any]) -> Spec:
    """The fields as a spec. Raises `UsageError` that names the option."""
    try:
        return msgspec.convert(fields, Spec)
    except msgspec.ValidationError as error:
        found = _WHERE.fullmatch(str(error))
        if found is None:
            raise UsageError(problem=f"This cannot be run: {error}.") from None
        option, problem = found["field"].replace("_", "-"), found["problem"]
        value = fields[found["field"]]
        raise UsageError(problem=f"--{option} {value} is not possible: {problem}.") from None
