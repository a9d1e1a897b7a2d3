"""Core values as columns, and back. Each is read back as it was."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from doorward.core.parking.entries import Entry, Record
from doorward.core.parking.locks import CardLock
from doorward.core.parking.money import in_cents, of_cents
from doorward.core.parking.statements import RateTotal
from doorward.core.parking.visits import Visit
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.storage.reads import AnyRow

_encode = msgspec.json.Encoder().encode
_read_visit = msgspec.json.Decoder(Visit).decode
_read_cards = msgspec.json.Decoder(tuple[KnownCard, ...]).decode
_read_rates = msgspec.json.Decoder(tuple[RateTotal, ...]).decode


def visit_text(visit: Visit) -> str:
    """A visit as JSON."""
    return _encode(visit).decode()


def visit_of(text: str) -> Visit:
    """The visit that `visit_text` wrote."""
    return _read_visit(text)


def record_of(row: AnyRow, entries: tuple[Entry, ...] = ()) -> Record:
    """A row of `parking_visits` with its entries."""
    return Record(
        visit=visit_of(row.document),
        state=row.state,
        received_at=row.received_at,
        test=bool(row.test),
        entries=entries,
        raw=row.raw,
        raw_out=row.raw_out,
    )


def entry_of(row: AnyRow) -> Entry:
    """A row of `parking_entries`."""
    return Entry(
        kind=row.kind,
        amount=of_cents(row.amount),
        vat_rate=of_cents(row.vat_rate),
        vat=of_cents(row.vat),
        at=row.at,
        asked=None if row.asked is None else of_cents(row.asked),
        info_id=row.info_id,
        info=row.info,
        by=row.by,
        sent_at=row.sent_at,
        corrects=row.corrects,
        statement=row.statement or "",
        id=row.id,
    )


def lock_of(row: AnyRow) -> CardLock:
    """A row of `parking_locks`."""
    return CardLock(
        system=row.system,
        card=row.card,
        account=row.account,
        locked_at=row.locked_at,
        by=row.locked_by,
        info=row.info,
        released_at=row.released_at,
        released_by=row.released_by,
        release_info=row.release_info,
    )


def account_row(system: str, generation: int, account: KnownAccount) -> dict[str, Any]:
    """An account as a row of `parking_accounts`."""
    return {
        "system": system,
        "generation": generation,
        "account": account.key,
        "document": account.document,
        "digest": account.digest,
        "cards": _encode(account.cards).decode(),
    }


def card_rows(system: str, generation: int, account: KnownAccount) -> list[dict[str, Any]]:
    """Its cards as rows of `parking_cards`."""
    place = {"system": system, "generation": generation, "account": account.key}
    return [{**place, "card": card.key, "test": card.test} for card in account.cards]


def account_of(row: AnyRow) -> KnownAccount:
    """A row of `parking_accounts`."""
    return KnownAccount(row.account, row.document, row.digest, cards_of(row.cards))


def cards_of(text: str) -> tuple[KnownCard, ...]:
    """The cards that a row of `parking_accounts` names."""
    return _read_cards(text)


def rates_text(rates: tuple[RateTotal, ...]) -> str:
    """Sums by VAT rate as JSON."""
    return _encode(rates).decode()


def rates_of(text: str) -> tuple[RateTotal, ...]:
    """The sums that `rates_text` wrote."""
    return _read_rates(text)


def cents(amount: Decimal | None) -> int | None:
    """An amount, if there is one, in cents."""
    return None if amount is None else in_cents(amount)


def words(text: str) -> str:
    """Text for a statement that is not checked on its way (`encoding.Words`)."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def moment(instant: datetime, dialect: str) -> Any:
    """A moment for a statement that is not checked on its way (`encoding.Instant`)."""
    there = instant.astimezone(UTC)
    return there.isoformat(" ", "microseconds")[:26] if dialect == "sqlite" else there
