"""Each confirmed order is settled once, and back to nothing when all of it is paid back."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel import context
from server.kernel.db import Database
from server.payments import refunding
from server.payments import service as payments
from server.settlement import split
from server.settlement.service import Settling
from tests.fixtures.product import ORG_ID, Event, Product
from tests.server.support import Buyer, ok, pay, rows, until

NewBuyer = Callable[[], Buyer]
PARTS = ("gross_minor", "fee_minor", "tax_minor", "net_minor", "host_minor")
_IN_THE_TOTAL = """
    WITH lines AS (UPDATE order_lines SET fee_minor = 101, tax_minor = 407 WHERE order_id = $1),
    taxed AS (INSERT INTO order_taxes (order_id, position, org_id, name, rate_ppm, is_inclusive,
                                       amount_minor)
              SELECT id, 0, org_id, 'VAT', 200000, true, 407 FROM orders WHERE id = $1)
    UPDATE orders SET fee_minor = 101, tax_minor = 407 WHERE id = $1"""


@pytest.fixture
async def db(house: Product) -> AsyncIterator[Database]:
    context.act_for(ORG_ID)
    opened = await Database.open(house.database_url, connections_max=4)
    yield opened
    await opened.close()


async def _buy(
    client: httpx.AsyncClient, house: Product, event: Event, buyer: Buyer
) -> dict[str, Any]:
    """25.00, of which 1.01 is the platform's and 4.07 a tax."""
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1]))["id"])
    order_id = started["order"]["id"]
    await rows(house, _IN_THE_TOTAL, uuid.UUID(order_id))
    await pay(client, started["redirect_url"])
    return await buyer.order_when(order_id, "confirmed")


async def _settled(house: Product, client: httpx.AsyncClient, count: int, **asked: Any) -> Any:
    headers = house.operator()

    async def there() -> Any:
        found = ok(await client.get("/v1/settlements", params=asked, headers=headers))["items"]
        return found if len(found) >= count else None

    return await until(there)


