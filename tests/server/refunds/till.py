"""The sandbox gateway in this process, with a ledger of its own."""

import time
import uuid

import msgspec

from server.payments.adapters.sandbox import SandboxProvider
from server.payments.models import Opened, OpenPayment, ProviderUnavailable, RefundRefused, Terms
from server.payments.sandbox.knobs import Knobs
from server.payments.sandbox.ledger import Ledger
from server.payments.sandbox.models import MakeRefund, OpenSession
from server.payments.sandbox.service import Gateway
from server.payments.sandbox.service import Key as GatewayKey
from tests.server.inventory.engine import Page

ADAPTER = SandboxProvider("http://127.0.0.1:9", "secret", "secret")


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
