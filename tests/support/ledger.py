"""The ledger at the receivers: what was acknowledged to publishers, what arrived at devices."""

from notifyctl.wire import Notification


class Ledger:
    """Books every acknowledged publish and every arrival, and finds what does not agree."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, tuple[str, int, str]] = {}
        """By key: the user, the `seq` and the id of the answer."""
        self._arrived: dict[tuple[str, str], dict[int, str]] = {}
        self._order: dict[tuple[str, str], list[int]] = {}

    def answered(self, key: str, user: str, seq: int, event_id: str) -> None:
        """A publisher was told that this is stored."""
        first = self.acknowledged.setdefault(key, (user, seq, event_id))
        assert first == (user, seq, event_id), f"{key} was {first}, and now ({seq}, {event_id})"

    def arrived(self, user: str, device: str, event: Notification) -> None:
        """The application on a device was given this event."""
        arrived = self._arrived.setdefault((user, device), {})
        assert event.seq not in arrived, f"{user}'s {device} was given #{event.seq} twice"
        arrived[event.seq] = event.id
        self._order.setdefault((user, device), []).append(event.seq)

    def missing(self, user: str, device: str) -> set[int]:
        """The acknowledged events of the user that the device has not been given yet."""
        arrived = self._arrived.get((user, device), {})
        return {
            seq for owner, seq, _ in self.acknowledged.values() if owner == user
        } - arrived.keys()

    def check(self, user: str, device: str) -> None:
        """Every acknowledged event arrived once, unchanged, in order and without a hole."""
        arrived = self._arrived.get((user, device), {})
        order = self._order.get((user, device), [])
        assert not self.missing(user, device)
        assert order == list(range(1, len(order) + 1)), f"{device} saw {order}"
        for key, (owner, seq, event_id) in self.acknowledged.items():
            if owner == user:
                assert arrived[seq] == event_id, f"{key} arrived as another event"
