"""Messages of Cardskipper: bytes and streams in, values out, and back. No I/O, clock or settings.

operations    what can be called: path, method, the right that each call needs
members       a member as an export tells her; one that could not be read
criteria      the search of `Member/Export`, in both dialects
export        reading the answer of `Member/Export`, record by record
writing       writing such an answer
organisation  organisations with their roles, units and sub-organisations, both ways
basedata      countries and genders, both ways
imports       members sent to `Import/Member`
names, dates  how values are found and understood, whatever form they come in
problems      what can be wrong with an answer as a whole
"""
