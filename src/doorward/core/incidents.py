"""Incidents: what is wrong from one run to the next is told once, again after long, and when over.

matters   what a run found to be wrong, each under a key that stays the same as long as it lasts
compare   with the incidents that are open: what is new, what is to be told again, what is over
message   all of it as one text
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from zoneinfo import ZoneInfo

from doorward.core.errors import Kind, Trouble
from doorward.core.guard import Hold
from doorward.core.parking.alive import Silence
from doorward.core.plan import SystemTrouble
from doorward.core.ports import Failures
from doorward.core.sync import Report

LISTED = 20  # matters of one sort that a message spells out
_APPROVE = (
    "If it is right: doorward plan --out plan.json, read it, "
    "then doorward apply plan.json --approve-held"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is wrong. `key` is its sort, the system, and what tells it from others."""

    key: str
    text: str
    remedy: str

    @property
    def system(self) -> str:
        """The register or target that it is about."""
        return self.key.split("/")[1]


@dataclass(frozen=True, slots=True)
class Incident:
    """A matter that is open since an earlier run. `told_at` None: nobody knows of it yet."""

    matter: Matter
    opened_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A run, as far as incidents need it.

    `systems` are the registers and targets that it read or tried to, `configured` all there are.
    `failures` are the open failed updates after it, `silences` the systems that should have called.
    """

    report: Report
    systems: Collection[str]
    configured: Collection[str]
    failures: Failures
    silences: Sequence[Silence] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What has become of the matters since the last run.

    `opened` is to be told, `again` too, because it lasts; `recovered` was told and is over;
    `forgotten` is over as well, but nobody was told or its system is no longer configured.
    """

    opened: tuple[Matter, ...] = ()
    again: tuple[Incident, ...] = ()
    recovered: tuple[Incident, ...] = ()
    forgotten: tuple[Incident, ...] = ()

    @property
    def worth_telling(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.opened or self.again or self.recovered)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. The title names no person: it is shown on locked screens."""

    title: str
    body: str


def matters(facts: Facts, patience: int) -> list[Matter]:
    """What is wrong after a run, in the order in which it is told.

    An update that may still go through by itself counts from its `patience`th attempt on.
    """
    plan = facts.report.plan
    return [
        *map(_of_system, plan.troubles),
        *map(_of_hold, () if facts.report.approved else plan.holds),
        *starmap(_of_owed, facts.report.applied.owed.items()),
        *map(_of_silence, facts.silences),
        *_of_updates(facts, patience),
    ]


def _of_system(one: SystemTrouble) -> Matter:
    how = ", read only in part" if one.partly else ""
    text = f"{one.system}{how}: {one.trouble.reason}"
    return Matter(f"system/{one.system}", text, one.trouble.remedy)


def _of_hold(hold: Hold) -> Matter:
    text = f"{hold.target}: held by the guard: {hold.reason}"
    return Matter(f"hold/{hold.target}/{hold.kind}", text, _APPROVE)


def _of_owed(target: str, trouble: Trouble) -> Matter:
    text = f"{target}: it asks for what it had confirmed, and does not get it: {trouble.reason}"
    return Matter(f"owed/{target}", text, trouble.remedy)


def _of_silence(one: Silence) -> Matter:
    return Matter(one.key, one.text, one.remedy)


def _of_updates(facts: Facts, patience: int) -> Iterator[Matter]:
    names = {change.person: change.who for change in facts.report.plan.changes}
    for (target, person), failure in facts.failures.items():
        trouble, often = failure.trouble, failure.attempts
        if trouble.kind is not Kind.RETRY or often >= patience:
            tried = f"{often} times" if often > 1 else "once"
            who = names.get(person, person)
            text = f"{target}: the access of {who} is not updated, tried {tried}: {trouble.reason}"
            yield Matter(f"update/{target}/{person}", text, trouble.remedy)


def compare(
    facts: Facts,
    patience: int,
    known: Iterable[Incident],
    now: datetime,
    remind_after: timedelta | None,
) -> News:
    """What is new, what lasts and what is over. What a run could not see is left as it was."""
    by_key = {incident.matter.key: incident for incident in known}
    found = {matter.key: matter for matter in matters(facts, patience)}
    told = {key: one for key, one in by_key.items() if one.told_at is not None}
    over = [one for key, one in by_key.items() if key not in found and _seen(one.matter, facts)]
    gone = {one.matter.key for one in over if one.matter.system not in facts.configured}
    recovered = [one for one in over if one.matter.key in told and one.matter.key not in gone]
    return News(
        opened=tuple(matter for key, matter in found.items() if key not in told),
        again=tuple(_lasting(found, told, now, remind_after)),
        recovered=tuple(recovered),
        forgotten=tuple(one for one in over if one not in recovered),
    )


def _lasting(
    found: Mapping[str, Matter],
    told: Mapping[str, Incident],
    now: datetime,
    remind_after: timedelta | None,
) -> Iterator[Incident]:
    """The incidents of which somebody was told so long ago that they are told again."""
    for key, incident in told.items():
        if key in found and _due(incident.told_at, now, remind_after):
            yield Incident(found[key], incident.opened_at, incident.told_at)


def _due(told_at: datetime | None, now: datetime, remind_after: timedelta | None) -> bool:
    return told_at is not None and remind_after is not None and now - told_at >= remind_after


def _seen(matter: Matter, facts: Facts) -> bool:
    """Whether this run could tell that a matter is over."""
    if matter.system not in facts.configured:
        return True
    plan = facts.report.plan
    match matter.key.split("/")[0]:
        case "system" | "owed":
            return matter.system in facts.systems
        case "hold":
            # A register that fails takes its losses out of the plan, and the hold with them.
            planned = {proposal.target for proposal in plan.proposals}
            return matter.system in planned and not plan.troubles
        case _:
            return True


def message(news: News, now: datetime, zone: ZoneInfo) -> Message:
    """All news of a run as one text, times on the clock of `zone`."""
    parts = [
        *_section("New:", [_new(matter) for matter in news.opened]),
        *_section("Still wrong:", [_still(one, zone) for one in news.again]),
        *_section("Right again:", [_over(one, now, zone) for one in news.recovered]),
    ]
    return Message(_title(news), "\n\n".join(parts) + "\n")


def _title(news: News) -> str:
    sorts = {
        "new trouble": [matter.system for matter in news.opened],
        "still wrong": [one.matter.system for one in news.again],
        "right again": [one.matter.system for one in news.recovered],
    }
    told = [f"{sort}: {', '.join(dict.fromkeys(names))}" for sort, names in sorts.items() if names]
    return f"Doorward: {'; '.join(told)}"


def _section(heading: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    more = len(entries) - LISTED
    rest = [f"… and {more} more."] if more > 0 else []
    return [heading, *entries[:LISTED], *rest]


def _new(matter: Matter) -> str:
    return f"* {matter.text}\n  What to do: {matter.remedy}"


def _still(incident: Incident, zone: ZoneInfo) -> str:
    return f"{_new(incident.matter)}\n  Since {_moment(incident.opened_at, zone)}"


def _over(incident: Incident, now: datetime, zone: ZoneInfo) -> str:
    lasted = now - incident.opened_at
    began = _moment(incident.opened_at, zone)
    return f"* {incident.matter.text}\n  It began {began} and lasted {_duration(lasted)}."


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _duration(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    hours, left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} d {hours_left} h"
    return f"{hours} h {left} min" if hours else f"{left} min"
