"""An emulated terminal: a Backend with memory. Every change is on the shelf before it is answered.

Source: Hikvision terminals as observed. Knows nothing of HTTP, faults or logins.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from doorward.connectors.hikvision import rules
from doorward.connectors.hikvision.profiles import Profile
from doorward.connectors.hikvision.server import Backend, Manners
from doorward.connectors.hikvision.wire import device, event, status
from doorward.connectors.hikvision.wire.change import Progress
from doorward.connectors.hikvision.wire.clock import DeviceTime, zone
from doorward.connectors.hikvision.wire.device import Capabilities, DeviceInfo
from doorward.connectors.hikvision.wire.event import Event, EventCondition, EventPage
from doorward.connectors.hikvision.wire.form import NotUnderstood, guarded, to_json
from doorward.connectors.hikvision.wire.hosts import Hosts
from doorward.connectors.hikvision.wire.person import NAME_LIMIT, UserInfo, fields_of
from doorward.connectors.hikvision.wire.search import SearchAnswer, SearchCondition, Status
from doorward.connectors.hikvision.wire.status import OK, Reply, reply
from doorward.twinkit.shelf import Record

FUNCTIONS = "post,delete,put,get,setUp"

Keep = Callable[[Sequence[Record]], None]


class Terminal(Backend):
    """People, events and listeners of one terminal."""

    def __init__(self, profile: Profile, clock: Callable[[], datetime], keep: Keep) -> None:
        self.profile = profile
        self.users: dict[str, UserInfo] = {}
        self.log: deque[Event] = deque()
        self.listeners = Hosts()
        self.serial = 0
        self._clock = clock
        self._keep = keep
        self._order: tuple[str, ...] | None = None
        self._seats: dict[str, int] = {}
        self._seat = 0
        self._polls = 0

    def fill(self, users: Iterable[UserInfo], events: Iterable[Event], listeners: Hosts) -> None:
        """Hold these and nothing else. Nothing is kept on the shelf: see `records`."""
        self.users = {user.employee_no: user for user in users}
        self._seats = {number: seat for seat, number in enumerate(self.users)}
        self._seat = len(self.users)
        self._order = None
        self.log = deque(events)
        self.serial = max((one.serial_no or 0 for one in self.log), default=0)
        self.listeners = listeners
        self._polls = 0

    def records(self) -> list[Record]:
        """All of it as records for the shelf."""
        people = [_seated(user, self._seats[number]) for number, user in self.users.items()]
        return [*people, *map(_logged, self.log), _listening(self.listeners)]

    def manners(self) -> Manners:
        return Manners(self.profile.dialects, self.profile.namespace, self.profile.refusal_status)

    def search(self, asked: SearchCondition) -> SearchAnswer | Reply:
        position, wanted = asked.search_result_position, asked.max_results
        if position < 0:
            return reply(status.BAD_CONTENT, "badParameters", "searchResultPosition")
        if wanted < 1:
            return reply(status.BAD_CONTENT, "badParameters", "maxResults")
        matching = self._matching(asked)
        page = matching[position : position + min(wanted, self.profile.page_cap)]
        found = tuple(rules.shown(self.users[number], self.profile) for number in page)
        return SearchAnswer(
            asked.search_id, _status(position, len(page), len(matching)), len(matching), found
        )

    def _matching(self, asked: SearchCondition) -> tuple[str, ...]:
        if asked.numbers:
            return tuple(number for number in asked.employee_numbers if number in self.users)
        if self._order is None:
            self._order = tuple(self.users)
        return self._order

    def modify(self, user: UserInfo) -> Reply:
        before = self.users.get(user.employee_no)
        if before is None:
            return reply(status.BAD_CONTENT, self.profile.missing_code, "employeeNo")
        refusal = rules.objection(user, self.profile)
        return refusal or self._put(
            rules.merged(before, rules.settled(user, self.profile), self.profile)
        )

    def record(self, user: UserInfo) -> Reply:
        if user.employee_no in self.users:
            return reply(status.BAD_CONTENT, self.profile.exist_code, "employeeNo")
        return self._add(user)

    def set_up(self, user: UserInfo) -> Reply:
        return self._add(user)

    def _add(self, user: UserInfo) -> Reply:
        refusal = rules.objection(user, self.profile) or rules.lacking(user)
        if refusal:
            return refusal
        if user.employee_no not in self.users and len(self.users) >= self.profile.capacity:
            return reply(status.BAD_CONTENT, "deviceUserFull")
        return self._put(rules.settled(user, self.profile))

    def _put(self, user: UserInfo) -> Reply:
        seat = self._seats.get(user.employee_no, self._seat)
        self._keep([_seated(user, seat)])
        if seat == self._seat:
            self._seats[user.employee_no] = seat
            self._seat += 1
            self._order = None
        self.users[user.employee_no] = user
        return reply(OK)

    def delete(self, names: tuple[str, ...]) -> Reply:
        gone = [name for name in names or tuple(self.users) if name in self.users]
        self._keep([Record("user", name, None) for name in gone])
        for name in gone:
            self.users.pop(name, None)
            self._seats.pop(name, None)
        self._order = None
        return reply(OK)

    def begin_delete(self, names: tuple[str, ...]) -> Reply:
        if not self.profile.detail_delete:
            return reply(status.INVALID, "notSupport")
        self._polls = self.profile.delete_polls
        return self.delete(names)

    def delete_progress(self) -> Progress | Reply:
        if not self.profile.detail_delete:
            return reply(status.INVALID, "notSupport")
        self._polls -= 1
        return "processing" if self._polls >= 0 else "success"

    def count(self) -> int:
        return len(self.users)

    def capabilities(self) -> Capabilities:
        return device.capabilities(
            self.profile.page_cap, self.profile.capacity, FUNCTIONS, NAME_LIMIT
        )

    def info(self) -> DeviceInfo:
        return DeviceInfo(
            device_name="Doorward twin",
            device_id="255",
            model=self.profile.model,
            serial_number=self.profile.serial,
            mac_address=self.profile.mac,
            firmware_version=self.profile.firmware,
            device_type="ACS",
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone its wall clock stands in."""
        return zone(self.profile.time_zone)

    def now(self) -> datetime:
        """What its clock shows, to the second, with the offset it believes in."""
        return self._clock().astimezone(self.zone).replace(microsecond=0)

    def time(self) -> DeviceTime:
        now = self.now()
        offset = now.utcoffset() if self.profile.time_offset else None
        return DeviceTime(now.replace(tzinfo=None), offset, self.profile.time_zone, "manual")

    def events(self, asked: EventCondition) -> EventPage | Reply:
        if (asked.start_time or asked.end_time) and not self.profile.event_bounds:
            return reply(status.BAD_CONTENT, "badJsonContent", "startTime")
        try:
            matching = [one for one in self.log if _matches(one, asked, self.zone)]
        except NotUnderstood as error:
            return reply(status.BAD_CONTENT, "badParameters", str(error))
        position, wanted = asked.search_result_position, asked.max_results
        if position < 0 or wanted < 1:
            return reply(status.BAD_CONTENT, "badParameters", "maxResults")
        page = tuple(matching[position : position + min(wanted, event.PAGE)])
        told = _status(position, len(page), len(matching))
        return EventPage(asked.search_id, told, len(matching), page)

    def hosts(self) -> Hosts:
        return self.listeners

    def set_hosts(self, listeners: Hosts) -> Reply:
        self._keep([_listening(listeners)])
        self.listeners = listeners
        return reply(OK)

    def open(self, employee_no: str, door: int) -> Event:
        """Somebody stands at a door: what happens, as it is written into the log."""
        now = self.now()
        user = self.users.get(employee_no)
        decision = rules.decide(user, door, now.replace(tzinfo=None))
        self.serial += 1
        happened = Event(
            major=event.ACCESS,
            minor=decision.value,
            time=now,
            serial_no=self.serial,
            employee_no_string=employee_no,
            name=user.name if user else None,
            door_no=door,
            user_type=user.user_type if user else None,
        )
        self._note(happened)
        return happened

    def _note(self, happened: Event) -> None:
        gone = [self.log[0]] if len(self.log) >= self.profile.events_kept else []
        self._keep([_logged(happened), *(Record("event", _key(one), None) for one in gone)])
        for _one in gone:
            self.log.popleft()
        self.log.append(happened)


