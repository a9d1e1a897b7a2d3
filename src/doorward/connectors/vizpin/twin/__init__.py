"""The twin of VIZpin's cloud, and of the phones that open its doors.

`vizpin_twin` makes one. Inside:

ids        ids in the platform's form
records    what is kept, one frozen type for each kind of object
tables     rows by id, and the indexes that find them
store      all tables, changed in one step that is on disk before it is seen
state      the document of `/_twin/state`, and what is wrong with one
seed       the first state
desk, places, people, access, cards, holdings, login: the 36 operations
cloud      all of them, as a Backend
door       a phone at a reader
outbox     pushes, until they are taken
controls   what a phone or an operator does, under `/_twin/`
world      all of it together
"""

from doorward.connectors.vizpin.twin.world import VizpinWorld, make_twin

__all__ = ["VizpinWorld", "make_twin"]
