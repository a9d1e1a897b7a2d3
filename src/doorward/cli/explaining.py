"""`explain PERSON`: why can she not get in? One page, over all targets."""

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from doorward.app.documents import access_document
from doorward.app.explain import AtTarget, Explanation, explain
from doorward.app.hub import open_store
from doorward.cli.shell import shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import clock_time
from doorward.core.changes import named
from doorward.core.words import in_words


def explain_command(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Key, member number, e-mail address or name.")],
    as_json: AsJson = False,
) -> None:
    """Why somebody has access, or has not: register, rule, each target, last and next try."""
    with told(here := shell(context)):
        settings = here.settings()
        with open_store(settings) as store:
            found = asyncio.run(explain(settings, store, person))
    if as_json:
        here.print_json(_document(found))
    else:
        _show(here.out, found)


def _show(console: Console, found: Explanation) -> None:
    known = found.known
    person = known.person
    lines = [f"[bold]{escape(named(person))}[/]  {escape(person.key)}"]
    for stay in person.memberships:
        ends = stay.end if stay.end is not None else "no end"
        lines.append(f"role '{escape(stay.role)}' from {stay.start or 'any time'} until {ends}")
    if not person.memberships:
        lines.append("no membership")
    gone = f", gone since {clock_time(known.gone_at)}" if known.gone_at else ""
    lines.append(f"[dim]in the register since {clock_time(known.seen_at)}{gone}[/]")
    console.print(Panel("\n".join(lines), title="Register", title_align="left"))
    for one in found.targets:
        title = escape(one.target.name)
        console.print(Panel(_facts(one), title=title, title_align="left", border_style=_style(one)))


def _style(one: AtTarget) -> str:
    return "green" if one.verdict.startswith("open") and not one.failure else "yellow"


def _facts(one: AtTarget) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, text in _told(one):
        facts.add_row(name, escape(text))
    return facts


def _told(one: AtTarget) -> list[tuple[str, str]]:
    zone = one.target.zone
    told = [("so", one.verdict)]
    if one.entitlement:
        told += [("by", str(reason)) for reason in one.entitlement.reasons]
        told.append(("wanted", in_words(one.entitlement.access, zone)))
    else:
        lapsed = one.target.policy.lapsed
        told.append(("by", f"no rule gives this person anything here (lapsed = '{lapsed}')"))
    if one.locked_at:
        where = ", ".join(one.locked_at)
        told.append(("locked", f"by an operator at {where}, until she is released there"))
    if one.holder:
        told.append(("is", f"{one.holder} (found by {one.origin})"))
    if one.agreement:
        told.append(("in step", f"since {clock_time(one.agreement.agreed_at)}"))
    if one.last:
        last = one.last
        at = clock_time(last.settled_at or last.intended_at)
        told.append(("last write", f"{at}, {last.kind}, {last.state}: {last.why}"))
    if one.trouble:
        told.append(("not asked", f"{one.trouble.reason} {one.trouble.remedy}"))
    if one.failure:
        failure = one.failure
        again = clock_time(failure.next_try) if failure.next_try else "when somebody acts"
        told.append(("failing", f"{failure.attempts}×: {failure.message} {failure.remedy}"))
        told.append(("next try", again))
    return told


def _document(found: Explanation) -> dict[str, Any]:
    person = found.known.person
    return {
        "person": person.key,
        "name": person.name,
        "emails": list(person.emails),
        "gone": found.known.gone_at.isoformat() if found.known.gone_at else None,
        "memberships": [
            {"role": stay.role, "start": stay.start, "end": stay.end} for stay in person.memberships
        ],
        "targets": [_at(one) for one in found.targets],
    }


def _at(one: AtTarget) -> dict[str, Any]:
    zone = one.target.zone
    reasons = one.entitlement.reasons if one.entitlement else ()
    return {
        "target": one.target.name,
        "verdict": one.verdict,
        "rules": [str(reason) for reason in reasons],
        "locked_at": list(one.locked_at),
        "wanted": access_document(one.entitlement.access if one.entitlement else None, zone),
        "holder": one.holder,
        "shown": access_document(one.shown, zone),
        "agreed_at": one.agreement.agreed_at.isoformat() if one.agreement else None,
        "last_try": one.last.intended_at.isoformat() if one.last else None,
        "next_try": one.failure.next_try if one.failure else None,
        "failure": one.failure.message if one.failure else None,
    }
