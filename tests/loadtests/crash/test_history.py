from pathlib import Path

from loadtests.crash.books import Books
from loadtests.crash.entries import AnyEntry, Fault
from loadtests.crash.history import History, read
from tests.support.crash_histories import healthy
from tests.support.runs import RUN


def written(path: Path, entries: list[AnyEntry]) -> History:
    with History(path, Books(RUN)) as history:
        history.books.expect("alice", "phone", (), on_wire=True)
        for entry in entries:
            history.note(entry)
    return history


def test_what_is_noted_is_read_back_in_its_order(tmp_path: Path) -> None:
    entries = [*healthy(2), Fault(round=1, fault="kill")]

    history = written(tmp_path / "history.jsonl", entries)

    assert list(history.entries()) == entries
    assert list(read(history.path)) == entries


def test_entries_carry_the_time_of_the_run(tmp_path: Path) -> None:
    history = written(tmp_path / "history.jsonl", healthy(3))

    times = [entry.at for entry in history.entries()]

    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= history.seconds


def test_what_is_noted_is_in_the_books(tmp_path: Path) -> None:
    books = written(tmp_path / "history.jsonl", healthy(2)).books

    _, application = books.judged()

    assert application.is_valid
    assert application.figures.received == 2
