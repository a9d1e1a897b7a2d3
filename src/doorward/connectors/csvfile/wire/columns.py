"""Which column of a file means what: as told, else guessed from its name, Swedish or English.

Letter case, blanks and signs in a name do not count: "Giltig t.o.m." is "giltigtom".
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doorward.connectors.csvfile.wire.text import Unusable

COLUMNS = (
    *("member", "first name", "last name", "name"),
    *("email", "phone", "from", "until", "role"),
)
"""What a column may mean; `name` is first and last name in one."""

NEEDED = ("member", "until")
"""Without a member nobody is known; without an end everybody would stay for ever."""

_NAMES: Mapping[str, Sequence[str]] = {
    "member": (
        "member memberno membernumber memberid membershipno membershipnumber membershipid "
        "medlem medlemsnummer medlemsnr medlemsid medlemnr medlemskapsnummer",
        "id customerno customernumber kundnummer kundnr",
    ),
    "first name": ("firstname givenname förnamn", "first tilltalsnamn"),
    "last name": ("lastname surname familyname efternamn", "last"),
    "name": ("name fullname membername namn helanamn medlemsnamn",),
    "email": (
        "email emailaddress epost epostadress mejl mejladress mail mailadress mailaddress",
        "emailprivate privateemail epostprivat privatepost",
    ),
    "phone": (
        "mobile mobilephone mobilenumber cellphone cell mobil mobiltelefon mobilnummer mobilnr",
        "phone phonenumber telephone telefon telefonnummer telefonnr tel",
        "homephone hemtelefon telefonhem",
    ),
    "from": (
        "from fromdate validfrom start startdate begin begindate frdatum fromdatum "
        "fråndatum från giltigfrom giltigfrån startdatum",
    ),
    "until": (
        "until untildate validuntil validto validthrough to todate end enddate expires expiry "
        "expirydate expirationdate tom till tilldatum tomdatum giltigtom giltigtill slut "
        "slutdatum utgår utgångsdatum",
    ),
    "role": (
        "role roles roll roller membership membershiptype membertype medlemskap medlemskapstyp "
        "medlemstyp medlemskategori",
        "type typ category kategori group grupp",
    ),
}
"""Names by how sure they are; less sure ones count only where no surer one is there."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a record each thing stands, counted from 0, and what the columns are called.

    `extra` are the columns that mean nothing here and are kept as they are.
    """

    header: Sequence[str]
    places: Mapping[str, int]
    extra: Sequence[tuple[int, str]]

    def shown(self, column: str) -> str:
        """A column's own name in the file."""
        return self.header[self.places[column]]


def folded(name: str) -> str:
    """A column's name without what does not count."""
    kept = filter(str.isalnum, unicodedata.normalize("NFKC", name))
    return "".join(kept).casefold()


def meaning(name: str) -> str | None:
    """Which of COLUMNS somebody means who writes its name in a way of his own; None: none."""
    return next((column for column in COLUMNS if folded(column) == folded(name)), None)


def understood(header: Sequence[str], told: Mapping[str, str]) -> int:
    """How many columns of a header make sense."""
    return sum(bool(_found(header, column, told)) for column in COLUMNS)


def layout(header: Sequence[str], told: Mapping[str, str]) -> Layout:
    """What each column of a header means. Raises Unusable, naming the columns that there are.

    `told` are names by COLUMNS; an empty one says that there is no such column.
    """
    places: dict[str, int] = {}
    for column in COLUMNS:
        found = _found(header, column, told)
        if len(found) > 1:
            raise _ambiguous(header, column, found)
        if found:
            places[column] = found[0]
        elif column in told or column in NEEDED:
            _refuse_missing(header, column, told)
    taken = set(places.values())
    extra = [(place, name) for place, name in enumerate(header) if place not in taken and name]
    return Layout(tuple(header), places, tuple(extra))


def _found(header: Sequence[str], column: str, told: Mapping[str, str]) -> list[int]:
    """The columns that may be meant."""
    names = [folded(name) for name in header]
    if column in told:
        wanted = folded(told[column])
        return [place for place, name in enumerate(names) if name == wanted] if wanted else []
    spoken_for = {folded(name) for name in told.values()}
    for known in ((folded(column),), *(tier.split() for tier in _NAMES[column])):
        found = [
            place for place, name in enumerate(names) if name in known and name not in spoken_for
        ]
        if found:
            return found
    return []


def _ambiguous(header: Sequence[str], column: str, found: Iterable[int]) -> Unusable:
    names = ", ".join(f"'{header[place]}' (column {place + 1})" for place in found)
    return Unusable(
        f"several columns could be '{column}': {names}",
        f'Say which one it is: columns = {{ "{column}" = "…" }}; each name may be there once.',
    )


def _refuse_missing(header: Sequence[str], column: str, told: Mapping[str, str]) -> None:
    wanted = told.get(column)
    if wanted == "" and column != "member":
        return
    there = ", ".join(f"'{name}'" for name in header)
    sought = f"column '{wanted}'" if wanted else "column that could be"
    remedy = f'Say which one it is: columns = {{ "{column}" = "…" }}.'
    if column == "until":
        remedy += ' If memberships have no end, leave it empty: ""'
    raise Unusable(f"there is no {sought} for '{column}'; there is: {there}", remedy)
