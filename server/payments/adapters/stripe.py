"""Stripe: Checkout Sessions or PaymentIntents for who pays, Connect accounts for whom it is.

A charge is the platform's, with the organization's account as its transfer destination and the
platform's fee as application fee. Source: docs.stripe.com/connect/destination-charges.
"""

import datetime as dt
import math
import uuid
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import stripe

from server.payments.adapters import uuid_of
from server.payments.adapters.stripe_amounts import from_stripe, to_stripe
from server.payments.adapters.stripe_events import (
    INTENT_STATES,
    Object,
    account_state,
    event_of,
    said,
)
from server.payments.models import (
    AccountState,
    Charge,
    Envelope,
    Opened,
    OpenPayment,
    PaymentIntent,
    PaymentRefused,
    ProviderEvent,
    ProviderUnavailable,
    RefundRefused,
    Terms,
    WebhookRejected,
)

TOLERANCE_S = 300
TIMEOUT_S = 10.0
RETRIES_MAX = 1
PAGE_MORE_S = 31 * 60
"""Stripe keeps a page open for half an hour at least; one that ends sooner `look_up` closes."""

_CANCELLABLE = frozenset(("requires_payment_method", "requires_confirmation", "requires_action"))

Answer = TypeVar("Answer")


class StripeProvider:
    """`webhook_secrets`: of the endpoints that Stripe sends to, the platform's own and that of its
    connected accounts. `publishable_key`: what forms of others' own need; empty: intents are off.
    `url`: where the API is, where not at Stripe itself."""

    name = "stripe"
    needs_account = True

    def __init__(
        self,
        secret: str,
        webhook_secrets: Sequence[str],
        publishable_key: str = "",
        url: str = "",
    ) -> None:
        self._publishable_key, self.takes_intents = publishable_key, bool(publishable_key)
        self._http = stripe.HTTPXClient(timeout=TIMEOUT_S)
        more: Any = {"base_addresses": {"api": url}} if url else {}
        self._client = stripe.StripeClient(
            secret, http_client=self._http, max_network_retries=RETRIES_MAX, **more
        )
        self._webhook_secrets = webhook_secrets

    async def close(self) -> None:
        await self._http.close_async()

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        try:
            if payment.flow == "intent":
                return await self._open_intent(payment, terms)
            return await self._open_page(payment, terms)
        except stripe.InvalidRequestError as error:
            raise PaymentRefused(f"Stripe: {error.user_message or error}") from error

    async def _open_intent(self, payment: OpenPayment, terms: Terms) -> Opened:
        intents = self._client.v1.payment_intents
        if payment.provider_ref is not None:
            intent = await self._ask(intents.retrieve_async(payment.provider_ref))
        else:
            params: Any = {
                "amount": to_stripe(payment.amount_minor, payment.currency),
                "currency": payment.currency.lower(),
                "description": payment.description,
                "automatic_payment_methods": {"enabled": True},
                **_shared(payment, terms, closes_at=str(_closes_at(payment))),
            }
            key = _options({"idempotency_key": f"intent:{payment.payment_id}"})
            intent = await self._ask(intents.create_async(params, key))
        if intent.client_secret is None:
            raise ProviderUnavailable("Stripe: the intent came without its secret")
        return Opened(
            intent.id,
            intent=PaymentIntent(self.name, intent.client_secret, self._publishable_key),
        )

    async def _open_page(self, payment: OpenPayment, terms: Terms) -> Opened:
        ours, closes_at = {"payment_id": str(payment.payment_id)}, _closes_at(payment)
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": to_stripe(payment.amount_minor, payment.currency),
            "product_data": {"name": payment.description},
        }
        params: Any = {
            "mode": "payment",
            "client_reference_id": str(payment.payment_id),
            "line_items": [{"quantity": 1, "price_data": price}],
            "metadata": ours | {"closes_at": str(closes_at)},
            "payment_intent_data": _shared(payment, terms),
            "success_url": payment.return_url,
            "cancel_url": payment.cancel_url,
            # The same each time that we ask: with the same key Stripe takes nothing else.
            "expires_at": closes_at + PAGE_MORE_S,
        }
        sessions = self._client.v1.checkout.sessions
        session = await self._ask(
            sessions.create_async(params, {"idempotency_key": f"pay:{payment.payment_id}"})
        )
        if session.url is None:
            raise ProviderUnavailable("Stripe: the page is closed already")
        return Opened(session.id, session.url)

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        try:
            intent = await self._intent(provider_ref)
            params: Any = {
                "payment_intent": intent["id"],
                "amount": to_stripe(amount_minor, intent["currency"].upper()),
                "metadata": {"refund_id": str(refund_id)},
            }
            if intent.get("transfer_data"):
                # The organization and the platform give back what each of them got, in proportion.
                params["reverse_transfer"] = True
                if intent.get("application_fee_amount"):
                    params["refund_application_fee"] = True
            key = {"idempotency_key": f"refund:{refund_id}"}
            refund = await self._ask(self._client.v1.refunds.create_async(params, _options(key)))
        except (stripe.InvalidRequestError, PaymentRefused) as error:
            raise RefundRefused(f"Stripe: {error}") from error
        return _done(refund)

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        """By what we wrote on it: a key is kept for a day."""
        try:
            intent = await self._intent(provider_ref)
            params: Any = {"payment_intent": intent["id"], "limit": 100}
            more = True
            while more:
                page = await self._ask(self._client.v1.refunds.list_async(params))
                for refund in page.data:
                    metadata = _plain(refund).get("metadata") or {}
                    if metadata.get("refund_id") == str(refund_id):
                        return _done(refund)
                    params["starting_after"] = refund.id
                more = page.has_more
        except stripe.InvalidRequestError as error:
            raise RefundRefused(f"Stripe: {error}") from error
        return None

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        if provider_ref is None:
            return None  # nobody has been shown the page; `list_since` finds what was taken
        try:
            if not provider_ref.startswith("cs_"):
                return await self._look_up_intent(payment_id, provider_ref)
            session = _plain(await self._session(provider_ref))
            if session["status"] == "open":
                if not _is_over(session):
                    return None
                sessions = self._client.v1.checkout.sessions
                session = _plain(await self._ask(sessions.expire_async(provider_ref)))
        except stripe.InvalidRequestError as error:
            # Unknown, or paid at this very moment: the next look tells.
            raise ProviderUnavailable(f"Stripe: {error}") from error
        if session["status"] == "expired":
            return ProviderEvent("expired", payment_id, provider_ref, 0)
        if session["payment_status"] != "paid":
            return None
        intent = session["payment_intent"]
        intent_id = intent if isinstance(intent, str) or intent is None else intent["id"]
        amount_minor = from_stripe(session["amount_total"], session["currency"])
        return ProviderEvent("captured", payment_id, provider_ref, amount_minor, intent_id)

    async def _look_up_intent(self, payment_id: uuid.UUID, intent_id: str) -> ProviderEvent | None:
        intents = self._client.v1.payment_intents
        intent = _plain(await self._ask(intents.retrieve_async(intent_id)))
        if intent["status"] in _CANCELLABLE and _is_over(intent):
            intent = _plain(await self._ask(intents.cancel_async(intent_id)))
        kind = INTENT_STATES.get(intent["status"])
        if kind is None:
            return None
        amount = intent["amount_received"] if kind == "captured" else intent["amount"]
        amount_minor = from_stripe(amount, intent["currency"])
        return ProviderEvent(kind, payment_id, intent_id, amount_minor, intent_id)

    async def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        params: Any = {"created": {"gte": math.floor(since.timestamp())}, "limit": 100}
        more = True
        while more:
            page = await self._ask(self._client.v1.charges.list_async(params))
            for charge in page.data:
                plain = _plain(charge)
                if plain["status"] == "succeeded" and plain["captured"]:
                    yield Charge(
                        payment_id=uuid_of((plain.get("metadata") or {}).get("payment_id")),
                        provider_ref=plain.get("payment_intent") or plain["id"],
                        amount_minor=from_stripe(plain["amount_captured"], plain["currency"]),
                        refunded_minor=from_stripe(plain["amount_refunded"], plain["currency"]),
                        currency=plain["currency"].upper(),
                        created_at=dt.datetime.fromtimestamp(plain["created"], dt.UTC),
                    )
                params["starting_after"] = plain["id"]
            more = page.has_more

    # ------------------------------------------------------------ webhooks

    def verify(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        signature = headers.get("stripe-signature")
        for at, secret in enumerate(self._webhook_secrets, 1):
            try:
                stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_S)
            except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
                if at == len(self._webhook_secrets):
                    raise WebhookRejected(f"Stripe: {error}") from None
            else:
                break
        event = event_of(body)
        return Envelope(event.id, event.type)

    def read(self, body: bytes) -> ProviderEvent | AccountState | None:
        return said(event_of(body))

    # ------------------------------------------------------------ Connect

    async def open_account(self, org_id: str, country: str, email: str) -> AccountState:
        params: Any = {
            "type": "express",
            "country": country,
            "email": email,
            "metadata": {"org_id": org_id},
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
        }
        key = _options({"idempotency_key": f"account:{org_id}"})
        try:
            account = await self._ask(self._client.v1.accounts.create_async(params, key))
        except stripe.InvalidRequestError as error:
            raise PaymentRefused(f"Stripe: {error.user_message or error}") from error
        return _state(account)

    async def onboarding_url(self, account_ref: str, return_url: str, again_url: str) -> str:
        params: Any = {
            "account": account_ref,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": again_url,
        }
        try:
            link = await self._ask(self._client.v1.account_links.create_async(params))
        except stripe.InvalidRequestError as error:
            raise PaymentRefused(f"Stripe: {error.user_message or error}") from error
        return link.url

    async def account(self, account_ref: str) -> AccountState:
        return _state(await self._ask(self._client.v1.accounts.retrieve_async(account_ref)))

    # ------------------------------------------------------------ how

    async def _session(self, session_id: str) -> Any:
        sessions = self._client.v1.checkout.sessions
        params: Any = {"expand": ["payment_intent"]}
        return await self._ask(sessions.retrieve_async(session_id, params))

    async def _intent(self, provider_ref: str) -> dict[str, Any]:
        """Of a page of ours, or the intent itself where only that is known."""
        if provider_ref.startswith("cs_"):
            intent = _plain(await self._session(provider_ref))["payment_intent"]
            if intent is None:
                raise RefundRefused("Stripe: nothing was paid on this page")
            return intent
        intents = self._client.v1.payment_intents
        return _plain(await self._ask(intents.retrieve_async(provider_ref)))

    async def _ask(self, answer: Awaitable[Answer]) -> Answer:
        """Raises ProviderUnavailable; and InvalidRequestError, which is ours or the payer's."""
        try:
            return await answer
        except stripe.InvalidRequestError:
            raise
        except stripe.StripeError as error:
            raise ProviderUnavailable(f"Stripe: {error.user_message or error!r}") from error


