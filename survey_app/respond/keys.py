"""The hidden key of a rendered sheet: random, with the time of rendering, signed by this server.

The random part makes a sheet countable once, however often it is sent. The time proves that a page was loaded
before the close. The key also names its administration, so that a page from another day is recognised.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

RANDOM_BYTES = 16
TIME_BYTES = 8
MARK_BYTES = 17  # 57 bytes in all: base64 without a spare bit, so that one key has one spelling
LENGTH = RANDOM_BYTES + TIME_BYTES + 16 + MARK_BYTES


@dataclass(frozen=True)
class SheetKey:
    """One rendering of one administration's sheet."""

    random: bytes
    rendered_at: datetime
    administration_id: uuid.UUID

    @classmethod
    def fresh(cls, administration_id: uuid.UUID, *, now: datetime) -> SheetKey:
        """Return a key that was never used."""
        return cls(secrets.token_bytes(RANDOM_BYTES), now, administration_id)

    @property
    def hash(self) -> bytes:
        """What is stored of a used key."""
        return hashlib.sha256(b"focal sheet key " + self.random).digest()

    def sign(self, secret: str) -> str:
        """Return the key as the form carries it."""
        body = self._body()
        return base64.urlsafe_b64encode(body + _mark(body, secret)).decode()

    def _body(self) -> bytes:
        millis = int(self.rendered_at.timestamp() * 1000)
        return self.random + millis.to_bytes(TIME_BYTES, "big") + self.administration_id.bytes


def read_key(text: str, *secrets_known: str) -> SheetKey | None:
    """Return the key that a form carried, or none when this server made none with its secrets."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    body, mark = raw[:-MARK_BYTES], raw[-MARK_BYTES:]
    if len(raw) != LENGTH or not any(
        hmac.compare_digest(mark, _mark(body, secret)) for secret in secrets_known
    ):
        return None
    millis = int.from_bytes(body[RANDOM_BYTES : RANDOM_BYTES + TIME_BYTES], "big")
    return SheetKey(
        random=body[:RANDOM_BYTES],
        rendered_at=datetime.fromtimestamp(millis / 1000, UTC),
        administration_id=uuid.UUID(bytes=body[RANDOM_BYTES + TIME_BYTES :]),
    )


def _mark(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), b"focal sheet " + body, hashlib.sha256).digest()[:MARK_BYTES]
