"""VIZpin's side of the OEM API: one address, spoken for a `Backend` that knows the facts.

backend    what a Backend answers: one method per operation
answering  a body and a token in, a body out: faults in their order
endpoint   HTTP: addresses, methods, content types, sizes
"""
