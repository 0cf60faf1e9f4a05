"""A web process dies at the worst moment; the same request again has one effect in all."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from tests.fixtures.product import STRIPE_KEY, Product
from tests.fixtures.stripe_peer import StripePeer
from tests.server.support import (
    Buyer,
    account,
    gateway_event,
    ok,
    pay,
    payment_of,
    rows,
    signed,
    state_of,
)

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def dies_at(house: Product) -> Iterator[Callable[[str], None]]:
    """Arms the second web process to kill itself at a failpoint; it is well again afterwards."""

    def arm(failpoint: str) -> None:
        house.stop("web1")
        house.start("web1", FAILPOINTS=f"{failpoint}=kill")
        house.wait_ready("web1")

    yield arm
    if "web1" not in house.revive():
        house.stop("web1")
        house.start("web1")
    house.wait_ready("web1")


@pytest.fixture
async def dying(house: Product) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.base_urls[1], timeout=10) as opened:
        yield opened


@pytest.mark.parametrize(
    "failpoint", ["exclusive.before_commit", "exclusive.at_once", "hold.committed"]
)
async def test_a_hold_interrupted_is_held_once(
    house: Product,
    client: httpx.AsyncClient,
    dying: httpx.AsyncClient,
    dies_at: Callable[[str], None],
    new_buyer: NewBuyer,
    failpoint: str,
) -> None:
    event, buyer = house.event(), new_buyer()
    dies_at(failpoint)
    path, body = f"/v1/events/{event.id}/holds", {"seats": [1, 2]}
    headers = buyer.headers | {"Idempotency-Key": "k"}
    if failpoint == "exclusive.at_once":
        # What a process knows of an event by its first hold, it writes the second with.
        ok(await dying.post(path, json={"seats": [9]}, headers=new_buyer().headers), 201)
    with pytest.raises(httpx.TransportError):
        await dying.post(path, json=body, headers=headers)
    answer = await client.post(path, json=body, headers=headers)
    hold = ok(answer, 201)
    mine = "SELECT id FROM holds WHERE event_id = $1 AND seat_idxs && '{1,2}'"
    assert [str(row[0]) for row in await rows(house, mine, event.id)] == [hold["id"]]
    assert (await state_of(client, event))[0][:4] == [0, 1, 1, 0]
    told = "SELECT count(*) FROM outbox_events WHERE subject = $1"
    assert (await rows(house, told, f"hold:{hold['id']}"))[0][0] == 1


@pytest.mark.parametrize("failpoint", ["checkout.ordered", "payment.opened"])
async def test_a_checkout_interrupted_is_one_order_and_one_page(
    house: Product,
    client: httpx.AsyncClient,
    dying: httpx.AsyncClient,
    dies_at: Callable[[str], None],
    new_buyer: NewBuyer,
    failpoint: str,
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    dies_at(failpoint)
    body = {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"}
    with pytest.raises(httpx.TransportError):
        await dying.post("/v1/checkout", json=body, headers=buyer.headers)
    started = ok(await client.post("/v1/checkout", json=body, headers=buyer.headers), 201)
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    payment = await payment_of(house, order["id"])
    books = account(house, payment["id"])
    assert books is not None
    assert (books.captured_minor, len(books.charges)) == (2_500, 1)
    orders = "SELECT count(*) FROM orders WHERE hold_id = $1"
    assert (await rows(house, orders, uuid.UUID(hold["id"])))[0][0] == 1


@pytest.mark.parametrize("failpoint", ["webhook.verified", "webhook.stored"])
async def test_a_webhook_interrupted_is_counted_once(
    house: Product,
    client: httpx.AsyncClient,
    dying: httpx.AsyncClient,
    dies_at: Callable[[str], None],
    new_buyer: NewBuyer,
    failpoint: str,
) -> None:
    buyer = new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(house.event(), [1]))["id"])
    await pay(client, started["redirect_url"], "lost")
    told = gateway_event(await payment_of(house, started["order"]["id"]))
    dies_at(failpoint)
    path = "/v1/webhooks/sandbox"
    with pytest.raises(httpx.TransportError):
        await dying.post(path, content=told, headers=signed(told))
    assert (await client.post(path, content=told, headers=signed(told))).status_code == 200
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert len(order["tickets"]) == 1
    captured = (
        "SELECT count(*) FROM outbox WHERE type = 'payment.captured' AND data->>'order_id' = $1"
    )
    assert (await rows(house, captured, order["id"]))[0][0] == 1


async def test_a_scan_interrupted_admits_once_and_says_so_again(
    house: Product,
    client: httpx.AsyncClient,
    dying: httpx.AsyncClient,
    dies_at: Callable[[str], None],
    new_buyer: NewBuyer,
) -> None:
    event = house.event()
    order = await new_buyer().buy(event, [1])
    body = {"token": order["tickets"][0]["scan_token"], "gate": "North"}
    headers = {"X-Scanner-Key": event.scanner_key, "Idempotency-Key": "k"}
    dies_at("scan.committed")
    with pytest.raises(httpx.TransportError):
        await dying.post("/v1/checkin/scans", json=body, headers=headers)
    again = await client.post("/v1/checkin/scans", json=body, headers=headers)
    assert ok(again)["result"] == "admitted"
    assert len(await rows(house, "SELECT id FROM scans WHERE event_id = $1", event.id)) == 1


async def test_a_database_that_restarts_is_waited_for(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Its connections are cut; the next requests are answered, by 503 at worst, and then served."""
    event, buyer = house.event(), new_buyer()
    # Each is waited for: on a busy machine one may end a while after it was told to.
    cut = """SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    for seat in range(5):
        await rows(house, cut)
        answer = await buyer.hold(event, [seat], key=f"k{seat}")
        assert answer.status_code in (201, 503), answer.text
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1
            ok(await buyer.hold(event, [seat], key=f"k{seat}"), 201)
    assert (await state_of(client, event))[0][:5] == [1] * 5
    order = await new_buyer().buy(event, [10])
    assert len(order["tickets"]) == 1


async def test_an_onboarding_interrupted_opens_one_account(
    house: Product,
    client: httpx.AsyncClient,
    dying: httpx.AsyncClient,
    dies_at: Callable[[str], None],
) -> None:
    """The account was there at Stripe before we could write it down."""
    path = "/v1/payment-providers/stripe/onboardings"
    wish = {"country": "AT", "email": "till@house.example"}
    dies_at("account.opened")
    with StripePeer(house.stripe_port, STRIPE_KEY) as stripe:
        with pytest.raises(httpx.TransportError):
            await dying.post(path, json=wish, headers=house.operator())
        page = ok(await client.post(path, json=wish, headers=house.operator()), 201)["url"]
        (account_id,) = stripe.accounts
        assert account_id in page
    await rows(house, "DELETE FROM payment_accounts WHERE account_ref = $1", account_id)
