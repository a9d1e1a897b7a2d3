"""Mail after a run, through a real mail server in this process and with a real store."""

import asyncio
import email
import email.policy
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from structlog.testing import capture_logs

from doorward.app import sending
from doorward.app.config import Mail, Notify
from doorward.app.notify import after_run, try_out
from doorward.app.sending import channels
from doorward.core.apply import Applied
from doorward.core.errors import Kind, Trouble
from doorward.core.incidents import Facts
from doorward.core.plan import Plan, SystemTrouble
from doorward.core.proposal import Proposal
from doorward.core.sync import Report
from doorward.net.secrets import Secret
from doorward.storage.store import Store

ZONE = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
AWAY = SystemTrouble("main-door", Trouble(Kind.RETRY, "no connection", "Check the cable."))


@dataclass
class Post:
    """A mail server: what it was given. `refuses` are addresses that it does not take."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(  # as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def login(self, _server: Any, _session: Any, _envelope: Any, _way: Any, who: Any) -> AuthResult:
        """Take any login."""
        assert isinstance(who, LoginPassword)
        self.logins.append((who.login.decode(), who.password.decode()))
        return AuthResult(success=True)

    def last(self) -> tuple[str, str]:
        """Subject and text of the last mail."""
        return str(self.mails[-1]["subject"]), self.mails[-1].get_content().replace("\r\n", "\n")


@asynccontextmanager
async def posting(**settings: Any) -> AsyncIterator[Post]:
    """A mail server on loopback."""
    post, loop = Post(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(post, loop=loop, authenticator=post.login, **settings), "127.0.0.1", 0
    )
    async with server:
        post.port = server.sockets[0].getsockname()[1]
        yield post


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """A mail server that wants no login."""
    async with posting() as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """A store of its own."""
    with Store.open(tmp_path / "doorward.db") as opened:
        yield opened


def mail(port: int, **others: Any) -> Notify:
    """Settings that send mail to the board."""
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "username": "",
        "password": Secret(""),
        "sender": "hub@example.org",
        "to": ("board@example.org",),
    }
    return Notify(mail=Mail(**(settings | others)))


def run(*troubles: SystemTrouble) -> Facts:
    """A run over one target."""
    proposals = [] if troubles else [Proposal("main-door")]
    report = Report(Plan(proposals, (), troubles, "v1", NOON), Applied(), (), 0)
    systems = frozenset({"main-door"})
    return Facts(report=report, systems=systems, configured=systems, failures={})


Tell = Callable[..., Any]


@pytest.fixture
def tell(store: Store) -> Tell:
    """Tell of a run so many minutes after noon."""

    async def told(settings: Notify, facts: Facts, minutes: float = 0) -> None:
        await after_run(settings, store.incidents, facts, NOON + timedelta(minutes=minutes), ZONE)

    return told


async def test_a_failure_is_one_mail_with_reason_and_remedy(post: Post, tell: Tell):
    await tell(mail(post.port), run(AWAY))

    (sent,) = post.mails
    assert (sent["from"], sent["to"]) == ("hub@example.org", "board@example.org")
    assert post.last() == (
        "Doorward: new trouble: main-door",
        "New:\n\n* main-door: no connection\n  What to do: Check the cable.\n",
    )


async def test_the_same_failure_again_is_no_second_mail(post: Post, tell: Tell, store: Store):
    for minutes in (0, 15, 30):
        await tell(mail(post.port), run(AWAY), minutes)

    assert len(post.mails) == 1
    (incident,) = store.incidents.all(only_open=True)
    assert incident.times == 3


async def test_a_recovery_is_one_mail(post: Post, tell: Tell, store: Store):
    await tell(mail(post.port), run(AWAY))
    await tell(mail(post.port), run(), 90)
    await tell(mail(post.port), run(), 105)

    assert len(post.mails) == 2
    subject, text = post.last()
    assert subject == "Doorward: right again: main-door"
    assert "It began 2026-06-15 14:00 and lasted 1 h 30 min." in text
    assert store.incidents.all(only_open=True) == []


async def test_a_failure_that_comes_back_is_told_anew(post: Post, tell: Tell):
    for minutes, facts in ((0, run(AWAY)), (15, run()), (30, run(AWAY))):
        await tell(mail(post.port), facts, minutes)

    assert [str(one["subject"]).split(":")[1].strip() for one in post.mails] == [
        "new trouble",
        "right again",
        "new trouble",
    ]


async def test_what_lasts_is_told_again_after_a_day(post: Post, tell: Tell):
    for hours in (0, 12, 24, 36):
        await tell(mail(post.port), run(AWAY), hours * 60)

    assert len(post.mails) == 2
    assert post.last()[0] == "Doorward: still wrong: main-door"


async def test_a_mail_server_that_is_not_there_does_no_harm(tell: Tell, post: Post, store: Store):
    async with posting() as gone:
        pass
    with capture_logs() as logs:
        await tell(mail(gone.port), run(AWAY))

    (incident,) = store.incidents.all(only_open=True)
    assert incident.last_notified_at is None
    assert [log["event"] for log in logs] == ["notification_not_sent"]
    await tell(mail(post.port), run(AWAY), 15)
    assert post.last()[0] == "Doorward: new trouble: main-door"


async def test_a_recovery_that_could_not_be_told_is_told_next_time(post: Post, tell: Tell):
    await tell(mail(post.port), run(AWAY))
    post.refuses.add("board@example.org")
    await tell(mail(post.port), run(), 15)
    post.refuses.clear()
    await tell(mail(post.port), run(), 30)

    assert len(post.mails) == 2
    assert post.last()[0] == "Doorward: right again: main-door"


async def test_what_was_over_before_it_could_be_told_is_not_told(
    post: Post, tell: Tell, store: Store
):
    post.refuses.add("board@example.org")
    await tell(mail(post.port), run(AWAY))
    post.refuses.clear()
    await tell(mail(post.port), run(), 15)

    assert post.mails == []
    assert store.incidents.all(only_open=True) == []


async def test_everybody_gets_a_mail_of_their_own(post: Post, tell: Tell):
    await tell(mail(post.port, to=("a@example.org", "b@example.org")), run(AWAY))

    assert sorted(str(one["to"]) for one in post.mails) == ["a@example.org", "b@example.org"]


async def test_one_who_cannot_be_reached_keeps_nobody_else_from_being_told(
    post: Post, tell: Tell, store: Store
):
    post.refuses.add("a@example.org")
    settings = mail(post.port, to=("a@example.org", "b@example.org"))
    for minutes in (0, 15):
        await tell(settings, run(AWAY), minutes)

    assert [one["to"] for one in post.mails] == ["b@example.org"]


async def test_without_anybody_to_tell_incidents_are_kept_all_the_same(tell: Tell, store: Store):
    await tell(Notify(), run(AWAY))
    assert len(store.incidents.all(only_open=True)) == 1

    await tell(Notify(), run(), 15)
    assert store.incidents.all(only_open=True) == []


async def test_a_mail_server_may_want_a_login(tell: Tell):
    async with posting(auth_require_tls=False) as post:
        await tell(mail(post.port, username="hub", password=Secret("m4il-pw")), run(AWAY))

        assert post.logins == [("hub", "m4il-pw")]
        assert len(post.mails) == 1


async def test_an_apprise_address_is_told(post: Post, tell: Tell):
    url = f"mailto://127.0.0.1:{post.port}?from=hub@example.org&to=x@example.org&mode=insecure"
    await tell(Notify(urls=(Secret(url),)), run(AWAY))

    assert post.last()[0] == "Doorward: new trouble: main-door"


async def test_a_secret_is_never_in_the_logs(
    tell: Tell, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level(logging.DEBUG)
    async with posting() as gone:
        pass
    settings = Notify(
        urls=(
            Secret(f"json://user:t0ken-a@127.0.0.1:{gone.port}/t0ken-b"),
            Secret("nonsense://t0ken-c"),
        ),
        mail=mail(gone.port, username="hub", password=Secret("t0ken-d")).mail,
    )
    with capture_logs() as logs:
        await tell(settings, run(AWAY))

    assert [log["to"] for log in logs] == [
        "json (1)",
        "nonsense (2)",
        "e-mail to board@example.org",
    ]
    assert "t0ken" not in caplog.text + str(logs) + repr(channels(settings)) + repr(settings)


async def test_a_store_that_fails_does_no_harm(store: Store, post: Post):
    class Broken:
        def all(self, *, only_open: bool = False, limit: int = 100) -> Any:
            raise OSError("postgresql://user:t0ken@db is gone")

    with capture_logs() as logs:
        await after_run(mail(post.port), Broken(), run(AWAY), NOON, ZONE)  # type: ignore[arg-type]

    assert logs == [{"event": "notify_failed", "error": "OSError", "log_level": "error"}]


async def test_a_server_that_never_answers_is_given_up(
    tell: Tell, store: Store, monkeypatch: pytest.MonkeyPatch
):
    quiet = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await quiet.wait()
        writer.close()

    monkeypatch.setattr(sending, "LONGEST", 0.3)
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        await tell(mail(server.sockets[0].getsockname()[1]), run(AWAY))
        quiet.set()

    assert store.incidents.all(only_open=True)[0].last_notified_at is None


async def test_a_plugin_that_breaks_does_no_harm(
    post: Post, tell: Tell, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_anything: Any, **_more: Any) -> bool:
        raise RuntimeError("t0ken")

    monkeypatch.setattr("apprise.Apprise.notify", broken)
    with capture_logs() as logs:
        await tell(mail(post.port), run(AWAY))

    assert [log["event"] for log in logs] == ["notification_not_sent"]


async def test_it_can_be_tried_out(post: Post):
    post.refuses.add("b@example.org")

    findings = await try_out(mail(post.port, to=("a@example.org", "b@example.org")))

    assert [(one.subject, one.good) for one in findings] == [
        ("e-mail to a@example.org", True),
        ("e-mail to b@example.org", False),
    ]
    assert post.last()[0] == "Doorward: a trial message"


async def test_trying_it_out_without_anybody_says_what_to_add():
    (found,) = await try_out(Notify())

    assert not found.good
    assert "[smtp]" in found.remedy
