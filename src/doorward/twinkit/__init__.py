"""What every twin shares: a clock, faults, durable state, controls under `/_twin/`, a page.

A twin is a `World` (its state and its protocol's routes) inside a `Twin` (everything here). A new
twin writes a World and is complete. Knows no protocol.
"""
