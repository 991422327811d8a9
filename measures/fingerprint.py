"""Short, stable hashes: of an object's content, and of a folder of library files."""

import hashlib
import json
from pathlib import Path


def fingerprint(content: object) -> str:
    """Return a SHA-256 of JSON-ready content, the same on every machine and Python.

    >>> fingerprint(["a", 1]) == fingerprint(["a", 1]), fingerprint(["a", 1]) == fingerprint(["a", 2])
    (True, False)
    """
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def folder_digest(folder: Path) -> str:
    """Return a SHA-256 over the names and text of every YAML file below a folder.

    Reading bytes takes milliseconds where parsing takes a second, so the app can ask at every start whether
    the library changed. Line ends are normalised, or a Windows checkout would differ from a Linux one.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml"), key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()
