"""Connectors: one folder = one protocol = both roles. A new connector is a new folder.

What a folder offers is declared in its `adapter.py` as `SOURCE`, `TARGET` or `TWIN` (see `kinds`);
the folder's name is the `type` in the configuration and the name after `doorward twin`.
"""
