"""wincardcore: client."""
