"""Bad input from either side: an error with a remedy, the rest goes on, nobody loses access."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from doorward.core.sync import Report
from doorward.net.serving import running
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin
from e2e.town import Town, edit, town

EXPIRE = 'lapsed = "expire"'
ODD, RENEWED = "10003", "10005"
LATER = "2031-06-30"

Mangle = Callable[[bytes], bytes]
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    b"<Cardskipper><Members><Member Firstname='&b;'/></Members></Cardskipper>"
)


class Mangled:
    """The register, but for what its exports look like on the way."""

    def __init__(self, register: Twin, mangle: Mangle) -> None:
        self._register = register
        self._mangle = mangle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "/Member/Export" not in scope["path"]:
            await self._register(scope, receive, send)
            return
        body = b""

        async def collect(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")

        await self._register(scope, receive, collect)
        kind = [(b"content-type", b"application/xml")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": self._mangle(body)})


async def through(place: Town, mangle: Mangle) -> Report:
    """A run whose register is mangled on the way."""
    async with running(Mangled(place.register, mangle)) as url:
        right = place.file.read_text()
        place.file.write_text(right.replace(place.register_url, url))
        report = await place.sync()
        place.file.write_text(right)
    return report


@pytest.mark.parametrize(
    ("mangle", "reason"),
    [
        (lambda _: b"<!DOCTYPE html><html><body>Log in</body></html>", "HTML|web page"),
        (lambda body: body[: len(body) // 2], "cut|early|end"),
        (lambda body: body[:-30], "cut|early|end"),
        (lambda _: BOMB, "DOCTYPE"),
        (lambda body: body.decode().encode("latin-1", "ignore"), "encoding|readable"),
        (lambda body: re.sub(rb"<Member .*</Member>", b"", body, flags=re.DOTALL), "no members"),
        (lambda body: re.sub(rb"EndDate=", b"Ende=", body).replace(b"StartDate=", b"Von="), "."),
        (lambda _: b"<Error><Message>quota</Message></Error>", "."),
        (lambda _: b"", "."),
        (lambda _: b"\x00" * 5000, "."),
    ],
    ids=[
        "a login page",
        "cut in half",
        "cut at its end",
        "an entity bomb",
        "another encoding",
        "nobody",
        "no dates",
        "an error with 200",
        "nothing",
        "zeros",
    ],
)
async def test_an_export_that_cannot_be_believed_takes_nothing_and_says_what_to_do(
    tmp_path: Path, mangle: Mangle, reason: str
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        place.change_members(lambda members: members[0].update(last_name="Åsö"))
        await place.sync()
        before = place.ends()
        place.door.calls.clear()
        report = await through(place, mangle)
        assert (place.writes(), place.ends()) == ([], before)
    assert report.verdict in {"failed", "partly failed"}
    [told] = report.plan.troubles
    assert re.search(reason, told.trouble.reason), told.trouble.reason
    assert told.trouble.remedy


def odd(old: str, new: str) -> Mangle:
    """A change within the record of one member."""

    def mangle(body: bytes) -> bytes:
        found = re.search(rf'<Member OrganisationMemberId="{ODD}".*?</Member>', body.decode())
        assert found is not None
        record = re.sub(old, new, found[0])
        assert record != found[0]
        return body.replace(found[0].encode(), record.encode())

    return mangle


@pytest.mark.parametrize(
    "mangle",
    [
        odd('EndDate="[^"]*"', 'EndDate="soon"'),
        odd('EndDate="[^"]*"', 'EndDate="1999-01-01"'),
        odd('<Role Id="[^"]*"', '<Role Id=""'),
        odd('<Role Id="[^"]*"', '<Role Id="4711"'),
    ],
    ids=["a date that is none", "an end before its start", "a role without id", "an unknown role"],
)
async def test_a_record_that_cannot_be_understood_leaves_her_as_she_is_and_the_rest_goes_on(
    tmp_path: Path, mangle: Mangle
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await place.sync()
        before = place.ends()
        place.register.world.renew(RENEWED, "1", LATER)  # type: ignore[attr-defined]
        report = await through(place, mangle)
        assert place.ends() == before | {RENEWED: f"{LATER}T23:59:59"}
    assert report.verdict == "partly failed"
    [(system, faulty)] = report.plan.faulty
    assert (system, faulty.key) == ("club", f"club/123/{ODD}")
    assert faulty.remedy


@pytest.mark.parametrize(
    "mangle",
    [
        odd('EMail="[^"]*" ?', ""),
        odd('EMail="[^"]*"', 'EMail="member10004.1@example.org"'),
        odd("<ContactInfo[^>]*/>", ""),
    ],
    ids=["without an address", "with her husband's address", "without any contact"],
)
async def test_a_member_who_loses_her_address_keeps_her_door(
    tmp_path: Path, mangle: Mangle
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await place.sync()
        before = place.ends()
        report = await through(place, mangle)
        assert (report.verdict, place.ends()) == ("ok", before)


async def test_an_end_after_2037_is_the_last_that_a_terminal_knows(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        place.register.world.renew(ODD, "1", "2045-05-31")  # type: ignore[attr-defined]
        assert (await place.sync()).verdict == "ok"
        assert place.ends()[ODD] == "2037-12-31T23:59:59"
        assert list((await place.sync()).applied.done) == []


async def test_two_users_with_one_address_are_a_question_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        text = place.file.read_text()
        place.file.write_text(re.sub(r"match = .*", 'match = ["link", "email"]', text))

        def share(door: Any) -> None:
            for user in door["users"]:
                if user["employeeNo"] == "10004":
                    user["email"] = "member10003.1@example.org"

        edit(place.door, share)
        before = place.ends()
        place.register.world.renew(RENEWED, "1", LATER)  # type: ignore[attr-defined]
        report = await place.sync()
        after = place.ends()
    [proposal] = report.plan.proposals
    assert [doubt.person for doubt in proposal.doubtful] == [f"club/123/{ODD}"]
    assert all(doubt.remedy for doubt in proposal.doubtful)
    assert (after[ODD], after["10004"]) == (before[ODD], before["10004"])
    assert after[RENEWED] == f"{LATER}T23:59:59"


@pytest.mark.parametrize("profile", ["documented", "k1t342", "k1t673", "generic-v4"])
async def test_a_write_that_a_terminal_refuses_is_told_and_the_others_are_written(
    tmp_path: Path, profile: str
) -> None:
    async with town(tmp_path, profile=profile) as place:
        await place.sync()
        for number in (ODD, RENEWED):
            place.register.world.renew(number, "1", LATER)  # type: ignore[attr-defined]
        place.door.faults.order([Fault("(?i)userinfo/modify", "refuse", times=1)])
        report = await place.sync()
        assert sorted(place.ends().values()).count(f"{LATER}T23:59:59") == 1
        assert (report.verdict, len(report.applied.done)) == ("partly failed", 1)
        [failed] = report.applied.failed
        assert failed.settlement.trouble is not None
        assert failed.settlement.trouble.remedy
        with place.store() as store:
            assert len(store.queue.open()) == 1


@pytest.mark.parametrize("profile", ["documented", "generic-v4"])
async def test_a_busy_terminal_that_caps_its_pages_is_brought_in_step(
    tmp_path: Path, profile: str
) -> None:
    async with town(tmp_path, people=45, profile=profile) as place:
        edit(place.door, lambda door: door["settings"].update(page_cap=7))
        place.door.faults.order([Fault("(?i)userinfo", "busy", times=1)])
        report = await place.sync()
        assert report.verdict == "ok"
        assert place.ends() == place.wanted()


async def test_a_terminal_that_locks_us_out_loses_nobody_and_is_not_asked_again(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await place.sync()
        before = place.ends()
        place.register.world.renew(RENEWED, "1", LATER)  # type: ignore[attr-defined]
        place.door.faults.order([Fault("ISAPI", "unauthorised")])
        first = await place.sync()
        place.door.calls.clear()
        again = await place.sync()
        assert list(place.door.calls) == []
        assert place.ends() == before
    for report in (first, again):
        assert report.verdict == "failed"
        assert [(one.system, bool(one.trouble.remedy)) for one in report.plan.troubles] == [
            ("main-door", True)
        ]
