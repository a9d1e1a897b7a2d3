"""Core values as plain JSON documents: what `--json` prints and what a plan file holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from doorward.core.changes import Change, Doubt, Drift, Missing, Orphan
from doorward.core.errors import Trouble
from doorward.core.guard import Hold, held_back
from doorward.core.people import Access, Faulty
from doorward.core.plan import Plan
from doorward.core.sync import Report

Document = dict[str, Any]
Zones = Mapping[str, ZoneInfo]


def plan_document(plan: Plan, zones: Zones) -> Document:
    """A plan, whole. Times are on each target's own clock, with the offset."""
    parts = plan.proposals
    return {
        "digest": plan.digest,
        "made_at": plan.made_at.isoformat(timespec="seconds"),
        "changes": [change_document(one, plan, zones[one.target]) for one in plan.changes],
        "held": [_hold(hold) for hold in plan.holding],
        "doubtful": [_doubt(one) for part in parts for one in part.doubtful],
        "unmatched": [_missing(one) for part in parts for one in part.unmatched],
        "drift": [_drift(one, zones[one.target]) for part in parts for one in part.drifts],
        "orphans": [_orphan(one, zones[one.target]) for part in parts for one in part.orphans],
        "adopted": sum(len(part.adoptions) for part in parts),
        "failed": [
            {"system": one.system, "partly": one.partly, **trouble_document(one.trouble)}
            for one in plan.troubles
        ],
        "unreadable": [_fault(system, record) for system, record in plan.faulty],
    }


def change_document(change: Change, plan: Plan, zone: ZoneInfo) -> Document:
    """One line of a plan."""
    return {
        "target": change.target,
        "person": change.person,
        "who": change.who,
        "holder": change.holder,
        "kind": change.kind,
        "before": access_document(change.before, zone),
        "after": access_document(change.after, zone),
        "why": change.why,
        "held": held_back(change, plan.holds) is not None,
    }


def access_document(access: Access | None, zone: ZoneInfo) -> Document | None:
    """Start, end and options; null for no access at all, a null end for no end."""
    if access is None:
        return None
    return {
        "start": local(access.window.start, zone),
        "end": local(access.window.end, zone),
        **{name: list(values) for name, values in access.options},
    }


def report_document(report: Report, zones: Zones) -> Document:
    """What a run did."""
    applied = report.applied
    return {
        "verdict": report.verdict,
        "digest": report.plan.digest,
        "done": [
            change_document(one.change, report.plan, zones[one.change.target])
            for one in applied.done
        ],
        "failed": [
            {
                **change_document(one.change, report.plan, zones[one.change.target]),
                "state": one.settlement.state,
                **trouble_document(one.settlement.trouble),
            }
            for one in applied.failed
        ],
        "untried": len(applied.untried),
        "deferred": report.deferred,
        "settled": len(report.settlements),
        "held": [_hold(hold) for hold in report.holds],
        "systems": [
            {"system": one.system, "partly": one.partly, **trouble_document(one.trouble)}
            for one in report.plan.troubles
        ],
        "owed": [
            {"system": target, **trouble_document(trouble)}
            for target, trouble in applied.owed.items()
        ],
    }


def trouble_document(trouble: Trouble | None) -> Document:
    """What went wrong and what to do; empty where nothing did."""
    if trouble is None:
        return {}
    return {"trouble": trouble.kind.value, "reason": trouble.reason, "remedy": trouble.remedy}


def local(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant on a target's own clock."""
    return instant.astimezone(zone).isoformat() if instant else None


def _hold(hold: Hold) -> Document:
    return {
        "target": hold.target,
        "kind": hold.kind,
        "count": hold.count,
        "population": hold.population,
        "allowed": hold.allowed,
        "reason": hold.reason,
    }


def _fault(system: str, record: Faulty) -> Document:
    return {
        "system": system,
        "person": record.key,
        "where": record.where,
        "reason": record.reason,
        "remedy": record.remedy,
    }


def _doubt(doubt: Doubt) -> Document:
    return {
        "target": doubt.target,
        "person": doubt.person,
        "who": doubt.who,
        "candidates": list(doubt.candidates),
        "reason": doubt.reason,
        "remedy": doubt.remedy,
    }


def _missing(missing: Missing) -> Document:
    return {
        "target": missing.target,
        "person": missing.person,
        "who": missing.who,
        "reason": missing.reason,
    }


def _drift(drift: Drift, zone: ZoneInfo) -> Document:
    return {
        "target": drift.target,
        "person": drift.person,
        "who": drift.who,
        "holder": drift.holder,
        "agreed": access_document(drift.agreed, zone),
        "shown": access_document(drift.shown, zone),
        "policy": drift.policy,
    }


def _orphan(orphan: Orphan, zone: ZoneInfo) -> Document:
    return {
        "target": orphan.target,
        "holder": orphan.holder,
        "name": orphan.name,
        "access": access_document(orphan.shown, zone),
    }
