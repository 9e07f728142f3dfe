"""Passwords: what is good enough, and the hash that is kept. Hashing is slow on purpose: never in a transaction."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from passlib.context import CryptContext
from zxcvbn import zxcvbn

from app.errors import Invalid, NotSignedIn
from app.models import User

SHORTEST_PASSWORD = 15
SHORTEST_WITH_SECOND_STEP = 8
LONGEST_PASSWORD = 256
WRONG = "E-mail, phone or password is wrong."

_ESTIMATED = 72  # letters at each end; looking at more takes long and changes nothing
_LEAST_SCORE, _LEAST_SCORE_WITH_SECOND_STEP = 3, 2  # of zxcvbn's 0 to 4: a hundred million guesses, a million
_LEAST_OWN_LETTERS = 5  # that are neither repeated nor in a name that everybody knows
_EVERYBODY_KNOWS = ("mediqueue", "clinic", "admin", "password")

_hasher = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)


class Weakness(StrEnum):
    SHORT = "short"
    LONG = "long"
    EASY = "easy"


class WeakPassword(Invalid):
    """A password nobody should use, and what is wrong with it."""

    code = "weak_password"

    def __init__(self, weakness: Weakness, sentence: str) -> None:
        super().__init__(sentence)
        self.weakness = weakness


def hashed(password: str, *, second_step: bool = False, about: Iterable[str] = ()) -> str:
    """The Argon2id hash to store. Raises WeakPassword as `refuse_weak` does."""
    refuse_weak(password, second_step=second_step, about=about)
    return hashed_as_given(password)


def refuse_weak(password: str, *, second_step: bool = False, about: Iterable[str] = ()) -> None:
    """Raise WeakPassword for one that is short, much too long or easy to guess.

    With a `second_step` at the sign-in it may be shorter. `about` are the words that everybody would try first
    for this person: their name, their e-mail, the clinic's name.
    """
    normal = _normal(password)
    shortest = SHORTEST_WITH_SECOND_STEP if second_step else SHORTEST_PASSWORD
    if len(normal) < shortest:
        raise WeakPassword(Weakness.SHORT, f"Please use at least {shortest} letters. A short sentence is fine.")
    if len(normal) > LONGEST_PASSWORD:
        raise WeakPassword(Weakness.LONG, f"Please use at most {LONGEST_PASSWORD} letters.")
    if _is_easy(normal, _known(about), _LEAST_SCORE_WITH_SECOND_STEP if second_step else _LEAST_SCORE):
        raise WeakPassword(Weakness.EASY, "This is easy to guess. Please use words that only you would put together.")


def is_short(password: str) -> bool:
    """Whether this one is good only together with a second step."""
    return len(_normal(password)) < SHORTEST_PASSWORD


def hashed_as_given(password: str) -> str:
    """The hash of any password: for the demo, whose passwords are on the screen anyway."""
    return str(_hasher.hash(_normal(password)))


def verified(user: User | None, password: str) -> User:
    """`user`, if the password is theirs. Takes as long and says the same whatever is wrong."""
    if user is None or not user.password_hash:
        _hasher.dummy_verify()
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    given = _normal(password)
    right = _hasher.verify(given[:LONGEST_PASSWORD], user.password_hash)
    if not right or len(given) > LONGEST_PASSWORD or user.disabled_at:
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    return user


def _is_easy(normal: str, known: list[str], least_score: int) -> bool:
    own = normal.casefold()
    for word in sorted(known, key=len, reverse=True):
        own = own.replace(word, "")
    if len({letter for letter in own if letter.isalnum()}) < _LEAST_OWN_LETTERS:
        return True
    ends = {normal[:_ESTIMATED], normal[-_ESTIMATED:]}
    return all(int(zxcvbn(end, user_inputs=known)["score"]) < least_score for end in ends)


def _known(about: Iterable[str]) -> list[str]:
    """The names, whole and in parts."""
    known = set(_EVERYBODY_KNOWS)
    for name in about:
        folded = _normal(name).casefold()
        parts = re.findall(r"\w+", folded)
        known.update([folded, "".join(parts), *parts])
    return [word for word in known if len(word) > 2]


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
