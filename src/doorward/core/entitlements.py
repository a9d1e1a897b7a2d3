"""Rules: which roles open which target, with what. From them, what a person may do now or next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from doorward.core.match import folded
from doorward.core.people import Access, Membership, Options, Person, united
from doorward.core.windows import SECOND, Bound, Window, touching


@dataclass(frozen=True, slots=True)
class Grant:
    """A target, and what access to it comes with."""

    target: str
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has a role that fits one of the patterns gets the grants.

    `blocked_by` are targets: whom an operator has locked at one of them gets nothing from this
    rule until she is released there.

    Patterns are shell-like ("Gym*"), and a role's own name always fits it; letter case, blanks
    around and forms of a letter do not count.
    """

    name: str
    roles: tuple[str, ...]
    grants: tuple[Grant, ...]
    blocked_by: tuple[str, ...] = ()

    def fits(self, role: str) -> bool:
        """Whether a role fits."""
        return _fits(role, self.roles)


def unblocked(rules: Sequence[Rule], locked_at: Collection[str]) -> Sequence[Rule]:
    """The rules that hold for somebody who is locked at these targets."""
    if not locked_at:
        return rules
    return [rule for rule in rules if not any(name in locked_at for name in rule.blocked_by)]


def everybody(targets: Iterable[str]) -> Rule:
    """The rule of a configuration without rules: every membership opens every target."""
    return Rule("every membership", ("*",), tuple(Grant(name) for name in targets))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody may: the rule, and the membership as the register has it."""

    rule: str
    role: str
    start: Bound
    end: Bound

    def __str__(self) -> str:
        role = f"role '{self.role}'" if self.role else "a membership"
        return f"rule '{self.rule}': {role} {_said(self.start, self.end)}"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a person may do at one target: the window open now, else the next, else the last.

    A target holds one window per person; the windows behind it come when this one is over.
    """

    access: Access
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    window: Window
    options: Options
    reason: Reason


def entitle(
    person: Person, rules: Sequence[Rule], target: str, zone: ZoneInfo, now: datetime
) -> Entitlement | None:
    """What the rules give a person at a target; None when nothing.

    Raises ValueError, in the register's words, for a membership that ends before it begins.
    """
    return entitlement_of(person.memberships, rules, target, zone, now)


def entitlement_of(
    memberships: Iterable[Membership],
    rules: Sequence[Rule],
    target: str,
    zone: ZoneInfo,
    now: datetime,
) -> Entitlement | None:
    """What `entitle` says, which depends on a person's memberships alone."""
    claims = [
        _Claim(
            _window(member.start, member.end, zone),
            grant.options,
            Reason(rule.name, member.role, member.start, member.end),
        )
        for member in memberships
        for rule in rules
        if rule.fits(member.role)
        for grant in rule.grants
        if grant.target == target
    ]
    if not claims:
        return None
    if len(claims) == 1:
        return Entitlement(Access(claims[0].window, claims[0].options), (claims[0].reason,))
    return _pick(_timeline(claims), now)


def _pick(timeline: Sequence[Entitlement], now: datetime) -> Entitlement:
    for entry in timeline:
        if not entry.access.window.over_at(now):
            return entry
    return timeline[-1]


def _timeline(claims: Sequence[_Claim]) -> list[Entitlement]:
    """The claims laid over each other: in order, apart, each with all that holds in it."""
    result: list[Entitlement] = []
    for window in _pieces([claim.window for claim in claims]):
        held = [claim for claim in claims if claim.window.covers(window)]
        if held:
            options = united([claim.options for claim in held])
            entry = Entitlement(Access(window, options), tuple(claim.reason for claim in held))
            _append(result, entry)
    return result


def _append(timeline: list[Entitlement], entry: Entitlement) -> None:
    """Put an entry behind the last, as one where nothing changes in between."""
    last = timeline[-1] if timeline else None
    if (
        last
        and last.access.options == entry.access.options
        and touching(last.access.window, entry.access.window)
    ):
        window = Window(last.access.window.start, entry.access.window.end)
        reasons = tuple(dict.fromkeys(last.reasons + entry.reasons))
        timeline[-1] = Entitlement(Access(window, entry.access.options), reasons)
    else:
        timeline.append(entry)


def _pieces(windows: Sequence[Window]) -> list[Window]:
    """The stretches between all the moments at which one of the windows begins or has ended."""
    cuts = {window.start for window in windows if window.start is not None}
    cuts |= {window.end + SECOND for window in windows if window.end is not None}
    moments: list[datetime | None] = [None, *sorted(cuts), None]
    return [
        Window(start, end - SECOND if end is not None else None) for start, end in pairwise(moments)
    ]


@lru_cache(maxsize=65_536)
def _window(start: Bound, end: Bound, zone: ZoneInfo) -> Window:
    try:
        return Window.of(start, end, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"a membership {_said(start, end)} makes no sense") from None


@lru_cache(maxsize=4096)
def _fits(role: str, patterns: tuple[str, ...]) -> bool:
    name = folded(role)
    return any(name == one or fnmatchcase(name, one) for one in map(folded, patterns))


def _said(start: Bound, end: Bound) -> str:
    """A register's bounds in words."""
    begins = f"from {_shown(start)} " if start is not None else ""
    return begins + (f"until {_shown(end)}" if end is not None else "without an end")


def _shown(bound: date) -> str:
    return bound.strftime("%Y-%m-%d %H:%M") if isinstance(bound, datetime) else bound.isoformat()
