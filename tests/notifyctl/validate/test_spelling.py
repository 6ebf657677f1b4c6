import pytest

from notifyctl.validate.spelling import closest


@pytest.mark.parametrize(
    ("name", "meant"),
    [("livenessprobe", "livenessProbe"), ("portz", "ports"), ("PORTS", "ports"), ("zebra", "")],
)
def test_the_name_most_like_it_is_found(name: str, meant: str) -> None:
    assert closest(name, ["livenessProbe", "readinessProbe", "ports"]) == meant


def test_how_like_it_must_be_can_be_said() -> None:
    assert closest("Config", ["ConfigMap"]) == "ConfigMap"
    assert closest("Config", ["ConfigMap"], 0.88) == ""
