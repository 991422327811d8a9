"""A link that opens a cycle's student page for practice, for a day; nothing can be sent from it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LASTS = timedelta(days=1)
MARK_BYTES = 12


def practice_mark(cycle_id: uuid.UUID, secret: str, *, now: datetime) -> str:
    """Return the signed part of a practice address: which cycle, until when."""
    until = int((now + LASTS).timestamp())
    body = cycle_id.bytes + until.to_bytes(6, "big")
    return base64.urlsafe_b64encode(body + _sign(body, secret)).decode().rstrip("=")


def read_mark(mark: str, *secrets: str, now: datetime) -> uuid.UUID | None:
    """Return the cycle that a practice address opens, or none when it is too old or not of this server."""
    try:
        raw = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, sign = raw[:22], raw[22:]
    if len(raw) != 22 + MARK_BYTES or not any(
        hmac.compare_digest(sign, _sign(body, secret)) for secret in secrets
    ):
        return None
    if int.from_bytes(body[16:], "big") < now.timestamp():
        return None
    return uuid.UUID(bytes=body[:16])


def _sign(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), b"focal practice " + body, hashlib.sha256).digest()[:MARK_BYTES]
