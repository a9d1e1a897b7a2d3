"""Car parks as plain JSON documents: what `--json` prints. Amounts are text with two places."""

from typing import Any
from zoneinfo import ZoneInfo

from doorward.app.documents import local
from doorward.app.parking.looking import Filled, Known, Seen, View
from doorward.app.parking.settling import Account
from doorward.app.parking.words import held, place
from doorward.core.parking.entries import Record
from doorward.core.parking.presence import Stranger
from doorward.core.parking.statements import Line

Document = dict[str, Any]


def account_document(account: Account) -> Document:
    """An account's month with its lines; `billed_at` and `statement` null for a draft."""
    one, zone, totals = account.statement, account.park.zone, account.statement.totals
    return {
        "target": one.system,
        "month": str(one.month),
        "statement": one.number or None,
        "billed_at": local(account.billed_at, zone),
        "account": one.account,
        "person": account.holder.person or None,
        "name": account.holder.name or None,
        "gross": str(totals.gross),
        "net": str(totals.net),
        "vat": str(totals.vat),
        "rates": [
            {"rate": str(at.rate), "gross": str(at.gross), "net": str(at.net), "vat": str(at.vat)}
            for at in totals.rates
        ],
        "lines": [_line(line, zone) for line in one.lines],
    }


def _line(line: Line, zone: ZoneInfo) -> Document:
    entry, visit = line.entry, line.visit
    return {
        "transaction": visit.id,
        "kind": entry.kind,
        "booked": local(entry.at, zone),
        "car_park": place(visit.car_park),
        "in": local(visit.entry.at, zone),
        "out": local(visit.exit.at, zone) if visit.exit else None,
        "medium": held(visit.entry.medium),
        "gross": str(entry.amount),
        "rate": str(entry.vat_rate),
        "vat": str(entry.vat),
        "info": entry.info,
    }


def view_document(view: View) -> Document:
    """A day of the car parks."""
    zones = {seen.target.name: seen.target.zone for seen in view.seen}
    return {
        "at": view.at.isoformat(timespec="seconds"),
        "day": view.day.isoformat(),
        "max_stay_hours": view.longest.total_seconds() / 3600,
        "car_parks": [_seen(one) for one in view.seen],
        "occupancy": [_filled(one) for one in view.filled],
        "inside": [_known(one, view, zones) for one in view.inside],
        "overdue": [_known(one, view, zones) for one in view.overdue],
        "unknown": [_stranger(one, zones) for one in view.strangers],
    }


def _seen(seen: Seen) -> Document:
    known, zone = seen.whitelist, seen.target.zone
    return {
        "target": seen.target.name,
        "heard_at": local(seen.sign.heard_at, zone),
        "silent": seen.silent,
        "whitelist_since": local(known.since, zone) if known else None,
        "accounts": known.accounts if known else 0,
        "cards": known.cards if known else 0,
    }


def _filled(filled: Filled) -> Document:
    return {
        "target": filled.target.name,
        "number": filled.number,
        "name": filled.name,
        "hours": [
            {
                "begin": local(hour.begin, filled.target.zone),
                "inside": hour.inside,
                "peak": hour.peak,
                "came": hour.came,
                "left": hour.left,
            }
            for hour in filled.hours
        ],
    }


def _known(known: Known, view: View, zones: dict[str, ZoneInfo]) -> Document:
    since = known.record.visit.entry.at
    return {
        **_visit(known.record, zones),
        "person": known.holder.person or None,
        "name": known.holder.name or None,
        "minutes": int((view.at - since).total_seconds()) // 60,
    }


def _stranger(stranger: Stranger, zones: dict[str, ZoneInfo]) -> Document:
    return {
        **_visit(stranger.record, zones),
        "state": stranger.record.state,
        "account_known": stranger.account_known,
        "card_known": stranger.card_known,
    }


def _visit(record: Record, zones: dict[str, ZoneInfo]) -> Document:
    visit = record.visit
    return {
        "target": visit.system,
        "transaction": visit.id,
        "account": visit.account,
        "card": visit.card,
        "car_park": place(visit.car_park),
        "since": local(visit.entry.at, zones[visit.system]),
        "medium": held(visit.entry.medium),
        "test": record.test,
    }
