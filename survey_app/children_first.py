"""Answer children while everything else is still being loaded.

After a crash a class that was cut off in the middle is waiting, and what only adults need is a quarter of a
start. So a process serves at once a small application of the slices that a child needs; the whole one is
made meanwhile, on the same database, and then takes over every request.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from survey_app.security import HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

FOR_CHILDREN = ("respond", "health")
LONGEST_WAIT = 30.0
LONGEST_ALONE = 0.3
NOT_YET = "Focal is starting. Wait a moment, then reload this page.\n"


class ChildrenFirst:
    """What a server calls: the children's application, and the whole one as soon as it is there.

    Whoever asks for a page that the children's one does not know waits, and does not hear that there is none.
    """

    def __init__(self, children: Flask) -> None:
        self._children = children
        self._whole: Flask | None = None
        self._is_decided = threading.Event()
        self._one = threading.Lock()

    def load(self, make: Callable[[], Flask]) -> None:
        """Make the whole application and hand everything over to it; what makes it may fail."""
        try:
            self._whole = make()
        finally:
            self._is_decided.set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if self._whole is None and self._is_for_children(environ):
            with self._alone():
                return self._children(environ, start_response)
        self._is_decided.wait(LONGEST_WAIT)
        return (self._whole or _not_yet)(environ, start_response)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one go after the other, unless the one before takes long.

        The first finds everything still to be made (statements, pages). Eight at once would each make it, and
        take turns at that: the first thanks would come when all eight are done.
        """
        is_alone = self._one.acquire(timeout=LONGEST_ALONE)
        try:
            yield
        finally:
            if is_alone:
                self._one.release()

    def _is_for_children(self, environ: WSGIEnvironment) -> bool:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        return self._children.url_map.bind("").test(path, environ["REQUEST_METHOD"])


def _not_yet(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = {**HEADERS, "Cache-Control": "no-store", "Retry-After": "5"}
    return Response(NOT_YET, status=503, headers=headers, mimetype="text/plain")(environ, start_response)
