"""Every kind of medium that the document lists, at the barrier."""

import pytest

from connectors.wincardcore.carpark_rig import account, card, medium, rig
from doorward.connectors.wincardcore.wire.codes import MediaType

MEDIA = [kind for kind in MediaType if kind != MediaType.CARD_NUMBER]


@pytest.mark.covers("wincardcore", happens="MediaType-*", rule="admission")
@pytest.mark.parametrize("kind", MEDIA, ids=lambda kind: kind.name)
async def test_each_kind_of_medium_drives_in_and_is_told_beside_the_card_number(kind: MediaType):
    driver = account("a", card("1", "0815", medium(kind, "04A2-7", "key of it")))
    async with rig(None, driver) as park:
        opened = await park.drive_in({"type": int(kind), "id": "04A2-7"})
        told = opened["transaction"]
        assert told["DriveIn"]["Media"] == medium(kind, "04A2-7", "key of it")
        assert told["Media"] == medium(255, "0815", "1")
        assert (await park.drive_out({"type": 255, "id": "0815"}))["opens"]
