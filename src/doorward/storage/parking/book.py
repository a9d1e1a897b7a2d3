"""Car parks, to be looked at: the core's `ParkingBook`."""

from collections.abc import Mapping

from doorward.core.parking.alive import Sign
from doorward.core.parking.locks import locked_holders
from doorward.storage.parking.locking import Locks
from doorward.storage.parking.settling import Statements
from doorward.storage.parking.signs import all_signs
from doorward.storage.parking.visiting import Visits
from doorward.storage.parking.whitelists import Whitelists
from doorward.storage.reads import Reads


class Book(Visits, Locks, Whitelists, Statements):
    """All there is to read of car parks."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def locked_holders(self, system: str) -> frozenset[str]:
        """The accounts of which a card is locked."""
        return locked_holders(self.locks(system), system)

    def signs(self) -> Mapping[str, Sign]:
        """When each car park was last heard, also by a delivery."""
        return all_signs(self._reads)
