"""A small run of messages, written into a ledger as load users would write it."""

from loadtests.ledger import Ledger, Receiver
from loadtests.stamp import Stamp

RUN = "2f6c01ab"
EPOCH = "e"


def stamp(seq: int, *, to: str = "alice", publisher: str = "w1", run: str = RUN) -> Stamp:
    """The stamp of a message."""
    return Stamp(run=run, publisher=publisher, to=to, seq=seq, due_us=0, clock="c")


def ledger_of(acknowledged: int, *, to: str = "alice", publisher: str = "w1") -> Ledger:
    """A ledger with this many messages, all of them acknowledged."""
    ledger = Ledger(run=RUN)
    publish(ledger, acknowledged, to=to, publisher=publisher)
    return ledger


def publish(ledger: Ledger, count: int, *, to: str = "alice", publisher: str = "w1") -> None:
    """Publish as many messages more; they are acknowledged."""
    page = ledger.publisher(publisher, to)
    for _ in range(count):
        page.acknowledged(page.attempt())


def device(ledger: Ledger, *seqs: int, user: str = "alice", name: str = "phone") -> Receiver:
    """A device that reads the inbox to its end, and gets these messages, one after the other."""
    receiver = ledger.receiver(user, name)
    receiver.resumed("inbox", EPOCH, 0)
    for place, seq in enumerate(seqs, 1):
        receiver.received("inbox", EPOCH, place, stamp(seq, to=user))
    receiver.finished()
    return receiver
