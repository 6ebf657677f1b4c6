"""Writing an installation: nothing that is there is lost unless somebody says so."""

from pathlib import Path

import pytest

from notifyctl.errors import UsageError
from notifyctl.scaffold.folder import write

FILES = {"Dockerfile": "FROM x\n", "kubernetes/base/service.yaml": "kind: Service\n"}


def written(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_is_made(tmp_path: Path) -> None:
    write(tmp_path / "new" / "deploy", FILES, force=False)

    assert written(tmp_path / "new" / "deploy") == FILES


def test_what_is_already_the_same_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path, FILES, force=False)
    (tmp_path / "of-mine").write_text("precious")
    write(tmp_path, FILES, force=False)

    assert written(tmp_path) == FILES | {"of-mine": "precious"}


def test_a_file_that_would_change_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("precious")

    with pytest.raises(
        UsageError, match=r"\(Dockerfile\); choose another folder, or add --force\."
    ):
        write(tmp_path, FILES, force=False)

    assert written(tmp_path) == {"Dockerfile": "precious"}


def test_of_many_files_the_first_are_named(tmp_path: Path) -> None:
    many = {f"{number}": "new" for number in range(9)}
    for name in many:
        (tmp_path / name).write_text("precious")

    with pytest.raises(UsageError, match=r"\(0, 1, 2, 3, 4 and 4 more\)"):
        write(tmp_path, many, force=False)


def test_force_overwrites(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("precious")
    write(tmp_path, FILES, force=True)

    assert written(tmp_path) == FILES


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_whatever_has_the_name_counts_as_there(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        (tmp_path / "Dockerfile").mkdir()
    else:
        (tmp_path / "Dockerfile").symlink_to(tmp_path / "nowhere")

    with pytest.raises(UsageError, match="Dockerfile"):
        write(tmp_path, FILES, force=False)


@pytest.mark.parametrize("force", [False, True])
def test_a_file_in_the_place_of_a_folder_is_one_sentence(tmp_path: Path, force: bool) -> None:
    (tmp_path / "deploy").write_text("a file")

    with pytest.raises(
        UsageError, match=r"deploy.* cannot be written: (File exists|Not a directory)"
    ):
        write(tmp_path / "deploy", FILES, force=force)
