"""wincardcore: twin."""
