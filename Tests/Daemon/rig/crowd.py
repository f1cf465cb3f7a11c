"""Many sessions that stay open, held by processes of their own: this one would be as busy as the gate.

`python -m rig.crowd` is such a process; `Crowd` starts several and tells them what to do.
"""

import contextlib
import pathlib
import resource
import subprocess
import sys

from .client import Client, tls_context

PROCESSES = 4
HERE = pathlib.Path(__file__).parents[1]


class Crowd:
    """`count` sessions after EHLO, each from an address of its own; with `tls` behind STARTTLS."""

    def __init__(self, port, count, tls=False):
        shares = [count // PROCESSES + (number < count % PROCESSES) for number in range(PROCESSES)]
        self._commands = [
            [sys.executable, "-m", "rig.crowd", str(port), str(share), str(sum(shares[:number])), "tls" if tls else "plain"]
            for number, share in enumerate(shares)]
        self._processes = []

    def __enter__(self):
        for command in self._commands:
            self._processes.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", *command], cwd=HERE, text=True, bufsize=1,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        self._wait_for("held")
        return self

    def send_messages(self):
        """One of each, one after another."""
        for process in self._processes:
            process.stdin.write("send\n")
        self._wait_for("sent")

    def _wait_for(self, word):
        for process in self._processes:
            said = process.stdout.readline().strip()
            assert said == word, said or "a process of the crowd has failed"

    def __exit__(self, *_):
        for process in self._processes:
            with contextlib.suppress(OSError):
                process.stdin.close()
        for process in self._processes:
            process.wait(60)
            process.stdout.close()


def allow_many_files():
    """As many as the machine gives; every process that is started inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def hold(port, count, first, tls):
    context = tls_context() if tls else None
    clients = [greeted(port, address(first + number), context) for number in range(count)]
    print("held", flush=True)
    for _ in sys.stdin:
        for client in clients:
            reply = client.transaction()[-1]
            assert reply.code == 250, reply
        print("sent", flush=True)


def greeted(port, address, context):
    client = Client(port, address, patience=30)
    client.ehlo()
    if context:
        client.starttls(context=context)
        client.ehlo()
    return client


def address(number):
    return f"127.1.{number // 250}.{number % 250 + 1}"


if __name__ == "__main__":
    allow_many_files()
    hold(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "tls")
