from loadtests.bench.growth import Axis, Point, charts, growth
from loadtests.bench.stage import Stage

AXES = [
    Axis("sessions", "idle sessions", [Point(3, users=2, events_each=1, sessions=3)]),
    Axis("database", "events", [Point(n, users=2, events_each=n // 2) for n in (2, 20)]),
]


def test_each_point_of_each_axis_is_measured_and_drawn(stage: Stage) -> None:
    found = growth(stage, axes=AXES, rounds=1, published=20, accepted=10)

    assert len(found) == 6
    assert all(figure.median > 0 for figure in found)
    drawn = charts(found, AXES)
    assert list(drawn) == ["sessions", "database"]
    event, accept = drawn["database"].lines
    assert [x for x, _ in event.points] == [x for x, _ in accept.points] == [2, 20]


def test_an_axis_that_was_not_measured_is_not_drawn() -> None:
    assert charts([], AXES) == {}
