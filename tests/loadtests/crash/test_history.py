from pathlib import Path

from loadtests.crash.books import Books
from loadtests.crash.entries import AnyEntry, Fault, Given
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


def test_who_waits_for_an_entry_of_a_kind_is_called_upon_the_next_one_alone(
    tmp_path: Path,
) -> None:
    calls: list[int] = []
    with History(tmp_path / "history.jsonl", Books(RUN)) as history:
        history.books.expect("alice", "phone", (), on_wire=True)
        history.upon(Given, lambda: calls.append(1))
        for entry in healthy(3):
            history.note(entry)

    assert calls == [1]
