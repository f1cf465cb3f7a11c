"""Gatepost, run as an administrator runs it."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

from .loopback import HERE, OFFICE, free_port, wait_until

REPOSITORY = pathlib.Path(__file__).parents[3]
FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")

RELAY = """\
    permit "office" {
        from  office
    }
"""

CONFIGURATION = """\
version 1

node {{
    hostname  gate.test
    state     {state}
{node}
}}

networks  office  {office}

local {{
    domains  ours.test
}}

upstream mta {{
{servers}
}}

route  local      mta
route  elsewhere  mta

{listeners}

relay {{
{relay}
}}

limits {{
{limits}
}}

{more}
"""


def binary():
    return pathlib.Path(os.environ.get("GATEPOST", REPOSITORY / ".build/debug/gatepost")).absolute()


def gatepost(*arguments, timeout=20, **options):
    """Runs a command to its end."""
    return subprocess.run(
        [binary(), *map(str, arguments)], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
        **options)


def configuration(state, servers, listeners, office=OFFICE, relay=RELAY, limits="", more="", node=""):
    """`servers` are what stands behind the word `server`, or ports on this machine; `listeners` {name: addresses}."""
    lines = (server if isinstance(server, str) else f"{HERE}:{server}" for server in servers)
    blocks = (f"listen {name} {{\n    address  {addresses}\n}}" for name, addresses in listeners.items())
    return CONFIGURATION.format(
        state=state, office=office, relay=relay, limits=limits, more=more, node=node,
        servers="\n".join(f"    server  {line}" for line in lines), listeners="\n".join(blocks))


def write(folder, text=None, **settings):
    """A configuration that has not been started; the file and its port."""
    port = free_port()
    settings = {"listeners": {"public": f"{HERE}:{port}"}, **settings}
    file = folder / "gatepost.conf"
    file.write_text(text or configuration(folder / "state", [9], **settings))
    return file, port


class Gate:
    """A running gate with a folder of its own."""

    def __init__(self, servers, faster=1, arguments=(), descriptors=None, **settings):
        """`faster`: by how much its clock runs ahead of ours (needs libfaketime); `descriptors`: its `ulimit -n`."""
        self._folder = tempfile.TemporaryDirectory(prefix="gatepost-daemon-")
        self.folder = pathlib.Path(self._folder.name)
        self.file = self.folder / "gatepost.conf"
        self.port = free_port()
        self.servers = servers
        self.settings = {"listeners": {"public": f"{HERE}:{self.port}"}, **settings}
        self.write()
        self._log = self.folder / "log"
        self.arguments = arguments
        self._limits = ["prlimit", f"--nofile={descriptors}"] if descriptors else []
        self._faster = faster
        self._process = None

    def write(self, text=None, **settings):
        """Writes the configuration file."""
        self.file.write_text(text or self.text(**settings))

    def text(self, **settings):
        return configuration(self.folder / "state", self.servers, **{**self.settings, **settings})

    def __enter__(self):
        environment = dict(os.environ)
        if self._faster != 1:
            environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"+0 x{self._faster}"}
        with self._log.open("wb") as log:
            # The kernel kills it when the tests end in whatever way.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._limits, binary(), "run", "-c", self.file, *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment)
        wait_until(lambda: self._has_started or self._process.poll() is not None, 20)
        if self._process.poll() is not None or not self._has_started:
            said = self.log
            self.__exit__()
            raise AssertionError(f"the gate did not start:\n{said}")
        return self

    @property
    def _has_started(self):
        return "state=running" in self.log or '"state":"running"' in self.log

    def __exit__(self, *_):
        self.kill()
        self._folder.cleanup()

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    @property
    def log(self):
        return self._log.read_text(errors="replace")

    @property
    def pid(self):
        return self._process.pid

    @property
    def resident(self):
        """Bytes of memory in use."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M).group(1)) * 1024

    @property
    def descriptors(self):
        """How many of its file descriptors are open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def is_running(self):
        return self._process.poll() is None

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, seconds):
        """The exit status."""
        return self._process.wait(seconds)

    def terminate(self, seconds=10):
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def lines(self, **fields):
        """The log lines that have these fields, as dictionaries."""
        parsed = (parse_line(line) for line in self.log.splitlines())
        return [line for line in parsed if all(line.get(key) == value for key, value in fields.items())]

    def line(self, **fields):
        """The one log line that has these fields; it may take a moment to be written."""
        found = wait_until(lambda: self.lines(**fields), 3)
        assert len(found) == 1, (fields, found, self.log[-2000:])
        return found[0]

    def status(self):
        answer = gatepost("status", "--json", "-c", self.file)
        assert answer.returncode == 0, answer
        return json.loads(answer.stdout)

    def reload(self):
        return gatepost("reload", "-c", self.file)

    def ask(self, question):
        """What the control socket answers, whatever is in the file."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(str(self.folder / "state/control.sock"))
            client.sendall(f"{question}\n".encode())
            with client.makefile() as answer:
                return json.loads(answer.read())


FIELD = re.compile(r'([a-z-]+)=("[^"]*"|[^ "]*)(?: |$)')


def parse_line(line):
    """`key=value` fields; a line that is not made of them wholly has none."""
    fields, at = {}, 0
    while at < len(line):
        match = FIELD.match(line, at)
        if not match:
            return {}
        fields.setdefault(match.group(1), match.group(2).strip('"'))
        at = match.end()
    return fields


def wait_until_learnt(server):
    """Each event loop asks the server by EHLO at its start, all at once; afterwards they know what it can do."""
    assert wait_until(lambda: server.said("EHLO"), 5)
    quiet_since, count = time.monotonic(), -1
    while time.monotonic() - quiet_since < 0.15:
        if len(server.said("EHLO")) != count:
            quiet_since, count = time.monotonic(), len(server.said("EHLO"))
        time.sleep(0.01)


@contextlib.contextmanager
def gate_before(server, **settings):
    """A gate before one scripted server, knowing what it can do."""
    with Gate([server.port], **settings) as gate:
        wait_until_learnt(server)
        yield gate


def tls_block(certificate, minimum="TLSv1.2"):
    return f"tls {{\n    certificate  {certificate.certificate}\n    key  {certificate.key}\n    minimum  {minimum}\n}}\n"


class Ports:
    """One listener that offers TLS, one that demands it and has an address with TLS from the first byte on."""

    def __init__(self):
        self.offered, self.required, self.implicit = free_port(), free_port(), free_port()
        self.listeners = {
            "public": f"{HERE}:{self.offered}\n    starttls  offered",
            "submission": f"{HERE}:{self.required} {HERE}:{self.implicit}/tls\n    starttls  required",
        }


@contextlib.contextmanager
def gate_with_tls(server, certificate, minimum="TLSv1.2", more="", **settings):
    ports = Ports()
    more = tls_block(certificate, minimum) + more
    with Gate([server.port], listeners=ports.listeners, more=more, **settings) as gate:
        wait_until_learnt(server)
        gate.ports = ports
        yield gate
