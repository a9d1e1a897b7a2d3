"""The twin's whole state as one JSON document, and as it lies on disk.

`{"settings", "clients", "visits", "locks", "deliveries", "record", "skipped", "accounts"}`:
accounts as they stand on the wire, visits with the transaction that is told. `clients`: who may
keep the whitelist besides the one given at the start, with their keys in the clear. A part that is
left out of a document stays as it is.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from doorward.connectors.wincardcore.signing import KeyPair, check_client_id
from doorward.connectors.wincardcore.twin.garage import (
    Parked,
    counter_record,
    delivery_record,
    visit_record,
)
from doorward.connectors.wincardcore.twin.outbox import Delivery
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin.visits import Visit
from doorward.connectors.wincardcore.wire.form import write
from doorward.connectors.wincardcore.wire.lists import Received, Skipped, read_accounts
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.net.secrets import Secret
from doorward.twinkit.shelf import Record


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another pair of keys that is taken, until `until`. Raises ValueError for impossible ones."""

    client_id: str
    auth_key: str
    sig_key: str
    until: datetime | None = None

    def __post_init__(self) -> None:
        check_client_id(self.client_id)
        assert self.keys

    @property
    def keys(self) -> KeyPair:
        """As calls are checked with."""
        return KeyPair(Secret(self.auth_key), Secret(self.sig_key), self.until)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All but the accounts, which may be many."""

    rules: Rules
    clients: tuple[Client, ...] = ()
    parked: Parked = Parked()


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    settings: Rules | None = None
    clients: tuple[Client, ...] | None = None
    visits: tuple[Visit, ...] | None = None
    locks: dict[str, str] | None = None
    deliveries: tuple[Delivery, ...] | None = None
    record: int | None = None
    skipped: tuple[Skipped, ...] | None = None
    accounts: msgspec.Raw = msgspec.Raw()  # empty: nothing is said of them


def read(document: bytes, now: State) -> tuple[State, Received[Account] | None]:
    """The state that a document describes, laid over the present one; None: the accounts stay.

    Raises ValueError, naming the record and the field.
    """
    form = msgspec.json.decode(document, type=_Document)
    parked = now.parked
    deliveries = parked.deliveries if form.deliveries is None else form.deliveries
    after = Parked(
        visits=parked.visits if form.visits is None else form.visits,
        locks=parked.locks if form.locks is None else form.locks,
        deliveries=deliveries,
        record=parked.record if form.record is None else form.record,
        delivery=max((one.number for one in deliveries), default=parked.delivery),
    )
    _check(after)
    state = State(
        rules=form.settings or now.rules,
        clients=now.clients if form.clients is None else form.clients,
        parked=after,
    )
    return state, _accounts(form)


def _accounts(form: _Document) -> Received[Account] | None:
    if not bytes(form.accounts):
        return None
    found = read_accounts(bytes(form.accounts))
    return Received(found.records, (*found.skipped, *(form.skipped or ())))


def _check(parked: Parked) -> None:
    inside: dict[str, str] = {}
    for place, visit in enumerate(parked.visits):
        if visit.open and (other := inside.setdefault(visit.card_key, visit.id)) != visit.id:
            raise ValueError(f"'visits[{place}]': the card is inside by visit {other} already")
    for what, keys in (
        ("visits", [visit.id for visit in parked.visits]),
        ("deliveries", [one.number for one in parked.deliveries]),
    ):
        if len(set(keys)) != len(keys):
            raise ValueError(f"'{what}': one is there twice")
    if not 0 <= parked.record < 10**10:
        raise ValueError("'record': has ten digits at most")


def document(
    state: State, skipped: Iterable[Skipped], pages: Iterator[list[bytes]]
) -> Iterator[bytes]:
    """The document in pieces: a line for each account."""
    parked = state.parked
    head = write(
        {
            "settings": state.rules,
            "clients": state.clients,
            "visits": parked.visits,
            "locks": parked.locks,
            "deliveries": parked.deliveries,
            "record": parked.record,
            "skipped": tuple(skipped),
        }
    )
    # The last brace goes, and the accounts follow.
    yield msgspec.json.format(head, indent=1).rstrip()[:-1].rstrip() + b',\n "accounts": [\n'
    separator = b""
    for page in pages:
        yield separator + b",\n".join(page)
        separator = b",\n"
    yield b"]}\n"


def records(state: State) -> list[Record]:
    """As it lies on disk; the accounts have a file of their own."""
    parked = state.parked
    return [
        Record("settings", "", write(state.rules)),
        Record("clients", "", write(state.clients)),
        counter_record(parked.record),
        *map(visit_record, parked.visits),
        *(Record("lock", key, info.encode()) for key, info in parked.locks.items()),
        *map(delivery_record, parked.deliveries),
    ]


def from_records(kept: Iterable[Record], fresh: State) -> State:
    """What lay on disk."""
    found: dict[str, dict[str, bytes]] = {}
    for record in kept:
        found.setdefault(record.kind, {})[record.key] = record.body or b""
    deliveries = tuple(
        msgspec.json.decode(body, type=Delivery) for body in found.get("delivery", {}).values()
    )
    decode = msgspec.json.decode
    settings, clients = found.get("settings", {}), found.get("clients", {})
    return State(
        rules=decode(settings[""], type=Rules) if settings else fresh.rules,
        clients=decode(clients[""], type=tuple[Client, ...]) if clients else fresh.clients,
        parked=Parked(
            visits=tuple(decode(body, type=Visit) for body in found.get("visit", {}).values()),
            locks={key: info.decode() for key, info in found.get("lock", {}).items()},
            deliveries=deliveries,
            record=int(found.get("counter", {}).get("record", b"0")),
            delivery=max((one.number for one in deliveries), default=0),
        ),
    )
