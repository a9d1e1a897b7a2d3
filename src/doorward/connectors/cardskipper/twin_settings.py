"""How the twin behaves where no source shows how Cardskipper does: a switch for each doubt."""

from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from doorward.connectors.cardskipper.wire.criteria import DIALECTS, Dialect
from doorward.connectors.cardskipper.wire.dates import DateForm
from doorward.connectors.cardskipper.wire.names import shown
from doorward.connectors.cardskipper.wire.operations import GRANTS
from doorward.connectors.cardskipper.wire.writing import AnswerForm, LetterCase, Manner, NoDate
from doorward.net.xml import XmlRefused, parse

IdName = Literal["OrganisationMemberId", "MemberId", "Id"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The twin's switches. Raises ValueError for values that contradict themselves.

    `other_dialect`: what a search in a dialect that isn't among `dialects` gets. `grants`: the
    calls that the login may make. `errors`: the form in which the twin declines. `rate_limit`:
    calls a minute. `at_most`: members in one answer, as an undocumented page limit would cut it.
    `extra_members`: `Member` elements put into every export as they are, to tell a client what a
    register should never say.
    """

    dialects: tuple[Dialect, ...] = DIALECTS
    other_dialect: Literal["refuse", "empty"] = "refuse"
    answer_form: AnswerForm = "attributes"
    namespace: str = ""
    letter_case: LetterCase = "as printed"
    dates: DateForm = "date"
    no_date: NoDate = "left out"
    id_name: IdName = "OrganisationMemberId"
    grants: tuple[str, ...] = tuple(sorted(GRANTS))
    errors: Literal["xml", "text", "html", "empty"] = "xml"
    rate_limit: int | None = None
    at_most: int | None = None
    extra_members: tuple[str, ...] = ()
    time_zone: str = "Europe/Stockholm"

    def __post_init__(self) -> None:
        unknown = set(self.grants) - GRANTS
        if unknown:
            known = ", ".join(sorted(GRANTS))
            raise ValueError(f"'grants': {shown(min(unknown))} is no call; there are: {known}")
        for name, number in (("rate_limit", self.rate_limit), ("at_most", self.at_most)):
            if number is not None and number < 0:
                raise ValueError(f"'{name}' counts from 0, or is null for no limit")
        for place, text in enumerate(self.extra_members):
            try:
                parse(text.encode())
            except (XmlRefused, UnicodeEncodeError) as error:
                raise ValueError(f"'extra_members[{place}]': {error}") from None
        zone_named(self.time_zone)

    @property
    def manner(self) -> Manner:
        """How exports are written."""
        return Manner(
            self.answer_form,
            self.namespace,
            self.letter_case,
            self.dates,
            self.no_date,
            self.id_name,
        )

    @property
    def zone(self) -> ZoneInfo:
        """Where the organisation is: its days begin and end there."""
        return zone_named(self.time_zone)


def zone_named(name: str) -> ZoneInfo:
    """A time zone. Raises ValueError for a name that there isn't."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'time_zone': {shown(name)} is not a time zone") from None
