"""Why somebody has access, or has not, as the hub tells it."""

from dataclasses import replace
from pathlib import Path

import pytest

from doorward.app.explain import AtTarget, explain
from doorward.app.runs import NobodyMeant
from doorward.core.people import Access
from doorward.core.windows import NEVER
from e2e.town import Town, town


async def explained(place: Town, text: str) -> AtTarget:
    with place.store() as store:
        [one] = (await explain(place.settings, store, text)).targets
        return one


async def test_a_member_has_her_rule_her_window_and_what_the_door_shows(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        one = await explained(place, "member10001.1@example.org")
    assert one.entitlement is not None
    assert "role 'Gym'" in str(one.entitlement.reasons[0])
    assert one.shown is not None
    assert one.verdict.startswith("open now")


@pytest.mark.parametrize(("lapsed", "so"), [("keep", "open now"), ("expire", "expired")])
async def test_who_left_the_register_is_given_nothing_and_the_door_is_told_as_it_is(
    tmp_path: Path, lapsed: str, so: str
) -> None:
    async with town(tmp_path, policy=f'lapsed = "{lapsed}"') as place:
        await place.sync()
        place.change_members(lambda members: members.__delitem__(0))
        await place.sync()
        one = await explained(place, "10001")
    assert one.entitlement is None
    assert one.verdict.startswith(so)


async def test_somebody_whom_a_target_knows_but_gave_nothing_is_not_called_expired(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        one = await explained(place, "10001")
    verdict = replace(one, shown=Access(NEVER, (("readers", ()),))).verdict
    assert verdict == "known there, and opens nothing"


async def test_nobody_or_several_are_not_guessed(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        for text in ("nobody", "example.org"):
            with pytest.raises(NobodyMeant):
                await explained(place, text)
