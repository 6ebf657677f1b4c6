"""What `notifyctl send` sends: one notification, the same one again, or a line of input each."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from notifyctl.errors import BadRequest, UsageError
from notifyctl.wire import BatchItem
from notifyctl.wire.decoding import decode, describe

Paced = TypeVar("Paced")

_objects: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


def letter(fields: Mapping[str, Any]) -> BatchItem:
    """A notification with these fields. Raises `BadRequest` naming one that is not valid."""
    try:
        return msgspec.convert(fields, BatchItem)
    except msgspec.ValidationError as error:
        raise BadRequest(detail=describe(error)) from None


def copies(fields: Mapping[str, Any], key: str | None, count: int) -> Iterator[BatchItem]:
    """The same notification `count` times; each has a key of its own, made from `key`."""
    first = letter({**fields, "key": key})
    yield first
    for number in range(1, count):
        numbered = None if key is None else f"{key}#{number}"
        yield msgspec.structs.replace(first, key=numbered)


def from_lines(
    lines: Iterable[bytes], fields: Mapping[str, Any], key: str | None
) -> Iterator[tuple[int, BatchItem | BadRequest]]:
    """Each line's number, and its notification or what is wrong with it; blank ones left out.

    A line is a JSON object; what it does not say is taken from `fields`.
    """
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        numbered = {} if key is None else {"key": f"{key}#{number}"}
        try:
            said = decode(line, _objects)
            yield number, letter({**fields, **numbered, **said})
        except BadRequest as error:
            yield number, error


def paced(
    items: Iterable[Paced],
    rate: float | None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Paced]:
    """The items, at most `rate` a second: each at its own time, so that no delay adds up."""
    start = clock()
    for number, item in enumerate(items):
        if rate is not None and (early := start + number / rate - clock()) > 0:
            sleep(early)
        yield item


def parse_data(pairs: Sequence[str]) -> dict[str, str]:
    """`name=text` pairs as an object. Raises `UsageError` for one without a name or a sign."""
    data = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not name or not sign:
            raise UsageError(problem=f"{pair!r} is no data; write --data name=text.")
        data[name] = text
    return data
