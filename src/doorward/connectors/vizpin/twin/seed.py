"""The first state: a club with readers and roles, and the invented people as users with phones.

Everybody is a user of the club's location. Two of three have the app: they are registered and hold
a role until their membership ends; those whose renewal nobody has copied yet, until it ended last
year. The others are only pre-registered and need access. Beside the club's partner there is a
second one with a little of everything, of which the first one sees nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from doorward.connectors.vizpin.twin.checking import Rows
from doorward.connectors.vizpin.twin.ids import Counter
from doorward.connectors.vizpin.twin.passwords import hashed
from doorward.connectors.vizpin.twin.records import (
    ApiLogin,
    Association,
    Cards,
    Holding,
    KeptAccount,
    KeptReader,
    KeptRole,
    KeptUser,
    KeptVizpin,
    Oem,
)
from doorward.connectors.vizpin.twin_settings import Settings
from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.accounts import Account
from doorward.connectors.vizpin.wire.locations import DEFAULT_TYPE, Location
from doorward.connectors.vizpin.wire.policies import PASSWORD_MASK
from doorward.connectors.vizpin.wire.readers import Reader, ReaderSettings
from doorward.connectors.vizpin.wire.roles import Role
from doorward.connectors.vizpin.wire.schedules import AroundTheClock
from doorward.connectors.vizpin.wire.users import VERIFIED, User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.net.secrets import Secret
from doorward.twinkit.population import Invented, people

ZONE = "Europe/Berlin"  # the listed zone with the time of Stockholm
NEIGHBOUR = "neighbour"
NEIGHBOURS_KEY = Secret("5eed0000c0ffee00feed0000beef0000")
STAFF_ROLE = 4
YEAR = timedelta(days=364)
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Club:
    """Where people are put: the partner, the location, the readers of the two roles."""

    oem: str
    location: str
    members: KeptRole
    staff: KeptRole


class Planting:
    """Rows of a first state, each with the next id."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.ids = Counter()
        self.oems: list[Oem] = []
        self.logins: list[ApiLogin] = []
        self.accounts: list[KeptAccount] = []
        self.locations: list[Location] = []
        self.readers: list[KeptReader] = []
        self.roles: list[KeptRole] = []
        self.users: list[KeptUser] = []
        self.associations: list[Association] = []
        self.holdings: list[Holding] = []
        self.vizpins: list[KeptVizpin] = []

    def rows(self) -> Rows:
        """All of it by kind."""
        return {
            "oem": tuple(self.oems),
            "login": tuple(self.logins),
            "account": tuple(self.accounts),
            "location": tuple(self.locations),
            "reader": tuple(self.readers),
            "role": tuple(self.roles),
            "user": tuple(self.users),
            "association": tuple(self.associations),
            "credential": (),
            "holding": tuple(self.holdings),
            "vizpin": tuple(self.vizpins),
            "activity": (),
        }

    def club(
        self, login: tuple[str, str, Secret], names: tuple[str, str], doors: tuple[str, ...]
    ) -> Club:
        """A partner with one account, one location, its readers and two roles."""
        username, password, key = login
        oem = self.ids("oem")
        cards = Cards(first=1, last=self._settings.cards, next=1)
        self.oems.append(Oem(id=oem, name=names[0], key=key, cards=cards.last))
        self.logins.append(ApiLogin(username=username, oem=oem, password=hashed(password)))
        account = _account(self.ids("account"), names[0])
        self.accounts.append(KeptAccount(oem=oem, account=account, cards=cards))
        location = _location(self.ids("location"), account.id, names[1], self.ids.last)
        self.locations.append(location)
        readers = tuple(self._reader(location.id, name) for name in doors)
        members = self._role(location.id, "Members", readers[:-1])
        return Club(oem, location.id, members, self._role(location.id, "Staff", readers))

    def _reader(self, location: str, name: str) -> str:
        ident = self.ids("reader")
        settings = ReaderSettings(id=self.ids("settings"), reader_id=ident)
        self.readers.append(
            KeptReader(
                reader=Reader(
                    id=ident,
                    location_id=location,
                    name=name,
                    serial=f"VZ{self.ids.last:08d}",
                    readersettings=settings,
                )
            )
        )
        return ident

    def _role(self, location: str, name: str, readers: tuple[str, ...]) -> KeptRole:
        role = Role(id=self.ids("role"), name=name, site_id=location)
        kept = KeptRole(role=role, readers=readers)
        self.roles.append(kept)
        return kept

    def settle(self, club: Club, person: Invented, digits: str) -> None:
        """A person as a user of the club."""
        phoned = has_app(person)
        user = User(
            id=self.ids("user"),
            first_name=person.first_name,
            last_name=person.last_name,
            password=Secret(PASSWORD_MASK if phoned else ""),
            emailaddress=person.email,
            phone=person.phone,
            country="SWE",
            phoneconfirmation=VERIFIED if phoned else Secret(digits),
        )
        self.users.append(KeptUser(oem=club.oem, user=user, registered=phoned))
        self.associations.append(Association(location=club.location, user=user.id))
        if phoned:
            staff = any(stay.role == STAFF_ROLE for stay in person.stays)
            self._grant(club.staff if staff else club.members, user.id, *_dates(person))

    def _grant(self, role: KeptRole, user: str, start: str, stop: str) -> None:
        self.holdings.append(Holding(role=role.id, user=user, start_date=start, stop_date=stop))
        for reader in role.readers:
            vizpin = Vizpin(
                id=self.ids("vizpin"),
                reader_id=reader,
                user_id=user,
                start_date=start,
                stop_date=stop,
                schedule=AroundTheClock(id=self.ids("schedule")),
            )
            self.vizpins.append(KeptVizpin(vizpin=vizpin, role=role.id))


