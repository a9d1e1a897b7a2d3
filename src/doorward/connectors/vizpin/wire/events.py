"""What a reader tells, by the code of an event.

Source: VIZpin OEM API 4.3, appendix 5. The texts are our own. `reader` says whether an event is the
reader's (setup, power, clock) rather than a phone's or the server's; None: reserved to an OEM, the
document doesn't say. What an event means for a door is our reading of its name.
"""

from dataclasses import dataclass
from typing import Literal

Meaning = Literal["granted", "denied", "door", "alarm", "device", "other"]


@dataclass(frozen=True, slots=True)
class Event:
    """An event that is in the document."""

    code: int
    text: str
    reader: bool | None
    meaning: Meaning


_NO: tuple[tuple[int, str, Meaning], ...] = (
    (30, "low-level record", "other"),
    (31, "device added", "device"),
    (32, "paired phone removed", "device"),
    (33, "all phones removed", "device"),
    (34, "tamper switch opened", "alarm"),
    (35, "tamper switch closed", "alarm"),
    (37, "first-in unlocking began", "door"),
    (38, "first-in unlocking ended", "door"),
    (41, "unassigned low-level record 1", "other"),
    (43, "unassigned low-level record 3", "other"),
    (45, "unassigned low-level record 5", "other"),
    (46, "unassigned low-level record 6", "other"),
    (47, "unassigned low-level record 7", "other"),
    (48, "unassigned low-level record 8", "other"),
    (50, "unassigned low-level record 10", "other"),
    (51, "unassigned low-level record 11", "other"),
    (52, "unlocked by phone", "granted"),
    (53, "opened by phone", "granted"),
    (54, "alarm armed by phone", "alarm"),
    (55, "alarm disarmed by phone", "alarm"),
    (56, "door propped open", "door"),
    (57, "setting changed", "device"),
    (58, "code passed to the external panel", "granted"),
    (59, "unlocking refused", "denied"),
    (60, "Bluetooth exchange timed out", "denied"),
    (61, "Wiegand input fault", "device"),
    (62, "Bluetooth error", "device"),
    (63, "clocks of phone and reader differ", "denied"),
    (64, "phone not authorised", "denied"),
    (66, "several outputs unlocked", "granted"),
    (67, "unlocking given up: no arming input", "denied"),
    (68, "request to exit", "door"),
    (70, "door opened", "door"),
    (71, "door closed", "door"),
    (72, "alarm seen armed", "alarm"),
    (73, "alarm seen disarmed", "alarm"),
    (74, "PIN request failed", "denied"),
    (75, "day and night mode changed", "device"),
    (77, "door locked", "door"),
    (78, "door told to close", "door"),
    (79, "administration failed", "device"),
    (80, "authorised phone in range", "other"),
    (81, "Wiegand card accepted", "granted"),
    (82, "Wiegand card refused", "denied"),
    (86, "unlock message garbled", "denied"),
    (94, "unknown (94)", "other"),
    (96, "connection information", "other"),
    (97, "exchange with unknown device timed out", "denied"),
)
_YES: tuple[tuple[int, str, Meaning], ...] = (
    (36, "powered up", "device"),
    (39, "hardware reset", "device"),
    (40, "settings reset", "device"),
    (65, "link updated", "device"),
    (76, "administration entered", "device"),
    (83, "list of users valid", "device"),
    (84, "list of users faulty", "device"),
    (85, "set-up failed", "device"),
    (87, "panic", "alarm"),
    (88, "clock set to its default", "device"),
    (89, "power back", "device"),
    (90, "power failed", "device"),
    (91, "clock recovered", "device"),
    (92, "clock set by phone", "device"),
)
_RESERVED: tuple[tuple[int, str, Meaning], ...] = (
    (101, "door forced open", "alarm"),
    (103, "door open too long", "alarm"),
    (104, "door left open", "alarm"),
    (106, "door forced open (106)", "alarm"),
    (108, "door open too long (108)", "alarm"),
    (109, "door left open no more", "door"),
    (110, "door closed (110)", "door"),
    (111, "request to exit (111)", "door"),
    (116, "lock status failed", "device"),
    (117, "lock status restored", "device"),
    (118, "ioSmart reset by software", "device"),
    (119, "ioSmart reset by hardware", "device"),
    (121, "unlocked by schedule", "door"),
    (122, "locked by schedule", "door"),
    (124, "ioSmart power restored", "device"),
    (125, "ioSmart power low", "device"),
    (130, "tampered with", "alarm"),
    (131, "tampering over", "alarm"),
    (132, "ioSmart firmware updated", "device"),
    (136, "ioSmart firmware update failed", "device"),
    (137, "ioSmart firmware update cancelled", "device"),
)


def _all() -> dict[int, Event]:
    flagged = ((False, _NO), (True, _YES), (None, _RESERVED))
    found = (Event(code, text, flag, mean) for flag, rows in flagged for code, text, mean in rows)
    return {event.code: event for event in sorted(found, key=lambda event: event.code)}


EVENTS: dict[int, Event] = _all()
"""All events by code."""

UNLOCKED = 52
REJECTED = 59
NOT_AUTHORISED = 64


def event(code: int) -> Event:
    """The event with that code; one that is not in the document is "other" and says its number."""
    return EVENTS.get(code) or Event(code, f"event {code}", None, "other")
