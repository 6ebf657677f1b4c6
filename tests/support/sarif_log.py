"""SARIF 2.1.0 as far as it is written here: what is unknown, missing or of another type is refused.

The names and limits are those of the OASIS standard (sections 3.13 to 3.58).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Level = Literal["none", "note", "warning", "error"]
Number = Annotated[int, Meta(ge=1)]
# A relative reference or a URI with a scheme, of the characters that RFC 3986 leaves unescaped.
Uri = Annotated[
    str, Meta(pattern=r"^([a-z][a-z0-9+.-]*://)?[A-Za-z0-9._~!$&'()*+,;=:@/?#%\[\]-]*$")
]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """An object of the standard."""


class Message(Part, frozen=True):
    text: str
    markdown: str | None = None


class ArtifactLocation(Part, frozen=True):
    uri: Uri | None = None
    uri_base_id: str | None = None
    description: Message | None = None


class Region(Part, frozen=True):
    start_line: Number
    start_column: Number
    end_line: Number
    end_column: Number


class PhysicalLocation(Part, frozen=True):
    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(Part, frozen=True):
    fully_qualified_name: str
    kind: str


class Location(Part, frozen=True):
    physical_location: PhysicalLocation
    logical_locations: list[LogicalLocation] = []
    id: Annotated[int, Meta(ge=-1)] = -1
    message: Message | None = None


class InsertedContent(Part, frozen=True):
    text: str


class Replacement(Part, frozen=True):
    deleted_region: Region
    inserted_content: InsertedContent


class ArtifactChange(Part, frozen=True):
    artifact_location: ArtifactLocation
    replacements: Annotated[list[Replacement], Meta(min_length=1)]


class Fix(Part, frozen=True):
    description: Message
    artifact_changes: Annotated[list[ArtifactChange], Meta(min_length=1)]


class Suppression(Part, frozen=True):
    kind: Literal["inSource", "external"]
    justification: str
    location: Location | None = None


class Result(Part, frozen=True):
    rule_id: str
    rule_index: Annotated[int, Meta(ge=-1)]
    level: Level
    message: Message
    locations: list[Location]
    related_locations: list[Location]
    partial_fingerprints: dict[str, str]
    fixes: list[Fix]
    suppressions: list[Suppression]


class Configuration(Part, frozen=True):
    level: Level


class Properties(Part, frozen=True):
    tags: list[str]


class Descriptor(Part, frozen=True):
    id: str
    name: str | None = None
    short_description: Message | None = None
    full_description: Message | None = None
    help: Message | None = None
    default_configuration: Configuration | None = None
    properties: Properties | None = None


class Driver(Part, frozen=True):
    name: str
    version: str
    rules: list[Descriptor]


class Tool(Part, frozen=True):
    driver: Driver


class Notification(Part, frozen=True):
    level: Level
    message: Message


class Invocation(Part, frozen=True):
    execution_successful: bool
    tool_execution_notifications: list[Notification]


class Run(Part, frozen=True):
    tool: Tool
    invocations: list[Invocation]
    original_uri_base_ids: dict[str, ArtifactLocation]
    column_kind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    results: list[Result]


class Log(Part, frozen=True):
    schema: str = msgspec.field(name="$schema")
    version: Literal["2.1.0"]
    runs: list[Run]


def read(text: str) -> Run:
    """The one run of a log."""
    [run] = msgspec.json.decode(text, type=Log).runs
    return run
