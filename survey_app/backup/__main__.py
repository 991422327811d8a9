"""Backups by hand or from a timer: ``python3 focal.py backup`` and ``python3 focal.py restore FILE``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from config import Config, ConfigError
from survey_app import clock
from survey_app.backup import keeping
from survey_app.backup.archive import CannotBackUp, unpack
from survey_app.backup.making import make_backup
from survey_app.backup.restoring import restore
from survey_app.errors import Refusal

if TYPE_CHECKING:
    from survey_app.backup.restoring import Restored


def main(arguments: list[str]) -> int:
    """Do one command; return 0 when all went well."""
    options = _parser().parse_args(arguments)
    try:
        config = Config.from_env(os.environ)
        if options.command == "restore":
            return _restore(config, options)
        return _backup(config, options)
    except (CannotBackUp, ConfigError, Refusal) as fault:
        print(fault, file=sys.stderr)
    except (OSError, SQLAlchemyError) as fault:
        print(str(getattr(fault, "orig", None) or fault).splitlines()[0], file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="focal.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    backup = commands.add_parser("backup", help="make a backup while Focal runs")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="where they are kept")
    backup.add_argument("--list", action="store_true", help="say which there are, and make none")
    backup.add_argument("--check", type=Path, metavar="FILE", help="look whether one is whole")
    back = commands.add_parser("restore", help="put a backup into an empty place")
    back.add_argument("file", type=Path)
    back.add_argument("--into", metavar="WHERE", help="a new file, or the address of an empty PostgreSQL")
    back.add_argument("--replace", action="store_true", help="replace what is there, after asking")
    return parser


def _backup(config: Config, options: argparse.Namespace) -> int:
    if options.check:
        manifest = _checked(config, options.check)
        rows = sum(manifest.counts.values())
        print(f"{options.check}: whole, signed here, made {manifest.made_at}, {rows} rows.")
        return 0
    folder = options.to or config.backup_folder
    if options.list:
        for moment, path in keeping.backups(folder):
            print(f"{moment:%Y-%m-%d %H:%M} UTC  {path.stat().st_size / 2**20:8.1f} MiB  {path}")
        return 0
    made, gone = make_backup(config, folder, now=clock.now())
    print(f"{made}: {made.stat().st_size / 2**20:.1f} MiB.")
    if gone:
        print(f"{len(gone)} older ones were deleted; none is kept beyond {keeping.KEPT.days} days.")
    return 0


def _checked(config: Config, path: Path) -> object:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return unpack(path, config.secret_keys, Path(folder))


def _restore(config: Config, options: argparse.Namespace) -> int:
    confirm = _confirm if options.replace else None
    done = restore(options.file, config, into=options.into, confirm=confirm, now=clock.now())
    _tell(done)
    return 1 if done.faults else 0


def _confirm(name: str) -> bool:
    print("There is a database already. It is backed up first, then replaced.")
    print(f"Type its name, {name}, to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == name


def _tell(done: Restored) -> None:
    rows = sum(done.manifest.counts.values())
    print(f"{rows} rows of {done.manifest.made_at} are back at {done.where}.")
    if done.kept:
        print(f"What stood there before is kept for {keeping.KEPT.days} days: {done.kept}")
    for what, count in done.did.items():
        print(f"  {what}: {count}")
    print("Everybody has to sign in again. Roles, passwords and closed sign-ins are those of that moment:")
    print("look at the page People.")
    for fault in done.faults:
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
