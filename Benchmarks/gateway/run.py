#!/usr/bin/env python3
"""Measures the gateway beside HAProxy, nginx's mail proxy and Postfix, in one run on one machine.

smtp-source, 50 sessions at once, sends through each front to smtp-sink; everything is on loopback.
The fronts take turns (A B C D A B C D …), and what is compared is the ratio within a round, so that
a machine that slows down slows all of them. The figures go to stdout as Markdown.

    Benchmarks/gateway/setup.sh            # once: fetches the other fronts
    make release
    Benchmarks/gateway/run.py              # about five minutes; --quick: one
"""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import fronts
import load
import report
from fronts import Front
from load import CountingServer, Sample, Workload
from processes import Child, Failure
from report import Memory, Refusals, Results
from smtp import Session, free_port

WORKLOADS = (
    Workload("4 KB, many a session", 4096, many_a_session=True),
    Workload("4 KB, one a session", 4096, many_a_session=False),
    Workload("1 MB, many a session", 1 << 20, many_a_session=True),
)


@dataclass(frozen=True)
class Plan:
    """How long to measure."""

    rounds: int
    seconds: float
    idle_sessions: int


FULL = Plan(rounds=7, seconds=2.5, idle_sessions=1000)
QUICK = Plan(rounds=3, seconds=0.7, idle_sessions=200)


@dataclass
class Bench:
    """What every measurement needs: the plan, the fronts that are here, and where they may write."""

    plan: Plan
    fronts: list[Front]
    place: Path
    results: Results
    _folders: int = field(default=0)

    def start(self, front: Front, port: int, server_port: int) -> Child:
        """A fresh instance in a folder of its own."""
        self._folders += 1
        folder = self.place / f"{self._folders}-{front.name}"
        folder.mkdir()
        return front.start(folder, port, server_port)

    def measure_all(self) -> None:
        for workload in WORKLOADS:
            turns = self._take_turns(workload.title, self.fronts, MailTurn, workload)
            self.results.mail[workload.title] = {turn.front.name: turn.samples for turn in turns}
        deciding = [front for front in self.fronts if front.decides]
        turns = self._take_turns("refused sessions", deciding, RefusalTurn)
        self.results.refusals = {turn.front.name: turn.refusals for turn in turns}
        self.results.memory = self._measure_memory("memory of idle sessions")

    def _take_turns(self, what: str, fronts: list[Front], begin, *details) -> list:
        """Measures the fronts in turn, round by round. One that fails is out, so that rounds stay comparable."""
        say(what)
        turns = []
        with ExitStack() as running:
            for front in fronts:
                with self._noting_failure(front, what):
                    turns.append(begin(self, front, running, *details))
            for _ in range(self.plan.rounds):
                for turn in list(turns):
                    with self._noting_failure(turn.front, what, lambda: turns.remove(turn)):
                        turn.take()
        return turns

    @contextmanager
    def _noting_failure(self, front: Front, what: str, then=lambda: None):
        """A front that fails is reported, and the others go on."""
        try:
            yield
        except Failure as failure:
            self.results.failures.append(f"{front.name}, {what}: {failure}")
            then()

    def _measure_memory(self, what: str) -> dict[str, Memory]:
        say(what)
        memory = {}
        for front in (front for front in self.fronts if front.holds_many_sessions):
            with self._noting_failure(front, what):
                memory[front.name] = Memory(
                    after_greeting=self._bytes_for_session(front, sends_message=False),
                    after_message=self._bytes_for_session(front, sends_message=True),
                )
        return memory

    def _bytes_for_session(self, front: Front, sends_message: bool) -> float:
        """What a fresh front grows by for each session that has greeted, or also sent a message, and stays."""
        port, sink_port = free_port(), free_port()
        with ExitStack() as running:
            running.enter_context(load.start_sink(sink_port, self.place))
            child = running.enter_context(self.start(front, port, sink_port))
            for _ in range(10):  # what only the first session costs is not for each
                with Session(port) as session:
                    use(session, sends_message)
            before = settled_bytes(child)
            for _ in range(self.plan.idle_sessions):
                use(running.enter_context(Session(port)), sends_message)
            return (settled_bytes(child) - before) / self.plan.idle_sessions


class MailTurn:
    """A front that runs for all rounds of a workload, with a new sink in each."""

    def __init__(self, bench: Bench, front: Front, running: ExitStack, workload: Workload):
        self.front = front
        self.samples: list[Sample] = []
        self._workload, self._place = workload, bench.place
        self._port, self._sink_port = free_port(), free_port()
        with load.start_sink(self._sink_port, bench.place):
            self._child = running.enter_context(bench.start(front, self._port, self._sink_port))
            self._messages = load.calibrate(workload, self._port, bench.plan.seconds)

    def take(self) -> None:
        # A sink that keeps idle connections of an earlier round is slow for everybody.
        with load.start_sink(self._sink_port, self._place):
            settle(self._workload, self._port)
            self.samples.append(load.measure(self._workload, self._child, self._port, self._messages))


class RefusalTurn:
    """A front that runs for all rounds of refusals, before a server that counts who comes."""

    def __init__(self, bench: Bench, front: Front, running: ExitStack):
        self.front, self._seconds = front, bench.plan.seconds
        self._port, server_port = free_port(), free_port()
        self._server = running.enter_context(CountingServer(server_port))
        self._child = running.enter_context(bench.start(front, self._port, server_port))
        load.measure_refusals(self._child, self._port, seconds=0.3)  # warm-up
        self.refusals = Refusals()

    def take(self) -> None:
        before = self._server.connections
        self.refusals.samples.append(load.measure_refusals(self._child, self._port, self._seconds))
        self.refusals.server_connections += self._server.connections - before


def settle(workload: Workload, port: int) -> None:
    """Some mail before the measurement, until the front has noticed that its server is back."""
    for attempts_left in reversed(range(10)):
        try:
            load.send(workload, port, load.SESSIONS)
            return
        except Failure:
            if attempts_left == 0:
                raise
            time.sleep(0.3)


def use(session: Session, sends_message: bool) -> None:
    session.greet()
    if sends_message:
        session.send_message()


def settled_bytes(child: Child) -> int:
    time.sleep(1)
    return child.resident_bytes()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def allow_many_files() -> None:
    """As many open files as the machine gives; every child inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run: to see that it works, not for figures")
    parser.add_argument("--front", action="append", metavar="NAME", choices=[front.name for front in fronts.ALL],
                        help="measure only this front; may be repeated")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if reason := load.missing():
        say(f"run.py: {reason}")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that every child is ended
    allow_many_files()

    wanted = [front for front in fronts.ALL if front.name in (options.front or [front.name])]
    missing = {front.name: reason for front in wanted if (reason := front.missing())}
    results = Results(missing, load_before=os.getloadavg()[0])
    here = [front for front in wanted if front.name not in missing]
    plan = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="gatepost-bench-") as folder:
        place = Path(folder)
        place.chmod(0o755)  # the fronts' workers give up root
        Bench(plan, here, place, results).measure_all()
    command = shlex.join(["Benchmarks/gateway/run.py", *sys.argv[1:]])
    print(report.markdown(results, here, plan, command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
