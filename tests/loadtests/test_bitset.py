import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.bitset import Bitset, lowest, up_to

numbers = st.lists(st.integers(0, 5_000))


def of(members: list[int]) -> Bitset:
    bits = Bitset()
    for number in members:
        bits.add(number)
    return bits


def members(number: int) -> set[int]:
    return {place for place in range(number.bit_length()) if number >> place & 1}


@given(numbers)
def test_a_number_is_new_once(given_numbers: list[int]) -> None:
    bits, seen = Bitset(), set[int]()
    for number in given_numbers:
        assert bits.add(number) is (number not in seen)
        seen.add(number)

    assert members(bits.as_int()) == seen


@given(numbers, numbers)
def test_many_are_added_at_once(before: list[int], added: list[int]) -> None:
    bits = of(before)

    assert bits.update(of(added).as_int()) == len(set(added) - set(before))
    assert members(bits.as_int()) == set(before) | set(added)
    assert bits == of(before + added)


@given(numbers)
def test_it_travels_as_json(given_numbers: list[int]) -> None:
    bits = of(given_numbers)

    assert msgspec.json.decode(msgspec.json.encode(bits), type=Bitset) == bits


def test_two_of_them_share_nothing() -> None:
    first, second = Bitset(), Bitset()
    first.add(3)

    assert second.as_int() == 0


def test_a_million_numbers_need_a_bit_each() -> None:
    bits = of(list(range(1_000_001)))

    assert len(bits.octets) == 125_001


@pytest.mark.parametrize(("number", "least"), [(0b1, 0), (0b1000, 3), (0b10100, 2)])
def test_the_lowest_is_found(number: int, least: int) -> None:
    assert lowest(number) == least


@pytest.mark.parametrize(("last", "expected"), [(0, set()), (1, {1}), (4, {1, 2, 3, 4})])
def test_numbers_are_counted_from_one(last: int, expected: set[int]) -> None:
    assert members(up_to(last)) == expected
