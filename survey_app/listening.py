"""Take a port of this machine for the server, before anything that takes longer."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL_PORT = 5000
PORTS_TRIED = 20


class CannotServe(Exception):
    """Something on this machine keeps Focal from starting; the text says what and how to mend it."""


def wanted_port(environment: Mapping[str, str]) -> int:
    """Return the port that PORT asks for, or the usual one."""
    given = environment.get("PORT") or str(USUAL_PORT)
    if not given.isdecimal() or int(given) > 65535:
        raise CannotServe(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def listen(host: str, wanted: int) -> socket.socket:
    """Take the wanted port or, when another program has it, the next free one, and say so."""
    if wanted == 0:
        return _bind(host, 0)
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if _answers(port):
            continue
        try:
            taken = _bind(host, port)
        except PermissionError:
            raise CannotServe(f"Port {port} may only be used by root. Choose another: PORT=8080.") from None
        except OSError:
            continue
        if port != wanted:
            print(f"Port {wanted} is taken by another program, so Focal uses {port}.")
        return taken
    raise CannotServe(f"Ports {wanted} to {wanted + PORTS_TRIED - 1} are all taken. Choose one: PORT=8080.")


def lan_address() -> str:
    """Return this machine's address on the local network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket sends nothing when it connects; it only chooses the way out.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            raise CannotServe(
                "This machine has no address on a local network. Join the room's Wi-Fi, or leave out --lan."
            ) from None


def _bind(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        # Otherwise a restart within a minute finds its own old port still waiting.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _answers(port: int) -> bool:
    # macOS lets two programs bind 5000, one on every address and one on this; asking is the only sure way.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as caller:
        caller.settimeout(0.5)
        return caller.connect_ex(("127.0.0.1", port)) == 0
