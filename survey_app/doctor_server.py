"""What a server needs beyond a laptop: an address that answers, a true clock, young backups, keys for few."""

from __future__ import annotations

import os
import re
import socket
import ssl
import stat
import time
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from packaging.markers import Marker
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT, Config, ConfigError
from survey_app import clock, job_runs, row_security, safety
from survey_app.backup import keeping
from survey_app.db import Database
from survey_app.erasure import journal
from survey_app.principal import job

WAIT = 5
CERTIFICATE_LEFT = timedelta(days=14)
OLDEST_BACKUP = timedelta(hours=26)
OLDEST_NIGHT = timedelta(hours=36)
CLOCK_OFF = timedelta(seconds=120)
EARLIEST_YEAR, LATEST_YEAR = 2026, 2100
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")


class Ailment(Exception):
    """Something that is not in order; the text says what to do."""


def public_address(config: Config) -> str:
    """Look whether the address that people type answers, over TLS, with this machine's time."""
    if not config.production:
        return "address and TLS: not in production (FOCAL_ENV), so nobody was asked"
    url = config.public_url or ""
    days = _days_of_certificate(url)
    try:
        with urllib.request.urlopen(f"{url}/livez", timeout=WAIT) as answer:  # noqa: S310  (https, or no start in production)
            body, date = answer.read(100), answer.headers.get("Date")
    except (OSError, urllib.error.URLError) as fault:
        raise Ailment(
            f"address: {url} does not answer.\nIt says: {getattr(fault, 'reason', fault)}\n"
            "Does the proxy run, and does it pass requests on?"
        ) from None
    if body != b"alive\n":
        raise Ailment(f"address: something else than Focal answers at {url}.\nLook at the proxy's settings.")
    off = abs(clock.now() - parsedate_to_datetime(date)) if date else timedelta(0)
    if off > CLOCK_OFF:
        raise Ailment(
            f"clock: {url} says another time, {off.total_seconds():.0f} seconds off.\nRun an NTP service."
        )
    return f"address: {url} answers; its certificate is good for {days} days"


def _days_of_certificate(url: str) -> int:
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 443
    try:
        with (
            closing(socket.create_connection((host, port), timeout=WAIT)) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as secure,
        ):
            until = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except OSError as fault:
        raise Ailment(f"TLS: no trusted connection to {host}:{port}.\nIt says: {fault}") from None
    left = datetime.fromtimestamp(until, UTC) - clock.now()
    if left < CERTIFICATE_LEFT:
        raise Ailment(f"TLS: the certificate of {host} ends in {left.days} days.\nRenew it (certbot, Caddy).")
    return left.days


def mail(_config: Config) -> str:
    """Say how people get their links."""
    return "mail: Focal sends none; whoever invites copies the link from the page"


def time_of_day(config: Config) -> str:
    """Look whether the clock is sane, and the database's is the same."""
    now = clock.now()
    if not EARLIEST_YEAR <= now.year < LATEST_YEAR:
        raise Ailment(f"clock: it is {now:%Y} here.\nSet the clock, and run an NTP service.")
    if config.on_sqlite:
        return f"clock: {now:%Y-%m-%d %H:%M} UTC; this machine's zone is {time.tzname[0]}"
    database = Database(config.database_url)
    try:
        with database.engine.connect() as connection:
            theirs = connection.execute(text("SELECT now()")).scalar_one()
    except SQLAlchemyError:
        return f"clock: {now:%Y-%m-%d %H:%M} UTC; the database could not be asked"
    finally:
        database.engine.dispose()
    if (off := abs(theirs - clock.now())) > CLOCK_OFF:
        raise Ailment(
            f"clock: the database's is {off.total_seconds():.0f} seconds off.\nRun an NTP service on both."
        )
    return f"clock: {now:%Y-%m-%d %H:%M} UTC, here and in the database"


def database_role(config: Config) -> str:
    """Look whether the application signs in as somebody who could pass its own walls."""
    if config.on_sqlite:
        return "database role: SQLite has none; the file is for its owner"
    database = Database(config.database_url)
    try:
        with database.engine.connect() as connection:
            found = row_security.faults(connection)
    except SQLAlchemyError:
        return "database role: the database could not be asked"
    finally:
        database.engine.dispose()
    if found and config.production:
        raise Ailment("database role: Focal would not start.\n" + "\n".join(found))
    return f"database role: {'more than it needs (not in production)' if found else 'of its own'}"


