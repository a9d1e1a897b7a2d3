"""The twin around the protocol: state, switches, faults, clock, page."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.cardskipper.state import Kept
from doorward.connectors.cardskipper.twin import CardskipperWorld, cardskipper_twin
from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.members import Member
from doorward.net.errors import Busy, LoginRefused, Refused, Unreachable
from doorward.twinkit.clock import ClockOrder, TwinClock

END = date(2031, 5, 1)


def world(**options: Any) -> CardskipperWorld:
    twin = cardskipper_twin("admin", "right-password", **{"people": 3, **options})
    made = twin.world
    assert isinstance(made, CardskipperWorld)
    return made


def settled(made: CardskipperWorld) -> Any:
    return json.loads(made.document())


async def test_all_seeded_people_are_active_today(open_rig: Any):
    for now in ("2026-01-31T23:30:00Z", "2028-02-29T12:00:00Z"):
        clock = TwinClock()
        clock.order(ClockOrder(now=datetime.fromisoformat(now)))
        async with open_rig(people=300, clock=clock) as rig:
            assert len(await rig.export()) == 300


async def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert world(seed=4, people=20).document() == world(seed=4, people=20).document()
    assert world(seed=4, people=20).document() != world(seed=5, people=20).document()


def test_the_first_people_of_many_are_the_few():
    assert settled(world(people=50))["members"][:3] == settled(world(people=3))["members"]


def test_the_document_is_put_back_as_it_came_out():
    made = world(people=20)
    before = made.document()
    made.remove("10001")
    made.restore(before)
    assert made.document() == before


async def test_state_is_read_and_put_through_the_controls(rig: Any):
    state = json.loads((await rig.call("GET", "/_twin/state", login=None)).body)
    assert set(state) == {"organisation", "settings", "members", "photos"}
    state["members"] = state["members"][:1]
    state["members"][0]["first_name"] = "Göran"
    body = json.dumps(state).encode()
    assert (await rig.call("PUT", "/_twin/state", body, login=None)).status == 200
    (only,) = await rig.export()
    assert isinstance(only, Member)
    assert only.first_name == "Göran"
    assert (await rig.call("POST", "/_twin/reset", login=None)).status == 204
    assert len(await rig.export()) == 3


def test_parts_that_a_document_leaves_out_stay():
    made = world()
    made.restore(b'{"settings": {"answer_form": "text"}}')
    assert len(made.members) == 3
    made.restore(b'{"members": []}')
    assert made.settings.answer_form == "text"


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"members": [{"id": "1"}, {"id": "2", "birthdate": "soon"}]}, r"'birthdate'.*\[1\].*'2'"),
        ({"members": [{"id": "x"}]}, r"'id'.*'x'"),
        ({"members": [{"id": "1"}, {"id": "1"}]}, r"members\[1\].id.*twice"),
        ({"members": [{"id": "1", "member_id": "a"}]}, "'member_id'"),
        ({"members": [{"id": "1", "user_id": "a"}]}, "'user_id'"),
        ({"members": [{"id": "1", "first_name": "a\x00"}]}, "'first_name'"),
        ({"members": [{"id": "1", "phones": ["1", "2", "3"]}]}, "'phones'"),
        ({"members": [{"id": "1", "phones": ["x" * 300]}]}, r"'phones\[0\]'"),
        ({"members": [{"id": "1", "tags": ["a", "\x01"]}]}, r"'tags\[1\]'"),
        ({"members": [{"id": "1", "roles": [{"role": "x"}]}]}, r"'role'.*roles\[0\]"),
        ({"members": [{"id": "1", "roles": [{"role": "1", "end": "31/12"}]}]}, "'end'"),
        ({"members": [{"id": "1", "roles": [{"role": "1", "unit": "\x00"}]}]}, "'unit'"),
        (
            {
                "members": [
                    {
                        "id": "1",
                        "roles": [{"role": "1", "start": "2026-02-01", "end": "2026-01-01"}],
                    }
                ]
            },
            "'end'.*before the start",
        ),
        ({"members": [{"id": "1", "changed_at": "2026-01-01T00:00:00"}]}, "'changed_at'"),
        ({"members": [{"id": "1", "details": {"gender": "\x02"}}]}, "'gender'"),
        ({"members": [{"id": "1", "details": {"address": ["", "", "\x02", ""]}}]}, r"address\[2\]"),
        ({"members": [{"id": "1", "shoe_size": 9}]}, "shoe_size"),
        ({"members": [7]}, r"\[0\]"),
        ({"organisation": {"id": "x", "name": "y"}}, "organisation.id"),
        ({"organisation": {"id": "1", "name": "\x00"}}, "organisation.name"),
        ({"organisation": {"id": "1", "name": "y"}}, "information_types"),
        (
            {"organisation": {"id": "1", "name": "y", "roles": [{"id": "a", "name": "b"}]}},
            r"organisation.roles\[0\].id",
        ),
        (
            {"organisation": {"id": "1", "name": "y", "units": [{"id": "1", "value": "\x00"}]}},
            r"organisation.units\[0\]",
        ),
        ({"settings": {"grants": ["Member/Delete"]}}, "'Member/Delete' is no call"),
        ({"settings": {"answer_form": "json"}}, "answer_form"),
        ({"settings": {"at_most": -1}}, "'at_most'"),
        ({"settings": {"time_zone": "Mars/Olympus"}}, "'time_zone'"),
        ({"settings": {"extra_members": ["<Member>"]}}, r"extra_members\[0\]"),
        ({"surprise": 1}, "surprise"),
        ([], "object"),
    ],
)
async def test_a_bad_document_names_record_and_field_and_changes_nothing(
    rig: Any, part: Any, why: str
):
    before = rig.world.document()
    with pytest.raises(ValueError, match=why):
        rig.world.restore(json.dumps(part).encode())
    answer = await rig.call("PUT", "/_twin/state", json.dumps(part).encode(), login=None)
    assert answer.status == 400
    assert rig.world.document() == before


@given(st.binary(max_size=200))
def test_bytes_that_are_no_document_are_refused(body: bytes):
    made = world(people=1)
    before = made.document()
    try:
        made.restore(body)
    except ValueError:
        assert made.document() == before


async def test_renewing_and_removing_is_seen_by_the_next_export(rig: Any):
    rig.world.renew("10001", rig.world.members["10001"].roles[0].role, END)
    rig.world.renew("10002", "4", END)
    rig.world.remove("10003")
    first, second = await rig.export()
    assert isinstance(first, Member)
    assert isinstance(second, Member)
    assert first.stays[0].end == END
    assert (second.stays[-1].role_id, second.stays[-1].end) == ("4", END)
    with pytest.raises(KeyError):
        rig.world.remove("10003")


async def test_a_renewal_counts_as_a_change(rig: Any):
    now = datetime.now(UTC)
    rig.world.renew("10002", "3", "2040-01-01")
    assert await rig.ids(changed_at=now.replace(microsecond=0)) == ["10002"]


def test_the_newest_role_is_the_one_renewed():
    made = world()
    roles = (
        {"role": "1", "start": "2024-01-01", "end": "2024-12-31"},
        {"role": "1", "start": "2026-01-01", "end": "2026-12-31"},
    )
    made.put(msgspec.convert({"id": "5", "roles": roles}, Kept))
    made.renew("5", "1", END)
    assert [role.end for role in made.members["5"].roles] == ["2024-12-31", "2031-05-01"]


@pytest.mark.parametrize(("people", "at_most", "told"), [(3, 2, 2), (3, 0, 0), (3, None, 3)])
async def test_an_answer_may_be_cut_short_as_by_a_page_limit(
    open_rig: Any, people: int, at_most: int | None, told: int
):
    async with open_rig(people=people, settings=Settings(at_most=at_most)) as rig:
        body = b"<SearchCriteriaMember><OrganisationId>123</OrganisationId></SearchCriteriaMember>"
        answer = await rig.call("POST", "/Member/Export/", body)
        assert answer.body.count(b"<Member ") == told


@pytest.mark.parametrize(
    ("errors", "start"),
    [("xml", "<?xml"), ("html", "<html>"), ("text", "There is"), ("empty", "")],
)
async def test_no_is_said_in_the_form_that_was_chosen(rig: Any, errors: str, start: str):
    rig.settings(errors=errors)
    body = b"<SearchCriteriaMember><OrganisationId>9</OrganisationId></SearchCriteriaMember>"
    answer = await rig.call("POST", "/Member/Export/", body)
    assert answer.status == 400
    assert answer.body.decode().startswith(start)
    assert bool(answer.body) is (errors != "empty")


async def test_what_a_caller_said_never_breaks_the_refusal(rig: Any):
    body = b"<SearchCriteriaMember><a\xc2\x85b/></SearchCriteriaMember>"
    answer = await rig.call("POST", "/Member/Export/", body)
    assert answer.status == 400


async def test_calls_beyond_the_rate_are_429_until_a_minute_is_over(rig: Any):
    rig.settings(rate_limit=2)
    for status in (200, 200, 429):
        assert (await rig.call("GET", "/Organisation/Info/")).status == status
    await rig.call("PUT", "/_twin/clock", b'{"advance": 61}')
    assert (await rig.call("GET", "/Organisation/Info/")).status == 200


@pytest.mark.parametrize(
    ("kind", "error"),
    [("busy", Busy), ("refuse", Refused), ("unauthorised", LoginRefused), ("drop", Unreachable)],
)
async def test_ordered_faults_are_what_a_client_sees(rig: Any, kind: str, error: type[Exception]):
    rig.fault("Organisation/Info", kind, times=None)
    with pytest.raises(error):
        await rig.client().organisation_info()


async def test_the_page_shows_the_club(rig: Any):
    rig.members(
        {"id": "1", "first_name": "<b>Eve</b>", "roles": [{"role": "9"}]},
        {"id": "2", "inactive": True},
    )
    page = (await rig.call("GET", "/_twin/", login=None)).body.decode()
    for word in (
        "Doorward Sports Club (123)",
        "every call",
        "&lt;b&gt;Eve",
        "9 … to …",
        "not active",
        "Active",
    ):
        assert word in page
    assert "right-password" not in page
    rig.settings(grants=["Member/Export"])
    page = (await rig.call("GET", "/_twin/", login=None)).body.decode()
    assert "<dd>Member/Export</dd>" in page


async def test_the_page_of_a_large_club_says_how_many_more(open_rig: Any):
    async with open_rig(people=130) as rig:
        page = (await rig.call("GET", "/_twin/", login=None)).body.decode()
    assert "… and 30 more" in page


async def test_state_survives_a_restart(open_rig: Any, tmp_path: Path):
    file = tmp_path / "twin.db"
    async with open_rig(state=file) as rig:
        rig.world.renew("10001", "4", END)
        rig.world.remove("10002")
        rig.settings(answer_form="text")
        await rig.call("PUT", "/_twin/clock", b'{"advance": 3600, "drift": 7}')
        await rig.call(
            "POST",
            "/MemberBlob/Blob/123/10001",
            b"jpeg",
            {"Content-Disposition": 'inline; filename="x.jpg"'},
        )
        before = rig.world.document()
    async with open_rig(state=file, people=99) as rig:
        assert rig.world.document() == before
        assert rig.world.clock.shift.total_seconds() == pytest.approx(3600)
        assert rig.world.clock.drift.total_seconds() == 7
        assert await rig.ids() == ["10001", "10003"]
        rig.world.reset()
        assert len(rig.world.members) == 99
    async with open_rig(state=file) as rig:
        assert len(rig.world.members) == 99


SCRIPT = """
import sys
from pathlib import Path
from doorward.connectors.cardskipper.twin import cardskipper_twin
world = cardskipper_twin("a", "b", people=3, state=Path(sys.argv[1])).world
world.renew("10001", "4", "2031-05-01")
print("done", flush=True)
sys.stdin.read()
"""


async def test_what_was_done_survives_kill_9(open_rig: Any, tmp_path: Path):
    file = tmp_path / "twin.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SCRIPT,
        str(file),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"done\n"
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    async with open_rig(state=file) as rig:
        assert rig.world.members["10001"].roles[-1].end == "2031-05-01"


async def test_an_export_tells_one_moment_even_when_members_change_under_it(open_rig: Any):
    async with open_rig(people=1500) as rig:
        pieces = iter(rig.world.export(_everybody(), "documented"))
        first = next(pieces) + next(pieces)
        rig.world.remove("10001")
        rig.world.remove("11500")
        assert (first + b"".join(pieces)).count(b"<Member ") == 1500


def _everybody() -> Any:
    from doorward.connectors.cardskipper.wire.criteria import Criteria

    return Criteria(organisation_id="123")


def test_a_faults_match_sees_method_and_path():
    assert world().label("POST", "/Member/Export/", b"") == "POST /Member/Export/"


def test_settings_contradicting_themselves_cannot_be_made(make_member: Callable[..., Any]):
    with pytest.raises(ValueError, match="rate_limit"):
        Settings(rate_limit=-1)
