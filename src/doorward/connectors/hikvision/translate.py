"""Between a terminal's records and the core's people: windows, rights, faults."""

from zoneinfo import ZoneInfo

from doorward.connectors.hikvision.wire.person import Rights, UserInfo
from doorward.connectors.hikvision.wire.validity import (
    EARLIEST,
    LATEST,
    NoTimeLimit,
    OddValidity,
    Shown,
    Window,
)
from doorward.core import windows
from doorward.core.people import Access, Faulty, Holder, Options

DOORS, PLAN = "doors", "plan"

_ODD = {
    "missing": "is missing",
    "form": "is not a time",
    "offset": "has an offset in one time only",
    "order": "lies before the beginning",
    "range": "is out of range",
}


def wall_window(window: windows.Window, zone: ZoneInfo) -> Window:
    """Instants as the terminal can hold them: its wall time, its seconds, its range.

    An open side becomes the end of the range. In the hour that comes twice in autumn a wall time
    names two instants: access then begins at the earlier and ends at the later.
    """
    begin, end = windows.wall_bounds(window, zone, EARLIEST, LATEST)
    return Window(begin, max(begin, end))


def fitted(access: Access, zone: ZoneInfo) -> Access:
    """This access as reading it back would show it."""
    held = wall_window(access.window, zone)
    return Access(windows.Window.of(held.begin, held.end, zone), access.options)


def shown_window(user: UserInfo, zone: ZoneInfo) -> windows.Window:
    """When somebody may enter, in instants. Raises ValueError where the record does not say."""
    match user.validity:
        case NoTimeLimit():
            return windows.ALWAYS
        case Shown(begin, end, utc):
            return windows.Window.of(begin, end, ZoneInfo("UTC") if utc else zone)
        case OddValidity(reason, field):
            raise ValueError(f"{field} {_ODD[reason]}")


def holder(user: UserInfo, zone: ZoneInfo) -> Holder | Faulty:
    """Somebody on the terminal; who is on its block list is reported and left alone."""
    where = f"employee number {user.employee_no}"
    if user.user_type == "blackList":
        remedy = "Take her off the terminal's block list there, if she is to be kept in step."
        return Faulty(user.employee_no, where, "is on the terminal's block list", remedy)
    try:
        window = shown_window(user, zone)
    except ValueError as error:
        remedy = "Set this person's validity at the terminal once; from then on it is kept."
        return Faulty(user.employee_no, where, str(error), remedy)
    slot = user.slot
    mails = dict.fromkeys(text for text in (user.email, slot) if text and "@" in text)
    return Holder(
        id=user.employee_no,
        access=Access(window, options(user)),
        name=user.name or "",
        emails=tuple(mails),
        number=user.employee_no,
        extra=slot,
    )


def options(user: UserInfo) -> Options:
    """Doors and schedules of a record."""
    plans = {plan.plan_template_no for plan in user.right_plan or ()}
    held = {DOORS: tuple(user.doors), PLAN: tuple(sorted(plans))}
    return tuple((name, values) for name, values in held.items() if values)


def rights(access: Access) -> Rights:
    """The doors and the schedule that access names. Raises ValueError for what is no number."""
    given = dict(access.options)
    doors = given.get(DOORS, ())
    if not all(door.isascii() and door.isdecimal() for door in doors):
        raise ValueError(f"doors are numbers such as 1, not {', '.join(doors)}")
    return Rights(tuple(map(int, doors)), ",".join(given.get(PLAN, ())))
