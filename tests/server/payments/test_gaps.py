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
from tests.server.support import Buyer, ok, payment_of, problem, rows

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


async def test_a_gap_that_was_closed_is_told_no_more_until_its_amounts_change(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    kind = "money_without_places"
    bought = await new_buyer().buy(house.event(), [1])
    payment, nowhere = await payment_of(house, bought["id"]), uuid.uuid4()
    await rows(house, MOVE, payment["id"], nowhere)
    await _compare(house)
    before, *_ = await _counted(house, kind)
    gap = (await _listed(house, client))[str(nowhere)]
    path, staff = f"/v1/staff/money-gaps/{gap['id']}", house.credential("staff")
    seen = {"reason": "given back in cash", "ours_minor": 2_500, "theirs_minor": 0}

    async def dismiss(**wish: Any) -> httpx.Response:
        return await client.post(f"{path}/dismissals", json=seen | wish, headers=staff)

    for wrong in ({"reason": " "}, {"ours_minor": None}, {"reason": "x" * 1_001}):
        problem(await dismiss(**wrong), 400, "bad-request")
    moved = problem(await dismiss(ours_minor=2_499), 409, "gap-moved")
    assert moved["ours_minor"] == 2_500
    async with visitors.operator(house, house.staff_id) as visitor:
        page = await visitor.get("/staff/money")
        [own] = [one for one in visitors.forms(page) if one.fields.get("gap") == [gap["id"]]]
        empty = await visitor.send(own, reason=" ")
        assert (empty.status_code, "Say why" in words(empty)) == (422, True)
        assert (await visitor.send(own, reason=seen["reason"])).status_code == 303
        assert str(nowhere) not in words(await visitor.get("/staff/money"))
        closed = words(await visitor.get("/staff/money?status=dismissed"))
    assert f"order {nowhere}" in closed
    assert "given back in cash" in closed
    await _compare(house)
    assert await _counted(house, kind) == [before - 1] * len(house.base_urls)
    assert str(nowhere) not in await _listed(house, client)
    [kept] = [one for one in await _gaps(house, client, "dismissed") if one["id"] == gap["id"]]
    assert kept["seen_at"] > kept["dismissal"]["at"], "it is met all the same"
    [told] = await rows(
        house,
        "SELECT actor, action, data FROM audit_log WHERE subject = $1",
        f"money_gap:{gap['id']}",
    )
    assert told["action"] == "money_gap.dismissed"
    assert told["actor"] == kept["dismissal"]["by"]
    assert "given back in cash" in told["data"]

    await rows(house, "UPDATE payments SET refunded_minor = 100 WHERE id = $1", payment["id"])
    await _compare(house)
    [again] = [one for one in await _gaps(house, client, "open") if one["id"] == gap["id"]]
    assert (again["ours_minor"], again["dismissal"]) == (2_400, None)
    assert await _counted(house, kind) == [before] * len(house.base_urls)
    ok(await dismiss(ours_minor=2_400))
    for _ in range(2):
        opened = ok(await client.post(f"{path}/reopenings", headers=staff))
        assert opened["dismissal"] is None
    assert str(nowhere) in await _listed(house, client)

    await rows(
        house, "UPDATE payments SET refunded_minor = 0, order_id = $2 WHERE id = $1",
        payment["id"], uuid.UUID(bought["id"]),
    )  # fmt: skip
    ok(await dismiss(ours_minor=2_400))
    await _compare(house)
    problem(await dismiss(ours_minor=2_400), 404, "not-found")


async def _gaps(house: Product, client: httpx.AsyncClient, status: str) -> list[dict[str, Any]]:
    query = {"page_size": 100, "status": status}
    headers = house.credential("staff")
    return ok(await client.get("/v1/staff/money-gaps", params=query, headers=headers))["items"]
