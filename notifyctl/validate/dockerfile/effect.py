"""What an image will be like, as far as the instructions that were applied say it."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.expansion import Variables, expand
from notifyctl.validate.dockerfile.instruction import Command, Instruction
from notifyctl.validate.dockerfile.ports import read_ports
from notifyctl.validate.source import Span, Written

# The builder itself gives these, whatever default a file has for them.
_GIVEN: Final = frozenset(
    f"{whose}{what}"
    for whose in ("BUILD", "TARGET")
    for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
) | {"TARGETSTAGE", "SOURCE_DATE_EPOCH"}

# Whoever exposes more than all ports writes them several times, and need not be listened to.
_MOST_PORTS: Final = 65_535


class Exposed(msgspec.Struct, frozen=True):
    """A port that the image says it listens on."""

    port: int
    protocol: str
    span: Span


class WrongPort(msgspec.Struct, frozen=True):
    """A word of EXPOSE that the builder refuses or misunderstands, and why."""

    text: str
    why: str
    span: Span


class Healthcheck(msgspec.Struct, frozen=True):
    """How the image says whether it is well; `HEALTHCHECK NONE` has no command."""

    command: Command | None
    instruction: Instruction


class Effect:
    """Changes with every instruction that is applied to it.

    `variables` are what can be put in for `$NAME`: ENV goes before ARG. An ARG without a value is
    there with None, for the build may give one; what is set to something unknown is not there.
    """

    def __init__(self) -> None:
        self.outside: Variables = {}
        self.variables: dict[str, str | None] = {}
        self.env: dict[str, Written] = {}
        self.labels: dict[str, Written] = {}
        self.exposed: list[Exposed] = []
        self.exposes_unknown = False
        self.wrong_ports: list[WrongPort] = []
        self.user: Written | None = None
        self.stop_signal: Written | None = None
        self.shell: Command | None = None
        self.healthcheck: Healthcheck | None = None
        self.entrypoint: Command | None = None
        self.command: Command | None = None
        self._has_own_command = False

    def inherited(self) -> "Effect":
        """What a stage begins with that is based on this one."""
        effect = Effect()
        effect.__dict__.update(self.__dict__)
        effect.variables = dict(self.variables)
        effect.env = dict(self.env)
        effect.labels = dict(self.labels)
        effect.exposed = list(self.exposed)
        effect.wrong_ports = []
        effect._has_own_command = False
        return effect

    def apply(self, instruction: Instruction, escape: str) -> None:
        """Take one more instruction into account."""
        act = _ACTS.get(instruction.keyword)
        if act is not None:
            act(self, instruction, escape)

    def _arg(self, instruction: Instruction, escape: str) -> None:
        for pair in instruction.pairs:
            name = pair.name.text
            if name in _GIVEN or name in self.env:
                continue
            if pair.value is not None:
                self._set(name, expand(pair.value.text, self.variables, escape))
            elif name in self.outside:
                self.variables[name] = self.outside[name]
            else:
                self.variables.setdefault(name, None)

    def _env(self, instruction: Instruction, escape: str) -> None:
        values = self._pairs(instruction, escape)
        self.env.update(values)
        for name, value in values.items():
            self._set(name, value.text)

    def _set(self, name: str, text: str | None) -> None:
        self.variables.pop(name, None)
        if text is not None:
            self.variables[name] = text

    def _label(self, instruction: Instruction, escape: str) -> None:
        self.labels.update(self._pairs(instruction, escape))

    def _pairs(self, instruction: Instruction, escape: str) -> Mapping[str, Written]:
        """The values of one instruction; they do not see each other."""
        return {
            expand(pair.name.text, self.variables, escape) or pair.name.text: Written(
                expand(pair.value.text, self.variables, escape), pair.value.span
            )
            for pair in instruction.pairs
            if pair.value is not None
        }

    def _expose(self, instruction: Instruction, escape: str) -> None:
        for word in instruction.arguments:
            text = expand(word.text, self.variables, escape)
            if text is None or len(self.exposed) > _MOST_PORTS:
                self.exposes_unknown = True
                continue
            if text.startswith("#"):
                why = "begins a comment, which needs a line of its own"
                self.wrong_ports.append(WrongPort(text, why, word.span))
                break
            for part in text.split():
                ports = read_ports(part)
                if ports.wrong:
                    self.wrong_ports.append(WrongPort(part, ports.wrong, word.span))
                self.exposed += [
                    Exposed(number, ports.protocol, word.span) for number in ports.numbers
                ]

    def _user(self, instruction: Instruction, escape: str) -> None:
        for word in instruction.arguments:
            self.user = Written(expand(word.text, self.variables, escape), word.span)

    def _stop_signal(self, instruction: Instruction, escape: str) -> None:
        for word in instruction.arguments:
            self.stop_signal = Written(expand(word.text, self.variables, escape), word.span)

    def _shell(self, instruction: Instruction, _escape: str) -> None:
        self.shell = instruction.command

    def _healthcheck(self, instruction: Instruction, _escape: str) -> None:
        kind = instruction.arguments[0].text.upper() if instruction.arguments else ""
        command = instruction.command if kind == "CMD" else None
        self.healthcheck = Healthcheck(command, instruction)

    def _entrypoint(self, instruction: Instruction, _escape: str) -> None:
        self.entrypoint = instruction.command
        if not self._has_own_command:
            # The command of the base was meant for the base's entrypoint.
            self.command = None

    def _cmd(self, instruction: Instruction, _escape: str) -> None:
        self.command = instruction.command
        self._has_own_command = True


_ACTS: Final[Mapping[str, Callable[[Effect, Instruction, str], None]]] = {
    "ARG": Effect._arg,
    "CMD": Effect._cmd,
    "ENTRYPOINT": Effect._entrypoint,
    "ENV": Effect._env,
    "EXPOSE": Effect._expose,
    "HEALTHCHECK": Effect._healthcheck,
    "LABEL": Effect._label,
    "SHELL": Effect._shell,
    "STOPSIGNAL": Effect._stop_signal,
    "USER": Effect._user,
}
