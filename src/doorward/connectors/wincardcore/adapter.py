"""WinCardCore as a part of the hub: its twin as a command."""

from doorward.connectors.kinds import TwinKind
from doorward.connectors.wincardcore.twin import make_twin
from doorward.connectors.wincardcore.twin_settings import TwinOptions

TWIN = TwinKind(TwinOptions, make_twin)
