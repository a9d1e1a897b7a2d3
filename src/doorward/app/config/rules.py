"""The rules of a configuration: which roles open which targets, with what."""

from collections.abc import Mapping, Sequence
from typing import Any

from doorward.app.config.document import Tables
from doorward.app.config.fit import Desk
from doorward.app.config.lines import KeyPath
from doorward.app.config.sections import RuleEntry
from doorward.app.config.words import instead, shown
from doorward.core.entitlements import Grant, Rule, everybody
from doorward.core.people import Options

Allowed = Mapping[str, Sequence[str]]
"""The options that a grant may carry, by target."""


def read_rules(desk: Desk, tables: Tables, allowed: Allowed) -> tuple[Rule, ...]:
    """The rules in order; without any, every membership opens every target."""
    written = tables.get("rule", [])
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        desk.problem(("rule",), "this is not a list of rules", "Begin each rule with [[rule]].")
        return ()
    if not written:
        return (everybody(allowed),)
    known = {name: allowed.get(name) for name in _names(tables)}
    read = [_rule(desk, place, table, known) for place, table in enumerate(written)]
    rules = tuple(rule for rule in read if rule is not None)
    _refuse_same_names(desk, read)
    return rules


def _names(tables: Tables) -> list[str]:
    """All targets that are written down, those too that are not in order."""
    targets = tables.get("target")
    return list(targets) if isinstance(targets, dict) else []


Known = Mapping[str, Sequence[str] | None]


def _rule(desk: Desk, place: int, table: Tables, known: Known) -> Rule | None:
    path: KeyPath = ("rule", place)
    entry = desk.fit(path, RuleEntry, table)
    if entry is None:
        return None
    grants = [
        _grant(desk, (*path, "grant", number), one, known) for number, one in enumerate(entry.grant)
    ]
    name = entry.name or f"rule {place + 1}"
    given = tuple(grant for grant in grants if grant is not None)
    _refuse_unknown_blockers(desk, path, entry, known)
    return Rule(name, tuple(entry.roles), given, tuple(sorted(set(entry.blocked_by))))


def _refuse_unknown_blockers(desk: Desk, path: KeyPath, entry: RuleEntry, known: Known) -> None:
    for number, target in enumerate(entry.blocked_by):
        if target not in known:
            place = (*path, "blocked_by", number)
            desk.problem(place, f"there is no target '{target}'", instead(target, known))


def _grant(desk: Desk, path: KeyPath, written: Any, known: Known) -> Grant | None:
    match written:
        case str():
            return _granted(desk, path, written, {}, known)
        case {"target": str(target)}:
            options = {key: one for key, one in written.items() if key != "target"}
            return _granted(desk, path, target, options, known)
        case _:
            remedy = 'Write "NAME", or {target = "NAME", …} with its options.'
            desk.problem(path, f"{shown(written)} does not name a target", remedy)
            return None


def _granted(
    desk: Desk, path: KeyPath, target: str, options: Mapping[str, Any], known: Known
) -> Grant | None:
    if target not in known:
        desk.problem(path, f"there is no target '{target}'", instead(target, known))
        return None
    allowed = known[target]
    if allowed is None:
        return None  # the target itself is a problem that is said already
    values = {key: _option(desk, (*path, key), one, allowed) for key, one in options.items()}
    chosen: Options = tuple(sorted((key, value) for key, value in values.items() if value))
    return Grant(target, chosen)


def _option(
    desk: Desk, path: KeyPath, written: Any, allowed: Sequence[str]
) -> tuple[str, ...] | None:
    """The values of one option as text; None when there was a problem."""
    name = str(path[-1])
    if name not in allowed:
        desk.problem(path, "a grant of this target has no such option", instead(name, allowed))
        return None
    values = written if isinstance(written, list) else [written]
    texts = [str(one) for one in values if _is_plain(one)]
    if not texts or len(texts) < len(values):
        desk.problem(path, f"{shown(written)} does not fit", 'Write it like ["1", "2"].')
        return None
    return tuple(sorted(set(texts)))


def _is_plain(value: Any) -> bool:
    return bool(value) if isinstance(value, str) else type(value) is int


def _refuse_same_names(desk: Desk, rules: Sequence[Rule | None]) -> None:
    seen: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if rule is None:
            continue
        first = seen.setdefault(rule.name.casefold(), place)
        if first != place:
            reason = f"rule {first + 1} has this name already"
            remedy = "Give each rule a name of its own: it is shown as the reason of a change."
            desk.problem(("rule", place, "name"), reason, remedy)
