"""Dockerfiles: read by the rules of Docker's builder, with the place of everything."""

from notifyctl.validate.dockerfile.dockerfile import Dockerfile
from notifyctl.validate.dockerfile.effect import Exposed, Healthcheck
from notifyctl.validate.dockerfile.instruction import Command, Flag, Heredoc, Instruction, Pair
from notifyctl.validate.dockerfile.lines import Word
from notifyctl.validate.dockerfile.reader import DockerfileReading, read_dockerfile
from notifyctl.validate.dockerfile.stage import Stage

__all__ = [
    "Command",
    "Dockerfile",
    "DockerfileReading",
    "Exposed",
    "Flag",
    "Healthcheck",
    "Heredoc",
    "Instruction",
    "Pair",
    "Stage",
    "Word",
    "read_dockerfile",
]
