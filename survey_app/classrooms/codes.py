"""Codes that children type: short, without look-alikes, read forgivingly, and for cards stored hashed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass

# No vowels, so no words; no 0 1 I L S B Z either, so no two signs look alike.
ALPHABET = "23456789CFGHJMPQRVWX"
CLASS_CODE_LENGTH = 6
CARD_CODE_LENGTH = 8
LONGEST_INPUT = 200


def new_class_code() -> str:
    """Return a random class code of 6 signs."""
    return _random(CLASS_CODE_LENGTH)


def new_card_token() -> str:
    """Return a random card code of 8 signs."""
    return _random(CARD_CODE_LENGTH)


def derived_card_tokens(seed: bytes, count: int) -> list[str]:
    """Return the card codes of one pressed button: the same for the same seed, guessed by nobody without it.

    A print page that is asked for twice, by a double tap or a reload, shows the same cards again.
    """
    return [_derived(seed, number) for number in range(count)]


@dataclass(frozen=True)
class CardKeys:
    """The server's keys, under which cards are stored: a plain hash of 8 signs can be undone in minutes.

    Without the key, which lies outside the database, a stolen database gives no card away. ``retired`` keys
    still find the cards that were made under them; a card that is found by one moves to ``secret`` when it is
    used.
    """

    secret: str
    retired: tuple[str, ...] = ()

    def hash(self, token: str) -> bytes:
        """Return what is stored of a card's code."""
        return _keyed(self.secret, token)

    def all_hashes(self, token: str) -> list[bytes]:
        """Return everything a card with this code may be stored as, today's form first."""
        return [*(_keyed(key, token) for key in (self.secret, *self.retired)), unkeyed_hash(token)]


def unkeyed_hash(token: str) -> bytes:
    """Return what was stored of a card's code in the first days; such cards are still found, once."""
    return hashlib.sha256(b"focal card " + token.encode()).digest()


def _keyed(secret: str, token: str) -> bytes:
    return hmac.new(secret.encode(), b"focal card " + token.encode(), hashlib.sha256).digest()


def read_code(text: str) -> str:
    """Return a typed code as it was given out: capitals, without spaces, hyphens or full-width forms.

    A pasted address counts as the code at its end. What is no code stays wrong; nothing is guessed.

    Examples
    --------
    >>> read_code(" 7h4-mpx "), read_code("７Ｈ４ＭＰＸ"), read_code("https://focal.example/s/7H4MPX")
    ('7H4MPX', '7H4MPX', '7H4MPX')
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_INPUT]).strip().rstrip("/")
    last = plain.rsplit("/", 1)[-1].upper()
    return "".join(sign for sign in last if not _is_between(sign))


def show_code(code: str) -> str:
    """Return a code in two halves, as it is printed: ``7H4-MPX``."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def is_class_code(code: str) -> bool:
    """Tell whether this can be a class code."""
    return len(code) == CLASS_CODE_LENGTH and set(code) <= set(ALPHABET)


def is_card_code(code: str) -> bool:
    """Tell whether this can be a card's code."""
    return len(code) == CARD_CODE_LENGTH and set(code) <= set(ALPHABET)


def _is_between(sign: str) -> bool:
    # Pd: every hyphen and dash; Z*: every space; C*: invisible signs that a copied text carries along.
    category = unicodedata.category(sign)
    return category == "Pd" or category[0] in "ZC"


def _derived(seed: bytes, number: int) -> str:
    digest = hmac.new(seed, f"card {number}".encode(), hashlib.sha256).digest()
    rest, signs = int.from_bytes(digest, "big"), []
    for _ in range(CARD_CODE_LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
