"""A self-test sells, scans and pays back for real, says which step failed, and leaves no trace."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.catalog.service import Catalog
from server.kernel import context
from server.kernel.db import Database
from server.refunds.cancelling import Cancellations
from server.selftest import service as selftest
from server.selftest.steps import STEP_MAX_S
from tests.fixtures.product import ORG_ID, Product
from tests.fixtures.stopped import stopped
from tests.server.storefront import visitors
from tests.server.storefront.visitors import document, forms, words
from tests.server.support import Buyer, Organizer, account, knobs, ok, problem, rows, until

STEPS = [
    "event_made", "held", "checked_out", "payment_opened", "paid", "webhook_received", "confirmed",
    "ticket_issued", "ticket_scanned", "refunded", "seat_free", "cleaned",
]  # fmt: skip
LEFT = """SELECT e.id, e.slug, e.map_id, e.venue_id, e.cancelled_at IS NOT NULL AS is_cancelled,
                 o.id AS order_id, o.status AS order_status, p.id AS payment_id,
                 p.amount_minor, p.refunded_minor
          FROM events e LEFT JOIN orders o ON o.event_id = e.id
          LEFT JOIN payments p ON p.order_id = o.id
          WHERE e.status = 'self_test' ORDER BY e.created_at DESC LIMIT 1"""
LEFT_OF = LEFT.replace("ORDER BY", "AND e.id = $1 ORDER BY")

TOLD = "SELECT body FROM webhook_deliveries WHERE endpoint_id = $1"
SHEETS = (
    "/v1/reports/orders.csv", "/v1/reports/tickets.csv", "/v1/reports/settlements.csv",
)  # fmt: skip
LISTS = (
    "/v1/events?page_size=100", "/v1/org/events?q=self-test", "/v1/venues?q=self-test",
    "/v1/maps?page_size=100", f"/v1/organizations/{ORG_ID}/calendar", "/v1/reports/finance",
    "/", "/organizer",
)  # fmt: skip


@pytest.fixture
def owner(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _run(owner: Organizer, **more: str) -> dict[str, Any]:
    return ok(await owner.call("POST", "/v1/self-test", **more))


async def test_a_whole_order_holds_step_by_step_and_the_money_is_back(
    house: Product, owner: Organizer
) -> None:
    key = f"self-test {uuid.uuid4()}"
    told = await _run(owner, key=key)
    assert told["has_passed"], told
    assert told["problem"] is None
    assert [step["name"] for step in told["steps"]] == STEPS
    assert all(step["has_held"] and 0 <= step["took_ms"] < 5_000 for step in told["steps"])
    assert sum(step["took_ms"] for step in told["steps"]) <= told["took_ms"] + len(STEPS)
    (left,) = await rows(house, LEFT)
    assert (left["is_cancelled"], left["order_status"]) == (True, "refunded")
    books = account(house, left["payment_id"])
    assert books is not None
    assert books.captured_minor == books.refunded_minor == left["amount_minor"] > 0
    assert await _run(owner, key=key) == told
    (same,) = await rows(house, LEFT)
    assert same["id"] == left["id"]


async def test_nothing_of_it_is_listed_counted_told_or_mailed(
    house: Product, client: httpx.AsyncClient, owner: Organizer, new_buyer: Callable[[], Buyer]
) -> None:
    wish = {"url": "http://127.0.0.1:9/", "event_types": [], "description": ""}
    endpoint = ok(await owner.call("POST", "/v1/webhook-endpoints", wish), 201)
    for _ in range(2):
        assert (await _run(owner))["has_passed"]
    # A sale that counts, after them: where it has arrived, they would have.
    real = house.event()
    order_id = (await new_buyer().buy(real, [1]))["id"]
    (left,) = await rows(house, LEFT)
    traces = {str(left[name]) for name in ("id", "order_id", "map_id", "venue_id", "slug")}

    async def told() -> list[str]:
        found = await rows(house, TOLD, uuid.UUID(endpoint["id"]))
        bodies = [row["body"] for row in found]
        return bodies if any(order_id in body for body in bodies) else []

    async def settled() -> bool:
        return order_id in (await owner.call("GET", f"/v1/settlements?event_id={real.id}")).text

    await until(settled)
    shown = [*await until(told)]
    for path in SHEETS:
        shown.append((await owner.call("GET", path)).text)
        assert order_id in shown[-1], path
    for path in LISTS:
        answer = await owner.call("GET", path)
        assert answer.is_success, path
        shown.append(answer.text)
    for text in shown:
        assert not any(trace in text for trace in traces), text
    settlements = "SELECT 1 FROM settlements WHERE event_id = $1"
    assert not await rows(house, settlements, left["id"])
    assert (await client.get(f"/e/{left['slug']}")).status_code == 404
    assert not await rows(house, "SELECT 1 FROM mails WHERE to_address LIKE '%.invalid'")
    gone = await owner.call("DELETE", f"/v1/webhook-endpoints/{endpoint['id']}")
    assert gone.status_code == 204


async def test_without_a_worker_it_ends_within_its_bound_and_says_where_to_look(
    house: Product, owner: Organizer
) -> None:
    with stopped(house.pid("worker")):
        told = await _run(owner)
    *held, confirmed, cleaned = told["steps"]
    assert (confirmed["name"], confirmed["has_held"]) == ("confirmed", False)
    assert all(step["has_held"] for step in held)
    assert cleaned == {"name": "cleaned", "took_ms": cleaned["took_ms"], "has_held": True}
    # The loop's timers count from the beginning of its turn: they may be early by that much.
    assert STEP_MAX_S * 1_000 - 100 < confirmed["took_ms"] < STEP_MAX_S * 1_000 + 4_000
    assert told["problem"].startswith("Confirming the order failed: it took longer than 5 s.")
    assert "whether a worker runs" in told["problem"]

    async def paid_back() -> bool:
        (left,) = await rows(house, LEFT)
        return left["refunded_minor"] == left["amount_minor"] > 0

    await until(paid_back)


async def test_a_gateway_that_is_down_is_named(
    house: Product, client: httpx.AsyncClient, owner: Organizer
) -> None:
    await knobs(client, house, down=1)
    try:
        told = await _run(owner)
    finally:
        await knobs(client, house, down=0)
    assert not told["has_passed"]
    assert [step["name"] for step in told["steps"]] == [
        "event_made",
        "held",
        "checked_out",
        "cleaned",
    ]
    assert "sandbox gateway" in told["problem"]
    assert "SANDBOX_URL" in told["problem"]


@pytest.mark.parametrize("failpoint", ["checkout.ordered", "scan.committed"])
async def test_what_a_process_left_that_was_killed_is_in_no_report_and_is_cleaned_up(
    house: Product, owner: Organizer, failpoint: str
) -> None:
    """Before anything was paid, and when its ticket had been used."""
    house.kill("web1")
    house.start("web1", FAILPOINTS=f"{failpoint}=kill")
    try:
        house.wait_ready("web1")
        with pytest.raises(httpx.RequestError):
            await owner.client.post(f"{house.base_urls[1]}/v1/self-test", headers=owner.headers)
    finally:
        house.kill("web1")
        house.start("web1")
    (left,) = await rows(house, LEFT)
    is_paid = failpoint == "scan.committed"
    status = "confirmed" if is_paid else "pending"
    assert (left["is_cancelled"], left["order_status"]) == (False, status)
    traces = {str(left[name]) for name in ("id", "order_id", "map_id", "venue_id", "slug")}
    for path in (*SHEETS, *LISTS):
        answer = await owner.call("GET", path)
        assert answer.is_success, path
        assert not any(trace in answer.text for trace in traces), path
    context.act_for(ORG_ID)
    db = await Database.open(house.database_url, connections_max=2)
    try:
        cancellations = Cancellations(db, Catalog(db))
        # It may be under way still.
        assert await selftest.clean_left(db, cancellations) == 0
        as_if = "UPDATE events SET created_at = now() - interval '6 minutes' WHERE id = $1"
        await rows(house, as_if, left["id"])
        assert await selftest.clean_left(db, cancellations) == 1
        assert await selftest.clean_left(db, cancellations) == 0
    finally:
        await db.close()

    async def ended() -> bool:
        (now,) = await rows(house, LEFT_OF, left["id"])
        # What was never paid ends with its hold, as any order.
        return now["is_cancelled"] and now["order_status"] == ("refunded" if is_paid else "pending")

    await until(ended)
    books = account(house, left["payment_id"])
    assert (books is not None) is is_paid
    assert books is None or books.captured_minor == books.refunded_minor > 0
    house.wait_ready("web1")


async def test_without_the_sandbox_it_is_refused(owner: Organizer) -> None:
    offer = "/v1/payment-providers/sandbox"
    assert (await owner.call("PUT", offer, {"is_offered": False})).is_success
    try:
        refused = problem(await owner.call("POST", "/v1/self-test"), 409, "provider-not-offered")
    finally:
        assert (await owner.call("PUT", offer, {"is_offered": True})).is_success
    assert "offer it among your payments first" in refused["detail"]


async def test_a_button_of_the_portal_shows_each_step(house: Product) -> None:
    async with visitors.operator(house, house.operator_id) as owner:
        page = await owner.get("/organizer/self-test")
        (button,) = [form for form in forms(page) if form.action != "/sign-out"]
        sent = await owner.send(button)
        assert "All is well: 12 steps in" in words(sent)
        assert len(document(sent).xpath("//tbody/tr")) == len(STEPS)
