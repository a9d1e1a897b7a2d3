"""A session with VIZpin from the settings of a target."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from doorward.connectors.kinds import Surroundings
from doorward.connectors.vizpin.client import Account, Session, Standing
from doorward.connectors.vizpin.settings import VizpinSettings

_standings: WeakValueDictionary[tuple[str, str, Account], Standing] = WeakValueDictionary()
"""How we stand with each login that is in use. Several targets may be locations of one partner, and
three wrong passwords lock his login: of all of them one sends it.
"""


@asynccontextmanager
async def dialled(
    name: str, settings: VizpinSettings, around: Surroundings
) -> AsyncIterator[Session]:
    """The session, for as long as it is needed; nothing is called before it is asked."""
    line = settings.line(name, around, settings.limits)
    account = Account(settings.username, settings.password, settings.oem_key)
    standing = _standings.setdefault((settings.url, settings.endpoint, account), Standing())
    try:
        yield Session(line, account, endpoint=settings.endpoint, standing=standing)
    finally:
        await line.close()
