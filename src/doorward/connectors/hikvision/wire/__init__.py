"""Messages of a Hikvision terminal: bytes in, values out, and back. No I/O, no clock, no settings.

form      JSON and XML as values, the one error of everything that cannot be read
validity  from when until when somebody may enter, in the terminal's wall time
person    one person's record; what may be written of it
search    asking for people, and the pages that come back
change    adding, changing and deleting people
status    ResponseStatus, the body of a 401, and what each code means for us
device    who the terminal is, what it can, how many it holds
clock     its time and its time zone
event     what happened at its doors, asked for or pushed
hosts     whom it pushes events to
"""
