"""Documents that cannot be believed: each an error with a class and a remedy, never "nobody"."""

import itertools
from collections.abc import Iterator
from datetime import date
from io import BytesIO, RawIOBase
from typing import Any, BinaryIO, cast

import pytest

from doorward.connectors.cardskipper.wire import problems
from doorward.connectors.cardskipper.wire.export import RECORD_LIMIT, read_export
from doorward.connectors.cardskipper.wire.members import Member, RoleStay, UnreadableMember
from doorward.connectors.cardskipper.wire.writing import write_export
from doorward.net.errors import Unreadable

STAY = RoleStay("1", date(2026, 1, 1), date(2026, 12, 31))
GOLDEN = b"".join(
    write_export(
        [
            Member("10001", "Åsa", "Berg", date(1980, 2, 29), ("asa@example.org",), (), (STAY,)),
            Member("10002", "Ali", "Öhman", None, (), ("+46700000002",), (STAY,), ("Key",), True),
        ],
        "123",
    )
)


def read(body: bytes, organisation: str = "123") -> list[Member | UnreadableMember]:
    return list(read_export(BytesIO(body), organisation))


def refused(body: bytes, kind: type[problems.UnusableAnswer]) -> problems.UnusableAnswer:
    with pytest.raises(problems.UnusableAnswer) as caught:
        read(body)
    assert type(caught.value) is kind
    assert caught.value.remedy
    return caught.value


PAGE = b"<html><head><title>Log in</title></head><body><form/></body></html>"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    b'<Cardskipper><Members><Member Id="1" Firstname="&b;"/></Members></Cardskipper>'
)


FAR = b"<!--" + b" " * 5000 + b"-->" + PAGE


@pytest.mark.parametrize(
    "page", [PAGE, FAR, b"<!DOCTYPE html>" + PAGE, b"\n <!doctype HTML><p>hello"]
)
def test_a_web_page_is_no_export(page: bytes):
    assert "api.cardskipper.se" in refused(page, problems.WebPage).remedy


@pytest.mark.parametrize(
    "body",
    [BOMB, b" " * 5000 + BOMB[21:], BOMB.decode().encode("utf-16")],
    ids=["bomb", "behind blanks", "utf-16"],
)
def test_entities_are_refused_unread(body: bytes):
    refused(body, problems.UnsafeDocument)


def test_a_root_of_another_kind_is_no_export():
    error = refused(b"<Error><Message>Not now</Message></Error>", problems.WrongRoot)
    assert "'error'" in error.reason


@pytest.mark.parametrize(
    "body",
    [
        GOLDEN.replace("Åsa".encode(), b"\xc5sa"),
        GOLDEN.replace(b'encoding="utf-8"', b'encoding="klingon"'),
    ],
    ids=["latin-1 bytes", "unknown encoding"],
)
def test_a_wrong_encoding_is_said(body: bytes):
    refused(body, problems.Garbled)


def test_another_encoding_that_is_declared_is_read():
    other = GOLDEN.decode().replace('encoding="utf-8"', 'encoding="iso-8859-1"').encode("latin-1")
    assert read(other) == read(GOLDEN)


@pytest.mark.parametrize(
    "body",
    [
        b"<Cardskipper/>",
        b"<Cardskipper><Members/></Cardskipper>",
        b"<Members></Members>",
        b"".join(write_export([], "123")),
    ],
)
def test_an_empty_export_is_an_error(body: bytes):
    assert "Nobody loses access" in refused(body, problems.NoMembers).remedy


def test_members_none_of_whom_is_readable_are_an_error():
    body = GOLDEN.replace(b"EndDate", b"StartDate2").replace(b"OrganisationMemberId", b"Nr")
    assert "2 members" in refused(body, problems.NoneReadable).reason


def test_members_of_another_organisation_only_are_an_error():
    with pytest.raises(problems.NoMemberships, match="organisation '456'"):
        read(GOLDEN, "456")


def test_dates_under_names_that_nobody_knows_are_an_error_and_not_open_ends():
    body = GOLDEN.replace(b"EndDate", b"Slutar").replace(b"StartDate", b"Startar")
    refused(body, problems.NoMemberships)


def test_a_document_broken_in_its_middle_says_where():
    body = GOLDEN.replace(b"<ContactInfo EMail", b"<ContactInfo <EMail")
    assert "line 3" in refused(body, problems.NotWellFormed).reason


def test_nothing_is_cut_off():
    refused(b"", problems.CutOff)


def test_a_cut_never_gives_members_silently():
    whole = len(GOLDEN.rstrip())
    for place in range(whole):
        with pytest.raises(problems.UnusableAnswer) as caught:
            read(GOLDEN[:place])
        assert isinstance(caught.value, problems.CutOff), place
    assert read(GOLDEN[:whole]) == read(GOLDEN)


def test_a_cut_inside_a_closing_root_is_a_cut():
    assert not problems.is_whole(BytesIO(b"<a><b/></a"), "a")
    assert not problems.is_whole(BytesIO(b"<a><b></b>"), "a")
    assert not problems.is_whole(BytesIO(b"<a><b/>"), "a")
    assert problems.is_whole(BytesIO(b"<x:a></x:A >\n<!-- end -->\n"), "a")


class Endless(RawIOBase):
    """A stream made while it is read; nothing of it lies in memory."""

    def __init__(self, start: bytes, again: bytes) -> None:
        self._start, self._again = start, again
        self._pieces: Iterator[bytes] = iter(())
        self.given = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self._pieces = itertools.chain([self._start], itertools.repeat(self._again))
        self.given = 0
        return 0

    def read(self, size: int = -1) -> bytes:
        if not self.given:
            self.seek(0)
        piece = next(self._pieces)
        self.given += len(piece)
        return piece


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"<Cardskipper><Members><Member><Roles>", b'<Role Id="1"/>' * 1000),
        (b"<Cardskipper><Members>", b'<Person Id="1"/>' * 1000),
        (b"<Cardskipper><Members>", b"\n" * 10_000),
        (b'<Cardskipper><Members><Member Id="', b"9" * 10_000),
    ],
    ids=["roles", "strangers", "blanks", "one value"],
)
def test_one_record_cannot_fill_the_memory(start: bytes, again: bytes):
    stream = Endless(start, again)
    with pytest.raises(problems.OverlongRecord):
        list(read_export(cast("BinaryIO", cast("Any", stream)), "123"))
    assert stream.given < RECORD_LIMIT + 20_000


def test_deep_nesting_is_refused():
    deep = b"<Cardskipper>" + b"<a>" * 300 + b"</a>" * 300 + b"</Cardskipper>"
    refused(deep, problems.NotWellFormed)


def test_every_problem_is_an_unreadable_answer_that_trying_again_does_not_help():
    for kind in problems.UnusableAnswer.__subclasses__():
        error = kind("something")
        assert isinstance(error, Unreadable)
        assert error.kind == "permanent"
        assert error.remedy
