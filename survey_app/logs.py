"""The log: one JSON object a line, made of a short list of fields, so that nothing else can slip in.

A message of ours is the text in the code; what is put into it is shown only when it is a number or the name
of a fault. Messages of libraries are shown only as far as they are fixed text. A fault is logged as its type
and the lines of code it came through, never as what it says: that may quote what a person typed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = ("focal", "py.warnings")
FIELDS = ("request", "method", "route", "status", "ms", "role", "tenant", "network")
# The name of a kind of fault (the databases' own codes among them), or the number of a request.
PLAIN_NAME = re.compile(
    r"[A-Z][A-Za-z]{0,50}(Error|Exception|Warning|Refusal)|[0-9a-f]{16}|SQLITE_[A-Z_]{2,40}|[0-9][0-9A-Z]{4}"
)
MOST_FRAMES = 12
HIDDEN = "…"
access = logging.getLogger("focal.access")


class JsonLines(logging.Formatter):
    """Write a record as one line of the fields that are allowed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        about: Mapping[str, Any] = getattr(record, "about", {})
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            # When a child answered is kept nowhere; not here either, to the second.
            "at": at.strftime("%Y-%m-%dT%H:%MZ" if about.get("student") else "%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": fixed_text(record),
        }
        line |= {name: about[name] for name in FIELDS if about.get(name) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["through"] = _through(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def fixed_text(record: logging.LogRecord) -> str:
    """Return what a record says, without anything that did not stand in the code.

    Examples
    --------
    >>> def said(name, text, *args):
    ...     return fixed_text(logging.LogRecord(name, 20, "", 0, text, args, None))
    >>> said("focal", "the disk has %d percent", 4), said("focal", "no such class: %s", "Ana's")
    ('the disk has 4 percent', 'no such class: …')
    >>> said("gunicorn.error", "Worker %s left", 12), said("waitress", "Exception while serving /s/ABCD")
    ('Worker 12 left', '…')
    """
    if not isinstance(record.msg, str):
        return HIDDEN
    if not record.args:
        # A library may have put a value into its text already; one that still takes values has not.
        return record.msg if record.name.split(".")[0] in OWN else HIDDEN
    shown = _of_ours if record.name.split(".")[0] in OWN else _number
    try:
        if isinstance(record.args, dict):
            return record.msg % {name: shown(value) for name, value in record.args.items()}
        return record.msg % tuple(shown(value) for value in record.args)
    except (TypeError, ValueError, KeyError):
        return record.msg


def _of_ours(value: object) -> object:
    return value if isinstance(value, str) and PLAIN_NAME.fullmatch(value) else _number(value)


def _number(value: object) -> object:
    return value if isinstance(value, (int, float)) else HIDDEN


def _through(trace: Any) -> list[str]:
    frames = traceback.extract_tb(trace)[-MOST_FRAMES:]
    return [f"{_module(frame.filename)}:{frame.name}:{frame.lineno}" for frame in frames]


def _module(path: str) -> str:
    """Return the end of a path: where somebody installed Focal is nobody's business."""
    return "/".join(path.replace("\\", "/").rsplit("/", 3)[-2:])


def handler(stream: TextIO | None = None) -> logging.Handler:
    """Return a handler that writes allowed lines only."""
    writes = logging.StreamHandler(stream or sys.stderr)
    writes.setFormatter(JsonLines())
    return writes


def configure(*, every_request: bool, stream: TextIO | None = None) -> None:
    """Let everything that Python's loggers say go through one handler.

    On a laptop only what went wrong is written; a server writes a line a request.
    """
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler(stream))
    root.setLevel(logging.WARNING)
    logging.getLogger("focal").setLevel(logging.INFO)
    access.setLevel(logging.INFO if every_request else logging.ERROR)
    logging.captureWarnings(capture=True)
