"""The sandbox gateway in the test's own process, and what the worker does there."""

import datetime as dt
import time
import uuid
from typing import Any

import msgspec

import server.checkout.reactions
import server.refunds.reactions
import server.settlement.reactions
import server.tickets.reactions
from server.payments import service as payments
from server.payments.models import (
    Opened,
    OpenPayment,
    ProviderUnavailable,
    RefundRefused,
    Terms,
)
from server.payments.sandbox.knobs import Knobs
from server.payments.sandbox.ledger import Ledger
from server.payments.sandbox.models import MakeRefund, OpenSession
from server.payments.sandbox.service import Gateway
from server.payments.sandbox.service import Key as GatewayKey
from server.settlement.service import Settling
from tests.server.inventory.engine import ORG_ID, Instance, Page


def reactions_of(here: Instance) -> dict[str, list[Any]]:
    """What the worker does of an event, but for mails."""
    heard: dict[str, list[Any]] = {}
    for table in (
        server.checkout.reactions.reactions(here.checkout),
        server.tickets.reactions.reactions(here.tickets),
        server.refunds.reactions.reactions(here.refunds),
        server.settlement.reactions.reactions(Settling(here.db)),
    ):
        for name, listed in table.items():
            heard.setdefault(name, []).extend(listed)
    return heard


async def another_page(here: Instance, order_id: uuid.UUID, amount_minor: int) -> None:
    """Of an order that may have one already: it may be paid twice."""
    async with here.db.tx() as tx:
        payment = await payments.open_attempt(tx, ORG_ID, order_id, Page.name, amount_minor, "EUR")
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    url = "https://a.example"
    page = OpenPayment(payment.id, until, amount_minor, "EUR", "", url, url, url)
    await here.payments.start(payment, page)


class _NoDisk:
    def append(self, entry: object) -> None:
        """What a process forgets it forgets with the ledger."""


class Till(Page):
    """The sandbox gateway in this process. `lost`: what disputes took, by session."""

    def __init__(self) -> None:
        self.ledger, self.is_down = Ledger(), False
        self.lost: dict[str, int] = {}
        self.gateway = Gateway(
            _NoDisk(),  # type: ignore[arg-type]
            self.ledger,
            base_url="https://page.example",
            knobs=Knobs(),
            clock=time.time,
            new_id=lambda prefix: f"{prefix}_{uuid.uuid4().hex}",
            owe=lambda event_id, copies, not_before: None,
        )

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        command = OpenSession(
            payment.amount_minor, payment.currency, str(payment.payment_id), "", "https://a.example",
            "https://a.example", "https://a.example",
        )  # fmt: skip
        key = GatewayKey.of(str(payment.payment_id), "/", command)
        answer = self.gateway.saved(key) or self.gateway.open_session(command, key)
        session = msgspec.json.decode(answer.body)
        return Opened(session["id"], session["url"])

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        if self.is_down:
            raise ProviderUnavailable("the gateway is down")
        if provider_ref in self.lost:
            raise RefundRefused("the payer has it back already")
        return self.give(provider_ref, str(refund_id), amount_minor)

    def give(self, session_id: str, name: str, amount_minor: int) -> str:
        command = MakeRefund(session_id, amount_minor)
        key = GatewayKey.of(name, "/", command)
        answer = self.gateway.saved(key) or self.gateway.refund(command, key)
        if answer.status != 201:
            raise RefundRefused(bytes(answer.body).decode())
        return msgspec.json.decode(answer.body)["id"]