def _done(refund: Any) -> str:
    """Its id. Raises RefundRefused."""
    if refund.status in ("failed", "canceled"):
        raise RefundRefused(f"Stripe: the refund is {refund.status}")
    return refund.id


def _closes_at(payment: OpenPayment) -> int:
    return math.ceil(payment.expires_at.timestamp())


def _is_over(about: dict[str, Any]) -> bool:
    """Has the time come that we set for this page or intent, and that Stripe does not know?"""
    closes_at = int((about.get("metadata") or {}).get("closes_at") or 0)
    return 0 < closes_at <= dt.datetime.now(dt.UTC).timestamp()


def _shared(payment: OpenPayment, terms: Terms, **metadata: str) -> dict[str, Any]:
    """Of an intent, also of the one behind a page: whose the money is."""
    intent: dict[str, Any] = {"metadata": {"payment_id": str(payment.payment_id), **metadata}}
    if terms.account:
        intent["transfer_data"] = {"destination": terms.account}
        if terms.fee_minor:
            intent["application_fee_amount"] = to_stripe(terms.fee_minor, payment.currency)
    return intent


def _options(options: dict[str, Any]) -> Any:
    return options


def _plain(answer: Any) -> dict[str, Any]:
    """A StripeObject and all in it as dicts."""
    return answer.to_dict()


def _state(account: Any) -> AccountState:
    about = msgspec.convert(_plain(account), Object, strict=False)
    # In whole seconds, as Stripe's events have it: of two in one second the later to come counts.
    return account_state(about, dt.datetime.now(dt.UTC).replace(microsecond=0))
