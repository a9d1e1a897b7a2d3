"""What is written of visits, for people: moments, media, the lines of a statement."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never
from zoneinfo import ZoneInfo

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.core.parking.entries import Entry
from doorward.core.parking.statements import Line, Statement
from doorward.core.parking.visits import CarPark, Medium, Visit

_MEDIA: Mapping[int, str] = {
    MediaType.UHF_TAG: "tag",
    MediaType.PLATE: "plate",
    MediaType.MIFARE_CLASSIC: "tag",
    MediaType.MIFARE_ULTRALIGHT: "tag",
    MediaType.MIFARE_DESFIRE: "tag",
    MediaType.LEGIC_PRIME: "tag",
    MediaType.LEGIC_ADVANT: "tag",
    MediaType.CARD_NUMBER: "card",
}
_SHOWN = 4  # characters of a tag or card: enough to know one's own, too few to copy it


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a statement. `note` says why: discounts of a price, the reason of a refund."""

    entry: Entry
    visit: Visit
    note: str

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return self.entry.amount - self.entry.vat


def rows(statement: Statement) -> Iterator[Row]:
    """The lines of a statement in the order of visits, each with what is said of it."""
    for line in sorted(statement.lines, key=_order):
        yield Row(line.entry, line.visit, plain(_note(line)))


def moment(instant: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """A moment on the car park's clock; with the zone's name in the hour that comes twice."""
    local = instant.astimezone(zone)
    text = local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{text} {local.tzname()}" if twice else text


def lasted(time: timedelta) -> str:
    """How long: "25 min", "3 h 05 min", "2 d 4 h"."""
    minutes = max(0, int(time.total_seconds()) // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"


def place(car_park: CarPark) -> str:
    """Its name, or else its number."""
    return plain(car_park.name) or f"car park {car_park.id}"


def held(medium: Medium) -> str:
    """What was held against the reader: a plate whole, of others the end alone."""
    kind, text = _MEDIA.get(medium.type, "medium"), plain(medium.id)
    if medium.type != MediaType.PLATE and len(text) > _SHOWN:
        text = "…" + text[-_SHOWN:]
    return f"{kind} {text}".strip()


def plain(text: str) -> str:
    """Text of others on one line, without characters that steer or hide."""
    shown = (" " if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") else one for one in text)
    return " ".join("".join(shown).split())


def _order(line: Line) -> tuple[datetime, str, int]:
    return line.visit.entry.at, line.visit.id, line.entry.id


def _note(line: Line) -> str:
    entry = line.entry
    match entry.kind:
        case "charge":
            return "; ".join(_discounts(line.visit))
        case "refund" | "correction":
            return entry.info or (f"reason {entry.info_id}" if entry.info_id else "")
        case "cancellation":
            return ""  # on no statement
        case _:
            assert_never(entry.kind)


def _discounts(visit: Visit) -> Iterator[str]:
    for one in visit.price.discounts if visit.price else ():
        whose = one.location_name or one.source or one.comment
        yield f"discount {one.amount}" + (f" ({whose})" if whose else "")
