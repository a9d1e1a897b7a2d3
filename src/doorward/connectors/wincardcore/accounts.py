"""Between the core's access and a car park's accounts: one account for a person, with her cards.

A person's first card bears the account's own key, so that it is the same card whatever its number
becomes; further cards add their number. All plates and tags are on the first. Who has no card gets
one whose number is made from the account's key: the interface wants a number on every card
(WinCardCore 3.3, section 2.1).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from doorward.connectors.wincardcore.wire import form
from doorward.connectors.wincardcore.wire.codes import CardVariant, MediaType
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer, Media
from doorward.core.match import folded as same_name
from doorward.core.parking.locks import CardLock
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.core.people import Access, Holder, Options, Person
from doorward.core.windows import Window

CATEGORY, CAR_PARK, BRAND, VARIANT = "category", "car_park", "brand", "variant"
PLATES, CARDS, TAGS, NAME = "plates", "cards", "tags", "name"

_OWN = (PLATES, CARDS, TAGS, NAME)
_NUMBERS = (CATEGORY, CAR_PARK, VARIANT)
_BETWEEN = re.compile(r"[,;/|\n]+")
_PLAIN = re.compile(r"\w+(?:/\w+)*", re.ASCII)
_UNFIT = re.compile(r"\W+", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_KEY_LIMIT = 150  # of the 200 that a key has: a further card adds its number
_MADE = "DW"  # begins the number of a card that nobody holds in her hand

Columns = Mapping[str, Sequence[str]]
"""Which of a register's columns hold plates, cards and tags."""


def account_key(person: Person) -> str:
    """The key of a person's account: her own, in letters that a path can bear.

    No two people have one key, also where signs have to be replaced or the rest cut off; and none
    has the key of another's further card, since only that has a full stop.
    """
    key = person.key
    if _PLAIN.fullmatch(key) and len(key) <= _KEY_LIMIT:
        return key.replace("/", "-")
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{_UNFIT.sub('-', key)[: _KEY_LIMIT - 17]}~{digest}"


def credentials(person: Person, columns: Columns) -> Options:
    """What she drives in with, each in the form in which it is compared; and her name."""
    named = {kind: {same_name(column) for column in columns[kind]} for kind in columns}
    found: dict[str, list[str]] = {PLATES: [], CARDS: [], TAGS: []}
    for column, value in person.attributes:
        for kind, names in named.items():
            if same_name(column) in names:
                found[kind] += _values(kind, value)
    name = (_shown(person.name),) if person.name else ()
    own = {**{kind: tuple(dict.fromkeys(values)) for kind, values in found.items()}, NAME: name}
    return tuple(own.items())


_TYPES = {PLATES: MediaType.PLATE, CARDS: MediaType.CARD_NUMBER, TAGS: MediaType.UHF_TAG}


def _values(kind: str, cell: str) -> Iterable[str]:
    """Those in a cell. What has neither letter nor digit stands for nothing, such as a dash."""
    texts = (text for text in map(str.strip, _BETWEEN.split(cell)) if any(map(str.isalnum, text)))
    return (folded(_TYPES[kind], text) for text in texts)


def fitted(access: Access, zone: ZoneInfo) -> Access:
    """This access as the car park keeps it: in its wall time, with every option named."""
    window = access.window
    held = Window.of(_wall(window.start, zone), _wall(window.end, zone), zone)
    options: dict[str, tuple[str, ...]] = dict.fromkeys(_OWN, ()) | dict(access.options)
    return Access(held, tuple((name, _kept(name, values)) for name, values in options.items()))


