"""What the reconciler found is told by every process until it is gone."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from server.kernel import context
from server.kernel.db import Database
from server.payments import reconciler
from server.payments.adapters.sandbox import SandboxProvider
from server.payments.adapters.stripe import StripeProvider
from server.payments.models import ProviderUnavailable
from server.payments.providers import Providers
from tests.fixtures.product import STRIPE_KEY, Product
from tests.fixtures.stripe_peer import StripePeer
from tests.server.storefront import visitors
from tests.server.storefront.visitors import words
from tests.server.support import Buyer, ok, payment_of, rows

MOVE = """UPDATE payments SET order_id = $2, created_at = now() - interval '1 hour'
          WHERE id = $1"""
OPEN_AT_STRIPE = """INSERT INTO money_gaps
    (id, org_id, kind, provider, about, reference, ours_minor, theirs_minor, currency, happened_at)
  VALUES ($1, '', 'charge_of_nobody', 'stripe', '', $2, 0, 700, 'EUR', $3)"""


async def _compare(house: Product) -> None:
    """As the worker does; Stripe may answer or not."""
    context.begin("tests")
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    stripe_url = f"http://127.0.0.1:{house.stripe_port}"
    providers: Providers = {
        "sandbox": SandboxProvider(house.gateway_url, "sandbox-secret", "webhook-secret"),
        "stripe": StripeProvider(STRIPE_KEY, ["whsec_none"], url=stripe_url),
    }
    db = await Database.open(house.database_url, connections_max=2)
    try:
        with suppress(ProviderUnavailable):
            async for _ in reconciler.compare(db, providers, since):
                pass
    finally:
        for provider in providers.values():
            await provider.close()
        await db.close()


async def _listed(house: Product, client: httpx.AsyncClient) -> dict[str, Any]:
    """By what it is about: an order, or the provider's reference."""
    headers = house.credential("staff")
    told = ok(await client.get("/v1/staff/money-gaps?page_size=100", headers=headers))
    assert "books" in {one["source"] for one in told["compared"]}
    return {one["order_id"] or one["reference"]: one for one in told["items"]}


async def _counted(house: Product, kind: str) -> list[int]:
    """By each web process."""
    async with httpx.AsyncClient() as client:
        pages = [(await client.get(f"{url}/metrics")).text for url in house.base_urls]
    found = [re.search(rf'^fullhouse_money_gaps{{kind="{kind}"}} (\d+)', p, re.M) for p in pages]
    return [int(one[1]) for one in found if one]


async def test_a_gap_is_told_by_every_process_with_what_to_do_until_it_is_gone(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    kind = "money_without_places"
    bought = await new_buyer().buy(house.event(), [1])
    payment, nowhere = await payment_of(house, bought["id"]), uuid.uuid4()
    await _compare(house)
    before, *_ = await _counted(house, kind)
    await rows(house, MOVE, payment["id"], nowhere)
    for _ in range(2):
        await _compare(house)
    assert await _counted(house, kind) == [before + 1] * len(house.base_urls)
    gap = (await _listed(house, client))[str(nowhere)]
    assert (gap["kind"], gap["ours_minor"], gap["org_id"]) == (kind, 2_500, "house")
    assert gap["found_at"] < gap["seen_at"]
    assert "Pay it back" in gap["advice"]
    house.kill("web1")
    house.start("web1")
    house.wait_ready("web1")
    assert await _counted(house, kind) == [before + 1] * len(house.base_urls)
    async with visitors.operator(house, house.staff_id) as staff:
        page = words(await staff.get("/staff/money"))
    assert "Money without places" in page
    assert f"order {nowhere}" in page
    assert gap["advice"] in page
    # Mended: nobody has to tell the page.
    await rows(house, MOVE, payment["id"], uuid.UUID(bought["id"]))
    await _compare(house)
    assert str(nowhere) not in await _listed(house, client)
    assert await _counted(house, kind) == [before] * len(house.base_urls)


async def test_what_was_not_looked_at_is_not_taken_for_gone(
    house: Product, client: httpx.AsyncClient
) -> None:
    """Stripe does not answer; and then it does, but nobody looks so far back."""
    now = dt.datetime.now(dt.UTC)
    young, old = f"pi_{uuid.uuid4().hex}", f"pi_{uuid.uuid4().hex}"
    for reference, days in ((young, 0), (old, 3)):
        happened_at = now - dt.timedelta(days=days)
        await rows(house, OPEN_AT_STRIPE, uuid.uuid4(), reference, happened_at)
    await _compare(house)
    assert {young, old} <= set(await _listed(house, client))
    with StripePeer(house.stripe_port, STRIPE_KEY):
        await _compare(house)
    listed = await _listed(house, client)
    assert (young in listed, old in listed) == (False, True)
    await rows(house, "DELETE FROM money_gaps WHERE reference = $1", old)