def _status(position: int, count: int, total: int) -> Status:
    if not count:
        return "NO MATCH"
    return "MORE" if position + count < total else "OK"


def _seated(user: UserInfo, seat: int) -> Record:
    # The seat keeps the order in which people were added over a restart.
    return Record("user", user.employee_no, to_json({"seat": seat, "user": fields_of(user)}))


def _key(one: Event) -> str:
    return f"{one.serial_no or 0:012d}"


def _logged(one: Event) -> Record:
    return Record("event", _key(one), to_json(one))


def _listening(listeners: Hosts) -> Record:
    return Record("hosts", "", to_json(listeners))


def _matches(one: Event, asked: EventCondition, here: ZoneInfo) -> bool:
    serial = one.serial_no or 0
    return (
        asked.major in (0, one.major)
        and asked.minor in (0, one.minor)
        and (asked.employee_no_string or one.employee_no_string) == one.employee_no_string
        and (asked.begin_serial_no or 0) <= serial
        and (asked.end_serial_no is None or serial <= asked.end_serial_no)
        and (not asked.start_time or _bound(asked.start_time, here) <= one.time)
        and (not asked.end_time or one.time <= _bound(asked.end_time, here))
    )


def _bound(text: str, here: ZoneInfo) -> datetime:
    moment = guarded(lambda: datetime.fromisoformat(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=here)
