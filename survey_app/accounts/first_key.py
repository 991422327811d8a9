"""The key of an empty server: whoever reads its console may make the first account, not whoever comes first.

``python -m survey_app.accounts.first_key`` prints it; so does the start while there is no account. It follows
from the server's secret, so that every process knows it and nothing has to be kept. On one's own machine,
reached by its own name, nobody is asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, request

from config import Config, ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
# Whoever is behind one of these came by way of a proxy, so her address is not the one that is seen.
PROXYS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
GROUPS = 4


def first_key(secret_key: str) -> str:
    """Return the key in groups of four signs: 80 bits, so guessing is no way in."""
    digest = hmac.new(secret_key.encode(), b"focal first account", hashlib.sha256).digest()
    signs = base64.b32encode(digest).decode()[: 4 * GROUPS]
    return "-".join(re.findall("....", signs))


def is_asked_for() -> bool:
    """Tell whether this request comes, or may come, from another machine than the one Focal runs on."""
    config: Config = current_app.config["FOCAL"]
    if config.production or config.public_url:
        return True
    is_from_here = request.remote_addr in HERE and urlsplit(f"//{request.host}").hostname in HERE
    return not is_from_here or any(name in request.headers for name in PROXYS)


def fits(typed: str, secret_key: str) -> bool:
    """Tell whether this is the key; small letters, spaces and other hyphens are no matter."""
    plain = re.sub(r"[^0-9A-Z]", "", typed[:100].upper())
    return hmac.compare_digest(plain, first_key(secret_key).replace("-", ""))


def main(env: Mapping[str, str] = os.environ) -> int:
    """Print the key of this installation."""
    try:
        print(first_key(Config.from_env(env).secret_key))
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
