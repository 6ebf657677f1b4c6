"""Files are read when somebody asks for them, and what cannot be read says why."""

import os
from pathlib import Path

from notifyctl.validate.source import Source
from notifyctl.validate.texts import LARGEST_BYTES, Documents, Texts


def test_a_file_is_read_once_and_by_any_spelling_of_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    texts = Texts(["a.yaml"], tmp_path)

    assert texts["a.yaml"] is texts["x/../a.yaml"]
    assert list(texts) == ["a.yaml"]


def test_a_file_that_was_not_listed_is_read_if_it_is_there(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    texts = Texts([], tmp_path)

    assert texts[".env"].text == "A=1\n"
    assert texts.get("gone") is None
    assert list(texts) == []


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\x00\x01")
    (tmp_path / "large").write_bytes(b"#" * (LARGEST_BYTES + 1))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    os.symlink("nowhere", tmp_path / "link")
    names = ["binary", "large", "folder", "pipe", "link"]
    texts = Texts(names, tmp_path)

    assert [texts.get(name) for name in names] == [None] * 5
    assert texts.failures == {
        "binary": "is not a text file",
        "large": "is larger than 16 MiB",
        "folder": "is not a file",
        "pipe": "is not a file",
        "link": "cannot be read (No such file or directory)",
    }


def test_bytes_that_are_no_utf_8_are_noticed_and_a_mark_is_not(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"# caf\xe9\nFROM a\n")
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfa: 1\n")
    texts = Texts(["latin", "marked"], tmp_path)

    assert texts["latin"].text == "# caf\ufffd\nFROM a\n"
    assert texts["marked"].text == "a: 1\n"
    assert texts.damaged == {"latin"}


def test_documents_are_the_yaml_of_their_texts() -> None:
    sources = {
        "a.yaml": Source("a.yaml", "a: 1\n---\nb: 2\n"),
        "c.yaml": Source("c.yaml", "c: 3\n"),
    }
    documents = Documents(sources, ["a.yaml", "gone.yaml"])

    assert [each.plain() for each in documents["a.yaml"][1].documents] == [{"a": 1}, {"b": 2}]
    assert list(documents) == ["a.yaml"]
    assert len(documents) == 1
    assert documents["c.yaml"][0] is sources["c.yaml"]
