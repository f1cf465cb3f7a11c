"""Mail at a steady rate from a process of its own, each answer of which is judged.

`python -m rig.senders PORT RATE` sends until its input ends, and prints what it saw as JSON.
"""

import asyncio
import json
import pathlib
import re
import subprocess
import sys

from .loopback import HERE

AT_ONCE = 40
ROUNDS = 3
"""Messages in a session."""

ALWAYS, NEVER, SOMETIMES = "always.test", "never.test", "sometimes.test"
"""Domains: one to which anybody may send, one to which nobody may, one of which the rules of the moment decide."""


class Senders:
    """They send from the beginning of the block to its end; `report` is theirs then."""

    def __init__(self, port, rate):
        """`rate`: messages a second, of all together."""
        self._command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "rig.senders", str(port), str(rate)]

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, cwd=pathlib.Path(__file__).parents[1], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        output, _ = self._process.communicate(timeout=60)
        self.report = json.loads(output)


class Sending:
    """What all sessions saw."""

    def __init__(self, port, rate):
        self.port = port
        self._pause = 1 / rate
        self._next = None
        self.is_over = False
        self.number = 0
        self.report = {"sessions": 0, "taken": [], "permitted": 0, "refused": 0, "troubles": []}

    async def turn(self):
        """Waits until it is time for another message; its number."""
        clock = asyncio.get_running_loop()
        self._next = max(self._next or 0, clock.time() - 1) + self._pause
        self.number += 1
        number = self.number
        await asyncio.sleep(max(0, self._next - clock.time()))
        return number

    async def send_sessions(self, address):
        while not self.is_over:
            try:
                await self.send_session(address)
                self.report["sessions"] += 1
            except Exception as trouble:  # any at all is one of the gate's
                self.report["troubles"].append(f"{type(trouble).__name__}: {trouble}")

    async def send_session(self, address):
        """One set of rules for all of it: what `SOMETIMES` was told once it is told again."""
        reader, writer = await asyncio.open_connection(HERE, self.port, local_addr=(address, 0))
        try:
            await expect(reader, "220")
            writer.write(b"EHLO sender.test\r\n")
            _, offered = await expect(reader, "250")
            first = None
            for _ in range(ROUNDS):
                is_permitted = await self.send_message(reader, writer, await self.turn(), b"PIPELINING" in offered)
                assert first in (None, is_permitted), "two sets of rules in one session"
                first = is_permitted
            self.report["permitted" if first else "refused"] += 1
            writer.write(b"QUIT\r\n")
            await expect(reader, "221")
            assert await reader.read() == b""
        finally:
            writer.close()

    async def send_message(self, reader, writer, number, is_pipelined):
        """Whether `SOMETIMES` was permitted."""
        recipients = (f"m{number}@{ALWAYS}", f"m{number}@{NEVER}", f"m{number}@{SOMETIMES}")
        commands = ["MAIL FROM:<sender@outside.test>", *(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA"]
        if is_pipelined:
            writer.write("".join(f"{command}\r\n" for command in commands).encode())
        codes = []
        for command, wanted in zip(commands, ("250", "250", "550", "250|550", "354")):
            if not is_pipelined:
                writer.write(f"{command}\r\n".encode())
            codes.append((await expect(reader, wanted))[0])
        writer.write(b"Subject: test\r\n\r\nHello.\r\n.\r\n")
        await expect(reader, "250")
        self.report["taken"].append(number)
        return codes[3] == "250"


async def expect(reader, codes):
    """The code of the next reply, which has to be one of these, and all of its lines."""
    lines = b""
    while not re.search(rb"^\d{3} .*\n\Z", lines, re.M):
        line = await asyncio.wait_for(reader.readline(), 20)
        assert line, f"closed behind {lines} for {codes}"
        lines += line
    assert re.match(f"({codes})[ -]", lines.decode()), f"{lines} for {codes}"
    return lines[:3].decode(), lines


async def send_until_input_ends(sending):
    sessions = [asyncio.create_task(sending.send_sessions(f"127.0.4.{number + 1}")) for number in range(AT_ONCE)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    sending.is_over = True
    await asyncio.gather(*sessions)


if __name__ == "__main__":
    sending = Sending(int(sys.argv[1]), float(sys.argv[2]))
    asyncio.run(send_until_input_ends(sending))
    print(json.dumps(sending.report))