def seeded(
    login: tuple[str, str, Secret], count: int, seed: int, today: date, settings: Settings
) -> tuple[Rows, int]:
    """The rows of a first state with `count` people, and the last number in their ids."""
    planting = Planting(settings)
    doors = ("Main entrance", "Gym", "Pool", "Office")
    club = planting.club(login, ("Doorward Sports Club", "Clubhouse"), doors)
    for person in people(count, seed, today):
        planting.settle(club, person, _digits(person, seed))
    other = planting.club(
        (NEIGHBOUR, NEIGHBOUR, NEIGHBOURS_KEY), ("Neighbour", "Next door"), ("Front", "Back")
    )
    for person in people(3, seed + 1, today):
        planting.settle(other, person, _digits(person, seed))
    return planting.rows(), planting.ids.last


def has_app(person: Invented) -> bool:
    """Whether somebody has the app: the same people as in the register."""
    return int(person.number) % 3 != 0


def _digits(person: Invented, seed: int) -> str:
    return f"{(int(person.number) * 7919 + seed) % 1_000_000:06d}"


def _dates(person: Invented) -> tuple[str, str]:
    begin = min(stay.start for stay in person.stays)
    end = max(stay.end for stay in person.stays)
    if person.stale_end is not None:  # nobody has copied her renewal to the phone yet
        begin, end = begin - YEAR, person.stale_end
    return (
        dates.write_moment(datetime.combine(begin, time())),
        dates.write_stop(datetime.combine(end, LAST_MINUTE)),
    )


def _account(ident: str, name: str) -> Account:
    return Account(
        id=ident,
        name=name,
        phone="+46701000000",
        street="Idrottsvägen 1",
        city="Stockholm",
        zipcode="111 22",
        country="SWE",
        type=DEFAULT_TYPE,
    )


def _location(ident: str, account: str, name: str, number: int) -> Location:
    return Location(
        id=ident,
        account_id=account,
        name=name,
        locationcode=f"L{number:07X}",
        timezone=ZONE,
        locationtype=DEFAULT_TYPE,
        country="SWE",
        city="Stockholm",
    )
