"""A terminal's events as the core's happenings: pushed by it, or asked for.

Source: Hikvision terminals as observed, Events.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from doorward.connectors.hikvision.history import Wanted
from doorward.connectors.hikvision.outcome import Events
from doorward.connectors.hikvision.wire.event import (
    Event,
    EventMeaning,
    Sign,
    push_notice,
    read_push,
)
from doorward.connectors.hikvision.wire.failures import TerminalRefused
from doorward.connectors.hikvision.wire.form import to_json
from doorward.connectors.remote import trouble
from doorward.core.errors import Kind, Trouble
from doorward.core.inbound import Happening, Mark
from doorward.core.reads import Complete, Failed, Partial, Read
from doorward.net.calls import Masker
from doorward.net.errors import RemoteError
from doorward.net.secrets import masked_names

Ask = Callable[[Wanted], Awaitable[Events]]

_masked = Masker(masked_names(Event))


def told(name: str, zone: ZoneInfo, content_type: str, body: bytes) -> Sequence[Happening]:
    """What a push tells: one event, or nothing (a heartbeat). Raises NotUnderstood, ValueError."""
    pushed = read_push(content_type, body)
    if isinstance(pushed, Sign):
        return ()
    raw = _masked(push_notice(content_type, body))
    return (happening(name, zone, pushed.event, raw, late=not pushed.current),)


def happening(
    name: str, zone: ZoneInfo, event: Event, raw: str | None = None, *, late: bool = False
) -> Happening:
    """An event of the terminal of that name. Raises ValueError for a time beyond the years."""
    meaning = event.meaning
    return Happening(
        system=name,
        serial=_serial(event),
        at=_instant(event.time, zone),
        kind=meaning.kind if meaning else "other",
        holder=event.employee_no_string or "",
        name=event.name or "",
        door="" if event.door_no is None else str(event.door_no),
        text=_words(event, meaning),
        late=late,
        raw=_masked(to_json(event)) if raw is None else raw,
    )


def _serial(event: Event) -> str:
    """Its number; where the terminal gives none, all that tells it from others of its second."""
    if event.serial_no is not None:
        return str(event.serial_no)
    who = event.employee_no_string or ""
    return f"{event.major}/{event.minor} {who} {event.door_no or ''}".rstrip()


def _instant(time: datetime, zone: ZoneInfo) -> datetime:
    """In whole seconds: some terminals tell fractions in a push that their log does not keep."""
    moment = time if time.tzinfo else time.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError(f"{time} is beyond the years that can be kept") from None


def _words(event: Event, meaning: EventMeaning | None) -> str:
    if meaning is None:
        return f"event {event.major}/{event.minor}"
    between = {"granted": " by ", "denied": ": ", "door": " "}[meaning.kind]
    return f"{meaning.kind}{between}{meaning.text}"


async def happenings(
    name: str, zone: ZoneInfo, ask: Ask, after: Mark, overlap: timedelta = timedelta(minutes=1)
) -> Read[Happening]:
    """What the terminal keeps from that mark on.

    Asked for by serial number, since its clock may have been set back, and with the mark's own
    event, which tells that the numbers still go on. Where that gives nothing it is asked for by
    time: its numbers may have begun anew. A terminal that takes no bound that helps is not made to
    send all it has.
    """
    try:
        found = await _by_number(ask, after)
        if not (found.items or found.reason):
            found = await ask(Wanted(since=after.at - overlap, bounds_needed=True))
    except TerminalRefused as error:
        return _unbounded(error)
    except RemoteError as error:
        return Failed(trouble(error))
    return _read(name, zone, found)


async def _by_number(ask: Ask, after: Mark) -> Events:
    """Nothing where the mark has no number, or the terminal takes none."""
    if not after.serial.isdecimal():
        return Events(())
    try:
        return await ask(Wanted(after_serial=int(after.serial) - 1, bounds_needed=True))
    except TerminalRefused:
        return Events(())


def _read(name: str, zone: ZoneInfo, found: Events) -> Read[Happening]:
    items: list[Happening] = []
    reason = found.reason
    for event in found.items:
        try:
            items.append(happening(name, zone, event))
        except ValueError as error:
            reason = reason or str(error)
    if reason:
        remedy = "Nothing to do: what can be read is read again after the next run."
        return Partial(items, Trouble(Kind.RETRY, reason, remedy))
    return Complete(items)


def _unbounded(error: TerminalRefused) -> Failed:
    reason = f"the terminal tells its events only all at once ({error.reason})"
    remedy = "What it did not push by itself stays unknown; a newer firmware may help."
    return Failed(Trouble(Kind.PERMANENT, reason, remedy))
