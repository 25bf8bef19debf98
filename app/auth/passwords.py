"""Passwords: argon2id with 19 MiB and two passes (OWASP's first recommendation)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.words import gettext

SHORTEST = 12
LONGEST = 128
DEMO = "demo"  # the sample company's; the one exception to the rules

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_nobody = _hasher.hash("a password that nobody has")


class WeakPassword(ValueError):
    """The password breaks a rule; the message says which."""


def check_rules(password: str, person: str) -> None:
    """Refuse what is too short, too long, or the user name (ASVS 6.2). No rules about kinds of characters."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise WeakPassword(f"a password has at most {LONGEST} characters")
    if person.casefold() in password.casefold() or len(set(password)) < 5:  # noqa: PLR2004 - "aaaaaaaaaaaa" and its like
        raise WeakPassword("this password is too easy to guess")


def rules() -> str:
    """The same rules in words, for who is to choose one."""
    return gettext("%(least)s to %(most)s characters, without the user name, of at least five different ones", least=SHORTEST, most=LONGEST)


def made() -> str:
    """A new password that can be read out: four groups of four, without letters that look alike; 79 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The hash to store, with its own salt."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is right. It takes as long for somebody who does not exist."""
    try:
        _hasher.verify(stored or _nobody, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters and should be made anew at the next sign-in."""
    return _hasher.check_needs_rehash(stored)
