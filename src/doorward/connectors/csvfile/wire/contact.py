"""E-mail addresses in cells.

Source: RFC 5321 and 5322 by email-validator.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_BETWEEN = re.compile(r"[;,\s]+")
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII | re.IGNORECASE)


def emails(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses in a cell, and what looks like none."""
    if only := _email(cell):
        return (only,), ()
    good, bad = list[str](), list[str]()
    for text in filter(None, _BETWEEN.split(cell)):
        found = _email(text)
        if found:
            good.append(found)
        else:
            bad.append(text)
    return tuple(dict.fromkeys(good)), tuple(bad)


def _email(text: str) -> str:
    """The address in its usual form; "" for what is none.

    Most people of a club share a few domains: those are looked at once.
    """
    local, _, domain = text.rpartition("@")
    if len(local) <= 64 and _PLAIN.fullmatch(local):
        return f"{local}@{_domain(domain)}" if _domain(domain) else ""
    return _validated(text)


@lru_cache(maxsize=16_384)
def _domain(domain: str) -> str:
    return _validated(f"someone@{domain}").partition("@")[2]


def _validated(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        return ""
