"""A mail server on this machine that keeps what it is sent, and refuses or breaks off on demand."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from storefront.tests.parallel import HOST, free_port

# It writes every address that it hears.
logging.getLogger("mail.log").setLevel(logging.WARNING)

ACCEPTED = "250 OK"


class Letter(NamedTuple):
    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]


class MailServer:
    """Collects letters in `received`; answers otherwise where `answers` or `on_letter` say so."""

    def __init__(self) -> None:
        self.host, self.port = HOST, free_port()
        self.received: list[Letter] = []
        # Address -> what RCPT TO is answered; None breaks the connection off.
        self.answers: dict[str, str | None] = {}
        # Asked in a thread of its own before a letter is answered; None breaks the connection off.
        self.on_letter: Callable[[Letter], str | None] = lambda letter: ACCEPTED
        # Asked once a letter is taken, before its sender hears of it.
        self.on_accepted: Callable[[Letter], None] = lambda letter: None
        self.connections = 0
        self._changed = Condition()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, self.host, self.port, ready_timeout=10)
        self._controller.start()

    def stop(self) -> None:
        """Close the port; a later start opens the same."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait_for(self, letters: int, *, seconds: float = 30) -> list[Letter]:
        """Wait until so many letters are there and return them all."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.received) >= letters, seconds)
            return list(self.received)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, ACCEPTED)
        if answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return answer if answer else break_off(server)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = Letter(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        answer = await asyncio.to_thread(self.on_letter, letter)
        if answer == ACCEPTED:
            with self._changed:
                self.received.append(letter)
                self._changed.notify_all()
            await asyncio.to_thread(self.on_accepted, letter)
        return answer if answer else break_off(server)


def break_off(server: Any) -> str:
    server.transport.abort()
    return "421 Gone"


@contextmanager
def serving_mail() -> Iterator[MailServer]:
    """Run a mail server for as long as the block lasts."""
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
