"""A real mail server, set up to relay for anyone, with the sink as its whole world."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import tempfile
from collections.abc import Callable

from ..loopback import free_port
from ..process import ForegroundServer
from ..sink import Sink

PEERS = pathlib.Path(os.environ.get("GATEPOST_PEERS", "/var/cache/gatepost-peers"))
ENTER_ROOT = pathlib.Path(__file__).parents[2] / "enter-root.sh"


@dataclasses.dataclass(frozen=True)
class OpenServer:
    """What differs from one server to the next."""

    name: str
    """Its layer below `PEERS`, and what the tests call it."""
    package: str
    """Debian's package, for those who miss it."""
    smtputf8: bool
    """Whether it announces SMTPUTF8."""
    follows: tuple[str, ...]
    """The ids of attempts at routing through `ours.test` that this server, open, follows to the outside."""
    files: Callable[[int, int], dict[str, str]]
    """Its configuration, by path, for a port to listen on and the sink's port."""
    command: str
    """What the root's shell runs; it ends in `exec` of the server in the foreground."""

    @property
    def installed(self):
        return (PEERS / self.name).is_dir()

    @contextlib.contextmanager
    def running(self):
        """Starts a sink and the server before it; the block gets the `RunningServer`."""
        with tempfile.TemporaryDirectory(prefix=f"gatepost-{self.name}-") as name, Sink() as sink:
            instance, port = pathlib.Path(name), free_port()
            for path, text in self.files(port, sink.port).items():
                file = instance / "files" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            log = instance / "log"
            layers = f"{PEERS / self.name}:{PEERS / 'base'}"
            namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
            command = [*namespaces, ENTER_ROOT, instance, layers, "/bin/sh", "-c", self.command]
            # unshare is deaf to SIGTERM; killed, it takes the whole namespace along.
            with ForegroundServer(command, port, log, stop=signal.SIGKILL):
                yield RunningServer(self, port, sink, log)


@dataclasses.dataclass(frozen=True)
class RunningServer:
    """An open server at work."""

    kind: OpenServer
    port: int
    sink: Sink
    _log: pathlib.Path

    @property
    def log(self):
        return self._log.read_text(errors="replace")
