"""Passwords: how they are kept, and which are refused. Long and uncommon is the whole rule."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable

# NIST SP 800-63B-4: a password that stands alone has 15 characters or more, and no rules of composition.
FEWEST_CHARACTERS, MOST_CHARACTERS = 15, 256
# What is left of a password without its easy parts must still be worth guessing at.
FEWEST_LEFT = 6
SHORTEST_NAME = 3
LONGEST_REPEATED = 10
LIKE_LETTERS = str.maketrans("013457@$!", "oieastasi")


class Passwords:
    """Makes and checks argon2id hashes. A check costs the same whether there is a hash to check or not.

    The costs are OWASP's first choice for argon2id with little memory, since many teachers sign in at 8:00.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._costs = (memory_kib, rounds)

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        return self._hasher.hash(_plain(password))

    def fit(self, stored: str | None, typed: str) -> bool:
        """Tell whether a typed password is the stored one; an account without a password fits nothing."""
        # Asked for whether it is needed or not, since making it, once a process, takes as long as a check.
        nobodys = _nobodys_hash(*self._costs)
        try:
            fits = self._hasher.verify(stored or nobodys, _plain(typed))
        except (VerificationError, InvalidHashError):
            return False
        return fits and stored is not None

    def is_old(self, stored: str) -> bool:
        """Tell whether a hash was made at other costs than today's."""
        return self._hasher.check_needs_rehash(stored)


def password_fault(password: str, *, about: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a new password, in words, or nothing.

    Parameters
    ----------
    password : str
        As typed or pasted.
    about : iterable of str
        The person's name and address and the school's name: the first things that somebody else would try.
    """
    if len(password) > MOST_CHARACTERS:
        return f"A password has {MOST_CHARACTERS} characters at most; this one is longer."
    characters = len(_plain(password))
    if characters < FEWEST_CHARACTERS:
        return (
            f"A password needs {FEWEST_CHARACTERS} characters or more; this one has {characters}."
            " Four or five words that nobody else would put together do well."
        )
    if _is_easy(password, about):
        return (
            "This password would be among the first that somebody tries."
            " Choose words that have nothing to do with you, your school or each other."
        )
    return None


def _plain(password: str) -> str:
    # The same letters typed on another keyboard can arrive as other code points.
    return unicodedata.normalize("NFKC", password)


def _is_easy(password: str, about: Iterable[str]) -> bool:
    folded = _folded(password)
    if re.fullmatch(rf"(.{{1,{LONGEST_REPEATED}}}?)\1+.{{0,2}}", folded):
        return True
    names = [word for text in about for word in re.split(r"[^\w]+|_", text) if len(word) >= SHORTEST_NAME]
    words = sorted({*_easy_words(), *map(_folded, names)}, key=len, reverse=True)
    return any(len(_left(form, words)) < FEWEST_LEFT for form in (folded, folded.translate(LIKE_LETTERS)))


def _left(folded: str, words: Iterable[str]) -> str:
    for word in words:
        folded = folded.replace(word, " ")
    folded = re.sub(r"(.)\1{2,}", " ", _without_runs(folded))
    return re.sub(r"\s|^\d{1,4}|\d{1,4}$", "", folded.strip())


def _without_runs(folded: str) -> str:
    """Take out four or more neighbours of a keyboard's row, the alphabet or the digits."""
    runs = [word for word in _easy_words() if len(set(word)) == len(word) >= len("zxcvbnm")]
    for run in runs:
        for line in (run, run[::-1]):
            for length in range(len(line), 3, -1):
                for start in range(len(line) - length + 1):
                    folded = folded.replace(line[start : start + length], " ")
    return folded


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).casefold())


@cache
def _easy_words() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "easy_passwords.txt").read_text(encoding="ascii").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _nobodys_hash(memory_kib: int, rounds: int) -> str:
    return PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1).hash("nobody's")
