"""Addresses and ports. A client's address is the one it binds; all of 127.0.0.0/8 is this machine."""

import socket
import time

HERE = "127.0.0.1"
OFFICE = "127.0.0.2"
STRANGER = "127.0.0.9"


def free_port():
    """A port nobody listens on. Another process may take it first; then starting a server fails aloud."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def greets(port):
    """Whether an SMTP server on this port says 220."""
    try:
        with socket.create_connection((HERE, port), timeout=5) as connection:
            greeting = connection.recv(3)
            connection.sendall(b"QUIT\r\n")
            return greeting == b"220"
    except OSError:
        return False


def wait_until(condition, seconds):
    """Asks until the answer is true or time is up; returns the last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer
