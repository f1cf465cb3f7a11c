"""Addresses and ports. A client's address is the one it binds; all of 127.0.0.0/8 is this machine."""

import socket
import time

HERE = "127.0.0.1"
OFFICE = "127.0.0.2"
STRANGER = "127.0.0.9"


def free_port(host=HERE):
    """A port nobody listens on. Another process may take it first; then starting a server fails aloud."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def nothing_listens(port):
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) != 0


def wait_until(condition, seconds, pause=0.01):
    """Asks until the answer is true or time is up; returns the last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return answer
