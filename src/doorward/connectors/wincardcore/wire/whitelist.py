"""Who may drive in: accounts with their cards and media (WinCardCore 3.3, section 2).

`None` means that an element is not given; what then holds is told by properties. The document calls
its lists CardList, MediaList and so on; on the wire they stand under the name of their elements, as
its examples show.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, field

from doorward.connectors.wincardcore.wire.codes import (
    CardVariant,
    DisplayPermission,
    EmailActivity,
    Gender,
    MediaType,
)
from doorward.connectors.wincardcore.wire.fields import (
    Counting,
    DisplayName,
    Email,
    Integer,
    Key,
    LocalDateTime,
    MediaId,
    MediaKey,
    Phone,
    PostalCode,
    Text,
    Title,
)
from doorward.net.secrets import CardNumber

MASKED = frozenset({"mediaid", "mediald"})
"""Values that are shown nowhere in full, by their names on the wire in lower case."""


class Customer(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    repr_omit_defaults=True,
    rename="pascal",
    gc=False,
):
    """The holder. In a PATCH it is replaced as a whole."""

    customer_no: Text | None = None
    gender: Gender | None = None
    title: Title | None = None  # 2.1 says TEXT; 1.2 gives TITLE 40
    first_name: Text | None = None
    last_name: Text | None = None
    company_name: Text | None = None
    display_name: DisplayName | None = None
    display_permission: DisplayPermission | None = None
    postal_code: PostalCode | None = None
    location: Text | None = None
    street: Text | None = None
    phone: Phone | None = None
    email_address: Email | None = None
    email_activity: EmailActivity | None = None
    info1: Text | None = None
    info2: Text | None = None
    info3: Text | None = None
    info4: Text | None = None
    bool1: bool | None = None
    bool2: bool | None = None
    bool3: bool | None = None
    bool4: bool | None = None

    @property
    def shown_name(self) -> str:
        """What a barrier may show: DisplayName, or else last and first name."""
        names = (self.last_name, self.first_name)
        return self.display_name or ", ".join(name for name in names if name)


class Media(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """A plate, a tag, or a card's number. Shows little of itself: it is enough to copy a card."""

    media_type: MediaType
    media_id: MediaId
    media_key: MediaKey | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [
            ("media_type", self.media_type),
            ("media_id", CardNumber(self.media_id)),
            ("media_key", self.media_key),
        ]

    def __repr__(self) -> str:
        return f"Media({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


class Card(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    repr_omit_defaults=True,
    rename="pascal",
    gc=False,
):
    """A card with its media, exactly one of which is its number (type 255)."""

    card_key: Key
    variant: CardVariant | None = field(default=None, name="CardVariant")
    blocked: Counting | None = None
    blocked_info: Text | None = None
    category: Integer | None = None
    car_park_id: Integer | None = None
    brand: Text | None = field(default=None, name="CardBrand")
    valid_from: LocalDateTime | None = None
    valid_to: LocalDateTime | None = None
    media: tuple[Media, ...] = ()

    @property
    def block_code(self) -> int:
        """0 for a card that may drive in, else the reason's number; 1 where nothing is said."""
        return 1 if self.blocked is None else self.blocked

    @property
    def is_test(self) -> bool:
        """Whether its visits are not to be billed."""
        return self.variant is CardVariant.TEST

    @property
    def tariff_category(self) -> int:
        """The category; 0 where nothing is said."""
        return self.category or 0

    @property
    def number(self) -> str | None:
        """The card's number; None unless there is exactly one."""
        found = [medium.media_id for medium in self.media if medium.media_type == 255]
        return found[0] if len(found) == 1 else None


class Account(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """An account with everything that belongs to it.

    `cards` may be missing (UNSET: an update leaves them as they are) or empty (they go).
    """

    account_key: Key
    customer: Customer | None = None
    cards: tuple[Card, ...] | UnsetType = field(default=UNSET, name="Card")


class AccountCards(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """The cards of an account, as the calls on `cards` send them (2.5)."""

    account_key: Key
    cards: tuple[Card, ...] = field(name="Card")


class AccountCustomer(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """The holder of an account, as the call on `customers` sends it (2.9)."""

    account_key: Key
    customer: Customer
