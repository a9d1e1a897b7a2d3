"""A file of members, as spreadsheets and club programs export it: one line per membership.

There is no twin: a file is one already.
"""
