from loadtests.crash.plan import NUISANCES, plan


def test_the_same_seed_is_the_same_plan() -> None:
    assert plan(7, 50) == plan(7, 50)


def test_another_seed_is_another_plan() -> None:
    assert plan(7, 50) != plan(8, 50)


def test_a_longer_plan_begins_with_the_shorter_one() -> None:
    assert plan(7, 50)[:20] == plan(7, 20)


def test_rounds_are_numbered_from_one() -> None:
    assert [this.number for this in plan(1, 3)] == [1, 2, 3]


def test_every_nuisance_has_its_rounds_and_so_has_the_kill_alone() -> None:
    assert {this.nuisance for this in plan(1, 200)} == set(NUISANCES)


def test_every_round_kills_and_some_kill_once_more_while_the_server_starts() -> None:
    assert {this.kills for this in plan(1, 200)} == {1, 2}


def test_a_round_says_what_is_done_in_it() -> None:
    said = {str(this) for this in plan(1, 300)}

    assert {"kill", "freeze + kill", "kill + kill in start", "lost acks + kill"} <= said
    assert all(("in start" in str(this)) == (this.kills == 2) for this in plan(1, 300))


def test_some_kills_wait_for_an_answer_or_a_delivery() -> None:
    rounds = plan(1, 200)

    assert {this.aim for this in rounds} == {None, "an answer", "a delivery"}
    assert all((f"kill at {this.aim}" in str(this)) == (this.aim is not None) for this in rounds)
