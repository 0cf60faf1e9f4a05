"""An intent instead of a page: who has a payment form of their own gets the provider's secret for
it, and everything that follows is as with a page."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import (
    STRIPE_KEY,
    STRIPE_PUBLISHABLE_KEY,
    STRIPE_WEBHOOK_SECRETS,
    Product,
)
from tests.fixtures.stripe_peer import StripePeer, event, signed
from tests.server.support import Buyer, account, ok, payment_of, problem, rows, until

NewBuyer = Callable[[], Buyer]
INTENT = {"payment_flow": "intent"}
OVER_STRIPE = INTENT | {"provider": "stripe"}
ACCOUNT = "acct_of_intents"
ASK = "UPDATE payments SET next_check_at = now() WHERE order_id = $1"


@pytest.fixture
async def stripe(house: Product) -> AsyncIterator[StripePeer]:
    """Where the house has an account that may take charges."""
    await rows(
        house,
        """INSERT INTO payment_accounts (org_id, provider, account_ref, charges_enabled)
           VALUES ('house', 'stripe', $1, true)""",
        ACCOUNT,
    )
    with StripePeer(house.stripe_port, STRIPE_KEY) as peer:
        peer.accounts[ACCOUNT] = {"charges_enabled": True}
        yield peer
    await rows(house, "DELETE FROM payment_accounts WHERE provider = 'stripe'")


async def _confirm(
    house: Product, client: httpx.AsyncClient, secret: str, outcome: str = "succeed"
) -> httpx.Response:
    """As a provider's library does it."""
    session_id = secret.partition("_secret")[0]
    return await client.post(
        f"{house.gateway_url}/v1/sessions/{session_id}/confirm",
        data={"client_secret": secret, "outcome": outcome},
    )


async def _tell(client: httpx.AsyncClient, kind: str, about: dict[str, Any]) -> None:
    body = event(kind, about)
    headers = signed(body, STRIPE_WEBHOOK_SECRETS[0])
    ok(await client.post("/v1/webhooks/stripe", content=body, headers=headers))


async def _status_when(house: Product, order_id: str, status: str) -> Any:
    async def reached() -> Any:
        payment = await payment_of(house, order_id)
        return payment if payment["status"] == status else None

    return await until(reached)


