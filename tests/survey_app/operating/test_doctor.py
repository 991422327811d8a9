"""What the doctor says of a server: each ailment found, with what to do about it."""

from __future__ import annotations

import dataclasses
import os
import shutil
import ssl
import subprocess
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config import Config
from survey_app import doctor_server
from survey_app.backup.making import make_backup
from survey_app.doctor_server import Ailment
from survey_app.erasure import journal


@pytest.fixture
def production(tmp_path, database_url):
    return Config.from_env(
        {
            "FOCAL_ENV": "production",
            "FOCAL_PUBLIC_URL": "https://localhost:9",
            "FOCAL_SECRET_KEY": "kept outside the database 0123456789",
            "FOCAL_INSTANCE": str(tmp_path / "instance"),
            "DATABASE_URL": database_url,
        }
    )


@pytest.fixture
def now(monkeypatch, clock):
    monkeypatch.setattr(doctor_server.clock, "now", clock)
    return clock


@pytest.mark.database("sqlite")
def test_backups_and_the_nights_work_have_an_age(production, now):
    for look, words in ((doctor_server.backups, "Make one"), (doctor_server.nightly_work, "never done")):
        with pytest.raises(Ailment, match=words):
            look(production)
        assert look(dataclasses.replace(production, production=False))
    make_backup(production, now=now())
    journal.write_line(production.instance, production.secret_key, "night", did={}, now=now())
    now.forward(hours=3)
    assert "3 hours old" in doctor_server.backups(production)
    assert "3 hours ago" in doctor_server.nightly_work(production)
    now.forward(hours=36)
    for look in (doctor_server.backups, doctor_server.nightly_work):
        with pytest.raises(Ailment, match="timer"):
            look(production)


def test_a_clock_that_is_off_is_told(production, monkeypatch, database_kind):
    assert "clock: 20" in doctor_server.time_of_day(production)
    real = doctor_server.clock.now
    monkeypatch.setattr(doctor_server.clock, "now", lambda: real().replace(year=1999))
    with pytest.raises(Ailment, match="it is 1999"):
        doctor_server.time_of_day(production)
    if database_kind == "postgres":
        monkeypatch.setattr(doctor_server.clock, "now", lambda: real() + timedelta(minutes=5))
        with pytest.raises(Ailment, match="seconds off"):
            doctor_server.time_of_day(production)


def test_what_is_installed_is_held_against_the_lock(monkeypatch):
    assert "each as the lock says" in doctor_server.packages(None)
    real = doctor_server.version
    monkeypatch.setattr(doctor_server, "version", lambda name: "0.1" if name == "flask" else real(name))
    with pytest.raises(Ailment, match=r"flask is 0\.1, the lock says"):
        doctor_server.packages(None)


@pytest.mark.database("sqlite")
@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_files_that_others_can_read_are_told(production):
    production.instance.mkdir(mode=0o755)
    journal.write_line(
        production.instance, production.secret_key, "night", did={}, now=doctor_server.clock.now()
    )
    (production.instance / journal.FILE).chmod(0o644)
    with pytest.raises(Ailment, match="chmod 700"):
        doctor_server.files_for_few(production)
    production.instance.chmod(0o700)
    assert "for their owner only" in doctor_server.files_for_few(dataclasses.replace(
        production, database_url=f"sqlite:///{production.instance / 'focal.sqlite'}"
    ))  # fmt: skip


class _Alive(BaseHTTPRequestHandler):
    body = b"alive\n"

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_words):
        pass


@contextmanager
def over_tls(tmp_path, *, days, body=b"alive\n"):
    """Serve with a certificate of our own for localhost; yield the address and the certificate."""
    key, certificate = tmp_path / f"key{days}.pem", tmp_path / f"certificate{days}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", str(days), "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Alive,), {"body": body}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}", certificate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.database("sqlite")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
@pytest.mark.usefixtures("loopback")
def test_the_public_address_is_asked_over_tls(production, tmp_path, monkeypatch):
    assert "nobody was asked" in doctor_server.public_address(
        dataclasses.replace(production, production=False)
    )
    with pytest.raises(Ailment, match="no trusted connection"):
        doctor_server.public_address(production)
    with over_tls(tmp_path, days=90) as (url, certificate):
        asked = dataclasses.replace(production, public_url=url)
        with pytest.raises(Ailment, match="certificate verify failed"):
            doctor_server.public_address(asked)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert "good for 89 days" in doctor_server.public_address(asked)
    with over_tls(tmp_path, days=5) as (url, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(Ailment, match="ends in 4 days"):
            doctor_server.public_address(dataclasses.replace(production, public_url=url))
    with over_tls(tmp_path, days=91, body=b"welcome") as (url, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(Ailment, match="something else"):
            doctor_server.public_address(dataclasses.replace(production, public_url=url))


def test_the_role_in_the_database_is_looked_at(production, database_kind):
    if database_kind == "sqlite":
        assert "SQLite has none" in doctor_server.database_role(production)
        return
    with pytest.raises(Ailment, match="superuser"):
        doctor_server.database_role(production)
    laptop = dataclasses.replace(production, production=False)
    assert "not in production" in doctor_server.database_role(laptop)
