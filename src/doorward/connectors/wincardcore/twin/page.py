"""What the twin's page shows: who is inside, what happened last, what is still to be told."""

from collections.abc import Sequence
from datetime import datetime

from doorward.connectors.wincardcore.twin.garage import Garage
from doorward.connectors.wincardcore.twin.outbox import Delivery
from doorward.connectors.wincardcore.twin.reading import Reader
from doorward.connectors.wincardcore.twin.visits import Visit
from doorward.connectors.wincardcore.wire.media import folded
from doorward.twinkit.twin import Overview, Table

ROWS = 50
_INSIDE = ("visit", "account", "medium", "in since", "hours", "card")
_VISITS = ("visit", "account", "medium", "in", "out", "status", "price", "refunded")
_DELIVERIES = ("number", "call", "about", "tries", "what came of the last")
_SKIPPED = ("position", "field", "account", "card", "why")


def overview(garage: Garage, reader: Reader, alive: str, now: datetime) -> Overview:
    """Facts, then who is inside, then the rest."""
    inside = [garage.visits[ident] for ident in garage.inside.values()]
    over = [visit for visit in garage.visits.values() if not visit.open]
    rows = [_inside(visit, garage, now) for visit in inside[-ROWS:][::-1]]
    deliveries = (*garage.outbox.refused.values(), *garage.outbox.waiting())[:ROWS]
    return Overview(
        f"{garage.rules.name} ({garage.rules.car_park:04d})",
        _facts(garage, reader, alive),
        _INSIDE,
        rows,
        (
            Table("Last visits", _VISITS, [_visit(one, garage) for one in over[-ROWS:][::-1]]),
            Table("To be told", _DELIVERIES, [_delivery(one) for one in deliveries]),
            Table("Cards not processed", _SKIPPED, _skipped(reader)),
        ),
    )


def _facts(garage: Garage, reader: Reader, alive: str) -> dict[str, str]:
    rules, count = garage.rules, len(garage.inside)
    accounts, cards = reader.counts()
    uploads = ", ".join(f"{one.client} {one.last} of {one.count}" for one in reader.uploads())
    tests = sum(visit.test for visit in garage.visits.values())
    return {
        "Inside": f"{count} of {rules.capacity}" if rules.capacity is not None else str(count),
        "Visits": f"{len(garage.visits)}, {tests} of them with test cards",
        "Accounts": str(accounts),
        "Cards": str(cards),
        "Lists on their way": uploads or "none",
        "To be told": f"{len(garage.outbox)}, declined {len(garage.outbox.refused)}",
        "Locked by the operator": ", ".join(sorted(garage.locks)) or "none",
        "Alive call": alive,
    }


def _inside(visit: Visit, garage: Garage, now: datetime) -> Sequence[str]:
    entry = visit.transaction.drive_in
    hours = (now - entry.date_time).total_seconds() / 3600
    return (*_of(visit), _wall(entry.date_time, garage), f"{hours:.1f}", _variant(visit))


def _visit(visit: Visit, garage: Garage) -> Sequence[str]:
    told = visit.transaction
    assert told.drive_out is not None  # it is over
    price = f"{told.price.price_gross} {told.price.currency}" if told.price else "–"
    return (
        *_of(visit),
        _wall(told.drive_in.date_time, garage),
        _wall(told.drive_out.date_time, garage),
        f"{told.drive_out.status.value} {told.drive_out.status.name.lower().replace('_', ' ')}",
        price,
        str(visit.refunded) if visit.refunded else "",
    )


def _of(visit: Visit) -> tuple[str, str, str]:
    medium = visit.transaction.drive_in.media
    shown = folded(medium.media_type, medium.media_id)[-4:]
    return visit.id, visit.transaction.account_key, f"{medium.media_type.name.lower()} …{shown}"


def _variant(visit: Visit) -> str:
    return f"{'test card, ' if visit.test else ''}category {visit.category}"


def _wall(time: datetime, garage: Garage) -> str:
    return f"{time.astimezone(garage.rules.zone):%Y-%m-%d %H:%M:%S}"


def _delivery(delivery: Delivery) -> Sequence[str]:
    kind = f"{delivery.kind}{', declined' if delivery.refused else ''}"
    tries = str(delivery.failures)
    return str(delivery.number), kind, delivery.key, tries, delivery.said or "waiting"


def _skipped(reader: Reader) -> list[Sequence[str]]:
    return [
        (str(one.position), one.field, one.account_key, one.card_key, one.reason)
        for one in reader.skipped(ROWS)
    ]
