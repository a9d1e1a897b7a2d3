"""An application on a socket, from the first call to the last."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from doorward.net.errors import Unreachable
from doorward.net.identity import PEER, Identity
from doorward.net.line import Line
from doorward.net.serving import running
from net.certificates import make


async def hello(request: Request) -> Response:
    return PlainTextResponse(f"hello {request.url.port}")


APP = Starlette(routes=[Route("/", hello)])


async def body(url: str) -> bytes:
    async with Line("x", url) as line:
        return (await line.call("GET", "/")).body


async def test_an_application_answers_on_loopback_at_a_port_of_its_own():
    async with running(APP) as one, running(APP) as other:
        assert one != other
        assert one.startswith("http://127.0.0.1:")
        for url in (one, other):
            assert await body(url) == f"hello {url.rpartition(':')[2]}".encode()


def identity(folder: Path, *, clients: Path | None = None) -> Identity:
    return Identity(make(folder, "127.0.0.1").file, folder / "127.0.0.1.key", clients)


async def who(request: Request) -> Response:
    return PlainTextResponse(request.scope["extensions"][PEER]["sha256"])


WHO = Starlette(routes=[Route("/", who)])


async def asked(url: str, ours: Identity, shown: Identity | None = None) -> str:
    """What the server at `url` says of who calls."""
    context = ssl.create_default_context(cafile=ours.certificate)
    if shown is not None:
        context.load_cert_chain(shown.certificate, shown.key)
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
        return await answer.text()


async def test_with_an_identity_it_answers_over_tls(tmp_path: Path):
    ours = identity(tmp_path)
    async with running(WHO, identity=ours) as url:
        assert url.startswith("https://127.0.0.1:")
        assert await asked(url, ours) == ""


async def test_a_callers_certificate_is_told_to_the_application(tmp_path: Path):
    (tmp_path / "caller").mkdir()
    caller = make(tmp_path / "caller", "127.0.0.1")
    ours = identity(tmp_path, clients=caller.file)
    shown = Identity(caller.file, tmp_path / "caller" / "127.0.0.1.key")
    async with running(WHO, identity=ours) as url:
        assert await asked(url, ours, shown) == caller.fingerprint
        assert await asked(url, ours) == ""


async def test_a_certificate_that_nobody_vouches_for_is_not_let_in(tmp_path: Path):
    for name in ("known", "unknown"):
        (tmp_path / name).mkdir()
        make(tmp_path / name, "127.0.0.1")
    ours = identity(tmp_path, clients=tmp_path / "known" / "127.0.0.1.pem")
    stranger = Identity(*(tmp_path / "unknown" / f"127.0.0.1.{end}" for end in ("pem", "key")))
    async with running(WHO, identity=ours) as url:
        with pytest.raises(aiohttp.ClientError):
            await asked(url, ours, stranger)


async def test_an_identity_that_is_none_is_told_before_anything_listens(tmp_path: Path):
    (tmp_path / "x").write_text("no certificate")
    with pytest.raises(OSError, match="PEM"):
        async with running(WHO, identity=Identity(tmp_path / "x", tmp_path / "x")):
            pytest.fail("served without a certificate")


async def test_after_the_block_nobody_answers():
    async with running(APP) as url:
        pass
    with pytest.raises(Unreachable):
        await body(url)


async def test_the_port_is_free_again_at_once():
    async with running(APP) as url:
        await body(url)
    async with running(APP, int(url.rpartition(":")[2])) as again:
        assert again == url


async def test_a_taken_port_is_said_to_be_taken():
    async with running(APP) as url:
        with pytest.raises(OSError, match="in use"):
            async with running(APP, int(url.rpartition(":")[2])):
                pytest.fail("two servers on one port")


async def test_what_is_being_answered_is_answered_before_the_end():
    begun = asyncio.Event()

    async def slowly(_request: Request) -> Response:
        begun.set()
        await asyncio.sleep(0.2)
        return PlainTextResponse("done")

    async with running(Starlette(routes=[Route("/", slowly)])) as url:
        call = asyncio.create_task(body(url))
        await begun.wait()
    assert await call == b"done"


async def test_an_error_within_the_block_ends_the_server_and_is_passed_on():
    with pytest.raises(KeyError):
        async with running(APP) as url:
            raise KeyError("mine")
    with pytest.raises(Unreachable):
        await body(url)


async def test_the_server_does_not_say_what_it_is():
    async with running(APP) as url, Line("x", url) as line:
        assert "server" not in {name.lower() for name in (await line.call("GET", "/")).headers}


async def said_to(url: str, request: bytes) -> bytes:
    """What is answered to these very bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    with suppress(ConnectionError):
        writer.write(request)
        await writer.drain()
    answer = b""
    with suppress(ConnectionError):
        answer = await reader.read(200)
    writer.close()
    return answer


@pytest.mark.parametrize("endless", [b"X-Long: " + b"a" * 1_000_000, b"X-Many: 1\r\n" * 100_000])
async def test_headers_without_end_are_refused(endless: bytes):
    async with running(APP) as url:
        answer = await said_to(url, b"GET / HTTP/1.1\r\nHost: x\r\n" + endless)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


async def test_long_headers_and_longer_bodies_are_taken():
    async def count(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    async with running(Starlette(routes=[Route("/", count, methods=["POST"])])) as url:
        async with Line("x", url) as line:
            for _ in range(2):
                answer = await line.call("POST", "/", b"b" * 1_000_000, {"X-Long": "a" * 40_000})
                assert answer.body == b"1000000"


async def test_what_is_no_request_is_refused():
    async with running(APP) as url:
        assert (await said_to(url, b"\x00\xff what\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch):
    async def fail(_self: object, sockets: object = None) -> None:
        raise OSError("no more files may be opened")

    monkeypatch.setattr("uvicorn.Server.startup", fail)
    with pytest.raises(OSError, match="no more files"):
        async with running(APP):
            pytest.fail("it cannot have started")
