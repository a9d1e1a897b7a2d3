"""The configuration that `doorward init` writes: ready to be filled in, every key explained."""

TEMPLATE = """\
# Doorward: who may open what, kept in step with the register of members.
# Check this file and every connection:  doorward check
# See what would be written, and why:    doorward plan
#
# Secrets need not stand here. Any text below may be
#   "env:NAME"               the environment variable NAME
#   "file:PATH"              the only line of a file
#   "keyring:SERVICE/USER"   this user's keyring

timezone = "Europe/Stockholm"     # in which a day begins and ends


# Where members are kept. The name after "source." is yours to choose.
[source.club]
type = "cardskipper"
url = "https://api.cardskipper.se"
organisation = 123
username = "env:CARDSKIPPER_USERNAME"
password = "env:CARDSKIPPER_PASSWORD"

# A file works as well:
# [source.members]
# type = "csvfile"
# path = "members.csv"


# What they open. The name after "target." is yours to choose.
[target.main-door]
type = "hikvision"
url = "https://192.168.1.100"
username = "admin"
password = "env:HIKVISION_PASSWORD"
# fingerprint = "AB:CD:…"         # SHA-256 of the terminal's own certificate
# ca_file = "terminal.pem"        # or the certificate itself
match = ["link", "email", "employee_no"]  # how people are found, surest first
lapsed = "keep"                   # no longer a member: keep | expire | delete
missing = "report"                # a member unknown there: report | create
drift = "put back"                # changed there: put back | accept | report


# Who opens what. Without any rule every membership opens every target.
# [[rule]]
# name = "gym members open the main door"
# roles = ["Gym*"]                # * stands for any letters
# grant = ["main-door"]     # or [{target = "main-door", doors = ["1", "2"]}]


# More changes than this wait until a person has looked at them.
[guard]
share = 0.10                      # of the people in a target
number = 25                       # people
few = 3                           # that always pass, however small the target


[run]
interval_minutes = 15


# [store]
# path = "doorward.db"            # beside this file; or: url = "postgresql:…"

# [notify]
# urls = ["env:NOTIFY_URL"]       # Apprise addresses: chat, push, …
# after_attempts = 3              # an update that failed so often is told
# remind_hours = 24               # and told again after that long; 0 for never

# [smtp]
# host = "smtp.example.org"
# username = "doorward@example.org"
# password = "env:SMTP_PASSWORD"
# sender = "doorward@example.org"
# to = ["board@example.org"]

# [calls]                         # recorded for looking into trouble
# days = 30
# most = 10000
"""


def template() -> str:
    """A commented `doorward.toml`. It loads once the three secrets that it names are set."""
    return TEMPLATE
