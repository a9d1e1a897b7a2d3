"""One emulated car park: its whitelist, its barriers, and what it tells the settlement system."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp

from doorward.connectors.wincardcore import signing
from doorward.connectors.wincardcore.server.carpark import BODY_LIMIT, CarParkApp, refusal
from doorward.connectors.wincardcore.signing import KeyPair, Keyring
from doorward.connectors.wincardcore.twin import state as states
from doorward.connectors.wincardcore.twin.courier import Courier
from doorward.connectors.wincardcore.twin.garage import Garage, Parked
from doorward.connectors.wincardcore.twin.page import overview
from doorward.connectors.wincardcore.twin.peer import Peer, PeerAddress
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin.seed import seeded
from doorward.connectors.wincardcore.twin.state import Client, State
from doorward.connectors.wincardcore.twin.whitelist import Whitelist
from doorward.connectors.wincardcore.wire import whitelist as wire
from doorward.connectors.wincardcore.wire.blocks import Block
from doorward.connectors.wincardcore.wire.lists import Received
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, AccountCustomer
from doorward.net.calls import Masker
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.kept_clock import clock_record, set_as_kept
from doorward.twinkit.shelf import Shelf
from doorward.twinkit.twin import Overview

MASKED = wire.MASKED | signing.MASKED


class WinCardCoreWorld:
    """The car park. `server.carpark.Backend` towards the protocol, `twinkit.World` to the controls.

    `people` and `seed` invent who is on the whitelist at the start.
    """

    def __init__(
        self,
        rules: Rules,
        owner: tuple[str, KeyPair],
        address: PeerAddress | None,
        prefix: str,
        people: tuple[int, int],
        path: Path | None,
        clock: TwinClock,
    ) -> None:
        self.clock = clock
        self.masker = Masker(MASKED)
        self._owner = owner
        self._fresh = State(rules=rules)
        self._people = people
        self._shelf = Shelf(path)
        kept = self._shelf.load()
        set_as_kept(clock, kept)
        clock.moved = self._clock_moved
        self.whitelist = Whitelist(path.with_name(f"{path.name}.whitelist") if path else None)
        self.garage = Garage(rules, self._shelf.write)
        self.peer = Peer(address, self.local_time) if address else None
        self.courier = Courier(self.garage, self.peer, clock)
        self.app: ASGIApp = CarParkApp(self, prefix)
        if kept:
            self._be(states.from_records(kept, self._fresh))
        else:
            self.reset()

    def close(self) -> None:
        """Release the files."""
        self._shelf.close()
        self.whitelist.close()

    def local_time(self) -> datetime:
        """The time on the car park's wall, with its offset, to the second."""
        return self.clock().astimezone(self.garage.rules.zone).replace(microsecond=0)

    def _clock_moved(self) -> None:
        self._shelf.write([clock_record(self.clock)])
        self.courier.clock_moved()

    # What every twin does.

    def _now(self) -> State:
        garage = self.garage
        return State(rules=garage.rules, clients=self._clients, parked=garage.parked())

    def _be(self, state: State) -> None:
        self._clients = state.clients
        self._keyring = _keyring(self._owner, state.clients)
        self.garage.rules = state.rules
        self.garage.take(state.parked)
        self.courier.clock_moved()

    def document(self) -> bytes:
        """The whole state; see `state` for its form."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The same, bit by bit: the whitelist may be huge."""
        reader = self.whitelist.reader
        return states.document(self._now(), reader.skipped(), self.whitelist.bodies())

    def restore(self, document: bytes) -> None:
        """Take a document's state. Raises ValueError, naming record and field; nothing changed."""
        state, accounts = states.read(document, self._now())
        _keyring(self._owner, state.clients)  # raises before anything is changed
        if accounts is not None:
            self.whitelist.replace(accounts.records, accounts.skipped)
        self._shelf.rewrite([*states.records(state), clock_record(self.clock)])
        self._be(state)

    def reset(self) -> None:
        """Back to the seed. Visits go on being numbered: a number is never given twice."""
        parked = Parked(record=self.garage.parked().record)
        state = State(rules=self._fresh.rules, parked=parked)
        count, seed = self._people
        today = self.local_time().date()
        self.whitelist.replace(seeded(count, seed, today), ())
        self._shelf.rewrite([*states.records(state), clock_record(self.clock)])
        self._be(state)

    def overview(self) -> Overview:
        """What the page shows."""
        alive = self.courier.alive_said if self.peer else "there is nobody to call"
        return overview(self.garage, self.whitelist.reader, alive, self.clock())

    def label(self, method: str, path: str, body: bytes) -> str:
        """What a fault's `match` is searched in."""
        return f"{method} {path}"

    def fault(self, kind: FaultKind, path: str) -> Response:
        """Statuses as the document has them (1.3): 503 may be tried again at once."""
        match kind:
            case "unauthorised":
                return refusal(401, "the signature is not valid")
            case "busy":
                return refusal(503, "the car park is busy")
            case _:
                return refusal(422, "the car park does not take this")

    def too_large(self) -> Response:
        """What is said to a body that goes on for ever."""
        return refusal(400, f"the body has more than the {BODY_LIMIT} bytes that are taken")

    # The protocol's facts: `server.carpark.Backend`.

    def keyring(self) -> Keyring:
        """Who may keep the whitelist."""
        return self._keyring

    def now(self) -> datetime:
        """The twin's time."""
        return self.clock()

    async def take_all(self, client: str, block: Block | None, sent: Received[Account]) -> None:
        """A whole list, or a block of one."""
        await self.whitelist.take_all(client, block, sent)

    async def discard_blocks(self, client: str) -> None:
        """Forget the blocks of a client."""
        await self.whitelist.discard_blocks(client)

    async def patch_accounts(self, sent: Received[Account]) -> None:
        """Change accounts."""
        await self.whitelist.patch_accounts(sent)

    async def post_accounts(self, sent: Received[Account]) -> None:
        """Add accounts."""
        await self.whitelist.post_accounts(sent)

    async def delete_accounts(self, keys: tuple[str, ...]) -> None:
        """Delete accounts."""
        await self.whitelist.delete_accounts(keys)

    async def patch_cards(self, sent: Received[AccountCards]) -> None:
        """Change or add cards."""
        await self.whitelist.patch_cards(sent)

    async def put_cards(self, sent: Received[AccountCards]) -> None:
        """All cards of some accounts."""
        await self.whitelist.put_cards(sent)

    async def delete_cards(self, keys: tuple[str, ...]) -> None:
        """Delete cards."""
        await self.whitelist.delete_cards(keys)

    async def patch_customers(self, sent: tuple[AccountCustomer, ...]) -> None:
        """Change holders."""
        await self.whitelist.patch_customers(sent)


def _keyring(owner: tuple[str, KeyPair], clients: tuple[Client, ...]) -> Keyring:
    pairs: dict[str, list[KeyPair]] = {owner[0]: [owner[1]]}
    for client in clients:
        pairs.setdefault(client.client_id, []).append(client.keys)
    return Keyring(pairs)
