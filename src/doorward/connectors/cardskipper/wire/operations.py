"""What can be called at Cardskipper: read by the client and the server alike.

Paths and methods: Cardskipper facts, "Calls". Each call has its own grant, named here as users read
it; `Member/Export` may be refused to a login for which `Organisation/Info` works.
"""

from typing import Literal

import msgspec

PRODUCTION = "https://api.cardskipper.se"
TEST = "https://api-test.cardskipper.se"

MASKED = frozenset({"birthnumber"})
"""Values that are shown nowhere, by their names on the wire."""

XML = "application/xml; charset=utf-8"


class Operation(msgspec.Struct, frozen=True):
    """One call. `path` may hold {placeholders}; `limit` is the largest body that is taken."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    limit: int = 0

    @property
    def paths(self) -> tuple[str, str]:
        """With and without the slash at the end: both are answered."""
        return self.path, self.path.rstrip("/")


ORGANISATION_INFO = Operation("Organisation/Info", "GET", "/Organisation/Info/")
MEMBER_EXPORT = Operation("Member/Export", "POST", "/Member/Export/", 64 * 1024)
COUNTRIES = Operation("Basedata/Country", "GET", "/Basedata/Country/")
GENDERS = Operation("Basedata/Gender", "GET", "/Basedata/Gender/")
MEMBER_IMPORT = Operation("Import/Member", "POST", "/Import/Member/", 16 * 1024 * 1024)
MEMBER_BLOB = Operation(
    "MemberBlob/Blob", "POST", "/MemberBlob/Blob/{organisation}/{member}/", 8 * 1024 * 1024
)

OPERATIONS = (
    ORGANISATION_INFO,
    MEMBER_EXPORT,
    COUNTRIES,
    GENDERS,
    MEMBER_IMPORT,
    MEMBER_BLOB,
)
GRANTS = frozenset(operation.name for operation in OPERATIONS)

SCHEMAS = ("OrganisationInfo.xsd", "SearchCriteriaMember.xsd", "MemberImport.xsd")
"""Served under /Doc/ without a login."""
