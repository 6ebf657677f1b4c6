"""The promise this server stands on: `kill -9` at any instant loses nothing that was acknowledged.

A short run of `notifyctl load crash`; `make crash` is a long one.
"""

import asyncio
import itertools
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from loadtests.crash import crowd, receipts, run
from loadtests.crash.entries import Answered
from loadtests.crash.outcome import Outcome
from loadtests.crash.plan import plan
from loadtests.crash.run import Run
from loadtests.crash.spec import Spec
from loadtests.own_server import OwnServer

ROUNDS = 12
FEW_ROUNDS = 3
HASTY = Path(__file__).parents[1] / "support" / "hasty_server.py"
NUISANCES = {"freeze", "cut", "silence", "lost acks"}


def is_thorough(seed: int) -> bool:
    """Whether its rounds have every kind of fault, and a kill while the server starts."""
    rounds = plan(seed, ROUNDS)
    return {this.nuisance for this in rounds} >= NUISANCES and any(
        this.kills == 2 for this in rounds
    )


SEED = next(filter(is_thorough, itertools.count()))

pytestmark = pytest.mark.timeout(300)


class HastyServer(OwnServer):
    """Answers before the commit."""

    def launch(self) -> None:
        """Start it without waiting for it."""
        if "notifyctl" in self._command:
            self._command[1:] = ["-P", str(HASTY), *self._command[3:]]
        super().launch()


class LostServer(OwnServer):
    """Starts once, and never again."""

    def launch(self) -> None:
        """Start it without waiting for it."""
        super().launch()
        self._command[self._command.index("--store") + 1] = "nowhere:"


def test_kill_9_at_any_instant_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "notifyctl", "load", "crash", "--out", str(out)]
    command += ["--rounds", str(ROUNDS), "--seed", str(SEED)]
    ended = subprocess.run(command, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"VALID: every promise was kept (seed {SEED}, {ROUNDS} rounds" in ended.stdout
    outcome = msgspec.json.decode((out / "result.json").read_bytes(), type=Outcome)
    figures = outcome.figures
    assert (outcome.verdict, outcome.findings, figures.rounds) == ("valid", [], ROUNDS)
    assert (figures.lost, figures.duplicated, figures.reordered, figures.forged) == (0, 0, 0, 0)
    assert figures.kills > ROUNDS
    assert min(figures.freezes, figures.cuts, figures.silences, figures.lost_acks) > 0
    assert figures.acknowledged > ROUNDS
    assert figures.deliveries >= figures.expected > figures.acknowledged
    assert figures.receipts > 0


def test_a_server_that_answers_before_the_commit_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "OwnServer", HastyServer)
    # What is lost never comes, however long it is waited for.
    monkeypatch.setattr(crowd, "PATIENCE_SECONDS", 3.0)
    monkeypatch.setattr(receipts, "PATIENCE_SECONDS", 1.0)
    spec = Spec(rounds=FEW_ROUNDS, seed=SEED)
    outcome = asyncio.run(Run(spec, tmp_path, lambda _: None).play())

    assert (outcome.verdict, outcome.exit_status) == ("violated", 1)
    assert outcome.figures.lost > 0
    assert outcome.findings[0].kind == "lost"
    # What shows it: the publisher had been told that it is stored.
    assert any(isinstance(entry, Answered) for entry in outcome.history)


def test_a_server_that_does_not_come_back_has_broken_its_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "OwnServer", LostServer)
    spec = Spec(rounds=FEW_ROUNDS, seed=SEED, users=1, publishers=1)
    outcome = asyncio.run(Run(spec, tmp_path, lambda _: None).play())

    assert (outcome.verdict, outcome.exit_status) == ("violated", 1)
    assert outcome.findings[0].kind == "did not return"
    assert "'nowhere:' is no store" in outcome.findings[0].text
