"""Digest in both roles: against each other, against requests, and against what is wrong."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from doorward.connectors.hikvision.digest import DigestVerifier, Handshake, _md5, challenges
from doorward.net.line import Login
from doorward.net.secrets import Secret

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LOGIN = ("admin", "pass")
COUNT = "/ISAPI/AccessControl/UserInfo/Count?format=json"


def verifier(**settings: Any) -> DigestVerifier:
    return DigestVerifier("Door", **({"fresh": lambda: "n1"} | settings))


def answer(
    *, nc: str = "00000001", qop: bool = True, method: str = "GET", uri: str = "/x", **change: str
) -> str:
    """A proper Authorization header, then changed."""
    given = {"username": "admin", "realm": "Door", "nonce": "n1", "uri": uri} | change
    secret = _md5(f"{given['username']}:{given['realm']}:{change.get('password', 'pass')}")
    between = [given["nonce"], nc, "c", "auth"] if qop else [given["nonce"]]
    response = _md5(":".join([secret, *between, _md5(f"{method}:{given['uri']}")]))
    given.pop("password", None)
    fields = {"response": response} | given
    ending = f", qop=auth, nc={nc}, cnonce=c" if qop else ""
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + ending


def judge(issuer: DigestVerifier, header: str, *, later: int = 0, method: str = "GET") -> str:
    return issuer.judge(header, method, "/x", LOGIN, NOW + timedelta(seconds=later))


def issued(**settings: Any) -> DigestVerifier:
    issuer = verifier(**settings)
    issuer.challenge(NOW)
    return issuer


def test_a_proper_answer_is_good():
    assert judge(issued(), answer()) == "good"
    assert judge(issued(qop=False), answer(qop=False)) == "good"


@pytest.mark.parametrize(
    "header",
    [
        answer(password="wrong"),
        answer(username="root"),
        answer(realm="Other"),
        answer(uri="/y"),
        answer(method="PUT"),
        answer(qop=False),
        answer(response="0" * 32),
        answer(algorithm="SHA-256"),
        answer().replace("qop=auth", "qop=auth-int"),
        "Digest",
        "Digest username",
        'Digest username="admin"',
        "Basic YWRtaW46cGFzcw==",
        "",
    ],
)
def test_an_improper_answer_is_bad(header: str):
    assert judge(issued(), header) == "bad"


@given(st.text(max_size=200))
def test_no_header_ends_in_an_error(header: str):
    assert judge(issued(), f"Digest {header}") == "bad"


def test_a_nonce_that_is_unknown_or_too_old_is_stale():
    assert judge(verifier(), answer()) == "stale"
    assert judge(issued(seconds=60), answer(), later=61) == "stale"
    assert judge(issued(seconds=60), answer(), later=60) == "good"


def test_an_answer_cannot_be_used_twice():
    issuer = issued()
    assert judge(issuer, answer(nc="00000002")) == "good"
    assert judge(issuer, answer(nc="00000002")) == "stale"
    assert judge(issuer, answer(nc="00000001")) == "stale"
    assert judge(issuer, answer(nc="0000000a")) == "good"
    assert judge(issuer, answer(nc="nonsense")) == "stale"


def test_without_qop_a_nonce_lasts_until_it_is_too_old():
    issuer = issued(qop=False)
    assert [judge(issuer, answer(qop=False)) for _ in range(2)] == ["good", "good"]


def test_only_so_many_nonces_are_remembered():
    names = iter(f"n{number}" for number in range(1, 10))
    issuer = verifier(remembered=2, fresh=lambda: next(names))
    for _ in range(3):
        issuer.challenge(NOW)
    assert judge(issuer, answer()) == "stale"
    assert judge(issuer, answer(nonce="n3")) == "good"


def test_a_challenge_says_what_it_is():
    assert verifier().challenge(NOW) == 'Digest realm="Door", nonce="n1", algorithm=MD5, qop="auth"'
    bare = verifier(qop=False).challenge(NOW, stale=True)
    assert bare == 'Digest realm="Door", nonce="n1", algorithm=MD5, stale=true'


@pytest.mark.parametrize(
    ("lines", "schemes", "usable"),
    [
        (['Digest realm="a, b", nonce="n", qop="auth,auth-int"'], ["digest"], [True]),
        (['Basic realm="a", Digest realm="a", nonce="n"'], ["basic", "digest"], [False, True]),
        (['Digest realm="a", nonce="n", Basic realm="a"'], ["digest", "basic"], [True, False]),
        (
            ['Basic realm="a"', 'Digest realm = "a", nonce = "n"'],
            ["basic", "digest"],
            [False, True],
        ),
        (["Negotiate, Basic"], ["negotiate", "basic"], [False, False]),
        (['Digest realm="a"'], ["digest"], [False]),
        (['Digest nonce="n"'], ["digest"], [False]),
        (['Digest realm="a", nonce="n", qop="auth-int"'], ["digest"], [False]),
        (['Digest realm="a", nonce="n", algorithm=ROT13'], ["digest"], [False]),
        (['Digest realm="a", nonce="n", algorithm=SHA-256'], ["digest"], [True]),
        (['realm="a"'], [], []),
        ([""], [], []),
    ],
)
def test_what_is_offered_is_read(lines: list[str], schemes: list[str], usable: list[bool]):
    offered = challenges(lines)
    assert [challenge.scheme for challenge in offered] == schemes
    assert [challenge.usable for challenge in offered] == usable


def test_a_challenge_is_handed_on_with_its_quotes_and_auth_alone():
    (challenge,) = challenges(['Digest realm="a \\"b\\"", nonce="n", qop="auth-int,auth"'])
    assert challenge.header() == 'Digest realm="a \\"b\\"", nonce="n", qop="auth"'


def test_a_user_name_with_a_colon_is_refused():
    with pytest.raises(ValueError, match=":"):
        Handshake(Login("ad:min", Secret("x")), "auto")


async def _asked(door: Any, auth: Any) -> requests.Response:
    def ask() -> requests.Response:
        with requests.Session() as session:
            session.auth = auth
            return session.get(door.url + COUNT, timeout=5)

    return await asyncio.to_thread(ask)


@pytest.mark.parametrize("profile", ["documented", "k1t342", "k1t673", "generic-v4"])
async def test_another_librarys_digest_is_let_in(rig: Any, profile: str):
    async with rig(profile) as door:
        answer = await _asked(door, HTTPDigestAuth("admin", "right-password"))
    assert answer.json() == {"UserInfoCount": {"userNumber": 25}}


async def test_another_librarys_basic_is_let_in_where_it_is_offered(rig: Any):
    async with rig("documented") as door:
        assert (await _asked(door, HTTPBasicAuth("admin", "right-password"))).status_code == 200
    async with rig("k1t342") as door:
        assert (await _asked(door, HTTPBasicAuth("admin", "right-password"))).status_code == 401


def test_a_terminals_challenge_is_answered_by_our_own_reader():
    for qop in (True, False):
        (challenge,) = challenges([verifier(qop=qop).challenge(NOW)])
        assert challenge.usable
