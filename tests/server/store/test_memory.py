from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from tests.support.stores import DrivenStore, note


def test_it_says_that_nothing_survives() -> None:
    store = MemoryStore(Limits())

    assert (store.name, store.durability, store.shared) == ("memory", "memory", False)


def test_every_store_begins_an_epoch_of_its_own() -> None:
    stores = [DrivenStore(MemoryStore(Limits())) for _ in range(2)]
    epochs = {store.entry(note()).epoch for store in stores}
    for store in stores:
        store.close()

    assert len(epochs) == 2
