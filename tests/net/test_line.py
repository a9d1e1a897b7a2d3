"""A line over real sockets: what comes back, what breaks, and what is never repeated."""

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from doorward.net.basic import credentials
from doorward.net.calls import EXCERPT
from doorward.net.errors import (
    AnswerLost,
    LoginRefused,
    RemoteError,
    TooLarge,
    Unreachable,
    Unreadable,
    Untrusted,
)
from doorward.net.line import Limits, Line, Login
from doorward.net.secrets import Secret
from doorward.net.trust import Trust, is_loopback
from net.sockets import Heard, Recorded, Server, free_port, serving

SMALL = Limits(body=1000)
HASTY = Limits(total=0.2)


async def call(server: Server, method: str = "GET", path: str = "/", **told: object):
    async with Recorded(server.url).line(**told) as line:
        return await line.call(method, path)


async def hello(heard: Heard) -> None:
    await heard.answer(b"hello", headers="X-Door: 1\r\n")


async def silence(_heard: Heard) -> None:
    await asyncio.sleep(60)


# --- what comes back


async def test_an_answer_has_status_headers_and_body():
    async with serving(hello) as server, Line("gate", server.url + "/") as line:
        answer = await line.call("POST", "/a?b=c", b"body", {"X-Mine": "2"})
    assert (answer.status, answer.headers["X-Door"], answer.body) == (200, "1", b"hello")
    [heard] = server.heard
    assert heard.head.startswith("POST /a?b=c HTTP/1.1\r\n")
    assert "X-Mine: 2" in heard.head
    assert heard.body == b"body"


@pytest.mark.parametrize("status", [204, 301, 401, 404, 500])
async def test_any_status_is_an_answer_and_no_redirect_is_followed(status: int):
    async def answer(heard: Heard) -> None:
        await heard.answer(status=status, headers="Location: /elsewhere\r\n")

    async with serving(answer) as server:
        assert (await call(server)).status == status
        assert len(server.heard) == 1


async def test_calls_share_one_connection_and_wait_for_each_other():
    running = overlapped = 0

    async def slowly(heard: Heard) -> None:
        nonlocal running, overlapped
        running += 1
        overlapped = max(overlapped, running)
        await asyncio.sleep(0.01)
        running -= 1
        await heard.answer()

    async with serving(slowly) as server, Line("gate", server.url) as line:
        await asyncio.gather(*(line.call("GET", f"/{one}") for one in range(5)))
    assert (server.connections, overlapped, len(server.heard)) == (1, 1, 5)


async def test_after_hanging_up_the_next_call_connects_anew():
    async with serving(hello) as server, Line("gate", server.url) as line:
        await line.call("GET", "/")
        await line.close()
        await line.close()
        await line.call("GET", "/")
    assert server.connections == 2


async def test_no_cookie_is_kept():
    async def bake(heard: Heard) -> None:
        await heard.answer(headers="Set-Cookie: session=1; Path=/\r\n")

    async with serving(bake) as server, Line("gate", server.url) as line:
        await line.call("GET", "/")
        await line.call("GET", "/")
    assert "cookie" not in server.heard[1].head.lower()


