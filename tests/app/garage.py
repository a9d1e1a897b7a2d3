"""A club's car park for tests: its configuration, and a store that is filled with visits."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.core.parking.deliveries import Stored
from doorward.core.parking.refunds import Correction, Refund
from doorward.core.parking.visits import (
    CarPark,
    Discount,
    Medium,
    Passage,
    Price,
    Visit,
    VisitStatus,
)
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.core.people import Person
from doorward.core.reads import Complete
from doorward.storage.store import Store

ZONE = ZoneInfo("Europe/Stockholm")
NORTH, SOUTH = CarPark(1, "Norra däcket"), CarPark(2)
PLATE = Medium(2, "ABC 123")
T = TypeVar("T")
_CAR_PARK = """
[target.{name}]
type = "wincardcore"
url = "http://127.0.0.1:{port}"
client_id = "doorward"
auth_key = "{key}"
sig_key = "{key}"

[target.{name}.inbound]
client_id = "{name}-1"
auth_key = "{key}"
sig_key = "{key}"
"""
_DOOR = """
[target.main-door]
type = "hikvision"
url = "http://127.0.0.1:8"
username = "demo"
password = "demo"
"""


def at(text: str) -> datetime:
    """A moment on the car park's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def visit(
    id: str,
    account: str = "K1",
    came: str = "2024-10-03 14:05",
    minutes: int = 90,
    gross: str = "12.50",
    *,
    rate: str = "25.00",
    system: str = "garage",
    car_park: CarPark = NORTH,
    medium: Medium = PLATE,
    status: VisitStatus = "completed",
    discounts: Sequence[Discount] = (),
) -> Visit:
    """A visit that ends after so many minutes, and costs so much."""
    begun = at(came)
    price = Price(Decimal(gross), Decimal(rate), tuple(discounts))
    return Visit(
        system=system,
        id=id,
        account=account,
        card=f"C-{account}",
        card_number="9001",
        car_park=car_park,
        status=status,
        entry=Passage(1, begun, medium, 1),
        exit=None
        if status == "open"
        else Passage(2, begun + timedelta(minutes=minutes), medium, 1),
        price=price if status == "completed" else None,
    )


@dataclass(frozen=True, slots=True)
class Garage:
    """A configuration with car parks, and what is done to its store."""

    folder: Path
    settings: Settings

    @property
    def file(self) -> Path:
        return self.settings.file

    @contextmanager
    def store(self) -> Iterator[Store]:
        with open_store(self.settings) as store:
            yield store

    def do(self, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        """Have something done to the store."""
        with self.store() as store:
            return asyncio.run(work(store))

    def deliver(self, *visits: Visit, now: datetime | None = None) -> None:
        """Let a car park tell of visits, at their beginning if no time is given."""

        async def work(store: Store) -> None:
            puts = (store.parking.put(one, "{}", now or one.entry.at) for one in visits)
            told = await asyncio.gather(*puts)
            assert all(isinstance(one, Stored) for one in told), told

        self.do(work)

    def refund(self, id: str, amount: str, when: str, info: str = "") -> None:
        asked = Refund(system="garage", id=id, amount=Decimal(amount), info=info)
        told = self.do(lambda store: store.parking.refund(asked, at(when)))
        assert isinstance(told, Stored), told

    def correct(self, id: str, amount: str, when: str, info: str) -> None:
        made = Correction(system="garage", id=id, amount=Decimal(amount), info=info, by="eva")
        told = self.do(lambda store: store.parking.correct(made, at(when)))
        assert isinstance(told, Stored), told

    def link(self, account: str, first: str, last: str) -> None:
        """Put a person into the register, and say that the account is hers."""
        key, now = f"club/{account}", datetime(2024, 1, 1, tzinfo=UTC)
        person = Person(key=key, first_name=first, last_name=last)

        async def work(store: Store) -> None:
            await store.remember({f"list-{account}": Complete((person,))}, now)
            await store.links.set("garage", key, account, "eva", now)

        self.do(work)

    def list_accounts(self, *accounts: KnownAccount, now: datetime) -> None:
        """Let the car park have this whitelist."""

        async def work(store: Store) -> None:
            generation = await store.parking.begin_whitelist("garage", now)
            await store.parking.stage("garage", generation, accounts)
            await store.parking.adopt_whitelist("garage", generation, now)

        self.do(work)


def listed(account: str, *, test: bool = False) -> KnownAccount:
    """An account as a car park has it, with its card."""
    return KnownAccount(account, "{}", "digest", (KnownCard(f"C-{account}", test),))


def garage(folder: Path, *names: str) -> Garage:
    """A club with a door and these car parks; `garage` when none is named."""
    file = folder / "doorward.toml"
    source = '[source.club]\ntype = "csvfile"\npath = "members.csv"\n'
    parks = [
        _CAR_PARK.format(name=name, port=port, key="0123456789abcdef" * 2)
        for port, name in enumerate(names or ("garage",), 9)
    ]
    file.write_text("\n".join(('timezone = "Europe/Stockholm"', source, _DOOR, *parks)))
    file.chmod(0o600)
    return Garage(folder, load(file))