async def test_an_intent_of_the_sandbox_is_confirmed_with_its_secret_and_becomes_tickets(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer, key = new_buyer(), uuid.uuid4().hex
    hold = await buyer.hold_ok(house.event(), [1, 2])
    started = ok(await buyer.checkout(hold["id"], INTENT, key=key), 201)
    order_id, secret = started["order"]["id"], started["intent"]["client_secret"]
    assert started["redirect_url"] is None
    assert started["intent"] == {
        "provider": "sandbox", "client_secret": secret, "publishable_key": "pk_sandbox",
    }  # fmt: skip
    # The id alone, which others may see, opens nothing.
    session_id = secret.partition("_secret")[0]
    assert (await client.get(f"{house.gateway_url}/pay/{session_id}")).status_code == 404
    form = {"outcome": "succeed"}
    assert (await client.post(f"{house.gateway_url}/pay/{session_id}", data=form)).is_error
    assert (await _confirm(house, client, f"{session_id}_secret_guessed")).status_code == 404

    assert ok(await _confirm(house, client, secret, "fail"))["status"] == "open"
    await _status_when(house, order_id, "failed")
    assert ok(await _confirm(house, client, secret))["status"] == "complete"
    assert len((await buyer.order_when(order_id, "confirmed"))["tickets"]) == 2
    again = ok(await buyer.checkout(hold["id"], INTENT, key=key), 201)
    assert again["intent"] == started["intent"]
    refund = """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
                VALUES ($1, 'house', $2, 5000, 'asked')"""
    payment = await payment_of(house, order_id)
    await rows(house, refund, uuid.uuid4(), payment["id"])
    await buyer.order_when(order_id, "refunded")
    books = account(house, payment["id"])
    assert books is not None
    assert (books.captured_minor, books.refunded_minor) == (5_000, 5_000)
    for name in ("web0", "web1", "worker"):
        assert secret not in house.log(name)


async def test_an_intent_at_stripe_is_the_sellers_charge_with_the_platforms_fee(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, stripe: StripePeer
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    stripe.is_down = True
    problem(await buyer.checkout(hold["id"], OVER_STRIPE), 503, "provider-unavailable")
    stripe.is_down, stripe.lose_answer = False, True
    fee = "UPDATE payments SET fee_minor = 125 WHERE order_id IN (SELECT id FROM orders"
    await rows(house, f"{fee} WHERE hold_id = $1)", uuid.UUID(hold["id"]))
    started = ok(await buyer.checkout(hold["id"], OVER_STRIPE), 201)  # the SDK asks again
    (intent,) = stripe.intents.values()
    assert started["intent"] == {
        "provider": "stripe", "client_secret": intent["client_secret"],
        "publishable_key": STRIPE_PUBLISHABLE_KEY,
    }  # fmt: skip
    again = ok(await buyer.checkout(hold["id"], OVER_STRIPE), 201)
    assert (again["intent"], len(stripe.intents)) == (started["intent"], 1)
    order_id = started["order"]["id"]
    payment = await payment_of(house, order_id)
    assert intent["metadata"]["payment_id"] == str(payment["id"])

    charge = stripe.confirm(intent["id"])
    assert (charge["transfer_data"], charge["application_fee_amount"]) == (
        {"destination": ACCOUNT},
        125,
    )
    for _ in range(2):
        await _tell(client, "payment_intent.succeeded", intent)
    await buyer.order_when(order_id, "confirmed")
    refund = """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
                VALUES ($1, 'house', $2, 1000, 'asked')"""
    await rows(house, refund, uuid.uuid4(), payment["id"])
    await _status_when(house, order_id, "partially_refunded")
    (done,) = stripe.refunds.values()
    assert (done["amount"], done["_reversed"], done["_fee_too"]) == (1_000, True, True)
    await _tell(client, "charge.dispute.created", stripe.dispute(charge["id"]))
    await _status_when(house, order_id, "disputed")


async def test_an_intent_whose_time_is_over_is_cancelled_and_one_that_was_paid_is_found(
    house: Product, new_buyer: NewBuyer, stripe: StripePeer
) -> None:
    """Though nobody told us of either."""
    event_, begun = house.event(), list[tuple[Buyer, str, dict[str, Any]]]()
    for seat in (1, 2):
        buyer = new_buyer()
        hold = await buyer.hold_ok(event_, [seat])
        started = ok(await buyer.checkout(hold["id"], OVER_STRIPE), 201)
        intent_id = started["intent"]["client_secret"].partition("_secret")[0]
        begun.append((buyer, started["order"]["id"], stripe.intents[intent_id]))
    (_, left, over), (paying, paid, taken) = begun
    assert int(over["metadata"]["closes_at"]) > time.time() + 60
    over["metadata"]["closes_at"] = taken["metadata"]["closes_at"] = str(int(time.time()) - 1)
    stripe.confirm(taken["id"])
    for order_id in (left, paid):
        await rows(house, ASK, uuid.UUID(order_id))
    await _status_when(house, left, "failed")
    assert over["status"] == "canceled"
    await paying.order_when(paid, "confirmed")


async def test_a_provider_that_has_pages_only_refuses_before_anything_is_ordered(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event_, buyer = house.event(), new_buyer()
    offered = ok(await client.get(f"/v1/events/{event_.id}/payment-providers"))
    assert (offered["items"], offered["intents"]) == (["sandbox", "xendit"], ["sandbox"])
    hold = await buyer.hold_ok(event_, [1])
    wish = INTENT | {"provider": "xendit"}
    refused = problem(await buyer.checkout(hold["id"], wish), 422, "intent-not-offered")
    assert refused["offered"] == ["sandbox"]
    assert not await rows(house, "SELECT 1 FROM orders WHERE hold_id = $1", uuid.UUID(hold["id"]))
    assert ok(await buyer.checkout(hold["id"], INTENT), 201)["intent"]["provider"] == "sandbox"


async def test_a_payment_is_shown_one_way_to_be_paid_whoever_asks_first(
    house: Product, new_buyer: NewBuyer
) -> None:
    """Two ways would be paid twice."""
    event_, page = house.event(), {"payment_flow": "page"}
    for at, flows in enumerate(((page, INTENT), (INTENT, page), (page, INTENT) * 4)):
        buyer = new_buyer()
        hold = await buyer.hold_ok(event_, [10 * at])
        if len(flows) == 2:
            told = [ok(await buyer.checkout(hold["id"], flow), 201) for flow in flows]
        else:
            asked = (buyer.checkout(hold["id"], flow) for flow in flows)
            told = [ok(answer, 201) for answer in await asyncio.gather(*asked)]
        order_page = f"{house.base_url}/orders/{told[0]['order']['id']}"
        ways = {
            (one["redirect_url"], (one["intent"] or {}).get("client_secret"))
            for one in told
            if one["redirect_url"] != order_page
        }
        assert len(ways) == 1, told
