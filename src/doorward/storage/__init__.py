"""What is remembered between runs. Start with `store`: a `Reader` looks, a `Store` also writes.

store        the two ways in: open a database, and everything in it by subject
ledger       what a run writes down around every write; memory is what the next run reads back
tables       every table and column; migrations bring an older database up to them
opening      addresses, engines, versions; writer is the one thread that writes
"""
