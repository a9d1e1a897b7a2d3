"""vizpin: server."""
