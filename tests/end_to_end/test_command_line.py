"""The command line as a person uses it: real processes, a real server, a real terminal."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from loadtests.bench.loopback import free_port
from notifyctl.client.api import Api
from notifyctl.wire import BatchItem
from tests.support.servers import START_SECONDS, ServerProcess

NOTIFYCTL = [sys.executable, "-m", "notifyctl"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A running server; whoever kills it starts it again."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A home without configuration."""
    kept = {name: value for name, value in os.environ.items() if "NOTIFY" not in name}
    return {**kept, "HOME": str(tmp_path), "LOGNAME": "tester", "TERM": "xterm-256color"}


@pytest.fixture
def beside(environment: Mapping[str, str], server: ServerProcess) -> Mapping[str, str]:
    """The environment of a second terminal on the server's machine."""
    addresses = {"NOTIFYCTL_URL": server.http_url, "NOTIFYCTL_WS_URL": server.ws_url}
    return {**environment, **addresses, "NOTIFYD_DATA_DIR": str(server.data_dir)}


def run(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NOTIFYCTL, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@contextmanager
def running(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs as long as the block, unless it ends by itself."""
    with subprocess.Popen(
        [*NOTIFYCTL, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def publish(server: ServerProcess, user: str, *titles: str) -> None:
    """Send notifications, as quickly as it can be done."""
    with Api(server.http_url, server.token("tester")) as api:
        api.publish_batch([BatchItem(to=user, title=title) for title in titles])


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def title(line: str) -> str:
    said: str = json.loads(line)["title"]
    return said


# The first five minutes


def greeting(server: ServerProcess) -> list[str]:
    """The lines that the server invites to paste. Its ports answer a little before it greets."""
    deadline = time.monotonic() + START_SECONDS
    while "Hello from curl" not in (text := server.log_path.read_text()):
        assert time.monotonic() < deadline, text
        time.sleep(0.01)
    text = text.replace("\\\n", " ")
    return [line.strip() for line in text.partition("another terminal:")[2].splitlines() if line]


def paste(environment: Mapping[str, str], line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=False
    )


def test_the_lines_of_the_greeting_work_as_they_are_pasted(
    server: ServerProcess, environment: Mapping[str, str]
) -> None:
    tail, send, curl = greeting(server)[:3]

    sent = paste(environment, send)
    assert (sent.returncode, sent.stdout) == (0, "stored #1 for alice · alert · 0 sessions\n")
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine to paste its line with")
    posted = json.loads(paste(environment, f"{curl} --silent").stdout)
    assert posted["seq"] == 2
    seen = paste(environment, f"{tail} --count 2 --timeout 20s").stdout.splitlines()
    assert [line.partition("  ")[2] for line in seen] == ["Hello", "Hello from curl"]


def test_the_log_and_the_greeting_go_separate_ways(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    ports = ("--http-port", "0", "--ws-port", "0")
    with running(environment, "serve", *ports, "--log-format", "json") as process:
        ready = json.loads(next_line(process))
        process.send_signal(signal.SIGTERM)
        log, said = process.communicate()

    assert process.returncode == 0
    assert ready["message"] == "ready"
    assert all(json.loads(line) for line in log.splitlines())
    assert ready["http_url"] in said
    assert ready["ws_url"] in said
    assert (tmp_path / ".local/state/notifyd/secret").exists()


# A terminal that stays open


def test_a_tail_survives_a_killed_server_and_misses_nothing(
    server: ServerProcess, beside: Mapping[str, str]
) -> None:
    publish(server, "bob", "one")
    with running(beside, "tail", "bob", "--device", "laptop", "--json") as tail:
        assert title(next_line(tail)) == "one"
        server.kill()
        server.start()
        publish(server, "bob", "two")
        assert title(next_line(tail)) == "two"
        tail.send_signal(signal.SIGINT)
        rest, said = tail.communicate()

    assert tail.returncode == 130
    assert rest == ""
    assert said.splitlines()[-1] == "reconnected"
    assert "Traceback" not in said


def test_a_wait_ends_when_a_tailing_device_acknowledges(
    server: ServerProcess, beside: Mapping[str, str]
) -> None:
    publish(server, "carol", "first")
    with running(beside, "tail", "carol", "--device", "laptop", "--json") as tail:
        assert title(next_line(tail)) == "first"
        sent = run(beside, "send", "carol", "second", "--wait")

    assert sent.returncode == 0
    stored, acknowledged = sent.stdout.splitlines()
    assert stored == "stored #2 for carol · alert · 1 session"
    assert re.fullmatch(r"acknowledged after \d+ ms", acknowledged)


def test_a_look_acknowledges_nothing(server: ServerProcess, beside: Mapping[str, str]) -> None:
    publish(server, "dave", "first")
    with running(beside, "tail", "dave", "--json") as tail:
        assert title(next_line(tail)) == "first"
        sent = run(beside, "send", "dave", "second", "--wait", "300ms")
        assert title(next_line(tail)) == "second"

    assert sent.returncode == 1


# Pipes and terminals


@pytest.mark.parametrize("command", ["tail erin --since 0 --json", "inbox erin --json --limit 500"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(
    server: ServerProcess, beside: Mapping[str, str], command: str
) -> None:
    # More than fits into a pipe, so that somebody has to notice that it was closed.
    publish(server, "erin", *("x" * 150 for _ in range(400)))

    piped = paste(beside, f"{' '.join(NOTIFYCTL)} {command} | head -1")

    assert piped.stdout.count("\n") == 1
    assert piped.stderr == ""


def on_a_terminal(environment: Mapping[str, str], *arguments: str) -> str:
    """What a command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*NOTIFYCTL, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 4096):
                written += chunk
        except OSError:  # Linux reports the end of the other side so.
            pass
        os.close(ours)
        process.wait()
    return written.decode()


def test_on_a_terminal_there_are_tables_and_status(
    server: ServerProcess, beside: Mapping[str, str]
) -> None:
    assert "───" in on_a_terminal(beside, "status")
    assert "100%" in on_a_terminal(beside, "send", "frank", "x", "--count", "3")
    assert "connecting ..." in on_a_terminal(beside, "tail", "frank", "--count", "1")


def test_no_color_means_no_colour(server: ServerProcess, beside: Mapping[str, str]) -> None:
    plain = {**beside, "NO_COLOR": "1"}

    publish(server, "grace", "x")

    for command in (("inbox", "grace"), ("tail", "grace", "--count", "1")):
        assert not re.search("\x1b\\[[0-9;]*3[0-9]", on_a_terminal(plain, *command))


# What can go wrong


def test_a_second_server_on_the_same_data_is_refused_in_one_sentence(
    server: ServerProcess, environment: Mapping[str, str]
) -> None:
    second = run(
        environment,
        "serve",
        "--data-dir",
        str(server.data_dir),
        "--http-port",
        "0",
        "--ws-port",
        "0",
    )

    assert second.returncode == 1
    assert second.stderr.startswith("notifyctl: ")
    assert second.stderr.count("\n") == 1


def test_a_taken_port_is_named(server: ServerProcess, environment: Mapping[str, str]) -> None:
    arguments = ("--http-port", str(server.http_port), "--ws-port", str(free_port()))

    second = run(environment, "serve", *arguments)

    assert second.returncode == 1
    assert second.stderr.startswith(f"notifyctl: Port {server.http_port} on 127.0.0.1 ")
    assert "Traceback" not in second.stderr + second.stdout


def test_contexts_are_completed_in_the_shell(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    config = tmp_path / ".config" / "notifyctl" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[contexts.prod]\nurl = "https://notify.example"\n')
    script = Path(sys.executable).with_name("notifyctl")
    asked = {
        "_NOTIFYCTL_COMPLETE": "complete_bash",
        "COMP_WORDS": "notifyctl send --context p",
        "COMP_CWORD": "3",
    }

    done = subprocess.run(
        [script], env={**environment, **asked}, capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == ["prod"]
