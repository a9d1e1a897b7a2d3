"""Who may call: addresses, OEM keys, logins and their locks.

Source: VIZpin OEM API 4.3, Authenticate, appendix 4 (three wrong passwords). The login that may
call is the operator's own and takes any password: the policy is for users' phones.
"""

from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address, ip_network

import msgspec

from doorward.connectors.vizpin.server.backend import Caller, Declined
from doorward.connectors.vizpin.twin.desk import Desk
from doorward.connectors.vizpin.twin.passwords import fits
from doorward.connectors.vizpin.twin.records import ApiLogin
from doorward.connectors.vizpin.twin.sessions import Sessions
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.policies import WRONG_LOGINS
from doorward.connectors.vizpin.wire.session import Login, Token
from doorward.net.secrets import Secret


class LoginDesk(Desk):
    """Who may call. `sessions` and `allow` are set before the first call."""

    sessions: Sessions

    def now(self) -> int:
        """Seconds since 1970 by the twin's clock."""
        return int(self.clock().timestamp())

    def admits(self, address: str) -> bool:
        """Whether an address is in the allow-list."""
        known = self._admitted.get(address)
        if known is None:
            known = self._admitted[address] = self._is_allowed(address)
        return known

    def allow(self, networks: Sequence[str]) -> None:
        """Let in whoever calls from these addresses and networks, and nobody else."""
        self._networks = [ip_network(each) for each in networks]
        self._admitted: dict[str, bool] = {}

    def _is_allowed(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        if isinstance(caller, IPv6Address) and caller.ipv4_mapped:
            caller = caller.ipv4_mapped
        return any(caller in network for network in self._networks)

    def holds_key(self, key: Secret, caller: Caller | None) -> bool:
        """Whether it is the OEM key of the caller, or before a login of anybody."""
        if caller is not None:
            return _same(key, self.store.oems.rows[caller.oem].key)
        found = [_same(key, oem.key) for oem in self.store.oems.rows.values()]
        return True in found

    def user_authenticate(self, asked: Login) -> Token:
        """A new session. Three wrong passwords in a row lock the login for a while."""
        login = self.store.logins.rows.get(asked.username)
        if login is None:
            raise Declined(ErrorCode.BAD_USERNAME)
        if not _same(asked.oem_key, self.store.oems.rows[login.oem].key):
            raise Faulty("oem_key", ErrorCode.BAD_OEM_KEY.text)
        if self.is_locked(login):
            raise Declined(ErrorCode.USER_LOGIN_ERROR)
        if not fits(asked.password, login.password):
            self._note_wrong(login)
            raise Declined(ErrorCode.BAD_PASSWORD)
        return self._open(login)

    def is_locked(self, login: ApiLogin) -> bool:
        """Whether a login is locked just now."""
        if login.locked_at is None:
            return False
        lock = timedelta(seconds=self.store.settings.lock_seconds)
        return self.clock() < login.locked_at + lock

    def _note_wrong(self, login: ApiLogin) -> None:
        wrong = 1 if login.locked_at else login.wrong + 1  # a lock that is over is forgotten
        locked = self.clock() if wrong >= WRONG_LOGINS else None
        with self.store.change() as change:
            after = msgspec.structs.replace(login, wrong=wrong, locked_at=locked)
            change.put(self.store.logins, after)

    def unlock_login(self, username: str) -> None:
        """Forget a login's wrong passwords. Raises KeyError for one that is not there."""
        self._forgive(self.store.logins.rows[username])

    def _forgive(self, login: ApiLogin) -> None:
        if login.wrong or login.locked_at:
            with self.store.change() as change:
                after = msgspec.structs.replace(login, wrong=0, locked_at=None)
                change.put(self.store.logins, after)

    def _open(self, login: ApiLogin) -> Token:
        self._forgive(login)
        return Token(token=self.sessions.open(login.username))

    def session(self, token: str) -> Caller | None:
        """Whose token it is; using it keeps it alive."""
        login = self.store.logins.rows.get(self.sessions.whose(token))
        return Caller(login.oem, login.username) if login else None


def _same(one: str, other: str) -> bool:
    if one.isascii() and other.isascii():
        return compare_digest(one, other)
    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
