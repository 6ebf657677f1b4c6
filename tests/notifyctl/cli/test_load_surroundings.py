import pytest

from loadtests.spec import Spec, Target
from notifyctl.cli.load_surroundings import surroundings

TOGETHER = "generator and server on one machine"


def spec(url: str | None) -> Spec:
    target = None if url is None else Target(http_url=url, ws_url="ws://h", secret="")
    return Spec(scenario="delivery", run="2f6c01ab", target=target)


@pytest.mark.parametrize(
    ("url", "together"), [(None, True), ("http://127.0.0.1:8000", True), ("http://10.0.0.7", False)]
)
def test_it_is_said_whether_the_server_shares_the_machine(url: str | None, together: bool) -> None:
    assert surroundings(spec(url))[TOGETHER] is together


def test_the_machine_is_described() -> None:
    assert surroundings(spec(None)).keys() == {TOGETHER, "processor", "memory"}
