"""Which members a search finds: every criterion filters (guide, "Export of members").

How Cardskipper compares is not told: names and units as a whole without letter case, tags by part,
phone numbers by their digits, and roles, units and "active" together by one and the same role.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from doorward.connectors.cardskipper.state import Kept, KeptRole
from doorward.connectors.cardskipper.wire.criteria import Criteria
from doorward.connectors.cardskipper.wire.dates import Bound, bound
from doorward.connectors.cardskipper.wire.organisation import Organisation

Test = Callable[[Kept], bool]
RoleTest = Callable[[KeptRole], bool]


def finder(criteria: Criteria, organisation: Organisation, now: datetime, zone: ZoneInfo) -> Test:
    """Whether a member is found. `now` is the register's time, aware."""
    tests = [
        *_numbers(criteria),
        *_texts(criteria),
        *_others(criteria, zone),
        *_by_role(criteria, organisation, now.astimezone(zone)),
    ]
    return lambda member: all(test(member) for test in tests)


def is_active(member: Kept, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a member has a role that covers this moment."""
    local = now.astimezone(zone)
    return not member.inactive and any(_covers(role, local) for role in member.roles)


def _numbers(criteria: Criteria) -> list[Test]:
    tests: list[Test] = []
    if (own := criteria.member_id) is not None:
        tests.append(lambda member: int(member.member_id or member.id) == int(own))
    if (number := criteria.organisation_member_id) is not None:
        tests.append(lambda member: int(member.id) == int(number))
    if (user := criteria.user_id) is not None:
        tests.append(lambda member: member.user_id != "" and int(member.user_id) == int(user))
    return tests


def _texts(criteria: Criteria) -> list[Test]:
    tests: list[Test] = []
    if criteria.first_name is not None:
        first = criteria.first_name.casefold()
        tests.append(lambda member: member.first_name.casefold() == first)
    if criteria.last_name is not None:
        last = criteria.last_name.casefold()
        tests.append(lambda member: member.last_name.casefold() == last)
    if criteria.cellphone is not None:
        digits = phone_digits(criteria.cellphone)
        tests.append(lambda member: digits in map(phone_digits, member.phones))
    if criteria.tag_contains is not None:
        part = criteria.tag_contains.casefold()
        tests.append(lambda member: any(part in tag.casefold() for tag in member.tags))
    return tests


def _others(criteria: Criteria, zone: ZoneInfo) -> list[Test]:
    tests: list[Test] = []
    if (born := criteria.birthdate) is not None:
        tests.append(lambda member: _day(bound(member.birthdate)) == born)
    if (device := criteria.has_user_device) is not None:
        tests.append(lambda member: member.has_device == device)
    if criteria.changed_at is not None:
        since = criteria.changed_at
        moment = since if since.tzinfo else since.replace(tzinfo=zone)
        tests.append(lambda member: member.changed_at > moment)
    return tests


def _by_role(criteria: Criteria, organisation: Organisation, local: datetime) -> list[Test]:
    """The tests that one role must pass together."""
    tests: list[RoleTest] = []
    if (role := criteria.role_id) is not None:
        tests.append(lambda held: int(held.role) == int(role))
    if (unit := criteria.organisation_unit) is not None:
        names = {unit.casefold()} | {
            known.value.casefold() for known in organisation.units if known.id == unit
        }
        tests.append(lambda held: held.unit.casefold() in names)
    if criteria.only_active:
        tests.append(lambda held: _covers(held, local))
    if not tests:
        return []
    idle = bool(criteria.only_active)
    return [
        lambda member: (
            not (idle and member.inactive)
            and any(all(test(held) for test in tests) for held in member.roles)
        )
    ]


def _covers(role: KeptRole, local: datetime) -> bool:
    return _begun(bound(role.start), local) and not _over(bound(role.end), local)


def _begun(start: Bound, local: datetime) -> bool:
    if start is None:
        return True
    return _aware(start, local) <= local if isinstance(start, datetime) else start <= local.date()


def _over(end: Bound, local: datetime) -> bool:
    if end is None:
        return False
    return _aware(end, local) < local if isinstance(end, datetime) else end < local.date()


def _aware(moment: datetime, local: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=local.tzinfo)


def _day(moment: Bound) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


@lru_cache(maxsize=4096)
def phone_digits(number: str) -> str:
    """A phone number as digits with the country in front: `070 111 222` is Swedish (guide)."""
    digits = "".join(char for char in number if char.isdecimal())
    if number.strip().startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return "46" + digits[1:] if digits.startswith("0") else digits
