"""Stop without dropping anybody: take the callers that are there, answer them all, then go.

Waitress ends at once when it is told to: requests under way lose their answer, and a child sees a broken page
although her answers were stored. Here the door is closed first, what was taken is answered (with "Connection:
close", so that nobody sends another on the same line), and the process ends when every line is quiet.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import signal
import socket
import struct
import sys
import threading
import time
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

# A browser keeps its line open for minutes: a district's worth of them, each let go after a while of silence.
MOST_LINES = 4000
QUIET_SECONDS = 20
# Whoever kept a line may have sent on it in this moment; nobody who works here waits for longer than that.
LINGER = 3.0
LONGEST_DRAIN = 30.0
HEAD_START = 0.3
# Whoever waits for what is still being loaded holds a thread; a child must find one all the same.
WAITING = 32
SO_ATTACH_FILTER = 26
log = logging.getLogger("focal")


class Line(HTTPChannel):
    """One caller's line. While the server drains, each answer on it is the last."""

    def service(self) -> None:
        """Answer one request."""
        if self.server.is_draining:
            for request in list(self.requests):
                request.headers["CONNECTION"] = "close"
        super().service()

    @property
    def is_busy(self) -> bool:
        """Tell whether a request is under way on it, or an answer not yet gone."""
        return bool(self.requests or self.total_outbufs_len or self.close_when_flushed or self.request)

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing has come in that is not read yet."""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


def serve(
    app: WSGIApplication, listening: socket.socket, *, threads: int, meanwhile: Callable[[], None]
) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C), then answer everybody who was let in.

    ``meanwhile`` is begun in a thread of its own when those who stood in line have had a moment. The server
    stops when it fails, and what went wrong is raised here.

    Raises
    ------
    KeyboardInterrupt
        On a second Ctrl-C, from somebody who does not want to wait.
    """
    # Nothing is said to strangers about what serves them (ident), and no header of a proxy is believed.
    server = create_server(
        app,
        sockets=[listening],
        threads=threads + WAITING,
        ident=None,
        connection_limit=MOST_LINES,
        channel_timeout=QUIET_SECONDS,
        cleanup_interval=5,
        asyncore_use_poll=True,  # select() knows no line above the 1024th
    )
    server.channel_class = Line
    server.is_draining = False

    def stop(number: int, _frame: object) -> None:
        # No exception: it would be raised in the middle of whatever is being read, and swallowed there. The
        # first signal of a kind asks; a second Ctrl-C comes from somebody who does not want to wait.
        server.is_draining = True
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_IGN)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    faults: list[BaseException] = []

    def begin() -> None:
        try:
            meanwhile()
        except BaseException as fault:
            faults.append(fault)
            server.is_draining = True
            server.pull_trigger()
        server.task_dispatcher.set_thread_count(threads)

    _let_go_first_who_stands_in_line(server)
    beside = threading.Thread(target=begin, daemon=True)
    beside.start()
    while not server.is_draining:
        wasyncore.loop(timeout=1, map=server._map, use_poll=True, count=1)
    _drain(server)
    beside.join(LONGEST_DRAIN)
    if faults:
        raise faults[0]


def _let_go_first_who_stands_in_line(server: TcpWSGIServer) -> None:
    """Answer who called before anybody could answer, for a moment, with nothing else under way."""
    until = time.monotonic() + HEAD_START
    while not server.is_draining and time.monotonic() < until:
        wasyncore.loop(timeout=0.02, map=server._map, use_poll=True, count=1)
        if not server.active_channels:
            return


def _drain(server: TcpWSGIServer) -> None:
    _take_the_last_callers(server)
    began = time.monotonic()
    while server.active_channels and time.monotonic() - began < LONGEST_DRAIN:
        if time.monotonic() - began > LINGER:
            for line in list(server.active_channels.values()):
                if not line.is_busy and line.is_silent:
                    line.handle_close()
        wasyncore.loop(timeout=0.05, map=server._map, use_poll=True, count=1)
    if server.active_channels:
        log.warning("%d requests were not finished when the server had to end", len(server.active_channels))
    server.task_dispatcher.shutdown(timeout=1)


def _take_the_last_callers(server: TcpWSGIServer) -> None:
    _let_nobody_else_in(server.socket)
    server.socket.setblocking(False)
    while True:
        try:
            caller, address = server.socket.accept()
        except OSError:
            break
        server.set_socket_options(caller)
        server.channel_class(server, caller, address, server.adj, map=server._map)
    server.accepting = False
    server.del_channel()
    server.socket.close()


def _let_nobody_else_in(listening: socket.socket) -> None:
    """Let the kernel pass over who calls from now on, so that nobody is taken between the last and the close.

    Their machine calls again a second later, and reaches the next server or hears that there is none.
    """
    if not sys.platform.startswith("linux"):
        return
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # a filter of one word: return 0
    with contextlib.suppress(OSError):
        listening.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(drop))
        )
