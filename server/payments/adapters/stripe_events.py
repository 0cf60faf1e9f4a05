"""What Stripe's webhooks say. Source: docs.stripe.com/api/events/types."""

import datetime as dt
import uuid

import msgspec

from server.payments.adapters import uuid_of
from server.payments.adapters.stripe_amounts import from_stripe
from server.payments.models import AccountState, EventKind, ProviderEvent, WebhookRejected


class _Requirements(msgspec.Struct):
    disabled_reason: str | None = None


class Object(msgspec.Struct):
    """Of the kinds of objects that events are about, the fields that matter; each has its own."""

    id: str
    metadata: dict[str, str] | None = None
    currency: str = ""
    amount: int = 0
    amount_received: int = 0
    amount_refunded: int = 0
    amount_total: int | None = None
    payment_intent: str | None = None
    payment_status: str = ""
    status: str | None = None
    charges_enabled: bool = False
    payouts_enabled: bool = False
    details_submitted: bool = False
    requirements: _Requirements | None = None


class _Data(msgspec.Struct):
    object: Object


class Event(msgspec.Struct):
    id: str
    type: str
    created: int
    data: _Data


_SESSIONS: dict[str, EventKind] = {
    "checkout.session.completed": "captured",
    "checkout.session.async_payment_succeeded": "captured",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "expired",
}
_INTENTS: dict[str, EventKind] = {
    "payment_intent.succeeded": "captured",
    "payment_intent.amount_capturable_updated": "authorized",
    "payment_intent.payment_failed": "failed",
    "payment_intent.canceled": "expired",
}
INTENT_STATES: dict[str, EventKind] = {
    "succeeded": "captured",
    "requires_capture": "authorized",
    "canceled": "expired",
}
"""What becomes of an intent, by its status."""
_DISPUTES: dict[tuple[str, str | None], EventKind] = {
    ("charge.dispute.closed", "won"): "dispute_won",
    ("charge.dispute.closed", "lost"): "dispute_lost",
}
"""A dispute that closes in another way, such as a warning, has taken nothing."""


def event_of(body: bytes) -> Event:
    """Raises WebhookRejected."""
    try:
        return msgspec.json.decode(body, type=Event)
    except msgspec.DecodeError as error:
        raise WebhookRejected(f"not an event of Stripe: {error}") from None


def said(event: Event) -> ProviderEvent | AccountState | None:
    """None for what concerns nobody here: other kinds, and payments of others in the account."""
    about = event.data.object
    if event.type == "account.updated":
        return account_state(about, dt.datetime.fromtimestamp(event.created, dt.UTC))
    if event.type.startswith("charge.dispute."):
        kind = _DISPUTES.get((event.type, about.status))
        if event.type == "charge.dispute.created" and not _is_warning(about.status):
            kind = "disputed"
        if kind is None or about.payment_intent is None:
            return None
        return _event(kind, about, about.amount, about.payment_intent)
    if _payment_id(about) is None:
        return None
    if event.type in _SESSIONS:
        kind = _SESSIONS[event.type]
        if kind == "captured" and about.payment_status != "paid":
            return None  # a bank that takes days: another event will tell
        return _event(kind, about, about.amount_total or 0, about.payment_intent, about.id)
    if event.type in _INTENTS:
        amount = about.amount_received if event.type.endswith("succeeded") else about.amount
        return _event(_INTENTS[event.type], about, amount, about.id)
    if event.type == "charge.refunded":
        return _event("refunded", about, about.amount_refunded, about.payment_intent)
    return None


def account_state(account: Object, as_of: dt.datetime) -> AccountState:
    return AccountState(
        account_ref=account.id,
        charges_enabled=account.charges_enabled,
        payouts_enabled=account.payouts_enabled,
        details_submitted=account.details_submitted,
        disabled_reason=account.requirements.disabled_reason if account.requirements else None,
        as_of=as_of,
    )


def _event(
    kind: EventKind, about: Object, amount: int, intent: str | None, session: str | None = None
) -> ProviderEvent:
    try:
        amount_minor = from_stripe(amount, about.currency)
    except ValueError as error:
        raise WebhookRejected(str(error)) from None
    return ProviderEvent(kind, _payment_id(about), session or intent or "", amount_minor, intent)


def _payment_id(about: Object) -> uuid.UUID | None:
    return uuid_of((about.metadata or {}).get("payment_id"))


def _is_warning(status: str | None) -> bool:
    """An inquiry of the bank: no money has moved."""
    return (status or "").startswith("warning")
