import pytest

from notifyctl.validate.finding import Problem
from notifyctl.validate.schema.dialect import COMPOSE, KUBERNETES, Dialect
from notifyctl.validate.schema.shape import Pack, Shape
from notifyctl.validate.schema.walker import mismatches
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml


def problem(text: str, shape: Shape, dialect: Dialect = KUBERNETES) -> Problem:
    """What is said of the value of a key that is of a shape."""
    (document,) = read_yaml(Source("document.yaml", text)).documents
    whole = Shape(types=("object",), fields={"readyPath": 1, "ready": 2}, closed=True)
    inner = Shape(types=("object",), fields={"deep": 3})
    pack = Pack([whole, shape, inner, Shape(types=("object",), fields={"probe": 1})], {})
    (found,) = mismatches(document, pack, 0, "a thing", dialect)
    return found


def fixed(found: Problem) -> str:
    """The text after the fix."""
    assert found.fix is not None
    text = found.span.source.text
    for edit in found.fix.edits:
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


TEXT = Shape(types=("string",))


def test_a_number_for_a_string_is_put_in_quotes() -> None:
    assert fixed(problem("readyPath: 1.10 # as a version\n", TEXT)) == (
        'readyPath: "1.10" # as a version\n'
    )


def test_an_old_boolean_is_explained() -> None:
    found = problem("readyPath: on\n", TEXT)

    assert found.note == "a plain `on` is the boolean true here"
    assert fixed(found) == 'readyPath: "on"\n'


@pytest.mark.parametrize(("text", "types"), [("'8000'", "integer"), ('"true"', "boolean")])
def test_quotes_around_what_is_no_string_are_removed(text: str, types: str) -> None:
    found = problem(f"readyPath: {text}\n", Shape(types=(types,)))

    assert fixed(found) == f"readyPath: {text.strip(chr(34) + chr(39))}\n"


def test_a_word_in_quotes_stays_as_it_is() -> None:
    assert problem("readyPath: 'yes'\n", Shape(types=("integer",))).fix is None
    assert problem("readyPath: 'eight'\n", Shape(types=("integer",))).fix is None


def test_a_duration_wants_a_unit_and_no_quotes() -> None:
    found = problem("readyPath: 30\n", Shape(types=("string",), form="duration"), COMPOSE)

    assert found.help == "give it a unit, such as `30s`"
    assert found.fix is None


def test_what_may_be_a_list_is_shown_as_one() -> None:
    found = problem("readyPath: a\n", Shape(types=("array", "object")))

    assert found.message == "`readyPath` is a string, not a list or a mapping"
    assert found.help == "write it as a list, with `- ` before each item"


@pytest.mark.parametrize("name", ["readypath", "ready-path", "ready_path", "ReadyPath"])
def test_a_field_in_other_letters_is_renamed(name: str) -> None:
    found = problem(f"{name}: /readyz\n", TEXT)

    assert found.help == "did you mean `readyPath`?"
    assert fixed(found) == "readyPath: /readyz\n"


def test_a_field_that_only_looks_alike_is_not_renamed() -> None:
    found = problem("readyPaht: /readyz\n", TEXT)

    assert found.help == "did you mean `readyPath`?"
    assert found.fix is None


def test_a_field_that_is_there_already_is_not_meant() -> None:
    assert problem("readyPath: /readyz\nready_path: /readyz\n", TEXT).help != (
        "did you mean `readyPath`?"
    )


def test_a_field_of_something_further_in_is_sent_there() -> None:
    assert problem("probe: a\n", TEXT).help == (
        "it is a field of `ready.deep`: check the indentation"
    )


def test_a_field_of_something_around_is_sent_there() -> None:
    inner = Shape(types=("object",), closed=True)

    assert problem("readyPath: {ready: {}}\n", inner).help == (
        "it is a field of a thing: check the indentation"
    )


def test_a_word_in_other_letters_is_put_right_within_its_quotes() -> None:
    found = problem("readyPath: 'always'\n", Shape(types=("string",), choices=("Always", "")))

    assert found.message == "`readyPath` is `always`, which is none of `Always`"
    assert fixed(found) == "readyPath: 'Always'\n"


def test_a_long_value_is_cut() -> None:
    text = "x" * 200
    found = problem(f"readyPath: {text}\n", Shape(types=("string",), form="^y"))

    assert found.message.startswith(f"`readyPath` is `{'x' * 57}…`, which is not of the form")


def test_one_limit_is_named_alone() -> None:
    least, most = Shape(types=("integer",), least=1), Shape(types=("integer",), most=5)

    assert problem("readyPath: 0\n", least).message == "`readyPath` is 0, not at least 1"
    assert problem("readyPath: 9\n", most).message == "`readyPath` is 9, not at most 5"
