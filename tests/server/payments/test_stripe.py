"""Stripe, as a peer that speaks its wire: what is paid there becomes tickets, or goes back."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.fixtures.product import STRIPE_KEY, STRIPE_WEBHOOK_SECRETS, Event, Product
from tests.fixtures.stripe_peer import StripePeer, event, signed
from tests.server.storefront import visitors
from tests.server.storefront.visitors import forms, words
from tests.server.support import Buyer, ok, payment_of, problem, rows, until

NewBuyer = Callable[[], Buyer]
PLATFORM, CONNECT = STRIPE_WEBHOOK_SECRETS
HOOK = "/v1/webhooks/stripe"
STRIPE = {"provider": "stripe"}
FORGET_ACCOUNT = "DELETE FROM payment_accounts WHERE provider = 'stripe'"


@pytest.fixture
def stripe(house: Product) -> Iterator[StripePeer]:
    with StripePeer(house.stripe_port, STRIPE_KEY) as peer:
        yield peer


@pytest.fixture
async def account(
    house: Product, client: httpx.AsyncClient, stripe: StripePeer
) -> AsyncIterator[str]:
    """The house's account, which may take charges."""
    account_id = await _connected(house, client, stripe)
    yield account_id
    await rows(house, FORGET_ACCOUNT)


async def _connected(house: Product, client: httpx.AsyncClient, stripe: StripePeer) -> str:
    wish = {"country": "AT", "email": "till@house.example"}
    path = "/v1/payment-providers/stripe/onboardings"
    page = ok(await client.post(path, json=wish, headers=house.operator()), 201)["url"]
    account_id = page.split("/")[-2]
    assert (await _standing(house, client))["is_ready"] is False
    stripe.verify_account(account_id)
    told = event("account.updated", stripe.accounts[account_id])
    await _tell(client, told, CONNECT)

    async def ready() -> bool:
        return (await _standing(house, client))["is_ready"]

    await until(ready)
    return account_id


async def _standing(house: Product, client: httpx.AsyncClient) -> Any:
    listed = ok(await client.get("/v1/payment-providers", headers=house.operator()))["items"]
    return next(one for one in listed if one["provider"] == "stripe")


async def _tell(client: httpx.AsyncClient, body: bytes, secret: str = PLATFORM) -> None:
    answer = await client.post(HOOK, content=body, headers=signed(body, secret))
    assert answer.status_code == 200, answer.text


async def _begun(buyer: Buyer, event_: Event, seats: list[int]) -> tuple[str, str]:
    """An order, and Stripe's page for it."""
    hold = await buyer.hold_ok(event_, seats)
    started = ok(await buyer.checkout(hold["id"], STRIPE), 201)
    return started["order"]["id"], started["redirect_url"].rpartition("/")[2]


async def _payment_when(house: Product, order_id: str, status: str) -> Any:
    async def reached() -> Any:
        payment = await payment_of(house, order_id)
        return payment if payment["status"] == status else None

    return await until(reached)


