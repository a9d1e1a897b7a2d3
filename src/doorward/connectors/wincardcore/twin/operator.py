"""What the operator of a car park does: locks, releases, cancellations, prices, refunds."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from doorward.connectors.wincardcore.twin.admission import UNKNOWN
from doorward.connectors.wincardcore.twin.barriers import NOT_INSIDE, Barriers, Shown
from doorward.connectors.wincardcore.twin.garage import Closed, Impossible, Opened
from doorward.connectors.wincardcore.twin.reading import Held
from doorward.connectors.wincardcore.twin.visits import At, Visit
from doorward.connectors.wincardcore.twin.world import WinCardCoreWorld
from doorward.connectors.wincardcore.wire.amounts import two_places
from doorward.connectors.wincardcore.wire.codes import EntryStatus, ExitStatus
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Discount
from doorward.connectors.wincardcore.wire.whitelist import Media

Deed = Literal[
    "lock",
    "release",
    "open-in",
    "open-out",
    "price",
    "cancel",
    "rollback",
    "replace",
    "refund",
    "ask-all",
    "alive",
    "retry",
    "forget",
]
InfoId = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Info = Annotated[str, Meta(max_length=255)]


class Barrier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `/_twin/drive-in` and `/_twin/drive-out`.

    `medium`: what is held out, as text or with its type; `id` and `type` say the same.
    `authorised`: the operator let it pass where the station could not; `amount`: and set the price.
    """

    medium: Shown | str | None = None
    id: str | None = None
    type: int | None = None
    device: Annotated[int, Meta(ge=0, le=255)] | None = None
    authorised: bool = False
    info_id: InfoId | None = None
    account: str | None = None
    amount: Decimal | None = None
    discounts: tuple[Discount, ...] = ()

    @property
    def shown(self) -> Shown:
        """What is held out. Raises Impossible."""
        return _shown(self.medium, self.id, self.type)


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `/_twin/operator`. A card by `card` (its CardKey) or by a medium of it."""

    do: Deed
    medium: Shown | str | None = None
    id: str | None = None
    type: int | None = None
    card: str | None = None
    visit: str | None = None
    device: Annotated[int, Meta(ge=0, le=255)] | None = None
    amount: Decimal | None = None
    info_id: InfoId | None = None
    info: Info | None = None
    at: datetime | None = None

    @property
    def shown(self) -> Shown:
        """The medium it is about. Raises Impossible."""
        return _shown(self.medium, self.id, self.type)

    @property
    def price(self) -> Decimal:
        """The price that is set. Raises ValueError."""
        if self.amount is None:
            raise Impossible("'amount' is missing")
        return two_places(self.amount, "'amount'")


def _shown(medium: Shown | str | None, ident: str | None, kind: int | None) -> Shown:
    if isinstance(medium, Shown):
        return medium
    text = medium if medium is not None else ident
    if not text:
        raise Impossible('\'medium\' is missing, such as {"type": 2, "id": "DO-AB 123"}')
    return msgspec.convert({"id": text, "type": kind}, Shown)


Done = Opened | Closed | Visit | str


class Operator:
    """Does what orders say. Raises Impossible, and ValueError, for what cannot be done."""

    def __init__(self, world: WinCardCoreWorld, barriers: Barriers) -> None:
        self._world = world
        self._garage = world.garage
        self._barriers = barriers

    async def do(self, order: Order) -> Done:
        """What came of it."""
        return await self._deeds()[order.do](order)

    def _deeds(self) -> dict[Deed, Callable[[Order], Awaitable[Done]]]:
        return {
            "lock": self._lock,
            "release": self._release,
            "open-in": self._open_in,
            "open-out": self._open_out,
            "price": self._price,
            "cancel": self._cancel,
            "rollback": self._rollback,
            "replace": self._replace,
            "refund": self._refund,
            "ask-all": self._ask_all,
            "alive": self._alive,
            "retry": self._retry,
            "forget": self._forget,
        }

    async def _lock(self, order: Order) -> Done:
        self._garage.lock(self._card(order), order.info)
        return "locked"

    async def _release(self, order: Order) -> Done:
        self._garage.release(self._card(order), order.info)
        return "released"

    def _card(self, order: Order) -> str:
        if order.card is not None:
            if not 0 < len(order.card) <= 200 or order.card in (".", ".."):
                raise Impossible("'card' is no CardKey")
            return order.card
        found = self._barriers.find(order.shown)
        if not found:
            raise Impossible(UNKNOWN)
        return found[0][0].card.card_key

    async def _open_in(self, order: Order) -> Done:
        return await self._barriers.drive_in(
            order.shown, EntryStatus.OPERATOR, device=order.device, info_id=order.info_id
        )

    async def _open_out(self, order: Order) -> Done:
        visit, at = self._inside(order, self._garage.rules.exit)
        return Opened(self._garage.drive_out(visit, at, ExitStatus.OPERATOR))

    async def _price(self, order: Order) -> Done:
        visit, at = self._inside(order, self._garage.rules.exit)
        status = ExitStatus.OPERATOR_PRICE
        return Opened(self._garage.drive_out(visit, at, status, order.price))

    async def _cancel(self, order: Order) -> Done:
        visit, at = self._inside(order, 0)
        return self._garage.cancel(visit, at, ExitStatus.CANCELLED_OPERATOR)

    async def _rollback(self, order: Order) -> Done:
        visit, at = self._inside(order, self._garage.rules.entry)
        return self._garage.cancel(visit, at, ExitStatus.CANCELLED_ROLLBACK)

    async def _replace(self, order: Order) -> Done:
        visit, at = self._inside(order, self._garage.rules.entry)
        if order.at is None or order.at.tzinfo is None:
            raise Impossible("'at', the new time of entry, is missing or has no offset")
        entered = order.at.astimezone(self._garage.rules.zone).replace(microsecond=0)
        if entered > at.time:
            raise Impossible("'at', the new time of entry, is yet to come")
        held = self._world.whitelist.reader.card(visit.card_key)
        if held is None:
            raise Impossible(f"card {visit.card_key!r} is on the whitelist no more")
        return self._garage.replace(visit, held, at, entered)

    def _inside(self, order: Order, station: int) -> tuple[Visit, At]:
        """The open visit that an order is about, and where it ends."""
        visit, medium = self._open_visit(order)
        device = station if order.device is None else order.device
        return visit, self._barriers.at(device, medium, order.info_id)

    def _open_visit(self, order: Order) -> tuple[Visit, Media]:
        if order.visit is None and order.card is None:
            found = self._barriers.visit_of(order.shown)
            if found is None:
                raise Impossible(NOT_INSIDE)
            return found
        visit = self._named(order)
        if not visit.open:
            raise Impossible(f"{visit.id} is over")
        return visit, visit.transaction.drive_in.media

    def _named(self, order: Order) -> Visit:
        if order.visit is not None:
            named = self._garage.visits.get(order.visit)
            if named is None:
                raise Impossible(f"there is no visit {order.visit!r}")
            return named
        visit = self._garage.visit_of(order.card or "")
        if visit is None:
            raise Impossible(f"card {order.card!r} is not inside")
        return visit

    async def _refund(self, order: Order) -> Done:
        refund = Refund(amount=order.amount, info_id=order.info_id, info=order.info)
        return self._garage.refund(self._paid(order), refund)

    def _paid(self, order: Order) -> Visit:
        """The visit that is named, or the last one that a card has paid for."""
        if order.visit is not None:
            return self._named(order)
        card = self._card(order)
        for visit in reversed(self._garage.visits.values()):
            if visit.card_key == card and visit.transaction.price is not None:
                return visit
        raise Impossible(f"card {card!r} has paid for no visit")

    async def _ask_all(self, _order: Order) -> Done:
        self._garage.ask_for_all()
        return "asked for the whole list"

    async def _alive(self, _order: Order) -> Done:
        return await self._world.courier.say_alive()

    async def _retry(self, _order: Order) -> Done:
        self._garage.outbox.hurry()
        return "trying again"

    async def _forget(self, _order: Order) -> Done:
        self._garage.forget_refused()
        return "forgotten"


def shown_name(held: Held) -> str:
    """What the station may show of the holder (2.1, DisplayPermission)."""
    customer = held.account.customer
    forbidden = customer is None or customer.display_permission == 2
    return "" if forbidden or customer is None else customer.shown_name
