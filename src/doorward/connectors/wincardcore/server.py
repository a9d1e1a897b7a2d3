"""wincardcore: server."""
