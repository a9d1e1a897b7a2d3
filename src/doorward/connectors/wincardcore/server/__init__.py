"""WinCardCore's two servers, one for each side.

carpark      takes the whitelist
settlement   everything else
intake       what holds for every request to either
"""
