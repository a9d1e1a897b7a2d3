"""Taking an import: what becomes of a member that is sent, and what cannot be taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from doorward.connectors.cardskipper.server import Declined
from doorward.connectors.cardskipper.state import Kept, KeptRole
from doorward.connectors.cardskipper.wire import basedata
from doorward.connectors.cardskipper.wire.imports import Sent
from doorward.connectors.cardskipper.wire.members import Member, RoleStay
from doorward.connectors.cardskipper.wire.organisation import Organisation


def taken(
    sent: Sequence[Sent],
    members: Mapping[str, Kept],
    organisation: Organisation,
    now: datetime,
) -> dict[str, Kept]:
    """The members as they are after the import, by id. Raises Declined (400); all or none."""
    after: dict[str, Kept] = {}
    for each in sent:
        _demand_known(each, organisation)
        ident = each.member.id
        before = after.get(ident) or members.get(ident)
        try:
            after[ident] = _changed(before or Kept(ident), each, now)
        except ValueError as error:
            raise Declined(400, f"Member {ident}: {error}") from None
    return after


def _demand_known(sent: Sent, organisation: Organisation) -> None:
    if sent.organisation_id != organisation.id:
        raise Declined(400, f"There is no organisation {sent.organisation_id}.")
    names = organisation.role_names()
    for stay in sent.member.stays:
        if stay.role_id not in names:
            raise Declined(400, f"There is no role {stay.role_id}.")
    said = sent.member.details
    if said.gender and not any(each.answers_to(said.gender) for each in basedata.GENDERS):
        raise Declined(400, f"There is no gender {said.gender!r}.")
    countries = basedata.COUNTRIES
    if said.nationality and not any(each.answers_to(said.nationality) for each in countries):
        raise Declined(400, f"There is no nationality {said.nationality!r}.")


def _changed(before: Kept, sent: Sent, now: datetime) -> Kept:
    """The sent roles take the place of those with the same ids; other roles stay."""
    member = sent.member
    replaced = {stay.role_id for stay in member.stays}
    stay_on = tuple(role for role in before.roles if role.role not in replaced)
    tags = () if sent.clear_tags else before.tags
    return msgspec.structs.replace(
        before,
        first_name=member.first_name,
        last_name=member.last_name,
        birthdate=member.birthdate.isoformat() if member.birthdate else "",
        email=_email(member),
        phones=member.phones,
        roles=stay_on + tuple(map(_role, member.stays)),
        tags=tuple(dict.fromkeys(tags + member.tags)),
        inactive=member.inactive,
        details=member.details,
        changed_at=now,
    )


def _email(member: Member) -> str:
    return member.emails[0] if member.emails else ""


def _role(stay: RoleStay) -> KeptRole:
    start = stay.start.isoformat() if stay.start else ""
    end = stay.end.isoformat() if stay.end else ""
    return KeptRole(stay.role_id, start, end, stay.type, stay.unit)
