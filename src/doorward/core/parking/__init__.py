"""Car parks that deliver what happened and are settled at the end of the month. Start with `ports`.

visits, entries     what is known of one visit: what was told of it, and its money, append-only
deliveries, refunds what a delivery, a refund or a correction means for what is known
statements, settle  a month per account, its sums checked twice, billed in one act (settlement)
whitelist, locks    who a car park was told to let in, and whom an operator shut out
presence, alive     who is in, how full it was, and whether a car park is still heard

Source of the rules: WinCardCore interface 3.3, sections 3 to 6. Where it is silent, the docstring
of the function concerned says what was decided.
"""
