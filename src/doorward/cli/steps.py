"""`plan`, `apply` and `sync`: what would be written, and writing it."""

import asyncio
import getpass
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from doorward.app.documents import plan_document, report_document
from doorward.app.hub import open_store, zones
from doorward.app.runs import Desk, PlanChanged, Scope, apply_reviewed, plan, sync
from doorward.cli.progress import bars
from doorward.cli.shell import Exit, Shell, shell, told
from doorward.cli.show_plan import markdown, show_plan, show_report
from doorward.core.apply import Approval
from doorward.core.plan import Plan
from doorward.core.sync import Report

Person = Annotated[
    str | None,
    typer.Option(help="Only this person: key, member number, e-mail address or name.", metavar="X"),
]
Target = Annotated[str | None, typer.Option(help="Only this target.", metavar="T")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def plan_command(
    context: typer.Context,
    person: Person = None,
    target: Target = None,
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Keep the plan in this file, for 'apply'.", metavar="FILE")
    ] = None,
) -> None:
    """Show what would be written, line by line, and why. Writes to no system.

    Ends with 0 also when there are changes, with 3 when the guard would hold some of them, with 1
    when a system could not be read.
    """
    with told(here := shell(context)):
        settings = here.settings()
        with bars(here.err) as steps, open_store(settings) as store:
            desk = Desk(settings=settings, store=store, progress=steps)
            made = asyncio.run(plan(desk, Scope(person=person, target=target))).plan
        where = zones(settings)
        if out:
            _keep(out, plan_document(made, where) | {"scope": [person, target]})
        if as_json:
            here.print_json(plan_document(made, where))
        elif as_markdown:
            typer.echo("\n".join(markdown(made, where)))
        else:
            show_plan(here.out, made, where)
    raise typer.Exit(_exit_of_plan(made))


def apply_command(
    context: typer.Context,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A file of 'plan --out'.")],
    approve_held: Annotated[
        bool,
        typer.Option("--approve-held", help="Also write what the guard holds: you have read it."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a plan that you have read, and only if it is still the same.

    The plan is made anew and compared; when the register or a door has changed since, nothing is
    written.
    """
    with told(here := shell(context)):
        settings = here.settings()
        digest, scope = _reviewed(here, plan_file)
        approval = Approval(digest, getpass.getuser(), approve_held)
        with bars(here.err) as steps, open_store(settings) as store:
            desk = Desk(settings=settings, store=store, progress=steps)
            try:
                report = asyncio.run(apply_reviewed(desk, approval, scope))
            except PlanChanged as error:
                show_plan(here.err, error.prepared.plan, zones(settings))
                raise
    _end(here, report, as_json, zones(settings))


def sync_command(
    context: typer.Context,
    person: Person = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Plan, guard, apply, read back: one run, for cron and for now.

    Ends with 0 when all is in step, 1 when something failed, 3 when the guard holds.
    """
    with told(here := shell(context)):
        settings = here.settings()
        with bars(here.err) as steps, open_store(settings) as store:
            desk = Desk(settings=settings, store=store, progress=steps)
            scope = Scope(person=person, target=target)
            report = asyncio.run(sync(desk, "sync", scope))
    _end(here, report, as_json, zones(settings))


def _reviewed(here: Shell, file: Path) -> tuple[str, Scope]:
    """The digest and scope of a plan file."""
    try:
        document = json.loads(file.read_text())
        person, target = document.get("scope", [None, None])
        return str(document["digest"]), Scope(person=person, target=target)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        here.complain(f"{file}: not a plan: {error}", "Make one: doorward plan --out plan.json")
        raise typer.Exit(Exit.USAGE) from None


def _end(here: Shell, report: Report, as_json: bool, where: Any) -> None:
    if as_json:
        here.print_json(report_document(report, where))
    else:
        show_report(here.out, report)
    raise typer.Exit(exit_of(report))


def exit_of(report: Report) -> Exit:
    """How a run ends for a script. What failed is told before what is held."""
    match report.verdict:
        case "ok":
            return Exit.OK
        case "held":
            return Exit.HELD
        case _:
            return Exit.FAILED


def _exit_of_plan(made: Plan) -> Exit:
    if made.troubles:
        return Exit.FAILED
    return Exit.HELD if made.holding else Exit.OK


def _keep(out: Path, document: Any) -> None:
    """Write a plan to a file that only its owner may read: it names people."""
    with open(out, "w", opener=_for_its_owner, encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
