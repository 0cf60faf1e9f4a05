"""A mail server on this machine: takes mails, or refuses them as it is told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from server.embedded import free_port


class Peer:
    """`answers`: what it says to the next mails instead of taking them, in order. `held`: addresses
    whose mails it says nothing to while they are in it; `holds`: those it does that to now."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.answers: list[str] = []
        self.mails: list[EmailMessage] = []
        self.asked = 0
        self.held, self.holds = set[str](), set[str]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.asked += 1
        waiting = self.held.intersection(envelope.rcpt_tos)
        self.holds |= waiting
        while self.held & waiting:  # noqa: ASYNC110 - a test of another thread ends it
            await asyncio.sleep(0.02)
        self.holds -= waiting
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # pyright: ignore[reportArgumentType]
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def smtp_peer() -> Iterator[Peer]:
    peer = Peer()
    controller = Controller(peer, hostname="127.0.0.1", port=peer.port)
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()
