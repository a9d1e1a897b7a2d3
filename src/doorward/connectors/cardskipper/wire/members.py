"""A member, as `Member/Export` tells her and `Import/Member` takes her.

Named after Cardskipper's guide, "External API", and the Cardskipper facts, "Answer of
Member/Export". No public recording of an answer exists: the reader takes any form (see `export`).
"""

from datetime import date

import msgspec

from doorward.connectors.cardskipper.wire.dates import Bound


class RoleStay(msgspec.Struct, frozen=True, gc=False):
    """One role from and until when: never joined with another, the gap between them stays shut.

    `role_id` is "" for a member whose dates stand on herself and not on a role.
    """

    role_id: str
    start: Bound = None
    end: Bound = None
    type: str = ""
    unit: str = ""


class Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a register knows besides. Written, never read from an export: no door needs it."""

    gender: str = ""
    nationality: str = ""
    birth_number: str = ""
    extras: tuple[str, str, str] = ("", "", "")
    address: tuple[str, str, str, str] = ("", "", "", "")  # line 1, line 2, zip, city


NO_DETAILS = Details()


class Member(msgspec.Struct, frozen=True, gc=False):
    """One member. (OrganisationId, `id`) is who she is; an e-mail may be missing or shared.

    `stays` are those of the organisation that was asked for. `inactive` overrules them all.
    An unreadable birthdate is none: nothing depends on it.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    birthdate: date | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    stays: tuple[RoleStay, ...] = ()
    tags: tuple[str, ...] = ()
    inactive: bool = False
    details: Details = NO_DETAILS


class UnreadableMember(msgspec.Struct, frozen=True):
    """A record that is there but cannot be understood. Whoever it is about keeps what she has.

    `id` None: not even who it is about is known. `line` counts from 1 (65535 stands for later lines
    too); so does `place`, among the member records of the document. `found` is fit to be shown.
    """

    id: str | None
    line: int
    place: int
    field: str
    found: str
    remedy: str
