import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.faulty_server import faulty_server
from tests.support.load_runs import counted, load_run, outcome, played, verdicts
from tests.support.sources import ROOT


def test_a_run_against_the_real_server_loses_nothing() -> None:
    result = played(rate=200, duration=2)

    found = counted(result)
    assert found.attempted == found.acknowledged == 400
    assert found.expected == found.received == 800
    assert (found.lost, found.duplicated, found.out_of_order, found.skipped) == (0, 0, 0, 0)
    assert found.devices_at_end == found.devices == 40
    assert result.judgement["violations"] == []
    assert not result.partial


def test_what_a_faulty_server_does_is_counted_exactly_and_the_run_fails() -> None:
    with faulty_server(dropped=5, repeated=5, swapped=2, delayed=1, closed=2) as server:
        result = played(
            target=server.target, users=200, connections=200, rate=500, duration=3, quiesce=3
        )

    found = counted(result)
    assert (found.lost, found.duplicated, found.out_of_order, found.skipped) == (5, 5, 2, 5)
    assert (found.unexpected, found.contradicted, found.never_read) == (0, 0, 0)
    assert found.expected - found.received == 5
    assert result.figures["sessions.closed"] == 2
    assert result.histograms["delivery"].max >= 1_000_000
    judged = verdicts(result)
    failed = {text for text, verdict in judged.items() if verdict == "fail"}
    assert failed >= {"lost==0", "duplicated==0", "out_of_order==0", "skipped==0"}
    assert outcome(result) == "fail"


def test_a_stalled_generator_is_called_inconclusive_and_not_the_server_slow() -> None:
    with faulty_server() as server, load_run(target=server.target, duration=4) as run:
        run.until("steady")
        run.process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        run.process.send_signal(signal.SIGCONT)
        result = run.result()

    # Everything was late indeed; but it was not the server that let it wait.
    latency = result.histograms["delivery"].quantile(0.99)
    assert latency is not None
    assert latency > 250_000
    judged = verdicts(result)
    assert judged["delivery.p99<250ms"] == "unknown"
    assert judged["lost==0"] == "pass"
    assert outcome(result) == "unknown"


def test_several_processes_add_up_exactly() -> None:
    result = played(processes=2, users=21, connections=42, rate=200)

    found = counted(result)
    assert found.attempted == found.acknowledged >= 200
    assert found.received == 2 * found.attempted
    assert found.devices_at_end == found.devices == 42
    assert result.histograms["delivery"].count == found.received
    assert result.histograms["publish.ack"].count == found.acknowledged
    assert result.histograms["connect.handshake"].count == 42


def test_an_interrupt_ends_the_run_early_with_what_it_has() -> None:
    with load_run(duration=600) as run:
        run.until("steady")
        run.process.send_signal(signal.SIGINT)
        result = run.result()

    found = counted(result)
    assert result.partial
    assert found.lost == found.never_read == 0
    assert found.devices_at_end == 40


def test_whatever_a_run_started_ends_with_it() -> None:
    with load_run(processes=2, duration=600) as run:
        run.until("steady")
        children = descendants(run.process.pid)
        run.process.terminate()
        run.process.wait(30)

    assert len(children) == 3, "a server and two workers"
    assert [pid for pid in children if is_running(pid)] == []


def test_a_server_that_cannot_be_reached_is_a_reason_and_no_result() -> None:
    with faulty_server() as server:
        target = server.target
    with load_run(target=target) as run:
        reason = run.failure()

    assert "cannot be reached" in reason
    assert "is the server running there?" in reason


def test_a_spec_that_cannot_be_read_is_a_reason_and_no_traceback() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "loadtests.runner"], input=b"{}", capture_output=True, cwd=ROOT
    )

    assert b"The spec cannot be read" in answer.stdout
    assert answer.stderr == b""


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(child) for child in path.read_text().split()]
    return children + [each for child in children for each in descendants(child)]


def is_running(pid: int) -> bool:
    """Whether a process is still there, and not only to be buried."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
