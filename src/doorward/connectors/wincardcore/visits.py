"""A transaction as the core's visit (WinCardCore 3.3, section 4.1)."""

from doorward.connectors.wincardcore.wire import transaction as wire
from doorward.connectors.wincardcore.wire.codes import VisitStatus
from doorward.connectors.wincardcore.wire.whitelist import Media
from doorward.core.parking import visits as core
from doorward.core.parking.visits import CarPark, Medium, Passage, Visit

_STATUS: dict[VisitStatus, core.VisitStatus] = {
    VisitStatus.OPEN: "open",
    VisitStatus.ENDED: "completed",
    VisitStatus.CANCELLED: "aborted",
}


def visit_of(system: str, id: str, told: wire.Transaction) -> Visit:
    """The visit. Raises ValueError for one that the core finds contradicting itself."""
    return Visit(
        system=system,
        id=id,
        account=told.account_key,
        card=told.media.media_key,
        card_number=told.media.media_id,
        car_park=CarPark(told.car_park_id, told.car_park_name, told.car_park_operator_name),
        status=_STATUS[told.status],
        entry=_passage(told.drive_in),
        exit=_passage(told.drive_out) if told.drive_out else None,
        price=_price(told.price) if told.price else None,
    )


def _passage(told: wire.DriveIn | wire.DriveOut) -> Passage:
    medium = _medium(told.media)
    return Passage(told.device_number, told.date_time, medium, int(told.status), told.info_id)


def _medium(told: Media) -> Medium:
    return Medium(int(told.media_type), told.media_id, told.media_key or "")


def _price(told: wire.Price) -> core.Price:
    discounts = tuple(
        core.Discount(
            one.amount,
            one.source or "",
            one.location_id or "",
            one.location_name or "",
            one.comment or "",
        )
        for one in told.discounts
    )
    return core.Price(told.price_gross, told.vat_percentage, discounts, told.currency)
