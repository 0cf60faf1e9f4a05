"""How requests come in and answers go out, whatever they are about."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from server.kernel.http import BODY_BYTES_MAX
from tests.fixtures.product import Product
from tests.server.support import PATIENCE_S, Buyer, ok, problem, until

NewBuyer = Callable[[], Buyer]


async def _raw(house: Product, sent: bytes, *, hang_up: bool = False) -> bytes:
    """All that comes back for these bytes; `hang_up`: close at once instead of reading."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.web_ports[0])
    try:
        writer.write(sent)
        await writer.drain()
        return b"" if hang_up else await asyncio.wait_for(reader.read(), PATIENCE_S)
    finally:
        writer.close()


def _lines(house: Product, request_id: str) -> list[dict[str, object]]:
    lines = house.log("web0").rpartition("\n")[0].splitlines()
    return [json.loads(line) for line in lines if f'"request_id":"{request_id}"' in line]


async def _line(house: Product, request_id: str) -> dict[str, object]:
    async def found() -> dict[str, object] | None:
        return next((line for line in _lines(house, request_id) if "route" in line), None)

    return await until(found)


async def test_head_says_what_get_would_and_a_slash_too_many_is_redirected(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    for path in ("/v1/events", f"/v1/events/{event.id}"):
        got, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(got.content))
        moved = await client.get(f"{path}/", params={"page_size": "1"})
        assert moved.status_code == 307
        assert moved.headers["location"] == f"{house.base_url}{path}?page_size=1"
    for path in ("/v1/event", "/v1//events", "/v1/events//holds", "/v1", "/v1/events/x/y/z/"):
        problem(await client.get(path), 404, "not-found")


async def test_a_path_parameter_is_one_segment_and_a_uuid_as_documented(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    assert ok(await client.get(f"/v1/events/{str(event.id).upper()}"))["id"] == str(event.id)
    for name in (f"%7B{event.id}%7D", f"urn:uuid:{event.id}", f"{event.id}%2Fseats", "%00"):
        assert (await client.get(f"/v1/events/{name}")).status_code in (200, 404)
    problem(await client.get(f"/v1/events/%7B{event.id}%7D"), 404, "not-found")


async def test_a_body_past_its_bound_is_413_however_it_comes(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    path = f"/v1/events/{event.id}/holds"
    most = b'{"seats":[]}'.ljust(BODY_BYTES_MAX)
    problem(await buyer.call("POST", path, most), 422, "selection-invalid")
    refused = problem(await buyer.call("POST", path, most + b" "), 413, "content-too-large")
    assert str(BODY_BYTES_MAX) in refused["detail"]

    async def chunks():  # no Content-Length, so only counting tells
        for at in range(0, len(most) + 1, 65_536):
            yield (most + b" ")[at : at + 65_536]

    answer = await buyer.client.post(path, content=chunks(), headers=buyer.headers)
    problem(answer, 413, "content-too-large")
    webhook = await buyer.client.post("/v1/webhooks/sandbox", content=most + b" ")
    problem(webhook, 413, "content-too-large")


async def test_who_hangs_up_while_sending_is_no_error_of_ours(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    head = (
        f"POST /v1/events/{event.id}/holds HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        f"Authorization: {buyer.headers['Authorization']}\r\nX-Request-ID: gone-1\r\n\r\n"
    )
    await _raw(house, head.encode() + b'{"seats":', hang_up=True)
    assert (await _line(house, "gone-1"))["status"] == 0
    assert [line["level"] for line in _lines(house, "gone-1")] == ["info"]


async def test_requests_sent_in_one_go_are_answered_in_order_each_with_its_own_ids(
    house: Product, new_buyer: NewBuyer
) -> None:
    """The second begins inside the first one's last callback."""
    event, buyer = house.event(), new_buyer()
    common = f"Host: x\r\nAuthorization: {buyer.headers['Authorization']}\r\n"
    body = '{"seats":[1]}'
    first = (
        f"POST /v1/events/{event.id}/holds HTTP/1.1\r\n{common}X-Request-ID: one-go-1\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    second = (
        f"GET /v1/events HTTP/1.1\r\n{common}X-Request-ID: one-go-2\r\nConnection: close\r\n\r\n"
    )
    answers = await _raw(house, (first + second).encode())
    assert answers.index(b"HTTP/1.1 201") < answers.index(b"one-go-1")
    assert answers.index(b"one-go-1") < answers.index(b"HTTP/1.1 200") < answers.index(b"one-go-2")
    held, listed = await _line(house, "one-go-1"), await _line(house, "one-go-2")
    assert {"hold_id", "event_id"} <= set(held)
    assert not {"hold_id", "event_id"} & set(listed)
    assert str(held["actor"]).startswith("buyer:")
    assert listed["actor"] == "public"


@pytest.mark.parametrize("path", ["/v1/events", "/", "/none"])
async def test_every_answer_carries_the_headers_of_the_edge(
    house: Product, client: httpx.AsyncClient, path: str
) -> None:
    for method in ("GET", "PUT"):
        answer = await client.request(method, path, headers={"Accept": "text/html"})
        assert answer.headers["x-request-id"]
        assert answer.headers["traceparent"].startswith("00-")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        is_page = answer.headers["content-type"].startswith("text/html")
        for name in ("content-security-policy", "cross-origin-opener-policy",
                     "cross-origin-resource-policy", "permissions-policy"):  # fmt: skip
            assert (name in answer.headers) is is_page
        assert "strict-transport-security" not in answer.headers
        secure = {"Accept": "text/html", "X-Forwarded-Proto": "https"}
        answer = await client.request(method, path, headers=secure)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("name", ["web", "gateway"])
async def test_a_connection_outlives_what_a_client_keeps_it_unused(
    house: Product, name: str
) -> None:
    """httpx lets go after 5 s. A server that did so first would cut off what it was just sent."""
    port = house.web_ports[0] if name == "web" else int(house.gateway_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for pause_s in (0, 6):
            await asyncio.sleep(pause_s)
            writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
            assert head.startswith(b"HTTP/1.1 200")
            await reader.read(4096)
    finally:
        writer.close()
