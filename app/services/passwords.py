"""Passwords: what is good enough, and the hash that is kept. Hashing is slow on purpose: never in a transaction."""

import secrets
import unicodedata

from passlib.context import CryptContext

from app.errors import Invalid, NotSignedIn
from app.models import User

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
WRONG = "E-mail or password is wrong."
_CONSONANTS, _VOWELS = "bdfghjkmnprstvwz", "aeiou"

_hasher = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)


def hashed(password: str) -> str:
    """The Argon2id hash to store. Raises Invalid for a password nobody should use."""
    normal = _normal(password)
    if len(normal) < SHORTEST_PASSWORD:
        raise Invalid(
            f"Please use at least {SHORTEST_PASSWORD} letters. A short sentence is fine.",
            code="weak_password",
        )
    if len(normal) > LONGEST_PASSWORD:
        raise Invalid("This password is too long.", code="weak_password")
    if len(set(normal)) < 5:
        raise Invalid("This password is too easy to guess.", code="weak_password")
    return hashed_as_given(password)


def hashed_as_given(password: str) -> str:
    """The hash of any password: for the demo, whose passwords are on the screen anyway."""
    return str(_hasher.hash(_normal(password)))


def verified(user: User | None, password: str) -> User:
    """`user`, if the password is theirs. Takes as long and says the same whatever is wrong."""
    if user is None:
        _hasher.dummy_verify()
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    right = _hasher.verify(_normal(password)[:LONGEST_PASSWORD], user.password_hash)
    if not right or user.disabled_at:
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    return user


def generated_password() -> str:
    """A password to read out and type: about 63 bits, without letters that are easily mixed up."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(10)]
    return "-".join("".join(syllables[start : start + 2]) for start in range(0, 10, 2))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
