"""HTTP Digest (RFC 7616) for both roles.

The client's arithmetic is aiohttp's. What is added here is what a terminal needs: a challenge may
offer Basic and Digest in one header or in two, and a wrong password must never be sent twice, as
five of them lock the account (Hikvision terminals as observed, Login and load).

The server's side is ours because no library that is kept up does it apart from a web framework of
its own. It knows what terminals know: MD5, with qop "auth" or, as old firmware, without.
"""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

from aiohttp import ClientRequest, ClientResponse, DigestAuthMiddleware, encode_basic_auth, hdrs
from aiohttp.client_middleware_digest_auth import (
    SUPPORTED_ALGORITHMS,
    escape_quotes,
    parse_header_pairs,
)
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from doorward.net.basic import same
from doorward.net.line import Login

Scheme = Literal["basic", "digest"]
Auth = Literal["basic", "digest", "auto"]


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in that a 401 offers: the scheme in lower case, and its parameters."""

    scheme: str
    parameters: Mapping[str, str]

    @property
    def usable(self) -> bool:
        """Whether it is Digest, and one that can be answered."""
        given = self.parameters
        qops = {qop.strip().lower() for qop in given.get("qop", "auth").split(",")}
        known = given.get("algorithm", "MD5").upper() in SUPPORTED_ALGORITHMS
        whole = bool(given.get("nonce")) and "realm" in given
        return self.scheme == "digest" and whole and known and "auth" in qops

    @property
    def stale(self) -> bool:
        """Whether only the nonce was too old."""
        return self.parameters.get("stale", "").lower() == "true"

    def header(self) -> str:
        """Digest alone, with qop "auth" alone, as aiohttp's middleware needs it."""
        kept = {name: self.parameters[name] for name in _KEPT if name in self.parameters}
        if "qop" in kept:
            kept["qop"] = "auth"
        return "Digest " + ", ".join(f'{name}="{escape_quotes(kept[name])}"' for name in kept)


_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')  # between commas that are not quoted
_KEPT = ("realm", "nonce", "algorithm", "opaque", "stale", "qop")


def challenges(headers: Iterable[str]) -> list[Challenge]:
    """What a 401 offers, be it in one header line or in several."""
    found: list[tuple[str, list[str]]] = []
    items = (item.strip() for header in headers for item in _ITEM.findall(header))
    for item in filter(None, items):
        word, _, rest = item.partition(" ")
        if word and "=" not in word and not rest.lstrip().startswith("="):
            found.append((word.lower(), [rest]))
        elif found:
            found[-1][1].append(item)
    return [Challenge(scheme, parse_header_pairs(", ".join(items))) for scheme, items in found]


