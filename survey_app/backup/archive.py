"""The file of a backup: an ordinary tar with a signed manifest, in which no byte may have changed.

Any ``tar`` opens it, so that somebody without Focal can still get at the database. Focal itself reads it
strictly: the manifest is signed with this installation's key and names the SHA-256 of everything else, and
headers and padding are compared with what they must be.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import tarfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANIFEST, MARK = "manifest.json", "manifest.mark"
BLOCK = 512
LARGEST_MANIFEST = 2**20


class CannotBackUp(Exception):
    """A backup cannot be made, read or put back; the text says why and what to do."""


class Altered(CannotBackUp):
    """The file is not what was written, or was signed with a key that this installation does not have."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``files`` maps each file in it to its size and SHA-256."""

    made_at: str
    kind: str
    schema: str
    counts: dict[str, int]
    key: str
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = 1


def key_id(secret: str) -> str:
    """Return what a key is recognised by; it does not tell the key."""
    return hashlib.sha256(b"focal key " + secret.encode()).hexdigest()[:12]


def pack(target: Path, manifest: Manifest, files: Sequence[Path], secret: str) -> None:
    """Write the files and their signed manifest; wait until the disk has them."""
    sized = {path.name: (path.stat().st_size, digest(path)) for path in files}
    told = json.dumps(asdict(manifest) | {"files": sized}, indent=1, sort_keys=True).encode()
    with target.open("wb") as file:
        _add(file, MANIFEST, told)
        _add(file, MARK, _mark(told, secret).encode())
        for path in files:
            file.write(_header(path.name, path.stat().st_size))
            with path.open("rb") as part:
                shutil.copyfileobj(part, file, 2**20)
            file.write(_padding(path.stat().st_size))
        file.write(bytes(2 * BLOCK))
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path, secrets: Sequence[str]) -> Manifest:
    """Return the manifest of a backup after holding it against its signature; the rest is not read."""
    with _reading(path) as file:
        return _manifest(file, path, secrets)


def unpack(path: Path, secrets: Sequence[str], into: Path) -> Manifest:
    """Check every byte of a backup and lay its files into a folder.

    Raises
    ------
    Altered
        If anything differs from what was signed. Nothing that was written to ``into`` may be used then.
    """
    with _reading(path) as file:
        manifest = _manifest(file, path, secrets)
        for name, (size, wanted) in _in_order(manifest):
            _expect(file, name, size, path)
            if _copy_out(file, into / name, size) != wanted or file.read(_gap(size)) != _padding(size):
                raise _altered(path)
        if file.read(2 * BLOCK + 1) != bytes(2 * BLOCK):
            raise _altered(path)
    return manifest


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reading(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as fault:
        raise CannotBackUp(f"{path} cannot be read: {fault.strerror}.") from None


def _manifest(file: BinaryIO, path: Path, secrets: Sequence[str]) -> Manifest:
    told = _small(file, MANIFEST, path)
    mark = _small(file, MARK, path)
    if not any(hmac.compare_digest(mark, _mark(told, secret).encode()) for secret in secrets):
        raise _altered(path, told)
    said: dict[str, Any] = json.loads(told)
    if said["format"] != 1:
        raise CannotBackUp(f"{path} was made by a newer Focal. Put it back with that version or a later one.")
    return Manifest(**said | {"files": {name: tuple(about) for name, about in said["files"].items()}})


def _in_order(manifest: Manifest) -> Iterator[tuple[str, tuple[int, str]]]:
    # JSON sorts its keys, and files are packed in the order of their names.
    for name, about in sorted(manifest.files.items()):
        if name != Path(name).name or name.startswith("."):
            raise CannotBackUp(f"A backup holds no file called {name!r}.")
        yield name, about


def _small(file: BinaryIO, name: str, path: Path) -> bytes:
    header = file.read(BLOCK)
    try:
        size = tarfile.TarInfo.frombuf(header, "utf-8", "strict").size
    except tarfile.HeaderError:
        raise _altered(path) from None
    if header != _header(name, size) or size > LARGEST_MANIFEST:
        raise _altered(path)
    content = file.read(size)
    if file.read(_gap(size)) != _padding(size):
        raise _altered(path)
    return content


def _expect(file: BinaryIO, name: str, size: int, path: Path) -> None:
    if file.read(BLOCK) != _header(name, size):
        raise _altered(path)


def _copy_out(file: BinaryIO, to: Path, size: int) -> str:
    seen, left = hashlib.sha256(), size
    with to.open("xb") as out:
        while left and (chunk := file.read(min(left, 2**20))):
            seen.update(chunk)
            out.write(chunk)
            left -= len(chunk)
    return seen.hexdigest()


def _add(file: BinaryIO, name: str, content: bytes) -> None:
    file.write(_header(name, len(content)) + content + _padding(len(content)))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _gap(size: int) -> int:
    return -size % BLOCK


def _padding(size: int) -> bytes:
    return bytes(_gap(size))


def _mark(told: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), b"focal backup " + told, hashlib.sha256).hexdigest()


def _altered(path: Path, told: bytes = b"") -> Altered:
    words = f"{path} was changed since it was made, or is no whole backup of Focal. Use another one."
    try:
        signed_with = str(json.loads(told)["key"])
    except (ValueError, KeyError, TypeError):
        return Altered(words)
    return Altered(
        f"{words}\nIt says that it was signed with the key {signed_with}. If that is a key you have replaced,"
        " name it in FOCAL_OLD_SECRET_KEYS."
    )
