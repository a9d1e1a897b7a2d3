"""States and countries, as the document lists them.

Source: VIZpin OEM API 4.3, appendix 3. Countries are those of ISO 3166 by their three letters,
without the Åland Islands (`ALA`). States are those of ISO 3166-2 for the US, without the minor
islands (`UM`) and with the three freely associated states.
"""

from functools import cache

import pycountry

from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.rules import Listed

NOT_LISTED_COUNTRIES = frozenset({"ALA"})
NOT_LISTED_STATES = frozenset({"UM"})
ASSOCIATED_STATES = frozenset({"FM", "MH", "PW"})


@cache  # reading the library's lists takes longer than starting a command line should
def countries() -> frozenset[str]:
    """The three-letter codes that are taken."""
    return frozenset(country.alpha_3 for country in pycountry.countries) - NOT_LISTED_COUNTRIES


@cache
def us_states() -> frozenset[str]:
    """The two-letter codes of states that are taken."""
    codes = (area.code for area in pycountry.subdivisions)
    iso = frozenset(code.removeprefix("US-") for code in codes if code.startswith("US-"))
    return iso - NOT_LISTED_STATES | ASSOCIATED_STATES


def state_fault(country: str, state: str) -> Fault | None:
    """What is wrong with a state: in the USA it is of the list, elsewhere any text; "" passes."""
    if country == "USA" and state and state not in us_states():
        return Fault("state", "is not in the list of US states")
    return None


COUNTRY = Listed(countries, "countries", blank=False)
