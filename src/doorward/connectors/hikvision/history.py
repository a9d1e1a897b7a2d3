"""Reading a terminal's events page by page, within bounds that some terminals refuse to be given.

Source: Hikvision terminals as observed, Events.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from doorward.connectors.hikvision.outcome import Events
from doorward.connectors.hikvision.wire import event
from doorward.connectors.hikvision.wire.event import Event, EventCondition, EventPage
from doorward.connectors.hikvision.wire.failures import TerminalRefused

LAST_SERIAL = 2**31 - 1

PageOf = Callable[[EventCondition], Awaitable[EventPage]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: between two moments (aware, both included), to one person, after a serial.

    `most`: how many are read at the most. `bounds_needed`: where the terminal refuses the bounds,
    nothing is read, and its refusal raised. Raises ValueError for moments without an offset.
    """

    since: datetime | None = None
    until: datetime | None = None
    employee_no: str | None = None
    after_serial: int | None = None
    most: int = 10_000
    bounds_needed: bool = False

    def __post_init__(self) -> None:
        for moment in (self.since, self.until):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{moment} has no offset")

    def condition(self, search_id: str) -> EventCondition:
        """As it is asked."""
        return EventCondition(
            search_id=search_id,
            search_result_position=0,
            max_results=event.PAGE,
            major=0,
            minor=0,
            start_time=self.since.isoformat(timespec="seconds") if self.since else None,
            end_time=self.until.isoformat(timespec="seconds") if self.until else None,
            employee_no_string=self.employee_no,
            begin_serial_no=None if self.after_serial is None else self.after_serial + 1,
            end_serial_no=None if self.after_serial is None else LAST_SERIAL,
        )

    def holds(self, one: Event) -> bool:
        """Whether an event is wanted; one whose time has no offset counts as in time."""
        if self.employee_no not in (None, one.employee_no_string):
            return False
        if self.after_serial is not None and (one.serial_no or 0) <= self.after_serial:
            return False
        if one.time.tzinfo is None:
            return True
        late = self.until is not None and one.time > self.until
        return not late and (self.since is None or self.since <= one.time)


EVERYTHING = Wanted()


async def read_events(page_of: PageOf, wanted: Wanted, search_id: str) -> Events:
    """What happened. Bounds that a terminal refuses are kept on this side alone."""
    asked = wanted.condition(search_id)
    try:
        found = await _all(page_of, asked, wanted.most)
    except TerminalRefused:
        if wanted.bounds_needed or asked == event.unbounded(asked):
            raise
        found = await _all(page_of, event.unbounded(asked), wanted.most)
    return Events(tuple(filter(wanted.holds, found.items)), found.reason)


async def _all(page_of: PageOf, asked: EventCondition, most: int) -> Events:
    items: list[Event] = []
    position, faulty = 0, 0
    while position < most:
        page = await page_of(event.at(asked, position))
        items += page.events
        position += page.count
        faulty += page.faulty
        if page.status != "MORE" or not page.count:
            return Events(tuple(items), _missing(page, position, faulty))
    return Events(tuple(items[:most]), f"only the first {most} events were read")


def _missing(last: EventPage, position: int, faulty: int) -> str:
    if last.total is not None and position < last.total:
        return f"the list ended after {position} of {last.total} events"
    return f"{faulty} events could not be read" if faulty else ""
