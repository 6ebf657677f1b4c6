"""`offline`: many are away, miss messages, and come back; the others notice nothing of it."""

from typing import Final

from loadtests.orders import Leave, Miss, Return
from loadtests.run import Run
from loadtests.topology import all_seats

BACK_SECONDS: Final = 60.0


def play(run: Run) -> None:
    """Some leave, messages wait for them, they come back; live traffic goes on throughout."""
    spec = run.spec
    run.publish()
    run.steady()
    run.wait(spec.duration / 2)
    run.phase("away", spec.away)
    run.tell(Leave(share=spec.share))
    run.tell(Miss(events=spec.missed, seconds=spec.away / 2))
    run.wait(spec.away)
    run.phase("return", spec.spread if spec.come_back == "spread" else None)
    gone = run.away
    run.tell(Return(spread=spec.spread if spec.come_back == "spread" else 0.0))
    drained = run.measured.histogram("drain.per_user")
    run.until(lambda: drained.count >= gone, BACK_SECONDS + spec.spread)
    if run.sessions < all_seats(spec) and not run.is_stopped:
        run.note(f"{all_seats(spec) - run.sessions:,} sessions did not come back in time.")
    run.phase("steady", spec.duration / 2)
    run.wait(spec.duration / 2)
    run.published()
    run.resumed()
    if whole_us := run.measured.histogram("drain.whole").max:
        run.figures["drain.msgs_per_s"] = run.measured.number("backlog") / whole_us * 1e6
