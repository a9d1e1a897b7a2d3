"""WinCardCore as a part of the hub."""
