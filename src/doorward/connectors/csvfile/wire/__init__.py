"""A file of members: its text, its table, its columns, and who is in it.

text      which encoding, and the lines
table     which delimiter, and the records
columns   which column means what
dates     the days and moments in cells
contact   e-mail addresses
members   all of it together: the people, and what could not be understood
"""
