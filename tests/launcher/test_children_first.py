"""A real server in its first moment: children are answered, everybody else waits, it ends as it should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.outside import Browser, NoAnswer
from tests.faults.server import ROOT, Server
from tests.keys import SECRET

pytestmark = [
    pytest.mark.usefixtures("loopback"),
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="The gate is a named pipe; Windows has none."),
]


@contextmanager
def half_started(tmp_path):
    """Give a server that answers children, the gate before all else, and somebody who can wait meanwhile."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    held = Server(tmp_path / "instance", module="tests.launcher.held", environment={"GATE": str(gate)})
    with held as server, ThreadPoolExecutor(12) as somebody:
        server.start()
        try:
            yield server, gate, lambda path: somebody.submit(Browser(server.port).get, path)
        finally:
            server.process.kill()


def is_closed_in_the_end(server) -> bool:
    for _try in range(1000):
        try:
            Browser(server.port).get("/livez")
        except NoAnswer as told:
            return not told.was_taken
    return False


def test_children_are_answered_a_staff_page_waits_and_a_stop_meanwhile_answers_it(tmp_path):
    with half_started(tmp_path) as (server, gate, ask):
        waiting = [ask("/privacy") for _adult in range(12)]  # more than there are threads later
        for _child in range(10):
            assert Browser(server.port).get("/s").status == 200
        assert Browser(server.port).get("/readyz").text == "ready\n"
        assert not any(one.done() for one in waiting)
        server.process.send_signal(signal.SIGTERM)
        assert is_closed_in_the_end(server)
        gate.write_text("go")
        assert {one.result(30).status for one in waiting} == {200}
        assert server.process.wait(30) == 0
        assert "Focal is at" in "".join(server.said)


def test_a_server_that_cannot_make_the_whole_says_why_and_ends(tmp_path):
    with half_started(tmp_path) as (server, gate, ask):
        waiting = ask("/privacy")
        assert Browser(server.port).get("/s").status == 200
        gate.write_text("FOCAL_SOMETHING cannot be.")
        assert server.process.wait(30) == 1
        answer = waiting.result(30)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        server._listener.join(10)
        said = "".join(server.said)
        assert "Focal cannot start with these settings:\n  - FOCAL_SOMETHING cannot be.\n" in said
        assert "Traceback" not in said
        assert "Focal is at" not in said


def test_before_children_are_answered_nothing_is_loaded_that_only_others_need(tmp_path):
    settings = {"FOCAL_INSTANCE": str(tmp_path), "FOCAL_SECRET_KEY": SECRET}
    words = (
        "import sys\n"
        "from config import Config\n"
        "from survey_app import serve\n"
        f"serve.create_app(Config.from_env({settings}), slices=serve.FOR_CHILDREN)\n"
        "print(*(one for one in sys.modules if one.startswith('survey_app.') and '.routes' in one))\n"
        "print({'pandas', 'scipy', 'altair', 'alembic', 'sqlalchemy.dialects.postgresql'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "survey_app.respond.routes survey_app.respond.routes_practice\nset()\n", done.stderr
