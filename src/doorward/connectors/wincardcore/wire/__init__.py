"""The messages of the WinCardCore interface: bytes in, values out."""
