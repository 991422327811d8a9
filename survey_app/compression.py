"""Pages travel compressed, for schools' networks are slow; unless another site asked for them.

Whoever can read how long an answer is, and make a browser ask for a page again and again with words of her
own in the address, learns from a compressed page what else stands on it (BREACH: Gluck, Harris and Prado
2013). So a staff page is compressed only where the browser says that one of our own pages, or the person
herself, asked; on a line without TLS always, since there is nothing left to guess.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import current_app, request

if TYPE_CHECKING:
    from flask import Flask, Response

WORTH_IT = 500  # bytes; below, nothing is won
OURS = ("same-origin", "none")
# Pages that know nobody: whoever asks for them gets the same.
FOR_ANYBODY = "respond"


def install(app: Flask) -> None:
    """Compress every page on its way out."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    is_page = response.mimetype == "text/html" and not response.direct_passthrough
    if not is_page or response.content_encoding or len(response.get_data()) <= WORTH_IT:
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if _may_travel_so() and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.content_encoding = "gzip"
    return response


def _may_travel_so() -> bool:
    if request.blueprint == FOR_ANYBODY or not current_app.config["FOCAL"].https:
        return True
    return request.headers.get("Sec-Fetch-Site") in OURS
