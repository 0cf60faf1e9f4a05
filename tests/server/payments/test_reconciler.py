"""All money is places sold, or money back; where it is not, the command says so."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import STRIPE_KEY, XENDIT_KEY, Product
from tests.fixtures.services import Done, server_run
from tests.fixtures.stripe_peer import StripePeer
from tests.fixtures.xendit_peer import XenditPeer
from tests.server.support import Buyer, knobs, ok, pay, payment_of, rows

OFFICE = {"Authorization": "Bearer sandbox-secret"}
LONG_AGO = "UPDATE payments SET created_at = created_at - interval '1 hour' WHERE id = $1"
FORGET = """UPDATE payments SET provider_ref = NULL, redirect_url = NULL, next_check_at = 'infinity'
            WHERE id = $1"""


def _run(house: Product) -> Done:
    return server_run("reconcile", "--days", "1", environment=house.environ)


async def _reconciled(house: Product) -> list[list[str]]:
    """The command's lines about gaps, as words."""
    done = await asyncio.to_thread(_run, house)
    *lines, summary = done.stdout.splitlines()
    assert f"{len(lines)} gaps since" in summary, done.stderr
    mended = sum(" mended " in line for line in lines)
    assert done.returncode == (0 if len(lines) == mended else 1)
    return [line.split() for line in lines]


def _about(lines: list[list[str]], thing: Any) -> list[str]:
    """The kinds of gaps that name it."""
    return sorted(line[0] for line in lines if any(str(thing) in word for word in line))


async def test_a_provider_that_does_not_answer_is_no_proof(house: Product) -> None:
    """Stripe is down: the rest is compared, and the command does not say that all is well."""
    done = await asyncio.to_thread(_run, house)
    assert (done.returncode, "Stripe" in done.stderr) == (1, True)


async def test_a_charge_whose_answer_was_lost_is_found_in_the_providers_list(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    """Of the sandbox and of Stripe: nobody told us, and we do not even know the page."""
    event, buyer = house.event(), new_buyer()
    with (
        StripePeer(house.stripe_port, STRIPE_KEY) as stripe,
        XenditPeer(house.xendit_port, XENDIT_KEY),
    ):
        here = await buyer.checkout_ok((await buyer.hold_ok(event, [1]))["id"])
        await rows(
            house,
            """INSERT INTO payment_accounts (org_id, provider, account_ref, charges_enabled)
               VALUES ('house', 'stripe', 'acct_1', true)""",
        )
        stripe.accounts["acct_1"] = {"charges_enabled": True}
        hold = await buyer.hold_ok(event, [2])
        there = ok(await buyer.checkout(hold["id"], {"provider": "stripe"}), 201)
        orders = [here["order"]["id"], there["order"]["id"]]
        for order_id in orders:
            await rows(house, FORGET, (await payment_of(house, order_id))["id"])
        await pay(client, here["redirect_url"], "lost")
        charge = stripe.pay(there["redirect_url"].rpartition("/")[2])
        charge["created"] -= 400  # so long ago that it is worth telling
        lines = await _reconciled(house)
        assert _about(lines, orders[1]) == ["capture_missed"]
        for order_id in orders:
            await buyer.order_when(order_id, "confirmed")
        assert _about(await _reconciled(house), orders[1]) == []
    await rows(house, "DELETE FROM payment_accounts WHERE provider = 'stripe'")


async def test_every_kind_of_gap_is_told(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, buyer = house.event(), new_buyer()
    bought = [await buyer.buy(event, [at]) for at in (1, 2, 3)]
    payments = [await payment_of(house, order["id"]) for order in bought]
    for payment in payments:
        await rows(house, LONG_AGO, payment["id"])
    confirmed = "UPDATE orders SET confirmed_at = now() - interval '1 hour' WHERE event_id = $1"
    await rows(house, confirmed, event.id)
    with StripePeer(house.stripe_port, STRIPE_KEY), XenditPeer(house.xendit_port, XENDIT_KEY):
        lines = await _reconciled(house)
        for order in bought:
            assert _about(lines, order["id"]) == []
        # The money of the first is booked on an order that there is not.
        nowhere = uuid.uuid4()
        move = "UPDATE payments SET order_id = $2 WHERE id = $1"
        await rows(house, move, payments[0]["id"], nowhere)
        # The second was taken by nobody we know, as is what somebody paid without an order.
        unknown = uuid.uuid4()
        await rows(house, "UPDATE payments SET id = $2 WHERE id = $1", payments[1]["id"], unknown)
        # Of the third a part was paid back at the provider, and its tickets were never made.
        await knobs(client, house, drop=1.0)
        refund = {"session_id": payments[2]["provider_ref"], "amount_minor": 500, "reason": "x"}
        keyed = OFFICE | {"Idempotency-Key": uuid.uuid4().hex}
        ok(await client.post(f"{house.gateway_url}/v1/refunds", json=refund, headers=keyed), 201)
        await knobs(client, house, drop=0.0)
        await rows(house, "DELETE FROM tickets WHERE order_id = $1", uuid.UUID(bought[2]["id"]))
        lines = await _reconciled(house)
        assert _about(lines, nowhere) == ["money_without_places"]
        assert _about(lines, bought[0]["id"]) == ["places_without_money"]
        assert _about(lines, unknown) == ["capture_unknown"]
        assert _about(lines, payments[1]["id"]) == ["charge_of_nobody"]
        assert _about(lines, bought[2]["id"]) == ["tickets_missing"]
        after = await payment_of(house, bought[2]["id"])
        assert (after["status"], after["refunded_minor"]) == ("partially_refunded", 500)
    await rows(house, move, payments[0]["id"], uuid.UUID(bought[0]["id"]))
    await rows(house, "UPDATE payments SET id = $2 WHERE id = $1", unknown, payments[1]["id"])
    await rows(house, "DELETE FROM payment_accounts WHERE provider = 'stripe'")
