"""What the twin's page shows: the club, and its members as the export tells them today."""

from collections.abc import Collection
from datetime import datetime

from doorward.connectors.cardskipper.search import is_active
from doorward.connectors.cardskipper.state import Kept, State
from doorward.connectors.cardskipper.wire.operations import GRANTS
from doorward.twinkit.twin import Overview

SHOWN_ROWS = 100
COLUMNS = ("number", "name", "e-mail", "roles", "today")


def overview(state: State, now: datetime) -> Overview:
    """Facts, then the first members."""
    settings, members = state.settings, state.members
    rows = [_row(member, state, now) for member in members[:SHOWN_ROWS]]
    if len(members) > SHOWN_ROWS:
        rows.append([f"… and {len(members) - SHOWN_ROWS} more", "", "", "", ""])
    facts = {
        "Organisation": f"{state.organisation.name} ({state.organisation.id})",
        "Members": str(len(members)),
        "Active today": str(sum(is_active(each, now, settings.zone) for each in members)),
        "Without e-mail": str(sum(not each.email for each in members)),
        "Dialects": ", ".join(settings.dialects) or "none",
        "Answers in": f"{settings.answer_form}, {settings.letter_case}",
        "Granted": _granted(settings.grants),
    }
    return Overview("Cardskipper", facts, COLUMNS, rows)


def _granted(grants: Collection[str]) -> str:
    return "every call" if set(grants) == GRANTS else ", ".join(sorted(grants)) or "nothing"


def _row(member: Kept, state: State, now: datetime) -> list[str]:
    names = state.organisation.role_names()
    roles = [
        f"{names.get(role.role, role.role)} {role.start or '…'} to {role.end or '…'}"
        for role in member.roles
    ]
    active = "active" if is_active(member, now, state.settings.zone) else "not active"
    name = f"{member.first_name} {member.last_name}"
    return [member.id, name, member.email or "–", ", ".join(roles) or "–", active]
