"""Asking VIZpin: a session, and one method per operation.

session   logging in, one call, what may be sent again
failures  what went wrong, told apart by who said so: HTTP, the platform, the API
methods   the 36 methods with their types
"""

from doorward.connectors.vizpin.client.methods import VizpinClient
from doorward.connectors.vizpin.client.session import Account, Patience, Session, Standing

__all__ = ["Account", "Patience", "Session", "Standing", "VizpinClient"]
