"""The results, and how they are said: Markdown with the machine, the figures and their ratios."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from load import SESSIONS, Sample

if TYPE_CHECKING:
    from fronts import Front
    from run import Plan

# The others' figures are divided by these.
OURS = ("gatepost", "gatepost-unkept")


@dataclass
class Refusals:
    """Refused sessions of one front, and how many connections its protected server saw meanwhile."""

    samples: list[Sample] = field(default_factory=list)
    server_connections: int = 0


@dataclass(frozen=True)
class Memory:
    """Bytes for each idle session."""

    after_greeting: float
    after_message: float


@dataclass
class Results:
    """Everything measured, by the fronts' names."""

    missing: dict[str, str]
    load_before: float
    failures: list[str] = field(default_factory=list)
    mail: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    refusals: dict[str, Refusals] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)


def markdown(results: Results, fronts: list[Front], plan: Plan, command: str) -> str:
    parts = ["# Gateway benchmark", _machine(results, fronts), _method(plan, command)]
    parts += [f"## {title}\n\n{_mail_table(samples)}" for title, samples in results.mail.items()]
    parts += [f"## Refused sessions\n\n{_refusal_table(results.refusals)}"]
    parts += [f"## Memory of an idle session\n\n{_memory_table(results.memory, plan)}"]
    troubles = [f"- not measured: {name}: {reason}" for name, reason in results.missing.items()]
    troubles += [f"- failed: {failure}" for failure in results.failures]
    if troubles:
        parts.append("## Not measured\n\n" + "\n".join(troubles))
    return "\n\n".join(parts)


def _machine(results: Results, fronts: list[Front]) -> str:
    versions = ", ".join(f"{front.name} {front.version()}" for front in fronts)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {versions or 'no front'}. "
        f"Load average before the run {results.load_before:.1f} (other work widens the spread)."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _method(plan: Plan, command: str) -> str:
    return (
        f"smtp-source, {SESSIONS} sessions at once → front → smtp-sink, on loopback; "
        f"{plan.rounds} rounds of {plan.seconds:g} s a front in turn. "
        "Figures are minimum / **median** / maximum over the rounds; CPU is user and system time of all of the front's "
        "processes. The columns with ÷ divide gatepost's figure by that front's of the same round; gatepost-unkept is "
        "gatepost with `keep-decisions no`.\n\n"
        f"Repeat with `Benchmarks/gateway/setup.sh && {command}`; "
        "`GATEPOST` names another binary than `.build/release/gatepost`."
    )


def _mail_table(fronts: dict[str, list[Sample]]) -> str:
    header = ("front", "messages/s", "CPU µs a message", *_ratio_headers("messages/s"))
    return table(header, [(name, *_sample_cells(samples, fronts)) for name, samples in fronts.items()])


def _refusal_table(fronts: dict[str, Refusals]) -> str:
    header = (
        "front", "sessions/s", "CPU µs a session", *_ratio_headers("sessions/s"), "connections to the protected server",
    )  # fmt: skip
    all_samples = {name: it.samples for name, it in fronts.items()}
    rows = [(name, *_sample_cells(it.samples, all_samples), str(it.server_connections)) for name, it in fronts.items()]
    return (
        table(header, rows)
        + "\n\nA stranger's EHLO, MAIL, RCPT to a foreign domain, 550, QUIT. The clients share the cores with the "
        "front and need most of them: CPU a session tells more than sessions a second."
    )


def _memory_table(fronts: dict[str, Memory], plan: Plan) -> str:
    header = ("front", "KB after EHLO", "KB after one message")
    rows = [(name, f"{it.after_greeting / 1024:.1f}", f"{it.after_message / 1024:.1f}") for name, it in fronts.items()]
    note = f"Growth of resident memory over {plan.idle_sessions} sessions that stay open, a session."
    return f"{table(header, rows)}\n\n{note}"


def _ratio_headers(rate: str) -> list[str]:
    return [f"{ours} ÷ it: {what}" for ours in OURS for what in (rate, "CPU")]


def _sample_cells(samples: list[Sample], fronts: dict[str, list[Sample]]) -> list[str]:
    """The figures of one front, and those of ours divided by them."""
    rates, costs = [it.per_second for it in samples], [it.cpu_microseconds for it in samples]
    cells = [_spread(rates, 0), _spread(costs, 0)]
    for name in OURS:
        ours = fronts.get(name)
        if ours is None or ours is samples:
            cells += ["", ""]
            continue
        cells.append(_spread([our.per_second / rate for our, rate in zip(ours, rates)], 2))
        cells.append(_spread([our.cpu_microseconds / cost for our, cost in zip(ours, costs)], 2))
    return cells


def _spread(values: Sequence[float], digits: int) -> str:
    least, middle, most = (f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    return f"{least} / **{middle}** / {most}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
