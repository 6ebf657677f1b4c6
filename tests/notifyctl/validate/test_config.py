"""Settings come from the nearest file, and a slip in it is told with what was meant."""

from pathlib import Path

import pytest

from notifyctl.errors import SettingInvalid
from notifyctl.validate.config import find_config, read_config
from notifyctl.validate.settings import Settings


def config(folder: Path, text: str, name: str = "notifyctl.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_nearest_file_is_found_within_the_repository(tmp_path: Path) -> None:
    outer = config(tmp_path, "")
    inner = tmp_path / "repository" / "deploy"
    inner.mkdir(parents=True)

    assert find_config(inner) == outer
    (tmp_path / "repository" / ".git").mkdir()
    assert find_config(inner) is None


def test_a_project_file_counts_if_it_has_the_table(tmp_path: Path) -> None:
    path = config(tmp_path, "[project]\nname = 'a'\n", "pyproject.toml")
    assert find_config(tmp_path) is None

    path.write_text("[tool.notifyctl.validate]\nws-port = 9001\n")
    assert find_config(tmp_path) == path
    assert read_config(path).ws_port == 9001


@pytest.mark.parametrize("text", ["ws-port = 9001\n", "[validate]\nws_port = 9001\n"])
def test_settings_stand_at_the_top_or_in_their_table(tmp_path: Path, text: str) -> None:
    assert read_config(config(tmp_path, text)).ws_port == 9001


def test_an_empty_file_leaves_the_defaults(tmp_path: Path) -> None:
    assert read_config(config(tmp_path, "")) == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ws-prot = 9001\n", ["'ws_prot'", "perhaps 'ws_port' was meant"]),
        ("colour = 'red'\n", ["'colour'", "there is no such setting"]),
        ("ws-port = 'many'\n", ["'ws_port'", "int"]),
        ("ws-port = 70000\n", ["'ws_port'", "65535"]),
        ("profile = 'prod'\n", ["'profile'", "prod"]),
        ("kubernetes-version = 'new'\n", ["'kubernetes_version'", "no version of Kubernetes"]),
        ("ws-port = \n", ["not TOML"]),
    ],
)
def test_a_slip_is_told_with_the_name_and_the_file(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(SettingInvalid) as caught:
        read_config(config(tmp_path, text))

    for word in [*words, "notifyctl.toml"]:
        assert word in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="No such file"):
        read_config(tmp_path / "gone.toml")
