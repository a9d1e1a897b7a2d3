"""The people that a fresh twin holds: the invented population as this kind of terminal keeps it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from doorward.connectors.hikvision.profiles import Profile
from doorward.connectors.hikvision.wire.person import Extend, Rights, UserInfo
from doorward.connectors.hikvision.wire.validity import EARLIEST, LATEST, Window
from doorward.twinkit.population import Invented, people

LAST_SECOND = time(23, 59, 59)
YEAR = timedelta(days=364)


def seeded(count: int, seed: int, today: date, profile: Profile) -> Iterator[UserInfo]:
    """`count` people, each with one window over all her stays and with the first door's rights."""
    rights = Rights((1,), "1")
    for person in people(count, seed, today):
        bare = UserInfo(
            employee_no=person.number,
            name=f"{person.first_name} {person.last_name}",
            user_type="normal",
            valid=_window(person).form(None),
            email=person.email if profile.mail == "field" else None,
            extends=(Extend(person.email),) if profile.mail == "slot" else None,
        )
        user = rights.over(bare)
        yield user if "documented" in profile.dialects else msgspec.structs.replace(user, **_OWN)


_OWN: dict[str, Any] = {
    "belong_group": "1",
    "local_ui_right": False,
    "max_open_door_time": 0,
    "open_door_time": 0,
    "gender": "unknown",
    "num_of_card": 1,
    "num_of_fp": 0,
    "num_of_face": 0,
}


def _window(person: Invented) -> Window:
    begin = min(stay.start for stay in person.stays)
    end = max(stay.end for stay in person.stays)
    if person.stale_end is not None:  # nobody has copied her renewal to the door yet
        begin, end = begin - YEAR, person.stale_end
    return Window(
        max(EARLIEST, datetime.combine(begin, time())),
        min(LATEST, datetime.combine(end, LAST_SECOND)),
    )
