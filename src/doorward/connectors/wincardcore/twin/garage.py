"""The car park itself: who is inside, what happens at its barriers, what its operator does.

Everything that happens is on disk, together with what is to be told of it, before it counts. Times
are the twin's. Knows the whitelist only by what it finds there.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from doorward.connectors.wincardcore.twin import admission, visits
from doorward.connectors.wincardcore.twin.outbox import Delivery, Kind, Outbox
from doorward.connectors.wincardcore.twin.reading import Held
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin.visits import At, Visit
from doorward.connectors.wincardcore.wire.codes import EntryStatus, ExitStatus
from doorward.connectors.wincardcore.wire.form import write
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Discount, transaction_id
from doorward.twinkit.shelf import Record


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """All that a garage remembers besides its rules. `record`: the number of the last visit."""

    visits: tuple[Visit, ...] = ()
    locks: dict[str, str] = {}
    deliveries: tuple[Delivery, ...] = ()
    record: int = 0
    delivery: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """The barrier opens. `cancelled`: an earlier visit of the card that had no exit."""

    visit: Visit
    cancelled: Visit | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The barrier stays closed, and why."""

    reason: str


class Impossible(ValueError):
    """What an operator asks for cannot be done; the text says why."""


class Garage:
    """`keep` puts records on disk; it is called before anything counts."""

    def __init__(self, rules: Rules, keep: Callable[[Sequence[Record]], None]) -> None:
        self.rules = rules
        self._keep = keep
        self.take(Parked())

    def take(self, parked: Parked) -> None:
        """Be in this state; nothing is written."""
        self.visits = {visit.id: visit for visit in parked.visits}
        self.inside = {visit.card_key: visit.id for visit in parked.visits if visit.open}
        self.locks = dict(parked.locks)
        self.outbox = Outbox(parked.deliveries)
        self._record = parked.record
        self._delivery = parked.delivery

    def parked(self) -> Parked:
        """The state."""
        waiting = (*self.outbox.waiting(), *self.outbox.refused.values())
        return Parked(
            visits=tuple(self.visits.values()),
            locks=self.locks,
            deliveries=tuple(sorted(waiting, key=lambda one: one.number)),
            record=self._record,
            delivery=self._delivery,
        )

    def visit_of(self, card_key: str) -> Visit | None:
        """The visit of a card that is inside."""
        found = self.inside.get(card_key)
        return None if found is None else self.visits[found]

    # At the barriers.

    def objection(self, held: Held, now: datetime) -> str | None:
        """Why a card may not drive in now; None if it may."""
        found = admission.objection(held, self.rules, now, self.locks)
        if found is not None:
            return found
        inside = held.card.card_key in self.inside
        if inside and self.rules.reentry == "refuse":
            return admission.INSIDE
        full = self.rules.capacity is not None and len(self.inside) >= self.rules.capacity
        return admission.FULL if full and not inside else None

    def drive_in(self, held: Held, at: At, status: EntryStatus) -> Opened:
        """Let a card in; a visit that it left without an exit is cancelled (101)."""
        before = self.visit_of(held.card.card_key)
        changed: list[Visit] = []
        if before is not None:
            at_entry = replace(at, info_id=None)
            before = visits.cancelled(before, at_entry, ExitStatus.CANCELLED_REENTRY)
            changed.append(before)
        visit = self._begun(held, at, status)
        self._commit((*changed, visit))
        return Opened(visit, before)

    def _begun(self, held: Held, at: At, status: EntryStatus) -> Visit:
        ident = transaction_id(self.rules.car_park, self._record + 1)
        return visits.begun(ident, held, at, status, self.rules)

    def drive_out(
        self,
        visit: Visit,
        at: At,
        status: ExitStatus,
        amount: Decimal | None = None,
        discounts: Sequence[Discount] = (),
    ) -> Visit:
        """Let a card out; whoever stayed too long pays the fixed price for it (3)."""
        if status is ExitStatus.SYSTEM and self._overstayed(visit, at.time):
            status, amount = ExitStatus.SYSTEM_PRICE_OVERSTAY, self._overstay_price(visit)
        over = visits.ended(visit, at, status, self.rules, amount=amount, discounts=discounts)
        self._commit([over])
        return over

    def _overstayed(self, visit: Visit, now: datetime) -> bool:
        limit = self.rules.limit
        return limit is not None and now - visit.transaction.drive_in.date_time > limit

    def _overstay_price(self, visit: Visit) -> Decimal:
        return self.rules.tariff(visit.category).overstay

    def cancel_overstayed(self, now: datetime) -> None:
        """Where the rules say so, end what has lasted too long (104)."""
        if self.rules.overstay != "cancel":
            return
        late = [
            visit
            for ident in self.inside.values()
            if self._overstayed(visit := self.visits[ident], now)
        ]
        if late:
            status = ExitStatus.CANCELLED_OVERSTAY
            self._commit([visits.cancelled(one, _by_system(one, now), status) for one in late])

    # What the operator does.

    def cancel(self, visit: Visit, at: At, status: ExitStatus) -> Visit:
        """End a visit without a price."""
        over = visits.cancelled(visit, at, status)
        self._commit([over])
        return over

    def replace(self, visit: Visit, held: Held, at: At, entered: datetime) -> Opened:
        """A new visit with another time of entry in place of one (105, and entry status 3)."""
        over = visits.cancelled(visit, at, ExitStatus.CANCELLED_REPLACED)
        begun = self._begun(held, replace(at, time=entered), EntryStatus.OPERATOR_REPLACEMENT)
        self._commit((over, begun))
        return Opened(begun, over)

    def refund(self, visit: Visit, refund: Refund) -> Visit:
        """Give money back. Raises Impossible for more than is left, or of an open visit."""
        if visit.transaction.price is None:
            raise Impossible(f"{visit.id} has no price to refund")
        if refund.amount is not None and refund.amount > visit.left:
            raise Impossible(f"of {visit.id} {visit.left} is left, not {refund.amount}")
        given = visit.left if refund.amount is None else refund.amount
        after = replace(visit, refunded=visit.refunded + given)
        delivery = self._delivery_of("refund", visit.id, refund=refund)
        self._commit_records([visit_record(after)], [delivery])
        self.visits[visit.id] = after
        return after

    def lock(self, card_key: str, info: str | None) -> None:
        """Keep a card out from now on, and tell it."""
        delivery = self._delivery_of("lock", card_key, info=info)
        self._commit_records([Record("lock", card_key, (info or "").encode())], [delivery])
        self.locks[card_key] = info or ""

    def release(self, card_key: str, info: str | None) -> None:
        """Let the whitelist decide again, and tell it."""
        delivery = self._delivery_of("release", card_key, info=info)
        self._commit_records([Record("lock", card_key, None)], [delivery])
        self.locks.pop(card_key, None)

    def ask_for_all(self) -> None:
        """Ask for the whole whitelist (6.1)."""
        self._commit_records([], [self._delivery_of("command")])

    # What comes of telling it.

    def told(self, delivery: Delivery) -> None:
        """It was taken; it need not be remembered."""
        self._keep([Record("delivery", _name(delivery.number), None)])
        self.outbox.told(delivery)

    def declined(self, delivery: Delivery, said: str) -> None:
        """It was refused for good."""
        refused = replace(delivery, said=said, refused=True)
        self._keep([delivery_record(refused)])
        self.outbox.declined(refused)

    def signed_at(self, delivery: Delivery, at: datetime) -> Delivery:
        """A refund is tried with this LocalTime from now on."""
        signed = replace(delivery, at=at)
        self._keep([delivery_record(signed)])
        self.outbox.update(signed)
        return signed

    def forget_refused(self) -> None:
        """Look no more at what was refused."""
        self._keep([Record("delivery", _name(number), None) for number in self.outbox.refused])
        self.outbox.refused.clear()

    # Keeping it.

    def _delivery_of(self, kind: Kind, key: str = "", **said: object) -> Delivery:
        return Delivery(number=self._delivery + 1, kind=kind, key=key, **said)  # type: ignore[arg-type]

    def _commit(self, changed: Iterable[Visit]) -> None:
        """Keep visits, and that they are to be told."""
        changed = list(changed)
        deliveries = [
            Delivery(
                number=number,
                kind="put" if visit.open else "patch",
                key=visit.id,
                transaction=visit.transaction,
            )
            for number, visit in enumerate(changed, self._delivery + 1)
        ]
        record = self._record + sum(visit.open for visit in changed)
        kept = [*map(visit_record, changed), counter_record(record)]
        self._commit_records(kept, deliveries)
        self._record = record
        for visit in changed:
            self.visits[visit.id] = visit
            if visit.open:
                self.inside[visit.card_key] = visit.id
            elif self.inside.get(visit.card_key) == visit.id:
                del self.inside[visit.card_key]

    def _commit_records(self, records: Sequence[Record], deliveries: Sequence[Delivery]) -> None:
        self._keep([*records, *map(delivery_record, deliveries)])
        for delivery in deliveries:
            self._delivery = delivery.number
            self.outbox.add(delivery)


def _by_system(visit: Visit, now: datetime) -> At:
    return At(device=0, time=now.replace(microsecond=0), medium=visit.transaction.drive_in.media)


def visit_record(visit: Visit) -> Record:
    """A visit as it is kept on disk."""
    return Record("visit", visit.id, write(visit))


def counter_record(record: int) -> Record:
    """The number of the last visit as it is kept on disk."""
    return Record("counter", "record", str(record).encode())


def delivery_record(delivery: Delivery) -> Record:
    """A delivery as it is kept on disk."""
    return Record("delivery", _name(delivery.number), write(delivery))


def _name(number: int) -> str:
    return f"{number:012d}"  # so that the order on disk is the order of events
