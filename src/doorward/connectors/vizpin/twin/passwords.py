"""Passwords as the twin keeps them: hashed by Argon2, with little memory.

The cost is that of a test: a login takes a millisecond or two and not the tenth of a second that
a real system spends. What is kept in a twin's file is therefore no place for a real password.
"""

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from doorward.net.secrets import Secret

_HASHER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


def hashed(password: str) -> Secret:
    """The hash of a password."""
    return Secret(_HASHER.hash(password))


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one of a hash. Raises ValueError for what is no hash."""
    try:
        return _HASHER.verify(kept, password)
    except VerifyMismatchError:
        return False
