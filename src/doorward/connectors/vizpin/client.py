"""vizpin: client."""