class Handshake:
    """One login on one session, as aiohttp middleware: the challenge is read before it is answered.

    Credentials that were refused are never sent a second time, unless the terminal itself says
    that only the nonce was too old. With "auto" the first request carries no credentials and asks
    what is offered: Digest if it is, else Basic. Raises ValueError for a user name with a colon.
    """

    def __init__(self, login: Login, auth: Auth) -> None:
        self._basic = encode_basic_auth(login.username, login.password, "utf-8")
        self._digest = DigestAuthMiddleware(login.username, login.password)
        self._auth = auth
        self.scheme: Scheme | None = "basic" if auth == "basic" else None
        self.offered: tuple[str, ...] = ()
        self.sent = False  # credentials went out: a 401 after that is confirmed

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request, with credentials as far as the terminal asks for them."""
        if self.scheme == "basic":
            return await self._with_basic(request, handler)
        if self.scheme == "digest":
            return await self._with_digest(request, handler, None)
        answer = await handler(request)
        if answer.status != 401:
            return answer
        self.scheme = self._choose(answer)
        if self.scheme == "basic":
            answer.release()
            return await self._with_basic(request, handler)
        return await self._with_digest(request, handler, answer) if self.scheme else answer

    def _choose(self, answer: ClientResponse) -> Scheme | None:
        offered = challenges(answer.headers.getall(hdrs.WWW_AUTHENTICATE, ()))
        self.offered = tuple(challenge.scheme for challenge in offered)
        if any(challenge.usable for challenge in offered):
            return "digest"
        return "basic" if self._auth == "auto" and "basic" in self.offered else None

    async def _with_basic(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse:
        request.headers[hdrs.AUTHORIZATION] = self._basic
        self.sent = True
        return await handler(request)

    async def _with_digest(
        self, request: ClientRequest, handler: ClientHandlerType, challenge: ClientResponse | None
    ) -> ClientResponse:
        earlier = challenge

        async def narrowed(request: ClientRequest) -> ClientResponse:
            nonlocal earlier
            if challenge is not None and hdrs.AUTHORIZATION not in request.headers:
                return cast("ClientResponse", _Seen(challenge))
            if earlier is not None:
                earlier.release()
            self.sent = True
            earlier = await handler(request)
            return cast("ClientResponse", _Seen(earlier, refused=True))

        return cast("_Seen", await self._digest(request, narrowed)).answer


@dataclass(frozen=True, slots=True)
class _Seen:
    """As much of an answer as aiohttp's middleware looks at.

    `refused`: it came to credentials, so its challenge is shown only if it says "stale".
    """

    answer: ClientResponse
    refused: bool = False

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def url(self) -> URL:
        return self.answer.url

    @property
    def headers(self) -> Mapping[str, str]:
        offered = challenges(self.answer.headers.getall(hdrs.WWW_AUTHENTICATE, ()))
        for challenge in offered:
            if challenge.usable and (challenge.stale or not self.refused):
                return {"www-authenticate": challenge.header()}
        return {}


Verdict = Literal["good", "stale", "bad"]


@dataclass(slots=True)
class _Nonce:
    issued: datetime
    count: int = 0


@dataclass(slots=True)
class DigestVerifier:
    """Issues nonces and judges what comes back, for one user.

    `seconds`: how long a nonce lives. `remembered`: how many are kept, the oldest going first, so
    that a flood of requests without credentials costs no more memory than that.
    """

    realm: str
    qop: bool = True
    seconds: int = 300
    remembered: int = 4096
    fresh: Callable[[], str] = lambda: secrets.token_hex(16)
    _nonces: "OrderedDict[str, _Nonce]" = field(default_factory=OrderedDict)

    def challenge(self, now: datetime, *, stale: bool = False) -> str:
        """The Digest part of a WWW-Authenticate header, with a new nonce."""
        nonce = self.fresh()
        self._nonces[nonce] = _Nonce(now)
        while len(self._nonces) > self.remembered:
            self._nonces.popitem(last=False)
        qop = ', qop="auth"' if self.qop else ""
        ending = ", stale=true" if stale else ""
        return f'Digest realm="{self.realm}", nonce="{nonce}", algorithm=MD5{qop}{ending}'

    def judge(
        self, header: str, method: str, target: str, login: tuple[str, str], now: datetime
    ) -> Verdict:
        """Whether an Authorization header proves the login for this request.

        "stale": the password is right but the nonce is unknown, too old or used before.
        """
        given = parse_header_pairs(header)
        if not self._fits(given, target) or not self._proves(given, method, login):
            return "bad"
        return "good" if self._spend(given, now) else "stale"

    def _fits(self, given: Mapping[str, str], target: str) -> bool:
        needed = {"username", "realm", "nonce", "uri", "response"}
        needed |= {"qop", "nc", "cnonce"} if self.qop else set()
        return (
            needed <= given.keys()
            and given["realm"] == self.realm
            and given["uri"] == target
            and given.get("algorithm", "MD5").upper() == "MD5"
            and given.get("qop") == ("auth" if self.qop else None)
        )

    def _proves(self, given: Mapping[str, str], method: str, login: tuple[str, str]) -> bool:
        username, password = login
        secret = _md5(f"{username}:{self.realm}:{password}")
        between = [given["nonce"]]
        if self.qop:
            between += [given["nc"], given["cnonce"], "auth"]
        wanted = _md5(":".join([secret, *between, _md5(f"{method}:{given['uri']}")]))
        # Both comparisons always happen: the time taken doesn't tell which of them failed.
        return same(given["username"], username) & same(given["response"].lower(), wanted)

    def _spend(self, given: Mapping[str, str], now: datetime) -> bool:
        nonce = self._nonces.get(given["nonce"])
        if nonce is None or now - nonce.issued > timedelta(seconds=self.seconds):
            return False
        if not self.qop:
            return True
        try:
            count = int(given["nc"], 16)
        except ValueError:
            return False
        if count <= nonce.count:
            return False
        nonce.count = count
        return True


def _md5(text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
