"""Who stands at a barrier with what, and what then happens.

Finds the card to a medium, asks the settlement system where the rules say so (WinCardCore 3.3, 3),
and lets the garage open or not.
"""

from collections.abc import Awaitable, Sequence
from decimal import Decimal

import msgspec

from doorward.connectors.wincardcore.twin.admission import UNKNOWN
from doorward.connectors.wincardcore.twin.garage import Closed, Opened
from doorward.connectors.wincardcore.twin.reading import Held
from doorward.connectors.wincardcore.twin.visits import At, Visit
from doorward.connectors.wincardcore.twin.world import WinCardCoreWorld
from doorward.connectors.wincardcore.wire.codes import EntryStatus, ExitStatus, MediaType
from doorward.connectors.wincardcore.wire.lists import Received
from doorward.connectors.wincardcore.wire.media import same_medium
from doorward.connectors.wincardcore.wire.transaction import Discount
from doorward.connectors.wincardcore.wire.whitelist import AccountCards, Card, Media
from doorward.net.errors import RemoteError

BY_OPERATOR = (EntryStatus.OPERATOR, EntryStatus.OPERATOR_REPLACEMENT)
NOT_INSIDE = "not inside: no open visit has this medium"


class Shown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A medium as somebody holds it out; without a type it may be of any."""

    id: str
    type: MediaType | None = None

    @property
    def types(self) -> Sequence[MediaType]:
        """The types it may be of, the card's number first."""
        return (self.type,) if self.type is not None else tuple(sorted(MediaType, reverse=True))


class Barriers:
    """The entry and the exit of a car park."""

    def __init__(self, world: WinCardCoreWorld) -> None:
        self._world = world
        self._garage = world.garage

    def find(self, shown: Shown) -> list[tuple[Held, Media]]:
        """The cards that a medium belongs to, each with the medium as the whitelist has it."""
        reader = self._world.whitelist.reader
        return [
            (held, _medium(held.card, kind, shown.id))
            for kind in shown.types
            for held in reader.by_medium(kind, shown.id)
        ]

    def at(self, device: int, medium: Media, info_id: int | None = None) -> At:
        """Now, at a station."""
        return At(device=device, time=self._world.local_time(), medium=medium, info_id=info_id)

    async def drive_in(
        self,
        shown: Shown,
        status: EntryStatus = EntryStatus.SYSTEM,
        *,
        device: int | None = None,
        info_id: int | None = None,
        account: str | None = None,
    ) -> Opened | Closed:
        """Somebody wants in. Whom an operator lets in need only be known.

        `account`: whose account it is said to be, for asking about a medium that is not known.
        """
        self._garage.cancel_overstayed(self._world.clock())
        found = self.find(shown)
        if not found and account is not None and await self._ask_account(account):
            found = self.find(shown)
        if not found:
            return Closed(UNKNOWN)
        if status is EntryStatus.SYSTEM:
            chosen = await self._admitted(found, shown)
            if isinstance(chosen, str):
                return Closed(chosen)
        else:
            chosen = found[0]
        held, medium = chosen
        station = self._garage.rules.entry if device is None else device
        return self._garage.drive_in(held, self.at(station, medium, info_id), status)

    async def _admitted(
        self, found: list[tuple[Held, Media]], shown: Shown
    ) -> tuple[Held, Media] | str:
        """The first card that may drive in, or why the first of all may not."""
        objections = self._objections(found)
        if None not in objections and self._garage.rules.ask == "blocked":
            for held, _ in found:
                await self._ask_card(held)
            found = self.find(shown)
            objections = self._objections(found)
        for place, objection in enumerate(objections):
            if objection is None:
                return found[place]
        return objections[0] if objections and objections[0] else UNKNOWN

    def _objections(self, found: list[tuple[Held, Media]]) -> list[str | None]:
        now = self._world.clock()
        return [self._garage.objection(held, now) for held, _ in found]

    async def _ask_card(self, held: Held) -> None:
        """Take over what the settlement system says of a card now (3.3)."""
        if self._world.peer is None:
            return
        try:
            card = await self._world.peer.client(0).card(held.card.card_key)
        except (RemoteError, ValueError):
            return  # then the whitelist counts
        told = AccountCards(account_key=held.account.account_key, cards=(card,))
        await self._take_over(self._world.patch_cards(Received((told,))))

    async def _ask_account(self, key: str) -> bool:
        """Take over an account from the settlement system (3.2); whether there was one."""
        if self._world.peer is None:
            return False
        try:
            account = await self._world.peer.client(0).account(key)
        except (RemoteError, ValueError):
            return False
        return await self._take_over(self._world.patch_accounts(Received((account,))))

    async def _take_over(self, change: Awaitable[None]) -> bool:
        """Put what was told on the whitelist; whether it goes with the rest of it."""
        try:
            await change
        except ValueError:
            return False
        return True

    def visit_of(self, shown: Shown) -> tuple[Visit, Media] | None:
        """The open visit of a medium, also if the whitelist has it no more."""
        for held, medium in self.find(shown):
            visit = self._garage.visit_of(held.card.card_key)
            if visit is not None:
                return visit, medium
        for ident in self._garage.inside.values():
            visit = self._garage.visits[ident]
            for medium in (visit.transaction.drive_in.media, _card_medium(visit)):
                if medium.media_type in shown.types and same_medium(
                    medium.media_type, medium.media_id, shown.id
                ):
                    return visit, medium
        return None

    def drive_out(
        self,
        shown: Shown,
        status: ExitStatus = ExitStatus.SYSTEM,
        *,
        device: int | None = None,
        info_id: int | None = None,
        amount: Decimal | None = None,
        discounts: Sequence[Discount] = (),
    ) -> Opened | Closed:
        """Somebody wants out. Whoever is inside may leave, whatever the whitelist says by now."""
        self._garage.cancel_overstayed(self._world.clock())
        found = self.visit_of(shown)
        if found is None:
            return Closed(NOT_INSIDE)
        visit, medium = found
        station = self._garage.rules.exit if device is None else device
        at = self.at(station, medium, info_id)
        return Opened(self._garage.drive_out(visit, at, status, amount, discounts))


def _medium(card: Card, kind: MediaType, media_id: str) -> Media:
    return next(
        medium
        for medium in card.media
        if medium.media_type == kind and same_medium(kind, medium.media_id, media_id)
    )


def _card_medium(visit: Visit) -> Media:
    number = visit.transaction.media
    return Media(media_type=number.media_type, media_id=number.media_id, media_key=number.media_key)
