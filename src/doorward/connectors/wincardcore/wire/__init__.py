"""The messages of the WinCardCore interface: bytes in, values out. No I/O, no clock, no settings.

operations   every call: method, path, bodies, statuses, whether it may be repeated
whitelist    accounts, holders, cards, media
lists        lists of them, refused as a whole or read as they count
blocks       an upload in parts: first, last, count
streaming    lists too long to hold as text
transaction  a visit, and what one report makes of another
requests     refunds, locks, commands
media        when two media are the same
codes, fields, amounts    closed lists, sizes, exact decimals
form, faults              JSON as values, and what is wrong with it
"""
