import os

from loadtests.usage import Usage, usage


def test_what_a_process_takes_is_read_from_the_system() -> None:
    before = usage(os.getpid())
    spent = sum(number * number for number in range(200_000))
    after = usage(os.getpid())

    assert spent
    assert before.spent is not None
    assert after.spent is not None
    assert after.spent > before.spent
    assert after.resident_mb is not None
    assert after.resident_mb > 5


def test_of_a_process_that_is_gone_nothing_is_known() -> None:
    assert usage(None) == Usage()
    assert usage(2**22 + 1) == Usage()