async def test_an_order_is_settled_and_unsettled_in_proportion_to_the_last_unit(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await _buy(client, house, event, buyer)
    sale = (await _settled(house, client, 1, event_id=str(event.id)))[0]
    assert [sale[part] for part in PARTS] == [2_500, 101, 407, 1_992, 1_992]
    assert (sale["kind"], sale["order_id"], sale["promoter_minor"]) == ("sale", order["id"], 0)
    for amount, status in ((833, "partially_refunded"), (1_667, "refunded")):
        async with db.tx() as tx:
            payment = await payments.of_order(tx, uuid.UUID(order["id"]))
            assert payment is not None
            await refunding.request_refund(tx, payment, amount, uuid.uuid4().hex)
        await buyer.order_when(order["id"], status)
        # Else what goes back next might be told with it, in one row.
        rows_of = await _settled(house, client, 2 + (status == "refunded"), event_id=str(event.id))
    assert [rows_of[1][part] for part in PARTS] == [-833, -33, -135, -665, -665]
    assert [sum(row[part] for row in rows_of) for part in PARTS] == [0] * 5
    service = house.credential("service")
    network = await client.get(
        "/v1/network/settlements", params={"event_id": str(event.id)}, headers=service
    )
    assert ok(network)["items"] == rows_of


async def test_an_order_is_settled_once_however_often_and_by_how_many(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await _buy(client, house, event, buyer)
    order_id = uuid.UUID(order["id"])
    context.act_for(ORG_ID)
    workers = [Settling(db), Settling(db)]
    await asyncio.gather(*(w.sold(event.id, order_id) for w in workers * 3))
    async with db.tx() as tx:
        payment = await payments.of_order(tx, order_id)
        assert payment is not None
        await refunding.request_refund(tx, payment, payment.amount_minor, "all of it")
    await buyer.order_when(order["id"], "refunded")
    await asyncio.gather(*(w.went_back(order_id) for w in workers * 3))
    found = await _settled(house, client, 2, event_id=str(event.id))
    assert [row["kind"] for row in found] == ["sale", "refund"]


@given(
    net=st.integers(0, 10**12),
    ppm=st.integers(0, 10**6),
    cuts=st.lists(st.integers(0, 10**12), max_size=5),
)
def test_a_net_is_split_and_comes_back_as_it_was_split_to_the_last_unit(
    net: int, ppm: int, cuts: list[int]
) -> None:
    promoter = split.promoters(net, ppm)
    assert 0 <= net * ppm - promoter * 10**6 < 10**6
    told = before = 0
    for gone in sorted({min(cut, net) for cut in cuts} | {net}):
        now = split.promoters_back(net, promoter, gone, told)
        assert 0 <= now <= gone - before
        told, before = told + now, gone
    assert told == promoter


async def test_where_a_venue_hosts_its_promoter_gets_the_share_that_was_agreed(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    """The venue, put into another organization's hands; the event stays the house's."""
    event, buyer, venue_org = house.event(), new_buyer(), f"hall-{uuid.uuid4().hex[:8]}"
    await rows(
        house,
        """WITH hall AS (INSERT INTO organizations (id, slug, name, approval)
                         VALUES ($1, $1, 'Hall', 'approved') RETURNING id)
           UPDATE venues v SET org_id = hall.id, is_exclusive = true, promoter_share_ppm = 333333
           FROM hall, events e WHERE e.id = $2 AND v.id = e.venue_id""",
        venue_org,
        event.id,
    )
    order = await _buy(client, house, event, buyer)
    sale = (await _settled(house, client, 1, event_id=str(event.id)))[0]
    assert (sale["host_mode"], sale["host_org_id"]) == ("venue", venue_org)
    # 19.92 at 33.3333 % is 6.6399...: what cannot be divided is the host's.
    assert [sale[part] for part in PARTS] == [2_500, 101, 407, 1_992, 1_329]
    assert sale["promoter_minor"] == 663
    # What is agreed otherwise since does not count for what was sold before.
    changed = "UPDATE venues SET promoter_share_ppm = 0, is_exclusive = false WHERE org_id = $1"
    await rows(house, changed, venue_org)
    for amount, status in ((833, "partially_refunded"), (1_667, "refunded")):
        async with db.tx() as tx:
            payment = await payments.of_order(tx, uuid.UUID(order["id"]))
            assert payment is not None
            await refunding.request_refund(tx, payment, amount, uuid.uuid4().hex)
        await buyer.order_when(order["id"], status)
        found = await _settled(house, client, 2 + (status == "refunded"), event_id=str(event.id))
    assert (found[1]["net_minor"], found[1]["host_minor"], found[1]["promoter_minor"]) == (
        -665, -444, -221,
    )  # fmt: skip
    assert [sum(row[part] for row in found) for part in (*PARTS, "promoter_minor")] == [0] * 6
    finance = await client.get(f"/v1/reports/finance?event_id={event.id}", headers=house.operator())
    (told,) = ok(finance)["items"]
    assert (told["host_minor"], told["promoter_minor"]) == (0, 0)
    sheet = await client.get(
        f"/v1/reports/settlements.csv?event_id={event.id}", headers=house.operator()
    )
    assert f"{venue_org},13.29,6.63," in sheet.text


class _Ledger(BaseHTTPRequestHandler):
    """A finance system that is down for the first two that come."""

    told: ClassVar[list[tuple[str, str, dict[str, Any]]]] = []
    refused: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        if len(self.refused) < 2:
            self.refused.append(key)
            self.send_error(503)
            return
        self.told.append((self.path, key, body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


async def test_income_is_told_until_it_is_taken_and_a_sale_does_not_wait_for_it(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Ledger)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    order = await _buy(client, house, event, new_buyer())
    await _settled(house, client, 1, event_id=str(event.id))
    house.stop("worker")
    house.start("worker", FINANCE_URL=url, FAILPOINTS="income.told=kill")
    try:

        async def dead() -> bool:
            return not house.is_running("worker")

        await until(dead)
        house.kill("worker")
        house.start("worker", FINANCE_URL=url)

        async def due() -> bool:
            await rows(
                house,
                "UPDATE settlements SET next_push_at = now() WHERE push_status = 'pending'",
            )
            return any(body["order_id"] == order["id"] for _, _, body in _Ledger.told)

        await until(due)

        async def sent() -> Any:
            listed = await _settled(house, client, 1, event_id=str(event.id))
            return listed[0] if listed[0]["push_status"] == "sent" else None

        row = await until(sent)
    finally:
        house.stop("worker")
        house.start("worker")
        server.shutdown()
    path, key, body = next(told for told in _Ledger.told if told[2]["order_id"] == order["id"])
    assert (path, key, body["settlement_id"]) == ("/api/income", row["id"], row["id"])
    assert (body["gross_minor"], body["platform_minor"], body["net_minor"]) == (2_500, 101, 1_992)
    assert (body["company_id"], body["host_id"], body["promoter_id"]) == (ORG_ID, ORG_ID, ORG_ID)
