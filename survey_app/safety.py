"""What Focal refuses to start with, because somebody's answers would be lost or seen."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from config import ConfigError

if TYPE_CHECKING:
    from config import Config

OVER_A_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|9p|virtiofs|ceph|glusterfs|lustre|gfs2?|ocfs2|davfs|fuse\.(?!fuseblk).*"
)


def check(config: Config, *, workers: int = 1) -> None:
    """Refuse an unsafe installation, naming everything at once.

    Raises
    ------
    ConfigError
        With one sentence for each thing, and what to do about it.
    """
    faults = [*_key_faults(config), *_sqlite_faults(config, workers)]
    if faults:
        raise ConfigError(faults)


def _key_faults(config: Config) -> list[str]:
    path = config.instance / "secret_key"
    if os.name == "nt" or not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return []
    return [f"{path} can be read by others on this machine. Only its owner may: chmod 600 {path}"]


def _sqlite_faults(config: Config, workers: int) -> list[str]:
    if not config.on_sqlite:
        return []
    faults = []
    file = Path(make_url(config.database_url).database or "").absolute()
    if kind := network_file_system(file):
        faults.append(
            f"{file} lies on a network file system ({kind}), where SQLite loses answers."
            " Put it on a disk of this machine, or use a PostgreSQL."
        )
    if workers > 1:
        faults.append(
            f"SQLite {sqlite3.sqlite_version} with {workers} worker processes: use one process with threads"
            " (leave FOCAL_WORKERS out), or a PostgreSQL."
        )
    return faults


def network_file_system(path: Path, mounts: str | None = None) -> str | None:
    r"""Return the kind of network file system on which a path lies, or none; Linux tells, others do not.

    Examples
    --------
    >>> mounts = "27 1 0:1 / / rw - ext4 /dev/a rw\n30 27 0:2 / /srv/far rw - nfs4 host:/far rw\n"
    >>> network_file_system(Path("/srv/far/focal.sqlite"), mounts)
    'nfs4'
    >>> network_file_system(Path("/srv/farther/focal.sqlite"), mounts) is None
    True
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        except OSError:
            return None
    nearest, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(before.split()[4].replace("\\040", " "))
        if (path == point or point in path.parents) and len(point.parts) >= nearest:
            nearest, kind = len(point.parts), after.split()[0]
    return kind if OVER_A_NETWORK.fullmatch(kind) else None
