"""Where all mail ends: an SMTP server that takes everything, keeps the bytes, and never bounces."""

import asyncio
import dataclasses
import threading

from .loopback import HERE, wait_until

# A message of 20 MB has no long lines, and a malformed one may; both fit.
LONGEST_LINE = 1 << 20


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One transaction as it reached the sink: MAIL's and RCPT's arguments and the exact mail data."""

    mail: str
    rcpts: tuple[str, ...]
    data: bytes

    @property
    def recipients(self):
        """The mailboxes, without angle brackets and parameters."""
        return tuple(mailbox_of(rcpt) for rcpt in self.rcpts)

    @property
    def reverse_path(self):
        return mailbox_of(self.mail)


def mailbox_of(argument):
    """The mailbox in `<mailbox> PARAMETER=value`. A `>` may stand in a quoted local-part, so the last
    one that ends a word counts."""
    path = argument.rsplit(">", 1)[0]
    return path.lstrip(" ").removeprefix("<")


class Sink:
    """A catch-all server on loopback, running in a thread of its own while the block lasts."""

    EXTENSIONS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "SIZE 104857600")

    def __init__(self):
        self.port = None
        self._deliveries = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)
        self._server = None

    def __enter__(self):
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, HERE, 0, limit=LONGEST_LINE))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def deliveries(self):
        """All that arrived so far, oldest first."""
        return tuple(self._deliveries)

    def with_text(self, text):
        """The deliveries whose mail data hold this text."""
        return [delivery for delivery in self.deliveries if text.encode() in delivery.data]

    def wait_for(self, text, seconds=30):
        """The first delivery whose mail data hold this text, or None when time is up."""
        return next(iter(wait_until(lambda: self.with_text(text), seconds)), None)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _close(self):
        self._server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _serve(self, reader, writer):
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the server behind hung up, or the tests are over
        finally:
            writer.close()

    async def _session(self, reader, writer):
        def reply(*lines):
            for last, line in zip([""] * (len(lines) - 1) + ["last"], lines):
                writer.write(f"{line[:3]}{' ' if last else '-'}{line[4:]}\r\n".encode())

        mail, rcpts = None, []
        reply("220 sink.test ESMTP")
        while True:
            await writer.drain()
            line = (await reader.readuntil(b"\n")).rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            verb, _, argument = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    mail, rcpts = None, []
                    reply("250 sink.test", *(f"250 {extension}" for extension in self.EXTENSIONS))
                case "HELO" | "RSET":
                    mail, rcpts = None, []
                    reply("250 OK")
                case "MAIL":
                    mail = argument.partition(":")[2]
                    reply("250 OK")
                case "RCPT":
                    rcpts.append(argument.partition(":")[2])
                    reply("250 OK")
                case "DATA":
                    reply("354 go on")
                    data = await self._mail_data(reader)
                    self._deliveries.append(Delivery(mail, tuple(rcpts), data))
                    mail, rcpts = None, []
                    reply("250 kept")
                case "QUIT":
                    reply("221 bye")
                    return
                case "NOOP":
                    reply("250 OK")
                case _:
                    reply("502 not here")

    async def _mail_data(self, reader):
        """Up to CRLF.CRLF and without the transparency dots (RFC 5321 §4.5.2)."""
        lines = []
        while (line := await reader.readuntil(b"\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)