def backups(config: Config) -> str:
    """Look how old the newest backup is."""
    age = keeping.age_of_newest(config.backup_folder, clock.now())
    if age is None:
        words = f"backup: none in {config.backup_folder}"
        if config.production:
            raise Ailment(
                f"{words}.\nMake one: python3 focal.py backup. A timer makes them: docs/operating.md."
            )
        return words
    if age > OLDEST_BACKUP:
        raise Ailment(
            f"backup: the newest is {_hours(age)} old.\nIs its timer on? systemctl status focal-backup.timer"
        )
    return f"backup: the newest is {_hours(age)} old, in {config.backup_folder}"


def nightly_work(config: Config) -> str:
    """Look when the night's work was last done: what the public notice promises hangs on it."""
    last = journal.last_night(config.instance)
    age = None if last is None else clock.now() - last
    if not config.production and age is None:
        return "the night's work: never done here"
    if age is None or age > OLDEST_NIGHT:
        words = "never done" if age is None else f"last done {_hours(age)} ago"
        raise Ailment(
            f"the night's work: {words}, and /privacy promises it.\nIs its timer on? docs/operating.md"
        )
    return f"the night's work: done {_hours(age)} ago, and the record of acts was looked through with it"


def scheduled_work(config: Config) -> str:
    """Look when the jobs ran last, and how they ended."""
    opened = Database(config.database_url)
    try:
        with opened.reading(job("doctor")) as db:
            wrong = job_runs.complaints(db, now=clock.now())
            ages = job_runs.ages(db, now=clock.now())
    except SQLAlchemyError:
        return "scheduled work: no database to ask yet"
    finally:
        opened.engine.dispose()
    if wrong and config.production:
        raise Ailment("scheduled work: something wants a look.\n" + "\n".join(wrong))
    told = [f"{name} {_hours(age)} ago" for name, age in ages.items()]
    return "scheduled work: " + "; ".join([*wrong, *told])


def packages(_config: Config) -> str:
    """Look whether what is installed is what the lock says."""
    wrong, count = [], 0
    for line in (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8").splitlines():
        pinned = PINNED.match(line)
        if pinned is None or (pinned[3] and not Marker(pinned[3].strip()).evaluate()):
            continue
        count += 1
        try:
            found = version(pinned[1])
        except PackageNotFoundError:
            found = "missing"
        if found != pinned[2]:
            wrong.append(f"{pinned[1]} is {found}, the lock says {pinned[2]}")
    if wrong:
        listed = "\n".join(wrong[:10])
        told = f"packages: {len(wrong)} are not those of the lock.\n{listed}"
        raise Ailment(f"{told}\nThis installs them: python3 focal.py run")
    return f"packages: {count}, each as the lock says"


def safe_to_start(config: Config) -> str:
    """Look at what would keep a server from starting: key, file system."""
    try:
        safety.check(config)
    except ConfigError as fault:
        raise Ailment("safety: Focal would not start.\n" + "\n".join(fault.faults)) from None
    return "safety: nothing keeps Focal from starting"


def files_for_few(config: Config) -> str:
    """Look whether others on this machine can read what is kept."""
    if os.name == "nt" or not config.instance.exists():
        return "files: nothing to look at yet"
    looked = [
        config.instance / "erasures.jsonl",
        *(path for _moment, path in keeping.backups(config.backup_folder)),
    ]
    if config.on_sqlite:
        looked.append(Path(make_url(config.database_url).database or ""))
    closed = not stat.S_IMODE(config.instance.stat().st_mode) & 0o007
    open_to_all = [p for p in looked if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o004 and not closed]
    if open_to_all and config.production:
        raise Ailment(
            f"files: everybody on this machine can read {open_to_all[0]}.\n"
            f"Close the folder: chmod 700 {config.instance}"
        )
    return "files: " + (
        "open to others on this machine (not in production)" if open_to_all else "for their owner only"
    )


LOOKS = (
    safe_to_start,
    files_for_few,
    public_address,
    mail,
    time_of_day,
    database_role,
    backups,
    nightly_work,
    scheduled_work,
    packages,
)


def _hours(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"