async def test_a_proxy_of_the_surroundings_is_not_used(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    async with serving(hello) as server:
        assert (await call(server)).body == b"hello"


async def test_a_login_is_sent_with_the_first_request():
    login = Login("Åsa", Secret("pass:wörd"))
    async with serving(hello) as server:
        await call(server, basic=login)
    [line] = [one for one in server.heard[0].head.split("\r\n") if one.startswith("Authorization")]
    assert credentials(line.partition(": ")[2]) == ("Åsa", "pass:wörd")


async def test_a_user_name_that_cannot_be_sent_is_refused_before_anything_is():
    async with serving(hello) as server:
        with pytest.raises(LoginRefused, match="colon"):
            await call(server, basic=Login("a:b", Secret("c")))
    assert server.connections == 0


# --- what breaks


async def test_nobody_listening_is_unreachable():
    with pytest.raises(Unreachable, match="no connection") as caught:
        await call(Server(f"http://127.0.0.1:{free_port()}"))
    assert not isinstance(caught.value, AnswerLost)
    assert caught.value.kind == "retry"


async def test_silence_after_the_request_is_a_lost_answer():
    async with serving(silence) as server:
        with pytest.raises(AnswerLost, match="TimeoutError"):
            await call(server, limits=HASTY)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("how", ["hang up", "reset"])
async def test_a_line_cut_after_the_request_is_a_lost_answer_and_nothing_is_repeated(
    method: str, how: str
):
    async def cut(heard: Heard) -> None:
        heard.hang_up() if how == "hang up" else heard.reset()

    async with serving(cut) as server:
        with pytest.raises(AnswerLost):
            await call(server, method)
        assert len(server.heard) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_kept_line_that_breaks_is_not_taken_for_leave_to_repeat(method: str):
    async def once(heard: Heard) -> None:
        await heard.answer() if len(server.heard) == 1 else heard.hang_up()

    async with serving(once) as server, Line("gate", server.url) as line:
        await line.call("GET", "/")
        with pytest.raises(AnswerLost):
            await line.call(method, "/")
        assert (len(server.heard), server.connections) == (2, 1)


@pytest.mark.parametrize(
    "ending", [b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nhalf", b"HTTP/1.1 20"]
)
async def test_a_line_cut_within_the_answer_is_a_lost_answer(ending: bytes):
    async def cut(heard: Heard) -> None:
        await heard.say(ending)
        heard.hang_up()

    async with serving(cut) as server:
        with pytest.raises(AnswerLost):
            await call(server)


async def test_what_is_not_http_is_unreadable():
    async def babble(heard: Heard) -> None:
        await heard.say(b"\x00\xff<<{{ SSH-2.0\r\n\r\n")
        heard.hang_up()

    async with serving(babble) as server:
        with pytest.raises(Unreadable, match="not an HTTP answer"):
            await call(server)


@pytest.mark.parametrize("header", ["X-Long: " + "a" * 100_000, "X-Many: 1\r\n" * 100_000])
async def test_headers_without_bound_are_refused(header: str):
    async def boast(heard: Heard) -> None:
        await heard.answer(headers=header + "\r\n")

    async with serving(boast) as server:
        with pytest.raises(RemoteError):
            await call(server)


async def test_a_body_over_the_limit_is_refused_and_not_read_on():
    async def pour(heard: Heard) -> None:
        await heard.say(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1000):
            await heard.say(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")

    async with serving(pour) as server:
        with pytest.raises(TooLarge, match="larger than the 1000 bytes"):
            await call(server, limits=SMALL)


async def test_a_body_that_swells_when_it_is_unpacked_is_refused():
    bomb = gzip.compress(b"\x00" * 50_000_000)

    async def burst(heard: Heard) -> None:
        await heard.answer(bomb, headers="Content-Encoding: gzip\r\n")

    async with serving(burst) as server:
        with pytest.raises(TooLarge):
            await call(server, limits=SMALL)


async def test_a_body_of_just_the_limit_is_taken():
    async def answer(heard: Heard) -> None:
        await heard.answer(b"a" * 1000)

    async with serving(answer) as server:
        assert len((await call(server, limits=SMALL)).body) == 1000


# --- large answers into a file


async def test_a_download_is_whole_when_it_is_seen():
    content = bytes(range(256)) * 1000

    async def answer(heard: Heard) -> None:
        await heard.answer(content)

    async with serving(answer) as server, Line("gate", server.url) as line:
        async with line.download("GET", "/", limits=Limits(body=len(content))) as (shown, file):
            assert file.read() == content
            assert shown.status == 200
            assert shown.body == content[: EXCERPT + 1]
        assert file.closed


async def test_a_download_that_is_cut_or_too_large_is_never_seen():
    async def cut(heard: Heard) -> None:
        await heard.say(b"HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\nhalf")
        heard.hang_up()

    async with serving(cut) as server, Line("gate", server.url) as line:
        with pytest.raises(AnswerLost):
            async with line.download("GET", "/", limits=SMALL):
                pytest.fail("half an answer was shown")
    async with serving(hello) as server, Line("gate", server.url) as line:
        with pytest.raises(TooLarge):
            async with line.download("GET", "/", limits=Limits(body=4)):
                pytest.fail("half an answer was shown")


# --- the record


async def test_each_call_is_recorded_with_its_secrets_masked():
    at = datetime(2026, 6, 1, tzinfo=UTC)

    async def answer(heard: Heard) -> None:
        await heard.answer(b'{"cardNo": "12345678"}', status=403)

    async with serving(answer) as server:
        recorded = Recorded(server.url)
        async with recorded.line(clock=lambda: at, basic=Login("u", Secret("hush"))) as line:
            await line.call("PUT", "/a?b", b'{"password": "hush"}', {"Token": "hush", "X-Y": "z"})
    [one] = recorded.calls
    assert (one.system, one.method, one.path, one.at, one.status) == (
        "gate",
        "PUT",
        "/a?b",
        at,
        403,
    )
    assert one.request == 'Token: •••\nX-Y: z\n{"password": "•••"}'
    assert one.response == '{"cardNo": "•••"}'
    assert one.error == ""
    assert one.seconds > 0
    assert "hush" not in repr(one)
    assert "hush" not in repr(line)


async def test_a_call_that_failed_is_recorded_with_what_came_and_why():
    async def cut(heard: Heard) -> None:
        await heard.say(b'HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\n{"password": "hus')
        heard.hang_up()

    async with serving(cut) as server:
        recorded = Recorded(server.url)
        async with recorded.line() as line:
            with pytest.raises(AnswerLost):
                await line.call("GET", "/")
    [one] = recorded.calls
    assert (one.status, one.response) == (200, '{"password": "•••')
    assert one.error.startswith("the line broke before the whole answer came")


async def test_a_call_that_was_too_large_is_recorded_with_its_start():
    async def answer(heard: Heard) -> None:
        await heard.answer(b"a" * 2000)

    async with serving(answer) as server:
        recorded = Recorded(server.url)
        async with recorded.line(limits=SMALL) as line:
            with pytest.raises(TooLarge):
                await line.call("GET", "/")
    assert recorded.calls[0].response.startswith("aaa")
    assert recorded.calls[0].error == "the answer is larger than the 1000 bytes allowed"


async def test_a_call_that_got_no_answer_is_recorded_without_a_status():
    recorded = Recorded(f"http://127.0.0.1:{free_port()}")
    async with recorded.line() as line:
        with pytest.raises(Unreachable):
            await line.call("GET", "/")
    assert recorded.calls[0].status is None
    assert recorded.calls[0].error.startswith("no connection")


async def test_a_call_that_was_given_up_is_recorded_as_such():
    async with serving(silence) as server:
        recorded = Recorded(server.url)
        async with recorded.line() as line:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await line.call("GET", "/")
    assert (recorded.calls[0].status, recorded.calls[0].error) == (
        None,
        "given up before the whole answer came",
    )


async def test_a_long_answer_is_recorded_in_part():
    async def answer(heard: Heard) -> None:
        await heard.answer(b"a" * (EXCERPT + 5000))

    async with serving(answer) as server:
        recorded = Recorded(server.url)
        async with recorded.line() as line:
            assert len((await line.call("GET", "/")).body) == EXCERPT + 5000
    assert recorded.calls[0].response == "a" * EXCERPT + "…"


# --- addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://door.example.org",
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://LOCALHOST:1",
        "http://[::1]:1",
    ],
)
async def test_an_address_that_keeps_the_password_is_taken(url: str):
    async with Line("gate", url):
        pass


async def test_plain_http_is_taken_where_the_operator_said_so():
    async with Line("gate", "http://192.0.2.7", trust=Trust(plain_http=True)):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.7",
        "http://door.example.org:80/ISAPI",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://127.1",
    ],
)
async def test_plain_http_beyond_this_machine_is_refused(url: str):
    with pytest.raises(Untrusted, match="in the clear") as caught:
        async with Line("gate", url):
            pytest.fail("it was taken")
    assert "https" in caught.value.remedy


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://127.0.0.1", "file:///etc/passwd", "127.0.0.1:80", "https//a"]
)
async def test_what_is_no_web_address_is_refused(url: str):
    with pytest.raises(Untrusted, match="neither http nor https"):
        async with Line("gate", url):
            pytest.fail("it was taken")


@pytest.mark.parametrize("url", ["https://[bad", "https://[::1"])
async def test_a_broken_address_is_refused(url: str):
    with pytest.raises(Untrusted, match="cannot be understood"):
        async with Line("gate", url):
            pytest.fail("it was taken")


@pytest.mark.parametrize("url", ["http://user:hush@192.0.2.7", "https://user:hush@192.0.2.7"])
async def test_a_login_in_an_address_is_refused_and_not_shown(url: str):
    with pytest.raises(Untrusted, match="has a login in it") as caught:
        async with Line("gate", url):
            pytest.fail("it was taken")
    assert "hush" not in str(caught.value) + caught.value.remedy


@pytest.mark.parametrize("url", ["https://a..b", "https://", "https://127.0.0.1:99999"])
async def test_an_address_that_leads_nowhere_is_told_as_such(url: str):
    with pytest.raises(Untrusted, match="not an address"):
        await call(Server(url))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("::1", True), ("127.0.0.1", True), ("localhost", True), ("10.0.0.1", False), ("", False)],
)
def test_loopback_is_known(host: str, loopback: bool):
    assert is_loopback(host) == loopback
