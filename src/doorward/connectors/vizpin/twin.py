"""vizpin: twin."""
