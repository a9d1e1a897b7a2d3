"""The four kinds of schedule, each with its own shape.

Source: VIZpin OEM API 4.3, Schedule object. Where it differs from itself: the table calls
`scheduleelement` a list while every sample shows one object; one object is sent, a list is read as
its parts together. The VIZpin object knows "custom" and "24x7" only; "multiple" is taken as well,
as the samples of vizpin.grant show. A grant without a schedule (left out, null, {} or []) is 24x7.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.lists import Merged
from doorward.connectors.vizpin.wire.rules import OneOf
from doorward.connectors.vizpin.wire.weeks import MultipleElement, WeeklyElement


class _Tagged(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    id: str = ""

    @property
    def type(self) -> str:
        """The word on the wire."""
        return str(self.__struct_config__.tag)


class AroundTheClock(_Tagged, frozen=True, kw_only=True, tag="24x7"):
    """Always open. Its element is there because all attributes are, and means nothing."""

    scheduleelement: WeeklyElement = WeeklyElement()


class CustomSchedule(_Tagged, frozen=True, kw_only=True, tag="custom"):
    """At most one span a weekday."""

    scheduleelement: WeeklyElement = WeeklyElement()


class FirstInSchedule(_Tagged, frozen=True, kw_only=True, tag="firstin"):
    """When the first unlocking leaves a door open: at most one span a weekday."""

    scheduleelement: WeeklyElement = WeeklyElement()


class MultipleSchedule(_Tagged, frozen=True, kw_only=True, tag="multiple"):
    """Up to five spans a weekday, with dates of their own."""

    scheduleelement: MultipleElement = MultipleElement()


Schedule = AroundTheClock | CustomSchedule | FirstInSchedule | MultipleSchedule

KINDS: dict[str, type[Schedule]] = {
    "24x7": AroundTheClock,
    "custom": CustomSchedule,
    "firstin": FirstInSchedule,
    "multiple": MultipleSchedule,
}
ALWAYS = AroundTheClock()
_WEEKLY = Merged(WeeklyElement)
_MULTIPLE = Merged(MultipleElement)


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """A schedule of one of these kinds; `default`: the kind of one that says none."""

    kinds: tuple[str, ...]
    default: str = ""

    def read(self, raw: object, where: str) -> Schedule:
        """The schedule. Raises Faulty, also for one that is never open."""
        if "24x7" in self.kinds and raw in ([], {}):
            return ALWAYS
        found = raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
        said = fields.folded(found, where)
        kind = fields.pick(said, ("type",), f"{where}.type") or self.default
        word = OneOf(self.kinds).read(kind, f"{where}.type")
        if word == "24x7":
            return ALWAYS
        return self._with_hours(word, said, f"{where}.scheduleelement")

    def _with_hours(self, word: str, said: Any, where: str) -> Schedule:
        element = fields.pick(said, ("scheduleelement",), where)
        if element is None:
            raise Faulty(where, "is required")
        hours = (_MULTIPLE if word == "multiple" else _WEEKLY).read(element, where)
        if hours.empty:
            raise Faulty(where, "has no day with a time")
        return KINDS[word](scheduleelement=hours)

    def write(self, value: Schedule) -> object:
        """The schedule as an object."""
        if isinstance(value, AroundTheClock):
            return {"type": "24x7"}
        return {"type": value.type, "scheduleelement": fields.unchecked(value.scheduleelement)}


GRANTED = ScheduleRule(("24x7", "custom", "multiple"))
FIRST_IN = ScheduleRule(("firstin",), "firstin")
