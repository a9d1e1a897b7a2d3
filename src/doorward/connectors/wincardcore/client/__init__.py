"""The clients of both directions: `carpark` sends the whitelist, `settlement` everything else.

All their errors are `doorward.net.errors.RemoteError`; see `failures`.
"""