async def test_a_payment_on_stripes_page_becomes_tickets_and_the_seller_gets_its_part(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    buyer = new_buyer()
    order_id, session_id = await _begun(buyer, house.event(), [1, 2])
    charge = stripe.pay(session_id)
    for body in (
        event("payment_intent.succeeded", stripe.intents[charge["payment_intent"]]),
        event("checkout.session.completed", stripe.sessions[session_id]),
    ):
        await _tell(client, body)
        await _tell(client, body)
    order = await buyer.order_when(order_id, "confirmed")
    assert len(order["tickets"]) == 2
    assert order["payment"]["provider"] == "stripe"
    payment = await payment_of(house, order_id)
    assert (payment["provider_ref"], payment["charge_ref"]) == (
        session_id,
        charge["payment_intent"],
    )
    assert (payment["account"], charge["transfer_data"]) == (account, {"destination": account})
    assert charge["metadata"] == {"payment_id": str(payment["id"])}
    asked = [sent for path, sent in stripe.asked if path == "POST /v1/checkout/sessions"]
    assert not any("card" in str(sent) for sent in asked)


async def test_the_platforms_fee_is_stripes_application_fee(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    """The order's fee, as large a part of each payment as of the order, and back with it."""
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    stripe.is_down = True
    problem(await buyer.checkout(hold["id"], STRIPE), 503, "provider-unavailable")
    stripe.is_down = False
    fee = "UPDATE payments SET fee_minor = 125 WHERE order_id IN (SELECT id FROM orders"
    await rows(house, f"{fee} WHERE hold_id = $1)", uuid.UUID(hold["id"]))
    started = ok(await buyer.checkout(hold["id"], STRIPE), 201)
    order_id, session_id = started["order"]["id"], started["redirect_url"].rpartition("/")[2]
    charge = stripe.pay(session_id)
    assert charge["application_fee_amount"] == 125
    await _tell(client, event("checkout.session.completed", stripe.sessions[session_id]))
    await buyer.order_when(order_id, "confirmed")
    payment = await payment_of(house, order_id)
    refund = """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
                VALUES ($1, 'house', $2, 1000, 'asked')"""
    await rows(house, refund, uuid.uuid4(), payment["id"])
    await _payment_when(house, order_id, "partially_refunded")
    (done,) = stripe.refunds.values()
    assert (done["amount"], done["_reversed"], done["_fee_too"]) == (1_000, True, True)
    # Stripe tells of it too: it is the same thousand.
    await _tell(client, event("charge.refunded", charge))
    await _quiet(house)
    payment = await payment_of(house, order_id)
    assert (payment["refunded_minor"], charge["amount_refunded"]) == (1_000, 1_000)


async def _quiet(house: Product) -> None:
    async def quiet() -> bool:
        waiting = "SELECT count(*) FROM webhook_inbox WHERE status = 'waiting'"
        return (await rows(house, waiting))[0][0] == 0

    await until(quiet)


async def test_an_answer_of_stripe_that_got_lost_opens_no_second_page(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    stripe.lose_answer = True
    started = ok(await buyer.checkout(hold["id"], STRIPE), 201)  # the SDK asks again
    again = ok(await buyer.checkout(hold["id"], STRIPE), 201)
    assert started["redirect_url"] == again["redirect_url"]
    assert len(stripe.sessions) == 1


async def test_what_stripe_signs_late_or_with_another_secret_is_refused(
    client: httpx.AsyncClient, stripe: StripePeer
) -> None:
    body = event("payment_intent.succeeded", {"id": "pi_1", "metadata": {}})
    refused = {
        "other secret": signed(body, "whsec_guessed"),
        "other body": signed(body + b" ", PLATFORM),
        "old": signed(body, PLATFORM, time.time() - 400),
        "nothing": {},
        "nonsense": {"Stripe-Signature": "t=1,v1"},
    }
    for name, headers in refused.items():
        answer = await client.post(HOOK, content=body, headers=headers)
        assert problem(answer, 400, "webhook-rejected")["detail"], name
    binary = b"\xff\xfe"
    answer = await client.post(HOOK, content=binary, headers=signed(binary, PLATFORM))
    problem(answer, 400, "webhook-rejected")
    for secret in (PLATFORM, CONNECT):
        await _tell(client, event("payout.paid", {"id": "po_1"}), secret)


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_a_dispute_is_followed_to_its_end_in_whichever_order_it_is_told(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
    outcome: str,
) -> None:
    buyer = new_buyer()
    order_id, session_id = await _begun(buyer, house.event(), [1])
    charge = stripe.pay(session_id)
    # Before anybody has said that it was paid.
    await _tell(client, event("charge.dispute.created", stripe.dispute(charge["id"])))
    await _tell(client, event("checkout.session.completed", stripe.sessions[session_id]))
    await _payment_when(house, order_id, "disputed")
    await _tell(client, event("charge.dispute.closed", stripe.dispute(charge["id"], outcome)))
    end = {"won": "captured", "lost": "refunded"}[outcome]
    payment = await _payment_when(house, order_id, end)
    assert payment["refunded_minor"] == {"won": 0, "lost": 2_500}[outcome]
    told = await rows(
        house,
        """SELECT data->>'dispute' FROM outbox WHERE type = 'payment.disputed'
           AND data->>'order_id' = $1 ORDER BY position""",
        order_id,
    )
    assert [row[0] for row in told] == ["opened", outcome]


async def test_money_paid_back_in_stripes_office_is_ours_to_know(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    buyer = new_buyer()
    order_id, session_id = await _begun(buyer, house.event(), [1])
    charge = stripe.pay(session_id)
    await _tell(client, event("checkout.session.completed", stripe.sessions[session_id]))
    await buyer.order_when(order_id, "confirmed")
    stripe.refund_in_office(charge["id"], 2_500)
    await _tell(client, event("charge.refunded", charge))
    order = await buyer.order_when(order_id, "refunded")
    assert {ticket["status"] for ticket in order["tickets"]} == {"refunded"}


async def test_a_page_whose_time_is_over_is_closed_though_stripe_would_keep_it(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    buyer = new_buyer()
    order_id, session_id = await _begun(buyer, house.event(), [1])
    session = stripe.sessions[session_id]
    assert session["expires_at"] - int(session["metadata"]["closes_at"]) > 1_800
    session["metadata"]["closes_at"] = str(int(time.time()) - 1)
    ask = "UPDATE payments SET next_check_at = now() WHERE order_id = $1"
    await rows(house, ask, uuid.UUID(order_id))
    await _payment_when(house, order_id, "failed")
    assert session["status"] == "expired"


async def test_an_account_that_stripe_stops_takes_no_payments_and_old_news_change_nothing(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    stripe: StripePeer,
    account: str,
) -> None:
    good = event("account.updated", stripe.accounts[account], created=int(time.time()) - 60)
    stripe.verify_account(account, enabled=False)
    await _tell(client, event("account.updated", stripe.accounts[account]), CONNECT)

    async def stopped() -> bool:
        return not (await _standing(house, client))["charges_enabled"]

    await until(stopped)
    await _tell(client, good, CONNECT)
    await _quiet(house)
    standing = await _standing(house, client)
    assert (standing["is_ready"], standing["disabled_reason"]) == (False, "requirements.past_due")
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    refused = problem(await buyer.checkout(hold["id"], STRIPE), 409, "provider-not-offered")
    assert refused["offered"] == ["sandbox", "xendit"]
    stripe.verify_account(account)
    checked = ok(await client.post("/v1/payment-providers/checks", headers=house.operator()))
    assert next(one for one in checked["items"] if one["provider"] == "stripe")["is_ready"]


async def test_an_organization_has_one_account_however_often_it_asks(
    house: Product, client: httpx.AsyncClient, stripe: StripePeer, account: str
) -> None:
    path = "/v1/payment-providers/stripe/onboardings"
    wish = {"country": "AT", "email": "till@house.example"}
    again = ok(await client.post(path, json=wish, headers=house.operator()), 201)
    assert account in again["url"]
    assert len(stripe.accounts) == 1
    none = await client.post(path.replace("stripe", "sandbox"), json=wish, headers=house.operator())
    problem(none, 404, "not-found")
    nobody = await client.post(
        path.replace("stripe", "barter"), json=wish, headers=house.operator()
    )
    problem(nobody, 404, "unknown-provider")


async def test_what_an_organization_does_not_offer_nobody_pays_with(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    path, headers, event_ = "/v1/payment-providers/sandbox", house.operator(), house.event()
    ok(await client.put(path, json={"is_offered": False}, headers=headers))
    try:
        buyer = new_buyer()
        hold = await buyer.hold_ok(event_, [1])
        wish = {"provider": "sandbox"}
        refused = problem(await buyer.checkout(hold["id"], wish), 409, "provider-not-offered")
        listed = await client.get(f"/v1/events/{event_.id}/payment-providers")
        assert refused["offered"] == ok(listed)["items"] == ["xendit"]
    finally:
        ok(await client.put(path, json={"is_offered": True}, headers=headers))
    ok(await buyer.checkout(hold["id"]), 201)


async def test_an_organizer_connects_an_account_on_a_page(
    house: Product, stripe: StripePeer
) -> None:
    async with visitors.operator(house) as owner:
        page = await owner.get("/organizer/payments")
        connect = next(f for f in forms(page) if "country" in f.fields)
        empty = await owner.send(connect, act="connect")
        assert (empty.status_code, "Choose the country." in words(empty)) == (422, True)
        wish = {"act": "connect", "country": "AT", "email": "till@house.example"}
        elsewhere = await owner.send(connect, **wish)
        assert elsewhere.status_code == 303
        assert elsewhere.headers["location"].startswith(f"http://127.0.0.1:{stripe.port}/setup/")
        (account_id,) = stripe.accounts
        page = await owner.get("/organizer/payments")
        assert "not finished yet" in words(page)
        resume = next(f for f in forms(page) if f.fields.get("provider") == ["stripe"])
        assert account_id in (await owner.send(resume, act="resume")).headers["location"]
        stripe.verify_account(account_id)
        page = await owner.get("/organizer/payments?back=yes")
        assert f"Account {account_id}: it takes payments." in words(page)
        stripe.is_down = True
        again = await owner.send(resume, act="resume")
        assert (again.status_code, "Stripe" in words(again)) == (422, True)
    await rows(house, FORGET_ACCOUNT)
