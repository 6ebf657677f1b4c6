"""The stages of a Dockerfile.

A stage begins with what its base has, which may be an earlier stage. Of a base from elsewhere
nothing is known here, so all that is told of a stage comes from the file itself.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.effect import Effect
from notifyctl.validate.dockerfile.expansion import expand
from notifyctl.validate.dockerfile.instruction import Instruction
from notifyctl.validate.dockerfile.lines import Word
from notifyctl.validate.image import Image, read_image

# `IMAGE AS NAME`.
WORDS_WITH_NAME: Final = 3


class Stage(msgspec.Struct, frozen=True):
    """From one FROM to the next.

    `parent` is the earlier stage that it begins with, if it does; otherwise `image` is the base, or
    None if its name depends on who builds. `effect` is what all instructions up to the end of the
    stage come to, with those of earlier stages that it begins with.
    """

    start: Instruction
    name: str
    instructions: tuple[Instruction, ...]
    parent: "Stage | None"
    image: Image | None
    effect: Effect

    @property
    def base(self) -> Word | None:
        """What FROM names, as it is written."""
        return self.start.arguments[0] if self.start.arguments else None

    @property
    def line(self) -> "list[Stage]":
        """The stages that it is made of, the one with the outer base first, itself last."""
        stages = [self]
        while stages[-1].parent is not None:
            stages.append(stages[-1].parent)
        return stages[::-1]


def stages_of(instructions: Iterable[Instruction], escape: str) -> tuple[Stage, ...]:
    """The stages of a file."""
    outside = Effect()
    groups: list[list[Instruction]] = []
    for instruction in instructions:
        if instruction.keyword == "FROM":
            groups.append([instruction])
        elif groups:
            groups[-1].append(instruction)
        elif instruction.keyword == "ARG":
            outside.apply(instruction, escape)
    stages: list[Stage] = []
    by_name: dict[str, Stage] = {}
    for start, *others in groups:
        stage = _stage(start, tuple(others), by_name, outside, escape)
        stages.append(stage)
        if stage.name:
            by_name[stage.name.lower()] = stage
    return tuple(stages)


def _stage(
    start: Instruction,
    instructions: tuple[Instruction, ...],
    earlier: dict[str, Stage],
    outside: Effect,
    escape: str,
) -> Stage:
    words = start.arguments
    text = expand(words[0].text, outside.variables, escape) if words else None
    named = len(words) == WORDS_WITH_NAME and words[1].text.upper() == "AS"
    name = words[2].text if named else ""
    parent = earlier.get(text.lower()) if text is not None else None
    effect = parent.effect.inherited() if parent else Effect()
    effect.outside = outside.variables
    for instruction in (*triggers_of(parent), *instructions):
        effect.apply(instruction, escape)
    image = read_image(text) if text and parent is None else None
    return Stage(start, name, instructions, parent, image, effect)


def triggers_of(parent: Stage | None) -> list[Instruction]:
    """What an earlier stage left to be done in those that begin with it."""
    if parent is None:
        return []
    return [each.trigger for each in parent.instructions if each.trigger is not None]
