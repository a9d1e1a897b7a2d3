"""A member who is not at the location yet: found by her phone, or pre-registered, and associated.

Whoever has the app already is known at VIZpin under her phone, whichever club let her in first. So
she is looked for before she is made, and after a call whose answer was lost.
"""

from dataclasses import dataclass

import phonenumbers
import pycountry

from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.client.failures import Declined
from doorward.connectors.vizpin.site import Site
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.places import countries
from doorward.connectors.vizpin.wire.users import PreRegisteredFields, User
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.people import Person
from doorward.net.errors import AnswerLost, Unreadable
from doorward.net.phone import international


def phone_of(person: Person) -> str:
    """The number that she is made and found under. Raises Troubled where she cannot be made."""
    phone = international(person.phone, "")
    if not phone:
        written = f"'{person.phone}' is no telephone number" if person.phone else "she has no phone"
        remedy = "Give the member a mobile number in the register, best with its country: +46…"
        raise Troubled(Trouble(Kind.PERMANENT, f"{written}, and a phone is her key there", remedy))
    if not (person.first_name.strip() and person.last_name.strip()):
        reason = "VIZpin takes nobody without a first and a last name"
        raise Troubled(Trouble(Kind.PERMANENT, reason, "Complete the name in the register."))
    return phone


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Makes people known at a location. Raises Troubled and RemoteError."""

    client: VizpinClient
    site: Site

    async def known(self, phone: str, person: Person) -> User:
        """The user that this person is from now on at the location."""
        user = await self._found(phone, person) or await self._made(phone, person)
        return await self.client.user_associate(user, [self.site.location.id])

    async def _found(self, phone: str, person: Person) -> str | None:
        try:
            return (await self.client.user_find(phone, person.last_name)).id
        except Declined as error:
            if error.code == ErrorCode.USER_FIND_ERROR:
                return None
            raise

    async def _made(self, phone: str, person: Person) -> str:
        wanted = PreRegisteredFields(
            first_name=person.first_name,
            last_name=person.last_name,
            emailaddress=person.emails[0] if person.emails else "",
            phone=phone,
            country=country_of(phone, self.site.location.country),
        )
        try:
            return (await self.client.user_preregister(wanted)).id
        except (AnswerLost, Unreadable) as lost:
            found = await self._found(phone, person)
            if found is None:
                raise lost from None
            return found
        except Declined as error:
            remedy = (
                f"If {phone} is another user's at VIZpin, correct her last name or her phone in the"
                " register."
            )
            raise Troubled(Trouble(Kind.PERMANENT, error.reason, remedy)) from error


def country_of(phone: str, otherwise: str) -> str:
    """The three letters of a number's country, where VIZpin lists it."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    country = pycountry.countries.get(alpha_2=region) if region else None
    letters = country.alpha_3 if country else ""
    return letters if letters in countries() else otherwise
