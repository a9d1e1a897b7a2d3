"""Cardskipper, a register of members: its XML interface in both roles, and a twin of it."""
