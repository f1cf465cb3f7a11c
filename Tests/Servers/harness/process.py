"""A server in the foreground that cannot outlive the tests."""

import signal
import subprocess

from .loopback import greets, wait_until


class StartFailed(Exception):
    """A server did not greet in time; the message holds what it said."""


class ForegroundServer:
    """Runs a command until the block ends, and hands over once the server greets on `port`.

    The kernel kills the process when the tests end in whatever way (PR_SET_PDEATHSIG), so nothing has
    to be looked for by name.
    """

    def __init__(self, command, port, log, stop=signal.SIGTERM):
        self._command = ["setpriv", "--pdeathsig", "KILL", *map(str, command)]
        self._port = port
        self._log = log
        self._stop = stop
        self._process = None

    def __enter__(self):
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        wait_until(lambda: greets(self._port) or self._process.poll() is not None, 30)
        if self._process.poll() is not None or not greets(self._port):
            self.__exit__()
            raise StartFailed(f"{' '.join(self._command)}\n{self._log.read_text(errors='replace')}")
        return self

    def __exit__(self, *_):
        """Sends the stop signal. A server that does not heed it is killed, and that is an error."""
        self._process.send_signal(self._stop)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
