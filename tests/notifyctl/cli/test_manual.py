import json

import pytest

from notifyctl.cli.manual import explain, list_rules, unknown_rule
from notifyctl.errors import UsageError


def test_a_rule_is_explained_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    explain("df101")

    page = capsys.readouterr().out
    assert "DF101" in page
    assert "EXPOSE 8000 8001" in page


def test_a_rule_that_there_is_not_is_an_error_with_a_guess() -> None:
    with pytest.raises(UsageError, match=r"^There is no rule 'DF1O1'; did you mean DF1\d\d\?$"):
        explain("DF1O1")
    assert "--list-rules shows them all" in str(unknown_rule("pizza"))


def test_all_rules_are_listed_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    list_rules(json=False)
    lines = capsys.readouterr().out
    list_rules(json=True)
    rules = json.loads(capsys.readouterr().out)

    assert "K8301" in lines
    assert "K8301" in {rule["id"] for rule in rules["rules"]}
