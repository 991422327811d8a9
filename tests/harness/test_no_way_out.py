"""No test leaves this machine, and only tests that ask for it reach this machine itself."""

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("127.0.0.1", 9)])
def test_a_call_is_stopped_before_it_leaves(address):
    with socket.socket() as caller, pytest.raises(Exception, match="tried to connect"):
        caller.connect(address)


def test_a_test_that_asks_may_call_this_machine(loopback):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
