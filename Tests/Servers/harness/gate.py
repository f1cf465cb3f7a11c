"""Gatepost in front of one server."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from .client import Client
from .loopback import HERE, OFFICE, STRANGER, free_port, wait_until
from .mail import GATE, OURS
from .process import ForegroundServer

REPOSITORY = pathlib.Path(__file__).parents[3]

CONFIGURATION = """\
version 1

node {{
    hostname  {name}
    state     {state}
    resolver  {resolver}
}}

networks  office  {office}

local {{
    domains  {ours}
}}

upstream mta {{
    server  {here}:{server_port}
    {upstream}
}}

route  local      mta
route  elsewhere  mta

listen public {{
    address  {here}:{port}
    {listener}
}}

relay {{
    permit "office" {{
        from  office
    }}
}}
{more}
"""


NO_RESOLVER = "127.0.0.54"
"""Where nobody listens: an answer at once, and no."""


def binary():
    return pathlib.Path(os.environ.get("GATEPOST", REPOSITORY / ".build/debug/gatepost"))


class Gate:
    """A running gate: where it listens, its configuration and what it has logged."""

    def __init__(self, port, log, file):
        self.port = port
        self.file = file
        self._log = log

    def command(self, verb, *arguments):
        """Runs `gatepost VERB` with the gate's configuration to its end."""
        return subprocess.run(
            [binary(), verb, "-c", self.file, *arguments], capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL)

    @property
    def log(self):
        return self._log.read_text(errors="replace")

    def announces(self, extension):
        with Client(self.port, STRANGER) as client:
            return client.has_extn(extension)


@contextlib.contextmanager
def gate_before(server_port, upstream="", listener="", office=OFFICE, more="", greets_on=None, resolver=NO_RESOLVER):
    """Starts the gate before the server on this port; the block gets the `Gate`. `upstream` and `listener` are further
    lines of those blocks, `more` of the file; `greets_on` is another port where it greets the tests."""
    with tempfile.TemporaryDirectory(prefix="gatepost-gate-") as name:
        folder, port = pathlib.Path(name), free_port()
        file = folder / "gatepost.conf"
        file.write_text(
            CONFIGURATION.format(
                name=GATE,
                state=folder / "state",
                resolver=resolver,
                office=office,
                upstream=upstream,
                listener=listener,
                more=more,
                ours=OURS,
                here=HERE,
                server_port=server_port,
                port=port,
            )
        )
        log = folder / "gate.log"
        with ForegroundServer([binary(), "run", "-c", file], greets_on or port, log):
            yield Gate(port, log, file)


def wait_for_extensions(gate):
    """What the server can do, the gate learns in the background; 8BITMIME all servers can."""
    wait_until(lambda: gate.announces("8bitmime"), 10)
