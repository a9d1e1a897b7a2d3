"""Measurements, run by hand: `python -m bench NAME`. Ratios within one run, never a test."""
