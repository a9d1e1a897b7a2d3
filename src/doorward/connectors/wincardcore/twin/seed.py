"""Invented people on the whitelist, the same ones as the other twins know."""

from datetime import date, datetime, time

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer, Media
from doorward.twinkit.population import Invented, people


def seeded(count: int, seed: int, today: date) -> tuple[Account, ...]:
    """An account for each, with one card: the number "C10001", and the plate of who has a car."""
    return tuple(_account(person) for person in people(count, seed, today))


def _account(person: Invented) -> Account:
    stay = person.stays[0]
    number = Media(
        media_type=MediaType.CARD_NUMBER,
        media_id=f"C{person.number}",
        media_key=f"card-{person.number}",
    )
    plates = [Media(media_type=MediaType.PLATE, media_id=person.plate)] if person.plate else []
    card = Card(
        card_key=f"card-{person.number}",
        blocked=0,
        category=1,
        valid_from=datetime.combine(stay.start, time()),
        valid_to=datetime.combine(stay.end, time(23, 59, 59)),
        media=(number, *plates),
    )
    customer = Customer(
        customer_no=person.number, first_name=person.first_name, last_name=person.last_name
    )
    return Account(account_key=person.number, customer=customer, cards=(card,))
