"""The document's testing procedure: create a member, extend, sync, see the dates at the door.

Source: Cardskipper-IVMS document, Testing Procedure; over both dialects of both systems.
"""

from pathlib import Path
from typing import Any

import pytest

from doorward.connectors.hikvision.profiles import PROFILES
from e2e.town import Town, edit, town

MAIL = "trial.member@example.org"


def join(members: list[dict[str, Any]]) -> None:
    members.append(
        {
            "id": "20001",
            "first_name": "Trial",
            "last_name": "Member",
            "email": MAIL,
            "roles": [{"role": "1", "start": "2026-01-01", "end": "2026-12-31"}],
        }
    )


def stand_at_the_door(place: Town) -> None:
    """The same person at the terminal, known by what the terminal can keep."""

    def add(document: Any) -> None:
        user = dict(document["users"][0])
        user |= {"employeeNo": "20001", "name": "Trial Member"}
        user["Valid"] = {
            "enable": True,
            "beginTime": "2026-01-01T00:00:00",
            "endTime": "2026-12-31T23:59:59",
        }
        if "email" in user:
            user["email"] = MAIL
        if "PersonInfoExtends" in user:
            user["PersonInfoExtends"] = [{"value": MAIL}]
        document["users"].append(user)

    edit(place.door, add)


def extend(members: list[dict[str, Any]]) -> None:
    members[-1]["roles"][0]["end"] = "2027-06-30"


@pytest.mark.parametrize("dialect", ["documented", "vendor"])
@pytest.mark.parametrize("profile", PROFILES)
async def test_a_membership_that_is_extended_is_extended_at_the_door(
    tmp_path: Path, dialect: str, profile: str
) -> None:
    async with town(tmp_path, profile=profile) as place:
        edit(place.register, lambda told: told["settings"].update(dialects=[dialect]))
        place.change_members(join)
        stand_at_the_door(place)
        first = await place.sync()
        assert (first.verdict, place.ends()["20001"]) == ("ok", "2026-12-31T23:59:59")

        place.change_members(extend)
        second = await place.sync()

        assert second.verdict == "ok"
        assert place.ends()["20001"] == "2027-06-30T23:59:59"
        assert [result.change.kind for result in second.applied.done] == ["extend"]
        with place.store() as store:
            (update,) = store.history.updates(person="club/123/20001", limit=1)
        assert (update.state, update.email) == ("done", MAIL)
        assert "2027-06-30" in update.why


async def test_a_run_after_which_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        before = len(place.writes())
        again = await place.sync()
        assert (again.verdict, len(place.writes())) == ("ok", before)
        assert place.ends() == place.wanted()
