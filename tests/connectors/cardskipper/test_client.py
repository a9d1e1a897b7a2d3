"""The client against a real twin: which call works, in which dialect, and what goes wrong."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.connectors.cardskipper.client import CardskipperClient, Patience
from doorward.connectors.cardskipper.wire import problems
from doorward.connectors.cardskipper.wire.criteria import Criteria
from doorward.connectors.cardskipper.wire.members import Member, UnreadableMember
from doorward.net.errors import (
    Busy,
    Forbidden,
    LoginRefused,
    Refused,
    RemoteError,
    TooLarge,
    Unreachable,
    Unreadable,
)
from doorward.net.line import Limits, Line
from doorward.net.serving import running

ACTIVE = Criteria(organisation_id="123", only_active=True)
EXPORT = "POST /Member/Export/"
Answerer = Callable[[Request], Awaitable[Response]]


async def test_everybody_is_exported(rig: Any):
    people = await rig.export()
    assert [each.id for each in people] == ["10001", "10002", "10003"]
    assert all(isinstance(each, Member) and each.stays for each in people)


async def test_the_organisation_says_what_its_roles_are_called(rig: Any):
    (club,) = await rig.client().organisation_info()
    assert club.role_names() == {"1": "Gym", "2": "Gym off-peak", "3": "Pool", "4": "Board"}
    assert club.information_types
    assert {unit.organisation_id for unit in club.units} == {"123"}


async def test_a_large_export_comes_in_batches_and_the_loop_stays_free(open_rig: Any):
    async with open_rig(people=2500) as rig, rig.client().export(ACTIVE) as export:
        sizes = [len(batch) async for batch in export.batches()]
    assert sizes == [1000, 1000, 500]


async def test_an_export_may_be_left_in_the_middle(open_rig: Any):
    async with open_rig(people=2500) as rig:
        async with rig.client().export(ACTIVE) as export:
            async for record in export:
                assert record.id == "10001"
                break
        assert len(await rig.export()) == 2500


async def test_the_documented_dialect_is_tried_first(rig: Any):
    client = rig.client()
    assert client.dialect is None
    async with client.export(ACTIVE) as export:
        assert export.dialect == "documented"
    assert client.dialect == "documented"
    assert rig.paths() == [EXPORT]


@pytest.mark.parametrize("other", ["refuse", "empty"])
@pytest.mark.parametrize("errors", ["xml", "text", "html", "empty"])
async def test_auto_falls_back_to_the_vendors_dialect_and_remembers(
    rig: Any, other: str, errors: str
):
    rig.settings(dialects=["vendor"], other_dialect=other, errors=errors)
    remembered: dict[str, Any] = {}
    for calls in (2, 3):
        client = rig.client(remembered=remembered)
        async with client.export(ACTIVE) as export:
            assert export.dialect == "vendor"
        assert len(rig.paths()) == calls


async def test_a_server_that_falls_over_a_dialect_is_asked_in_the_other(rig: Any):
    rig.settings(dialects=["vendor"])
    async with fake(_fall_over_documented) as (client, _):
        async with client.export(ACTIVE) as export:
            assert export.dialect == "vendor"


async def _fall_over_documented(request: Request) -> Response:
    if b"<Cardskipper" not in await request.body():
        return Response("Object reference not set", 500)
    return Response(GOOD)


GOOD = (
    b'<Cardskipper><Members><Member Id="1"><Roles><Role Id="1" EndDate="2030-01-01"/></Roles>'
    b"</Member></Members></Cardskipper>"
)


async def test_what_was_remembered_is_forgotten_when_it_no_longer_works(rig: Any):
    client = rig.client()
    async with client.export(ACTIVE):
        pass
    rig.settings(dialects=["vendor"])
    with pytest.raises(Refused):
        await rig.export(remembered=client._remembered)
    async with client.export(ACTIVE) as export:
        assert export.dialect == "vendor"


async def test_a_dialect_that_is_set_is_the_only_one_tried(rig: Any):
    rig.settings(dialects=["vendor"])
    with pytest.raises(Refused) as caught:
        await rig.export(dialect="documented")
    assert caught.value.status == 400
    assert len(rig.paths()) == 1
    assert len(await rig.export(dialect="vendor")) == 3


async def test_an_empty_register_is_an_error_in_both_dialects(rig: Any):
    rig.members()
    with pytest.raises(problems.NoMembers):
        await rig.export()
    rig.settings(dialects=["documented"])
    with pytest.raises(problems.NoMembers):
        await rig.export()


async def test_an_unknown_organisation_is_refused_with_the_servers_words(rig: Any):
    with pytest.raises(Refused, match=r"There is no organisation 999") as caught:
        await rig.export(Criteria(organisation_id="999", only_active=True))
    assert "organisation id" in caught.value.remedy


async def test_a_wrong_password_is_tried_once_and_never_again(open_rig: Any):
    async with open_rig(password="wrong") as rig:
        client = rig.client()
        for _ in range(2):
            with pytest.raises(LoginRefused) as caught:
                await client.organisation_info()
        with pytest.raises(LoginRefused):
            async with client.export(ACTIVE):
                pass
        assert caught.value.kind == "credential"
        assert rig.paths() == ["GET /Organisation/Info/"]


async def test_a_missing_grant_is_named_exactly(rig: Any):
    rig.settings(grants=["Organisation/Info"])
    client = rig.client()
    await client.organisation_info()
    with pytest.raises(Forbidden) as caught:
        async with client.export(ACTIVE):
            pass
    assert "may not call Member/Export (403), although Organisation/Info works" in str(caught.value)
    assert "API right for Member/Export" in caught.value.remedy


async def test_the_other_grant_is_named_too(rig: Any):
    rig.settings(grants=["Member/Export"])
    client = rig.client()
    with pytest.raises(Forbidden, match=r"may not call Organisation/Info \(403\)$"):
        await client.organisation_info()
    async with client.export(ACTIVE):
        pass


async def test_a_401_where_the_login_worked_elsewhere_is_a_missing_grant(rig: Any):
    client = rig.client()
    await client.organisation_info()
    rig.fault("Member/Export", "unauthorised")
    with pytest.raises(Forbidden, match="Organisation/Info works"):
        async with client.export(ACTIVE):
            pass


@pytest.mark.parametrize("kind", ["busy", "drop", "lost answer"])
async def test_a_passing_fault_is_ridden_out(rig: Any, kind: str):
    rig.fault("Member/Export", kind, times=2)
    rig.fault("Organisation", kind, times=2)
    client = rig.client()
    await client.organisation_info()
    async with client.export(ACTIVE) as export:
        assert len([record async for record in export]) == 3
    assert len(rig.paths()) == 6


@pytest.mark.parametrize(("kind", "error"), [("busy", Busy), ("drop", Unreachable)])
async def test_a_lasting_fault_is_given_up_after_three_tries(
    rig: Any, kind: str, error: type[RemoteError]
):
    rig.fault("Organisation", kind, times=None)
    with pytest.raises(error) as caught:
        await rig.client().organisation_info()
    assert caught.value.kind == "retry"
    assert len(rig.paths()) == 3


async def test_too_many_calls_are_tried_again_later(rig: Any):
    rig.settings(rate_limit=1)
    await rig.client().organisation_info()
    with pytest.raises(Busy) as caught:
        await rig.client().organisation_info()
    assert caught.value.status == 429


async def test_garbage_is_an_error(rig: Any):
    rig.fault("", "garbage", times=None)
    client = rig.client()
    with pytest.raises(problems.UnusableAnswer):
        await client.organisation_info()
    with pytest.raises(problems.UnusableAnswer):
        async with client.export(ACTIVE):
            pass


async def test_records_that_cannot_be_read_come_with_the_others(rig: Any):
    bad = '<Member OrganisationMemberId="7"><Roles><Role Id="1" EndDate="soon"/></Roles></Member>'
    rig.settings(extra_members=[bad])
    *good, unread = await rig.export()
    assert [each.id for each in good] == ["10001", "10002", "10003"]
    assert isinstance(unread, UnreadableMember)
    assert (unread.id, unread.field, unread.found) == ("7", "EndDate", "'soon'")


@pytest.mark.parametrize("form", ["attributes", "values", "text"])
@pytest.mark.parametrize("case", ["lower", "upper"])
async def test_every_form_of_answer_gives_the_same_members(rig: Any, form: str, case: str):
    before = await rig.export()
    rig.settings(answer_form=form, letter_case=case, namespace="urn:v", dates="midnight")
    assert await rig.export() == before


async def test_the_language_is_asked_for(rig: Any):
    await rig.client(language="sv").organisation_info()
    assert "Accept-Language: sv" in rig.said[0].request


async def test_no_secret_is_recorded(rig: Any):
    rig.members(
        {
            "id": "1",
            "roles": [{"role": "1"}, {"role": "2", "start": "2026-01-01"}],
            "details": {"birth_number": "19800229-1234"},
        }
    )
    await rig.export(Criteria(organisation_id="123"))
    said = repr(rig.said)
    assert "Birthnumber" in said
    assert "1234" not in said
    assert base64.b64encode(b"admin:right-password").decode() not in said


@asynccontextmanager
async def fake(
    answerer: Answerer, limits: Limits | None = None
) -> AsyncIterator[tuple[CardskipperClient, list[str]]]:
    """A server that says whatever a test wants, and a client of it."""
    paths: list[str] = []

    async def noted(request: Request) -> Response:
        paths.append(request.url.path)
        return await answerer(request)

    app = Starlette(routes=[Route("/{path:path}", noted, methods=["GET", "POST"])])
    async with running(app) as url, Line("register", url) as line:
        patience = Patience(3, 0.0, 0.0)
        yield CardskipperClient(line, patience=patience, limits=limits or Limits(total=20)), paths


def saying(body: bytes, status: int = 200, **headers: str) -> Answerer:
    async def answer(_request: Request) -> Response:
        return Response(body, status, headers)

    return answer


async def the_error(answerer: Answerer, limits: Limits | None = None) -> RemoteError:
    async with fake(answerer, limits) as (client, _):
        with pytest.raises(RemoteError) as caught:
            async with client.export(ACTIVE) as export:
                _ = [record async for record in export]
        return caught.value


async def test_a_login_page_instead_of_xml_is_said_with_a_remedy():
    error = await the_error(saying(b"<!doctype html><html><form>Log in</form></html>"))
    assert isinstance(error, problems.WebPage)
    assert "api.cardskipper.se" in error.remedy


async def test_a_redirect_is_never_followed():
    async def away(_request: Request) -> Response:
        return RedirectResponse("/login")

    async with fake(away) as (client, paths):
        with pytest.raises(Unreadable, match="307"):
            await client.organisation_info()
        assert paths == ["/Organisation/Info/"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, Unreadable),
        (302, Unreadable),
        (400, Refused),
        (404, Refused),
        (405, Refused),
        (408, Busy),
        (418, Refused),
        (502, Busy),
    ],
)
async def test_every_status_means_something(status: int, kind: type[RemoteError]):
    error = await the_error(saying(b"", status))
    assert type(error) is kind
    assert error.status == status
    assert f"with {status}" in error.reason
    assert error.remedy


async def test_a_wrong_address_is_not_asked_twice():
    async with fake(saying(b"nothing here", 404)) as (client, paths):
        with pytest.raises(Refused, match="'nothing here'") as caught:
            async with client.export(ACTIVE):
                pass
    assert len(paths) == 1
    assert "https://api.cardskipper.se" in caught.value.remedy


async def test_an_entity_bomb_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]>' + GOOD
    assert isinstance(await the_error(saying(bomb)), problems.UnsafeDocument)


async def test_a_cut_export_gives_an_error_and_not_fewer_members():
    assert isinstance(await the_error(saying(GOOD[:-10])), problems.CutOff)


async def test_an_answer_without_an_end_stops_at_the_limit():
    async def endless(_request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"<Cardskipper><Members>"
            while True:
                yield b'<Member Id="1"/>' * 1000
                await asyncio.sleep(0)

        return StreamingResponse(pieces())

    error = await the_error(endless, Limits(total=20, body=300_000))
    assert isinstance(error, TooLarge)
    assert "300000" in error.reason


async def test_the_largest_export_that_is_taken_has_200_megabytes(rig: Any):
    assert rig.client()._limits.body == 200 * 1024 * 1024


async def test_a_hostile_message_is_shown_harmlessly():
    error = await the_error(saying(b"<b>\x1b[31mred\x00</b>" + b"\xff" * 3000, 400))
    assert "\x1b" not in error.reason
    assert "red" in error.reason
    assert len(error.reason) < 200


async def test_members_behind_an_error_document_are_not_believed():
    error = await the_error(saying(b"<Error><Message>No</Message></Error>"))
    assert isinstance(error, problems.WrongRoot)
