"""The record of one call: what was asked, what came back, how long it took; secrets masked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from doorward.net.secrets import MASK

EXCERPT = 16_384  # bytes of a body that are kept: enough to see what was said, not a copy of it
HIDDEN_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "token",
        "www-authenticate",
        "authkey",
        "signature",
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange with a remote system. `status` None means that no answer came."""

    system: str
    method: str
    path: str
    at: datetime
    seconds: float
    status: int | None
    request: str
    response: str
    error: str = ""


Recorder = Callable[[Call], None]

_ALSO = re.compile(
    r"[\u0130\u0131\u017f\u212a]"
)  # what counts as i, s or k where letter case does not


class Masker:
    """Hides the values of the named fields in any text: JSON members, XML elements, attributes.

    Works on text and not on parsed messages, so that a broken or cut-off body is masked as well.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = tuple(sorted(name.lower() for name in names))
        self._rules = [
            (sign, re.compile(rule, re.IGNORECASE | re.DOTALL)) for sign, rule in _rules(names)
        ]

    def __call__(self, body: bytes) -> str:
        """The start of a body as text. NULs go: they are how UTF-16 spells ASCII."""
        text = body[:EXCERPT].replace(b"\x00", b"").decode("utf-8", "replace")
        if self._may_name(text):
            for sign, rule in self._rules:
                if sign in text:
                    text = rule.sub(rf"\g<1>{MASK}", text)
        return text if len(body) <= EXCERPT else f"{text}…"

    def _may_name(self, text: str) -> bool:
        # Most bodies name no secret, which is told at a tenth of what the rules cost.
        lowered = text.lower()
        for name in self._names:
            if name in lowered:
                return True
        return _ALSO.search(text) is not None


def _rules(names: frozenset[str]) -> list[tuple[str, str]]:
    """What is masked: all that follows the first group. Each takes a body that ends early.

    Before each stands a sign without which there is nothing for it to find.
    """
    if not names:
        return []
    name = "(?:" + "|".join(sorted(map(re.escape, names))) + ")"
    tag = rf"<(?:[\w.-]+:)?{name}"
    text = r'(?:[^"\\]|\\.)*'
    quoted = r"(['\"]))(?:(?!\2).)*"
    return [
        ('"', rf'("{name}"\s*:\s*"){text}'),  # "password": "…
        ('"', rf'("{name}"\s*:\s*[\[{{])(?:"{text}"?|[^"\]}}])*'),  # "cards": ["…", "…
        ('"', rf'("{name}"\s*:\s*)(?!["\s\[{{])[^,}}\s]+'),  # "cardNo": 123
        ("<", rf"({tag}(?:\s[^>]*)?(?<!/)>)(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|(?!</).)+"),  # <password>…
        ("<", rf"({tag}\s(?:[^>]*\s)?value\s*=\s*{quoted}"),  # <password value="…"
        ("=", rf"(\b{name}\s*=\s*{quoted}"),  # password="…"
    ]


def shown_headers(headers: Mapping[str, str]) -> str:
    """Headers as lines of text, those that carry credentials masked."""
    return "".join(
        f"{name}: {MASK if name.lower() in HIDDEN_HEADERS else value}\n"
        for name, value in headers.items()
    )
