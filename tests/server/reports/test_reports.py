"""What was sold, over time, by event and as CSV that a spreadsheet runs nothing of."""

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from server.reports.sheets import Table, decimal
from tests.fixtures.product import Product
from tests.server.support import Buyer, ok, pay, problem, until

NewBuyer = Callable[[], Buyer]


class Row(msgspec.Struct):
    name: str
    currency: str
    price_minor: int


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_of(rows: list[Row]) -> bytes:
    table = Table(Row)
    table.add(rows)
    return table.csv()


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "\uff1d1"]
)
def test_what_a_spreadsheet_would_run_has_a_quote_before_it(typed: str) -> None:
    if "\0" not in typed:
        assert _read(csv_of([Row(typed, "EUR", 100)]))[0]["name"] == f"'{typed}"
    assert f"'{typed}".encode() in csv_of([Row(typed, "EUR", 100)])


def test_amounts_are_decimals_of_their_currency() -> None:
    rows = [Row('a, "b"', "EUR", 1_205), Row("", "JPY", 1_205), Row("c", "KWD", -5)]
    assert [(row["name"], row["price"]) for row in _read(csv_of(rows))] == [
        ("a, \"b\"", "12.05"), ("", "1205"), ("c", "-0.005"),
    ]  # fmt: skip
    assert decimal(0, 2) == "0.00"


async def test_reports_say_what_was_sold(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=1_250), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 3})
    named = {"name": '=HYPERLINK("http://evil")'}
    started = ok(await buyer.checkout(hold["id"], named), 201)
    await pay(client, started["redirect_url"])
    await buyer.order_when(started["order"]["id"], "confirmed")
    asked: dict[str, Any] = {"params": {"event_id": str(event.id)}, "headers": house.operator()}

    async def report(name: str) -> Any:
        return (ok(await client.get(f"/v1/reports/{name}", **asked)))["items"]

    async def settled() -> Any:
        return await report("finance")

    finance = (await until(settled))[0]
    assert (finance["orders"], finance["gross_minor"], finance["host_minor"]) == (1, 6_250, 6_250)
    point = (await report("sales"))[0]
    assert (point["orders"], point["tickets"], point["gross_minor"]) == (1, 5, 6_250)
    assert point["at"].endswith("T00:00:00Z")
    sheets = {
        name: _read((await client.get(f"/v1/reports/{name}.csv", **asked)).content)
        for name in ("orders", "tickets", "settlements")
    }
    assert [row["total"] for row in sheets["orders"]] == ["62.50"]
    assert len(sheets["tickets"]) == 5
    assert {row["price"] for row in sheets["tickets"]} == {"12.50"}
    assert {row["holder_name"] for row in sheets["tickets"]} == {"'" + named["name"]}
    assert [row["net"] for row in sheets["settlements"]] == ["62.50"]
    asked["params"] |= {"timezone": "Mars/Olympus"}
    problem(await client.get("/v1/reports/sales", **asked), 400, "bad-request")
