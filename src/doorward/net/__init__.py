"""What every connector shares on the wire: one line to one system, its call records, XML, secrets.

Knows no protocol and no domain. Imports nothing of Doorward.
"""
