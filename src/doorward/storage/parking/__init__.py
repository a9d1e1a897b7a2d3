"""Car parks in the database: the core's `ParkingBook` and `ParkingLedger`. Start with `ledger`.

book, ledger    everything there is to read, and to write
delivering      visits that arrive: what waits together shares its statements and its commit
refunding, locking, whitelists, signs, settling   each a subject of its own
rows            core values as columns, and back; bulk makes one statement of many rows
"""
