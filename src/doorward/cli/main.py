"""Placeholder until the commands are wired."""


def main() -> None:
    """Say that nothing is wired yet."""
    raise SystemExit("doorward: not wired yet")
