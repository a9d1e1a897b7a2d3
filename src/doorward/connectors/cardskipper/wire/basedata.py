"""The answers of `Basedata/Country` and `Basedata/Gender`.

The guide, "Download basic data", names the columns (an import may use any of them) and that
`Accept-Language` chooses the language; the form of the answers is not shown anywhere.
"""

from collections.abc import Iterable
from typing import NamedTuple

from doorward.connectors.cardskipper.wire.text import HEAD, element

Language = str  # "en" or "sv"


class Country(NamedTuple):
    """A country under the names that an import may use for it."""

    id: str
    iso: str
    code: str
    english: str
    swedish: str

    def name(self, language: Language) -> str:
        """Its name for people who read that language."""
        return self.swedish if language == "sv" else self.english

    def answers_to(self, text: str) -> bool:
        """Whether an import that says `text` means this country."""
        said = {self.id, self.iso, self.code, self.english, self.swedish}
        return text.casefold() in {name.casefold() for name in said}


class Gender(NamedTuple):
    """A gender under the names that an import may use for it."""

    id: str
    code: str
    english: str
    swedish: str

    def name(self, language: Language) -> str:
        """Its name for people who read that language."""
        return self.swedish if language == "sv" else self.english

    def answers_to(self, text: str) -> bool:
        """Whether an import that says `text` means this gender."""
        said = {self.id, self.code, self.english, self.swedish}
        return text.casefold() in {name.casefold() for name in said}


COUNTRIES = tuple(
    Country(str(number), *names.split("|"))
    for number, names in enumerate(
        """SE|SWE|Sweden|Sverige
NO|NOR|Norway|Norge
DK|DNK|Denmark|Danmark
FI|FIN|Finland|Finland
IS|ISL|Iceland|Island
EE|EST|Estonia|Estland
LV|LVA|Latvia|Lettland
LT|LTU|Lithuania|Litauen
PL|POL|Poland|Polen
DE|DEU|Germany|Tyskland
AT|AUT|Austria|Österrike
CH|CHE|Switzerland|Schweiz
NL|NLD|Netherlands|Nederländerna
BE|BEL|Belgium|Belgien
FR|FRA|France|Frankrike
ES|ESP|Spain|Spanien
PT|PRT|Portugal|Portugal
IT|ITA|Italy|Italien
SI|SVN|Slovenia|Slovenien
HR|HRV|Croatia|Kroatien
GB|GBR|United Kingdom|Storbritannien
IE|IRL|Ireland|Irland
US|USA|United States|USA
UA|UKR|Ukraine|Ukraina
SY|SYR|Syria|Syrien
SO|SOM|Somalia|Somalia""".splitlines(),
        start=1,
    )
)
GENDERS = (Gender("1", "M", "Male", "Man"), Gender("2", "F", "Female", "Kvinna"))


def write_countries(countries: Iterable[Country], language: Language) -> bytes:
    """The answer of `Basedata/Country`, UTF-8."""
    inner = "".join(
        element(
            "Country",
            {
                "Id": country.id,
                "Code": country.code,
                "Iso": country.iso,
                "Shortname": country.english,
                "Localname": country.name(language),
            },
        )
        for country in countries
    )
    return (HEAD + element("Cardskipper", {}, element("Countries", {}, inner))).encode()


def write_genders(genders: Iterable[Gender], language: Language) -> bytes:
    """The answer of `Basedata/Gender`, UTF-8."""
    inner = "".join(
        element(
            "Gender",
            {"Id": gender.id, "Code": gender.code, "Name": gender.name(language)},
        )
        for gender in genders
    )
    return (HEAD + element("Cardskipper", {}, element("Genders", {}, inner))).encode()
