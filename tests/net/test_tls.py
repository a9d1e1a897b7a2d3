"""Whom a line trusts: a certificate of its own making, and a password that must not get out."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from doorward.net.errors import Unreachable, Untrusted
from doorward.net.line import Limits, Line, Login
from doorward.net.secrets import Secret
from doorward.net.trust import Trust
from net.certificates import Made, make
from net.sockets import Heard, Server, serving

PATIENT = Limits()
LOGIN = Login("admin", Secret("hush"))


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("tls"), "192.0.2.7")


@pytest.fixture
async def server(terminal: Made) -> AsyncIterator[Server]:
    async def hello(heard: Heard) -> None:
        await heard.answer(b"hello")

    async with serving(hello, terminal.context) as one:
        yield one


async def told(server: Server, trust: Trust, limits: Limits = PATIENT) -> bytes:
    async with Line("gate", server.url, basic=LOGIN, trust=trust, limits=limits) as line:
        return (await line.call("GET", "/")).body


def with_colons(fingerprint: str) -> str:
    return ":".join(fingerprint[place : place + 2] for place in range(0, 64, 2)).upper()


async def test_the_right_fingerprint_is_trusted_with_or_without_colons(
    server: Server, terminal: Made
):
    assert await told(server, Trust(fingerprint=terminal.fingerprint)) == b"hello"
    assert await told(server, Trust(fingerprint=with_colons(terminal.fingerprint))) == b"hello"


async def test_another_fingerprint_is_refused_and_no_password_is_sent(
    server: Server, elsewhere: Made
):
    with pytest.raises(Untrusted, match="not the one expected") as caught:
        await told(server, Trust(fingerprint=elsewhere.fingerprint))
    assert caught.value.kind == "permanent"
    assert server.heard == []


@pytest.mark.parametrize("fingerprint", ["zz", "aabb", "a" * 40, "å"])
async def test_a_fingerprint_that_is_none_is_refused(server: Server, fingerprint: str):
    with pytest.raises(Untrusted, match="'fingerprint' is of no use") as caught:
        await told(server, Trust(fingerprint=fingerprint))
    assert caught.value.remedy == "Correct 'fingerprint'."
    assert server.connections == 0


async def test_a_self_signed_certificate_is_refused_and_no_password_is_sent(server: Server):
    with pytest.raises(Untrusted) as caught:
        await told(server, Trust())
    assert "fingerprint" in caught.value.remedy
    await asyncio.sleep(0)
    assert server.heard == []


async def test_a_ca_file_is_trusted(server: Server, terminal: Made):
    assert await told(server, Trust(ca_file=str(terminal.file))) == b"hello"


async def test_another_ca_file_is_not(server: Server, elsewhere: Made):
    with pytest.raises(Untrusted):
        await told(server, Trust(ca_file=str(elsewhere.file)))
    assert server.heard == []


async def test_a_trusted_certificate_for_another_address_is_refused(elsewhere: Made):
    async def hello(heard: Heard) -> None:
        await heard.answer(b"hello")

    async with serving(hello, elsewhere.context) as server:
        with pytest.raises(Untrusted):
            await told(server, Trust(ca_file=str(elsewhere.file)))
        assert server.heard == []


@pytest.mark.parametrize("content", [None, "", "no certificate at all"])
async def test_a_ca_file_of_no_use_is_named_and_never_taken_for_a_lost_answer(
    server: Server, tmp_path: Path, content: str | None
):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Untrusted, match=r"ca[.]pem is of no use") as caught:
        await told(server, Trust(ca_file=str(file)))
    assert "Correct 'ca_file'" in caught.value.remedy
    assert server.connections == 0


async def test_verification_is_off_only_when_switched_off(server: Server):
    assert await told(server, Trust(verify=False)) == b"hello"


async def test_https_to_a_server_that_speaks_plainly_sends_no_password():
    async def hello(heard: Heard) -> None:
        await heard.answer(b"hello")

    async with serving(hello) as server:
        plain = Server(server.url.replace("http:", "https:"))
        with pytest.raises((Untrusted, Unreachable)):
            await told(plain, Trust(verify=False), Limits(connect=0.3, total=0.5))
        assert server.heard == []


async def test_a_server_that_speaks_first_and_plainly_is_no_secure_connection():
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-terminal\r\n")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(Untrusted, match="no secure connection"):
            await told(Server(f"https://127.0.0.1:{port}"), Trust(verify=False))
