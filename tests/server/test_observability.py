"""What happened can be found: logs by request and by order, metrics by route."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from tests.fixtures.product import Product
from tests.server.support import Buyer, end_in, ok, pay, until

NewBuyer = Callable[[], Buyer]


def _lines(house: Product, process: str) -> list[dict[str, Any]]:
    """Every line of a log, as JSON; only what a process says to who started it is text."""
    whole = house.log(process).rpartition("\n")[0]
    said = [line for line in whole.splitlines() if not line.endswith("ready")]
    return [msgspec.json.decode(line) for line in said if not line.startswith("web ready ")]


async def _by_request(house: Product, last: str) -> dict[str, dict[str, Any]]:
    """Lines by request id, once the line of the request `last` is written."""

    async def found() -> dict[str, dict[str, Any]] | None:
        lines = {line["request_id"]: line for line in _lines(house, "web0")}
        return lines if last in lines else None

    return await until(found)


async def test_logs_are_json_lines_with_the_ids_of_request_hold_and_order(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = f"00-{trace}-00f067aa0ba902b7-01"
    hold = ok(await buyer.hold(event, [1], X_Request_ID="journey-1", traceparent=parent), 201)
    ok(await buyer.change(hold["id"], {"add": {"seats": [2]}}, X_Request_ID="journey-2"))
    started = ok(
        await buyer.call(
            "POST",
            "/v1/checkout",
            {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"},
            X_Request_ID="journey-3",
        ),
        201,
    )
    order_id = started["order"]["id"]
    by_request = await _by_request(house, "journey-3")
    first, second, third = (by_request[f"journey-{nth}"] for nth in (1, 2, 3))
    assert (first["trace_id"], first["method"], first["status"]) == (trace, "POST", 201)
    assert (first["event_id"], first["hold_id"]) == (str(event.id), hold["id"])
    assert (second["hold_id"], second["method"]) == (hold["id"], "PATCH")
    assert (third["hold_id"], third["order_id"]) == (hold["id"], order_id)
    assert third["event_id"] == str(event.id)
    assert {line["process"] for line in by_request.values()} == {"web"}
    for line in by_request.values():
        assert {"at", "level", "event", "actor", "request_id", "trace_id"} <= set(line)
    assert all(line["actor"].startswith("buyer:") for line in (first, second, third))


async def test_one_requests_ids_are_not_anothers(house: Product, new_buyer: NewBuyer) -> None:
    """On one kept-alive connection, too."""
    event, buyer = house.event(), new_buyer()
    hold = ok(await buyer.hold(event, [1], X_Request_ID="kept-1"), 201)
    await buyer.call("DELETE", f"/v1/holds/{hold['id']}", X_Request_ID="kept-2")
    await buyer.call("GET", "/v1/me/tickets", X_Request_ID="kept-3")
    by_request = await _by_request(house, "kept-3")
    assert "hold_id" in by_request["kept-2"]
    assert not {"hold_id", "order_id", "event_id"} & set(by_request["kept-3"])


async def test_no_secret_is_logged(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    await client.post("/v1/auth/login", json={"email": "x@y.example", "password": "hunter2"})
    ticket = order["tickets"][0]
    secrets = [
        buyer.headers["Authorization"].removeprefix("Bearer "),
        ticket["scan_token"],
        "hunter2",
        event.scanner_key,
        house.environ["JWT_SECRET"],
        house.environ["TICKET_KEY"],
        "ada@buyer.example",
    ]
    for process in ("web0", "web1", "worker"):
        # A house without SMTP_URL reads its mails in the log; in production there is none.
        told = house.log(process).splitlines()
        log = "\n".join([line for line in told if "SMTP_URL is not set" not in line])
        assert [secret for secret in secrets if secret in log] == []


async def test_a_foreign_request_id_is_kept_only_if_well_formed(client: httpx.AsyncClient) -> None:
    for sent, kept in (("abc-1.2:3_X", True), ("a b", False), ("x" * 129, False), ("<b>", False)):
        answer = await client.get("/v1/events", headers={"X-Request-ID": sent})
        assert (answer.headers["x-request-id"] == sent) is kept
    trace = "0af7651916cd43dd8448eb211c80319c"
    for sent, kept in ((f"00-{trace}-b7ad6b7169203331-01", True), (f"00-{trace}", False)):
        answer = await client.get("/v1/events", headers={"traceparent": sent})
        assert (trace in answer.headers["traceparent"]) is kept


async def test_the_worker_logs_what_it_does_with_the_order_and_the_trace_of_its_request(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    started = await buyer.checkout_ok(hold["id"])
    await end_in(house, hold["id"], 0)
    await new_buyer().hold_ok(event, [1])
    await pay(client, started["redirect_url"])
    order_id = started["order"]["id"]
    await buyer.order_when(order_id, "refunded")

    async def found() -> list[dict[str, Any]]:
        return [line for line in _lines(house, "worker") if line.get("order_id") == order_id]

    [line] = await until(found)
    assert (line["event_id"], line["org_id"]) == (str(event.id), "house")
    assert "paying back" in line["event"]


async def test_metrics_tell_holds_routes_and_streams(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    await new_buyer().hold_ok(event, [1])
    await new_buyer().hold(event, [1])
    text = (await client.get("/metrics")).text
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    routes = {
        (s.labels["route"], s.labels["status"])
        for s in samples
        if s.name == "fullhouse_http_requests_total"
    }
    assert {("create_hold", "201"), ("create_hold", "409")} <= routes
    values = {s.name: s.value for s in samples if not s.labels}
    assert values["fullhouse_hold_requests_total"] >= 2
    assert values["fullhouse_hold_refusals_total"] >= 1
    assert any(s.name.startswith("fullhouse_http_seconds") for s in samples)


async def test_health_is_cheap_and_readiness_asks(client: httpx.AsyncClient) -> None:
    assert ok(await client.get("/health"))["status"] == "ok"
    assert ok(await client.get("/readyz")) == {"status": "ready", "redis": "ok"}
