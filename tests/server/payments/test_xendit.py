"""Xendit, as a peer that speaks its wire: invoices in whole rupiah, its callback token, refunds."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from server.payments.adapters.xendit import XenditProvider
from server.payments.models import OpenPayment, PaymentRefused, RefundRefused, Terms
from tests.fixtures.product import XENDIT_KEY, XENDIT_TOKEN, Product
from tests.fixtures.xendit_peer import XenditPeer
from tests.server.support import Buyer, ok, payment_of, problem, rows, until

NewBuyer = Callable[[], Buyer]
HOOK = "/v1/webhooks/xendit"
TERMS = Terms(None, 0)


@pytest.fixture
def xendit(house: Product) -> Iterator[XenditPeer]:
    with XenditPeer(house.xendit_port, XENDIT_KEY) as peer:
        yield peer


@pytest.fixture
async def provider(xendit: XenditPeer) -> AsyncIterator[XenditProvider]:
    adapter = XenditProvider(XENDIT_KEY, XENDIT_TOKEN, f"http://127.0.0.1:{xendit.port}")
    yield adapter
    await adapter.close()


def _payment(amount_minor: int, currency: str) -> OpenPayment:
    return OpenPayment(
        payment_id=uuid.uuid4(),
        expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10),
        amount_minor=amount_minor,
        currency=currency,
        description="A night",
        return_url="https://house.example/back",
        cancel_url="https://house.example/no",
        webhook_url="https://house.example/hook",
    )


async def _tell(client: httpx.AsyncClient, body: Any, token: str = XENDIT_TOKEN) -> httpx.Response:
    headers = {"x-callback-token": token}
    return await client.post(HOOK, content=json.dumps(body), headers=headers)


async def test_an_invoice_that_is_paid_becomes_tickets_and_goes_back_when_it_is_refunded(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, xendit: XenditPeer
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1, 2])
    xendit.lose_answer = True
    choice = {"provider": "xendit"}
    problem(await buyer.checkout(hold["id"], choice), 503, "provider-unavailable")
    started = ok(await buyer.checkout(hold["id"], choice), 201)
    order_id, invoice_id = started["order"]["id"], started["redirect_url"].rpartition("/")[2]
    assert list(xendit.invoices) == [invoice_id]
    assert xendit.invoices[invoice_id]["amount"] == 50.0
    told = dict(xendit.pay(invoice_id))
    for token in ("", "guessed", XENDIT_TOKEN + "."):
        problem(await _tell(client, told, token), 400, "webhook-rejected")
    problem(await _tell(client, {"id": 7}), 400, "webhook-rejected")
    answers = await asyncio.gather(*(_tell(client, told) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    order = await buyer.order_when(order_id, "confirmed")
    assert len(order["tickets"]) == 2
    assert (await _tell(client, told | {"status": "EXPIRED"})).status_code == 200

    payment = await payment_of(house, order_id)
    xendit.pending_asks = 1
    refund = """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
                VALUES ($1, 'house', $2, 5000, 'asked')"""
    await rows(house, refund, uuid.uuid4(), payment["id"])
    await buyer.order_when(order_id, "refunded")
    (done,) = xendit.refunds.values()
    assert (done["amount"], done["status"]) == (50, "SUCCEEDED")
    callback = {"event": "refund.succeeded", "data": {"id": done["id"], "status": "SUCCEEDED"}}
    assert (await _tell(client, callback)).status_code == 200
    assert (await payment_of(house, order_id))["refunded_minor"] == 5_000


async def test_an_invoice_that_nobody_told_of_is_found_by_asking(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, xendit: XenditPeer
) -> None:
    paid, left = new_buyer(), new_buyer()
    event, orders = house.event(), []
    for buyer, seat in ((paid, 1), (left, 2)):
        hold = await buyer.hold_ok(event, [seat])
        started = ok(await buyer.checkout(hold["id"], {"provider": "xendit"}), 201)
        orders.append((started["order"]["id"], started["redirect_url"].rpartition("/")[2]))
    xendit.pay(orders[0][1])
    xendit.invoices[orders[1][1]]["status"] = "EXPIRED"
    ask = "UPDATE payments SET next_check_at = now() WHERE order_id = ANY($1)"
    await rows(house, ask, [uuid.UUID(order_id) for order_id, _ in orders])
    await paid.order_when(orders[0][0], "confirmed")

    async def failed() -> bool:
        return (await payment_of(house, orders[1][0]))["status"] == "failed"

    await until(failed)


async def test_rupiah_are_whole_and_what_is_not_is_refused(
    provider: XenditProvider, xendit: XenditPeer
) -> None:
    """ISO 4217 gives the rupiah two digits, Xendit none."""
    payment = _payment(15_000_000, "IDR")
    opened = await provider.open(payment, TERMS)
    assert xendit.invoices[opened.provider_ref]["amount"] == 150_000
    assert await provider.open(payment, TERMS) == opened
    with pytest.raises(PaymentRefused, match="IDR"):
        await provider.open(_payment(15_000_050, "IDR"), TERMS)
    assert await provider.look_up(payment.payment_id, None) is None
    xendit.pay(opened.provider_ref)
    found = await provider.look_up(payment.payment_id, None)
    assert found is not None
    assert (found.kind, found.amount_minor) == ("captured", 15_000_000)
    with pytest.raises(RefundRefused):
        await provider.refund(opened.provider_ref, uuid.uuid4(), 15_000_100)
    refund_id = uuid.uuid4()
    first = await provider.refund(opened.provider_ref, refund_id, 100)
    assert await provider.refund(opened.provider_ref, refund_id, 100) == first
    assert len(xendit.refunds) == 1


async def test_its_list_has_every_paid_invoice_once(
    provider: XenditProvider, xendit: XenditPeer
) -> None:
    """With what was paid back of it, also where somebody else did it, in however many parts."""
    paid, refs = [], []
    for _ in range(205):
        payment = _payment(12_345, "PHP")
        opened = await provider.open(payment, TERMS)
        xendit.pay(opened.provider_ref)
        paid.append(payment.payment_id)
        refs.append(opened.provider_ref)
    for _ in range(101):
        xendit.refund_in_office(refs[7], 0.5)
    xendit.refund_in_office(refs[9], 3.45, "PENDING")
    await provider.refund(refs[11], uuid.uuid4(), 12_345)
    await provider.open(_payment(1, "PHP"), TERMS)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    listed = [charge async for charge in provider.list_since(since)]
    assert [charge.payment_id for charge in listed] == paid
    assert {charge.amount_minor for charge in listed} == {12_345}
    refunded = {nth: c.refunded_minor for nth, c in enumerate(listed) if c.refunded_minor}
    assert refunded == {7: 5_050, 11: 12_345}
