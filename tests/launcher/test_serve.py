"""Serving for real: the address is said, a taken port is passed over, Ctrl-C and stop end it cleanly."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from survey_app import __main__ as start

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("loopback")


@contextmanager
def _serving(tmp_path, *arguments, **environment):
    """Start the server, wait until it says where it is, and give back the process and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "survey_app", *arguments],
        cwd=ROOT,
        env={**os.environ, "FOCAL_INSTANCE": str(tmp_path), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Stop it with" in line:
            break
    try:
        yield process, "".join(said)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _address(said):
    return re.search(r"Focal is at (\S+)", said)[1]


def _end(process, said, how):
    """Look whether it is ready, end it, and return what it said last."""
    with urllib.request.urlopen(f"{_address(said)}/readyz") as answer:
        assert answer.read() == b"ready\n"
        assert "Server" not in answer.headers
    process.send_signal(how)
    assert process.wait(timeout=60) == 0
    return process.stdout.read().strip()


def test_a_taken_port_is_passed_over_and_said_and_a_stop_ends_it_cleanly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with _serving(tmp_path, PORT=str(taken)) as (process, said):
            assert f"Port {taken} is taken by another program, so Focal uses " in said
            assert _address(said) != f"http://127.0.0.1:{taken}"
            last_words = _end(process, said, signal.SIGTERM)
    assert last_words == "Focal has stopped. Everything is kept."
    assert (tmp_path / "focal.sqlite").exists()


def test_the_room_is_told_an_address_and_a_code_until_ctrl_c(tmp_path):
    with _serving(tmp_path, "--lan", PORT="0") as (process, said):
        if "no address on a local network" in said:
            pytest.skip("This machine is on no network at all, and Focal says so.")
        port = _address(said).rpartition(":")[2]
        assert re.search(rf"Phones in this room: http://[\d.]+:{port}\n", said)
        assert "\N{FULL BLOCK}" in said
        last_words = _end(process, said, signal.SIGINT)
    assert last_words == "Focal has stopped. Everything is kept."


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "five", "PORT is 'five'; it must be a number from 1 to 65535."),
        ("PORT", "70000", "PORT is '70000'"),
        ("DATABASE_URL", "mysql://db", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:9/focal", "The database could not be used"),
        ("DATABASE_URL", "sqlite:////proc/none/focal.sqlite", "/proc/none"),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_plain_words(
    tmp_path, monkeypatch, capsys, name, value, words
):
    for key, setting in {"FOCAL_INSTANCE": str(tmp_path), "PORT": "0", name: value}.items():
        monkeypatch.setenv(key, setting)
    assert start.main([]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "secret" not in told


def test_a_demo_refuses_a_database_with_real_people(tmp_path, monkeypatch, capsys, database_url, client):
    client.post(
        "/first-account",
        data={
            "name": "Ms. R",
            "email": "r@example.org",
            "organisation": "Lincoln",
            "password": "a real person's words",
            "agrees": "1",
        },
    )
    for key, setting in {"FOCAL_INSTANCE": str(tmp_path), "DATABASE_URL": database_url, "PORT": "0"}.items():
        monkeypatch.setenv(key, setting)
    monkeypatch.setenv("FOCAL_DEMO", "1")
    assert start.main([]) == 1
    assert "not of the sample network" in capsys.readouterr().err
