"""When a schedule lets somebody in: pure, the standard library only; no clock and no wire.

A schedule is read off the clock on the reader's wall (appendix 2: local time of the reader), as the
reader itself does: access is open whenever that clock shows a time within a span. When the clock
leaps ahead, the times it leaves out are never shown, so a span that lies in them does not happen
and one that reaches into them is shorter. When the clock is put back, a time comes twice, and a
span that holds it is open both times.

`hours` says what is open on the wall, `zones` what instants the wall shows, `access` puts the two
together and answers for an instant.
"""
