"""What a password must be. Source: VIZpin OEM API 4.3, appendix 4."""

from datetime import timedelta

PASSWORD_AGE = timedelta(days=90)
"""A password expires after that."""
PASSWORDS_REMEMBERED = 3
"""A new password is none of so many before it."""
PASSWORD_LENGTH = 8
WRONG_LOGINS = 3
"""So many wrong passwords lock a login."""

PASSWORD_MASK = "********"  # noqa: S105
"""What stands for a password in an answer."""


def password_reason(password: str) -> str | None:
    """Why a password won't do: too short, or without letters or digits. None if it will."""
    if len(password) < PASSWORD_LENGTH:
        return f"has less than {PASSWORD_LENGTH} characters"
    if not (any(map(str.isalpha, password)) and any(map(str.isdigit, password))):
        return "needs letters and digits"
    return None
