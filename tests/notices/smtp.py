"""A mail server of ~50 lines (RFC 5321, what Django's client needs), on a port of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """``refuse``: what RCPT answers instead of 250. ``drop_after_data``: mails that are taken without an answer."""

    def __init__(self) -> None:
        self.port, self.connections, self.refuse, self.drop_after_data = 0, 0, "", 0
        self.raw: list[bytes] = []
        self.recipients: list[str] = []

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]  # type: ignore[misc]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            command = line.split(b":")[0].split()[0].upper()
            answer = b"250 ok\r\n"
            if command == b"RCPT":
                self.recipients.append(line.decode().partition("<")[2].partition(">")[0])
                answer = (self.refuse + "\r\n").encode() if self.refuse else answer
            elif command == b"DATA":
                writer.write(b"354 go on\r\n")
                data = await reader.readuntil(b"\r\n.\r\n")
                self.raw.append(data[:-5].replace(b"\r\n..", b"\r\n."))
                if self.drop_after_data:
                    self.drop_after_data -= 1
                    break
            elif command == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(answer)
            await writer.drain()
        writer.close()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server, loop, ready = MailServer(), asyncio.new_event_loop(), threading.Event()

    async def begin() -> None:
        listener = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(60), "the mail server does not listen"
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join(60)
