"""Served by gunicorn for real: on SQLite one process, on PostgreSQL two; stopped without a word lost."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from config import Config, ConfigError
from survey_app import safety

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.usefixtures("loopback")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        return fault.code, fault.read().decode()


def settings(tmp_path, **more) -> dict[str, str]:
    return {
        "FOCAL_ENV": "production",
        "FOCAL_PUBLIC_URL": "https://focal.example.org",
        "FOCAL_SECRET_KEY": "kept outside the database 0123456789",
        "FOCAL_INSTANCE": str(tmp_path / "instance"),
        **more,
    }


@pytest.fixture
def addresses(database_kind, database_url, request):
    """Return where the application signs in, as production demands it, and where the owner does."""
    if database_kind == "sqlite":
        yield {"DATABASE_URL": database_url}
        return
    name = f"focal_web_{uuid.uuid4().hex[:8]}"
    engine = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        owner.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'web' IN ROLE focal_app"))
        web = make_url(database_url).set(username=name, password="web")
        yield {
            "DATABASE_URL": web.render_as_string(hide_password=False),
            "DATABASE_OWNER_URL": database_url,
        }
        owner.execute(text(f"DROP ROLE {name}"))
    engine.dispose()


def test_gunicorn_serves_counts_logs_and_stops(tmp_path, database_kind, addresses):
    port, figures = free_port(), free_port()
    workers = {"sqlite": 1, "postgres": 2}[database_kind]
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "survey_app/gunicorn.py"],
            cwd=ROOT,
            env=os.environ
            | settings(
                tmp_path,
                **addresses,
                FOCAL_BIND=f"127.0.0.1:{port}",
                FOCAL_METRICS=str(figures),
                FOCAL_WORKERS=str(workers),
            ),
            stderr=out,
        )
    try:
        until = time.monotonic() + 90
        while log.read_text().count("Booting worker") < workers and time.monotonic() < until:
            time.sleep(0.2)
            assert process.poll() is None, log.read_text()
        assert fetch(f"http://127.0.0.1:{port}/readyz") == (200, "ready\n")
        for _ in range(10):
            assert fetch(f"http://127.0.0.1:{port}/s/NOSUCHC0")[0] in (404, 429)
        told = fetch(f"http://127.0.0.1:{figures}/metrics")[1]
        counted = re.findall(r'^focal_requests_total\{.*route="/s/<code>".*\} (\S+)', told, re.MULTILINE)
        assert sum(map(float, counted)) == 10, "the workers' counts are added up"
        assert "\nfocal_database_up 1.0\n" in told
        assert "focal_backup_age_seconds" not in told, "there is no backup yet"
        assert fetch(f"http://127.0.0.1:{port}/metrics")[0] == 404, "not where strangers look"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(timeout=35) == 0
        finally:
            process.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len([line for line in lines if line.get("route") == "/s/<code>"]) == 10


def test_sqlite_is_refused_with_several_workers_and_the_reason_is_said(tmp_path):
    environment = os.environ | settings(tmp_path, FOCAL_WORKERS="2")
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "gunicorn", "-c", "survey_app/gunicorn.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "2 worker processes: use one process with threads" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"FOCAL_PUBLIC_URL": "http://focal.example.org"}, "needs FOCAL_PUBLIC_URL with https"),
        ({"FOCAL_SECRET_KEY": "short"}, "at least 32"),
        ({"FOCAL_SECRET_KEY": "a" * 40}, "can be guessed"),
        ({"FOCAL_SECRET_KEY": ""}, "needs FOCAL_SECRET_KEY"),
        ({"FOCAL_OLD_SECRET_KEYS": "short"}, "a key is too short"),
        ({"FOCAL_DEMO": "1"}, "shows sign-ins to everybody"),
        ({"FLASK_DEBUG": "1"}, "never in production"),
        ({"FOCAL_PROXY_HOPS": "all"}, "number of proxies"),
        ({"FOCAL_METRICS": "here"}, "FOCAL_METRICS is 'here'"),
    ],
)
def test_what_is_unsafe_in_production_stops_the_start(tmp_path, change, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        Config.from_env(settings(tmp_path) | change)


def test_a_key_that_others_can_read_stops_the_start(tmp_path):
    config = Config.from_env({"FOCAL_INSTANCE": str(tmp_path)})
    safety.check(config)
    (tmp_path / "secret_key").chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        safety.check(config)


def test_sqlite_over_a_network_is_refused(tmp_path):
    def kind(mounted):
        lines = f"20 1 0:1 / / rw - ext4 /dev/a rw\n21 20 0:2 / {tmp_path} rw shared:1 - {mounted} far rw\n"
        return safety.network_file_system(tmp_path / "instance" / "focal.sqlite", lines)

    far = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "lustre")
    assert [kind(one) for one in far] == list(far)
    assert [kind(one) for one in ("ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuseblk")] == [None] * 7
