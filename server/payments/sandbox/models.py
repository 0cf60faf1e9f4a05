"""What the journal records, what the API accepts and what it answers.

Amounts are integers in minor units of an ISO 4217 currency; times are unix seconds.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

AMOUNT_MINOR_MAX = 10**12

AmountMinor = Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3)]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*$(?!\n)", max_length=2000)]
Flow = Literal["page", "intent"]
SessionStatus = Literal["open", "complete", "expired"]
EventType = Literal["payment.captured", "payment.failed", "payment.refunded", "session.expired"]


# ---------------------------------------------------------------- what callers send


class OpenSession(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /v1/sessions. Without `expires_at` it stays open for a day. An `intent` has no
    page: it is confirmed with its `client_secret`, which only its payer knows."""

    amount_minor: AmountMinor
    currency: Currency
    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=500)]
    return_url: Url
    cancel_url: Url
    webhook_url: Url
    expires_at: int | None = None
    flow: Flow = "page"


class MakeRefund(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /v1/refunds."""

    session_id: str
    amount_minor: AmountMinor
    reason: Annotated[str, Meta(max_length=500)] = ""


# ---------------------------------------------------------------- what the gateway holds


class Session(Struct, kw_only=True):
    """One hosted payment page, or an intent, which has a `client_secret`. `complete` and `expired`
    are final; a decline leaves it open."""

    id: str
    status: SessionStatus
    amount_minor: int
    currency: str
    reference: str
    description: str
    return_url: str
    cancel_url: str
    webhook_url: str
    created: int
    expires_at: int
    charge_id: str | None = None
    client_secret: str | None = None


class Refund(Struct, frozen=True, kw_only=True):
    """Money given back out of one charge."""

    id: str
    status: Literal["succeeded"]
    session_id: str
    charge_id: str
    reference: str
    amount_minor: int
    currency: str
    reason: str
    created: int


class Charge(Struct, kw_only=True):
    """Money taken, at most one per session; `refunded_minor` is the sum of `refunds`."""

    id: str
    session_id: str
    reference: str
    amount_minor: int
    currency: str
    created: int
    refunded_minor: int = 0
    refunds: list[Refund] = []


class EventData(Struct, frozen=True, kw_only=True):
    """What happened; `amount_minor` is the refund's where the event is a refund, and
    `refunded_minor` what was paid back of the charge until then, with it."""

    session_id: str
    charge_id: str | None
    reference: str
    amount_minor: int
    currency: str
    refund_id: str | UnsetType = UNSET
    refunded_minor: int | UnsetType = UNSET


class Event(Struct, frozen=True, kw_only=True):
    """A webhook's body, the same bytes on every attempt."""

    id: str
    type: EventType
    created: int
    data: EventData


class Plan(Struct, frozen=True):
    """How an event travels: `copies` deliveries (0 = lost for ever), none before `not_before`."""

    copies: int
    not_before: float


class SavedAnswer(Struct, frozen=True):
    """The first answer under an idempotency key, replayed byte for byte."""

    key: str
    fingerprint: str
    status: int
    body: Raw


# ---------------------------------------------------------------- one line of the journal each
# A line is one transaction: the money, the webhook it owes and the answer saved under its key
# stand or fall together when the process dies in the middle of a write.


class SessionOpened(Struct, frozen=True, tag="session_opened"):
    session: Session
    answer: SavedAnswer


class Captured(Struct, frozen=True, tag="captured"):
    charge: Charge
    event: Event
    plan: Plan


class Declined(Struct, frozen=True, tag="declined"):
    event: Event
    plan: Plan


class Refunded(Struct, frozen=True, tag="refunded"):
    refund: Refund
    event: Event
    plan: Plan
    answer: SavedAnswer


class SessionExpired(Struct, frozen=True, tag="session_expired"):
    event: Event
    plan: Plan


class Refused(Struct, frozen=True, tag="refused"):
    """A well-formed request that the ledger forbids: no money moved, the answer is kept."""

    answer: SavedAnswer


class Delivered(Struct, frozen=True, tag="delivered"):
    """One copy of the event was accepted (2xx) by the receiver."""

    event_id: str
    at: float


Entry = SessionOpened | Captured | Declined | Refunded | SessionExpired | Refused | Delivered


class GatewayError(Exception):
    """A refusal with its facts. `code` is stable, `message` is for people, `status` is HTTP's."""

    def __init__(self, status: int, code: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.facts = facts

    def body(self) -> dict[str, object]:
        """{"error": {"code", "message", ...facts}}."""
        return {"error": {"code": self.code, "message": self.message, **self.facts}}