def _kept(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Of what a card has one only, what several rules may give: the highest number, any brand.

    A card of which any rule says that it is a standard card (variant 0) is no test card.
    """
    if name == BRAND:
        return values[:1]
    if name in _NUMBERS and values and all(map(_NUMBER.fullmatch, values)):
        return (str((min if name == VARIANT else max)(map(int, values))),)
    return values


def _wall(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Of an hour that comes twice in autumn, access begins in the first and ends in the second."""
    return instant and instant.astimezone(zone).replace(tzinfo=None, fold=0)


def account(key: str, access: Access, zone: ZoneInfo, customer: Customer | None) -> Account:
    """The account that gives this access. Raises ValueError for what the car park cannot keep.

    `customer` is the holder as the car park has her; her name follows the access.
    """
    given = dict(access.options)
    own = tuple(
        Media(media_type=_TYPES[kind], media_id=value)
        for kind in (PLATES, TAGS)
        for value in given.get(kind, ())
    )
    first, *others = given.get(CARDS, ()) or (_made_number(key),)
    common = _common(given, access.window, zone)
    cards = [_card(common, key, first, own)]
    cards += [_card(common, f"{key}.{number}", number) for number in others]
    return form.checked(
        Account(
            account_key=key,
            customer=msgspec.structs.replace(
                customer or Customer(), display_name=next(iter(given.get(NAME, ())), None)
            ),
            cards=tuple(cards),
        )
    )


def _common(given: Mapping[str, Sequence[str]], window: Window, zone: ZoneInfo) -> Card:
    """What all cards of a person have."""
    return Card(
        card_key="",
        variant=_variant(given),
        blocked=0,
        category=_whole(given, CATEGORY),
        car_park_id=_whole(given, CAR_PARK),
        brand=next(iter(given.get(BRAND, ())), None),
        valid_from=_wall(window.start, zone),
        valid_to=_wall(window.end, zone),
    )


def _card(common: Card, key: str, number: str, own: Iterable[Media] = ()) -> Card:
    media = (Media(media_type=MediaType.CARD_NUMBER, media_id=number, media_key=key), *own)
    return msgspec.structs.replace(common, card_key=key, media=media)


def _whole(given: Mapping[str, Sequence[str]], name: str) -> int | None:
    values = given.get(name, ())
    if not all(map(_NUMBER.fullmatch, values)):
        raise ValueError(f"{name} is a whole number, not {', '.join(values)}")
    return max(map(int, values), default=None)


def _variant(given: Mapping[str, Sequence[str]]) -> CardVariant | None:
    number = _whole(given, VARIANT)
    if number not in (None, *CardVariant):
        raise ValueError(f"{VARIANT} is 0 for a standard card or 1 for a test card, not {number}")
    return None if number is None else CardVariant(number)


def _shown(name: str) -> str:
    """A name as a barrier can show it: DISPLAY_NAME has 40 characters (section 1.2)."""
    return name[:40].strip()


def _made_number(key: str) -> str:
    return _MADE + hashlib.sha256(key.encode()).hexdigest()[:16].upper()


def newcomer(person: Person) -> Customer:
    """Who she is, as far as a barrier or an operator needs it. `customer_no` is her key."""
    return Customer(
        customer_no=person.key[:255],
        first_name=person.first_name[:255] or None,
        last_name=person.last_name[:255] or None,
    )


def known(account: Account) -> KnownAccount:
    """An account as it is remembered once the car park has it."""
    document = form.write(account)
    cards = () if account.cards is UNSET else account.cards
    return KnownAccount(
        account.account_key,
        document.decode(),
        hashlib.sha256(document).hexdigest(),
        tuple(KnownCard(card.card_key, card.is_test) for card in cards),
    )


def remembered(found: KnownAccount) -> Account:
    """The account that was remembered."""
    return form.read(found.document.encode(), Account)


def holder(found: KnownAccount, zone: ZoneInfo) -> Holder:
    """Somebody whom the car park lets in. Raises ValueError for a document that is not ours."""
    account = remembered(found)
    customer = account.customer or Customer()
    cards = () if account.cards is UNSET else account.cards
    name = customer.display_name or ""
    access = Access(
        Window.of(*_bounds(cards), zone), tuple(_options(account.account_key, cards, name).items())
    )
    return Holder(found.key, access, name=name, extra=customer.customer_no or "")


def _bounds(cards: Sequence[Card]) -> tuple[datetime | None, datetime | None]:
    first = next(iter(cards), None)
    return (first.valid_from, first.valid_to) if first else (None, None)


def _options(key: str, cards: Sequence[Card], name: str) -> dict[str, tuple[str, ...]]:
    kinds = {medium: kind for kind, medium in _TYPES.items()}
    found: dict[str, list[str]] = {PLATES: [], CARDS: [], TAGS: []}
    for card in cards:
        for medium in card.media:
            if medium.media_id != _made_number(key) and medium.media_type in kinds:
                found[kinds[medium.media_type]].append(medium.media_id)
    options = {kind: tuple(values) for kind, values in found.items()}
    return options | {NAME: (name,) if name else ()} | _granted(cards)


def _granted(cards: Sequence[Card]) -> dict[str, tuple[str, ...]]:
    first = next(iter(cards), None)
    if first is None:
        return {}
    told: dict[str, int | str | None] = {
        CATEGORY: first.category,
        CAR_PARK: first.car_park_id,
        VARIANT: None if first.variant is None else int(first.variant),
        BRAND: first.brand,
    }
    return {name: (str(value),) for name, value in told.items() if value is not None}


def with_locks(account: Account, locks: Mapping[str, CardLock]) -> Account:
    """The account as it is now: a card that an operator locked is blocked, and no other is."""
    if account.cards is UNSET:
        return account
    cards = tuple(_with_lock(card, locks.get(card.card_key)) for card in account.cards)
    return account if cards == account.cards else msgspec.structs.replace(account, cards=cards)


def _with_lock(card: Card, lock: CardLock | None) -> Card:
    blocked, info = (1, lock.info[:255] or None) if lock else (0, None)
    if (card.blocked, card.blocked_info) == (blocked, info):
        return card
    return msgspec.structs.replace(card, blocked=blocked, blocked_info=info)
