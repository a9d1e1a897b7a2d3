"""Who is told of lasting trouble, and through which mail server."""

from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email

from doorward.app.config.document import Tables
from doorward.app.config.fit import Desk
from doorward.app.config.lines import KeyPath
from doorward.app.config.sections import NotifySection, Smtp
from doorward.app.config.settings import Mail, Notify, Security
from doorward.app.config.words import shown
from doorward.net.trust import is_loopback

_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}


def read_notify(desk: Desk) -> Notify:
    """The settings of [notify], and of [smtp] or [notify.smtp]."""
    tables = desk.document.tables
    table = _table(desk, ("notify",), tables.get("notify", {}))
    section = desk.fit(("notify",), NotifySection, table) or NotifySection()
    _judge_urls(desk, section)
    hours = section.remind_hours
    return Notify(
        urls=tuple(section.urls),
        mail=_server(desk, section),
        after_attempts=section.after_attempts,
        remind_after=timedelta(hours=hours) if hours else None,
    )


def _server(desk: Desk, section: NotifySection) -> Mail | None:
    tables, path = desk.document.tables, ("smtp",)
    if "smtp" not in tables:
        return _mail(desk, ("notify", "smtp"), section.smtp) if section.smtp else None
    if section.smtp is not None:
        remedy = "Keep one of [smtp] and [notify.smtp]."
        desk.problem(path, "the mail server is described twice", remedy)
    smtp = desk.fit(path, Smtp, _table(desk, path, tables["smtp"]))
    return _mail(desk, path, smtp) if smtp else None


def _table(desk: Desk, path: KeyPath, written: Any) -> Tables:
    return desk.table(path, desk.resolved(path, written)) or {}


def _judge_urls(desk: Desk, section: NotifySection) -> None:
    for place, url in enumerate(section.urls):
        path: KeyPath = ("notify", "urls", place)
        if "://" not in url:
            remedy = 'Write it like "mailtos://user:password@host?to=…", or "env:NAME".'
            desk.problem(path, "it is not an Apprise address", remedy)
        desk.caution_literal(path)


def _mail(desk: Desk, path: KeyPath, smtp: Smtp) -> Mail:
    security = _security(smtp)
    _judge_password(desk, path, smtp, security)
    to = [smtp.to] if isinstance(smtp.to, str) else smtp.to
    return Mail(
        host=smtp.host,
        port=smtp.port or _PORTS[security],
        security=security,
        username=smtp.username,
        password=smtp.password,
        sender=_address(desk, (*path, "sender"), smtp.sender),
        to=tuple(_address(desk, (*path, "to", place), one) for place, one in enumerate(to)),
    )


def _judge_password(desk: Desk, path: KeyPath, smtp: Smtp, security: Security) -> None:
    if bool(smtp.username) != bool(smtp.password):
        remedy = "Set both 'username' and 'password', or neither."
        desk.problem(path, "one of user name and password is missing", remedy)
    if smtp.password:
        desk.caution_literal((*path, "password"))
    if smtp.password and security == "none" and not is_loopback(smtp.host):
        remedy = 'Set security = "starttls" or "tls".'
        desk.caution((*path, "security"), "the password is sent in the clear", remedy)


def _security(smtp: Smtp) -> Security:
    """What is said; else what the port means; in the clear only to this very machine."""
    if smtp.security is not None:
        return smtp.security
    if smtp.port == _PORTS["tls"]:
        return "tls"
    return "none" if is_loopback(smtp.host) else "starttls"


def _address(desk: Desk, path: KeyPath, written: str) -> str:
    try:
        return validate_email(
            written, check_deliverability=False, globally_deliverable=False
        ).normalized
    except EmailNotValidError:
        reason = f"{shown(written)} is not an e-mail address"
        desk.problem(path, reason, 'Write it like "someone@example.org".')
        return ""
