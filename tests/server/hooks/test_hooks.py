"""Organizations' programs are told of events: signed, until they take it, and only outside."""

import asyncio
import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from threading import Thread
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from server.embedded import free_port
from server.hooks.models import EndpointRefused
from server.hooks.outside import Outside
from server.hooks.signing import Signer
from server.orgs.dns import Dns
from tests.fixtures.product import Product
from tests.server.orgs.names import answering
from tests.server.storefront import visitors
from tests.server.storefront.visitors import words
from tests.server.support import PATIENCE_S, Buyer, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]
AT = "/v1/webhook-endpoints"


class Names(Dns):
    """Every name has the address that comes next, and the last for ever."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = [ip_address(address) for address in addresses]

    async def addresses(self, name: str) -> list[Any]:
        return [self._addresses.pop(0) if len(self._addresses) > 1 else self._addresses[0]]


class _Crm(BaseHTTPRequestHandler):
    """Takes what comes, but for the first at each address that begins with /later."""

    came: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        before = [path for path, _, _ in self.came]
        told = {name.lower(): value for name, value in self.headers.items()}
        self.came.append((self.path, told, body))
        is_refused = self.path.startswith("/later") and self.path not in before
        self.send_response(503 if is_refused else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def crm() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Crm)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


async def _add(client: httpx.AsyncClient, house: Product, url: str, *kinds: str) -> dict[str, Any]:
    async def is_quiet() -> bool:
        """What was done before is told already, and not to this one."""
        return not await rows(house, "SELECT FROM outbox WHERE published_at IS NULL LIMIT 1")

    await until(is_quiet)
    body = {"url": url, "event_types": list(kinds)}
    return ok(await client.post(AT, json=body, headers=house.operator()), 201)


async def _came(path: str, count: int = 1) -> list[tuple[dict[str, str], bytes]]:
    async def there() -> Any:
        found = [(told, body) for at, told, body in _Crm.came if at == path]
        return found if len(found) >= count else None

    return await until(there)


def _is_signed(secret: str, told: dict[str, str], body: bytes) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return told["webhook-signature"] == f"v1,{digest}"


async def test_an_endpoint_is_told_what_it_asked_for_signed_and_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, crm: str
) -> None:
    path = f"/{uuid.uuid4().hex}"
    endpoint = await _add(client, house, crm + path, "order.confirmed")
    one = f"{AT}/{endpoint['id']}"
    secret = ok(await client.get(f"{one}/secret", headers=house.operator()))["secret"]
    order = await new_buyer().buy(house.event(), [1])
    told, body = (await _came(path))[0]
    event = msgspec.json.decode(body)
    assert (event["type"], event["data"]["order_id"]) == ("order.confirmed", order["id"])
    assert told["webhook-id"] == event["id"]
    assert _is_signed(secret, told, body)
    rotated = ok(await client.post(f"{one}/secret", headers=house.operator()))["secret"]
    assert rotated != secret

    async def noted() -> Any:
        listed = ok(await client.get(f"{one}/deliveries", headers=house.operator()))["items"]
        return listed if all(d["status"] != "pending" for d in listed) else None

    deliveries = await until(noted)
    assert [(d["status"], d["answer_status"]) for d in deliveries] == [("delivered", 204)]
    again = f"{one}/deliveries/{deliveries[0]['id']}/replay"
    house.stop("worker")
    ok(await client.post(again, headers=house.operator()))
    metrics = (await client.get("/metrics")).text
    assert re.search(r'fullhouse_hooks_due\{org_id="house"\} [1-9]', metrics)
    assert 'fullhouse_hooks_late_seconds{org_id="house"}' in metrics
    house.start("worker", FAILPOINTS="hook.told=kill")

    async def dead() -> bool:
        return not house.is_running("worker")

    await until(dead)
    house.kill("worker")
    endpoint_id = uuid.UUID(endpoint["id"])
    now = "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE endpoint_id = $1"
    await rows(house, now, endpoint_id)
    await rows(house, "UPDATE webhook_endpoints SET turn_at = now() WHERE id = $1", endpoint_id)
    house.start("worker")
    _, _, (told, body) = await _came(path, 3)
    assert told["webhook-id"] == event["id"]
    assert _is_signed(rotated, told, body)
    assert (await client.delete(one, headers=house.operator())).status_code == 204
    problem(await client.get(f"{one}/deliveries", headers=house.operator()), 404, "not-found")


async def test_what_is_not_taken_is_told_again_and_who_fails_for_days_is_disabled(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, crm: str
) -> None:
    path = f"/later/{uuid.uuid4().hex}"
    endpoint = await _add(client, house, crm + path, "order.created")
    endpoint_id = uuid.UUID(endpoint["id"])
    await new_buyer().buy(house.event(), [1])
    await _came(path)
    now = "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE endpoint_id = $1"

    async def delivered() -> Any:
        await rows(house, now, endpoint_id)
        found = await rows(
            house,
            """SELECT d.attempts, e.failing_since FROM webhook_deliveries d
               JOIN webhook_endpoints e ON e.id = d.endpoint_id
               WHERE e.id = $1 AND d.status = 'delivered'""",
            endpoint_id,
        )
        return found[0] if found else None

    assert tuple(await until(delivered)) == (2, None), "and what worked again fails no more"

    gone = f"{AT}/{endpoint_id}"
    nobody = {"url": "http://127.0.0.1:9/", "event_types": ["order.created"]}
    ok(await client.put(gone, json=nobody, headers=house.operator()))
    await new_buyer().buy(house.event(), [1])

    async def paused() -> Any:
        listed = ok(await client.get(AT, headers=house.operator()))["items"]
        return next(e for e in listed if e["id"] == str(endpoint_id))["paused_until"]

    await until(paused)
    await rows(
        house,
        "UPDATE webhook_endpoints SET paused_until = now() + interval '1 hour' WHERE id = $1",
        endpoint_id,
    )
    async with visitors.operator(house) as person:
        assert "Paused until" in words(await person.get("/organizer/webhooks"))
        page = await person.get(f"/organizer/webhooks/{endpoint_id}")
        assert "it is asked again at" in words(page)
    await rows(
        house,
        """UPDATE webhook_endpoints SET failing_since = now() - interval '73 hours',
                  paused_until = NULL WHERE id = $1""",
        endpoint_id,
    )
    await rows(house, now, endpoint_id)

    async def disabled() -> Any:
        listed = ok(await client.get(AT, headers=house.operator()))["items"]
        return next(e for e in listed if e["id"] == str(endpoint_id))["disabled_because"]

    assert "three days" in await until(disabled)
    back = {"url": crm + path, "event_types": ["order.created"]}
    assert ok(await client.put(gone, json=back, headers=house.operator()))["disabled_at"] is None
    await rows(house, now, endpoint_id)
    await _came(path, 3)
    await client.delete(gone, headers=house.operator())


async def test_the_log_is_read_again_from_a_cursor_and_misses_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    headers = house.operator()
    order = await new_buyer().buy(house.event(), [1])
    wanted = {"order.created", "payment.captured", "order.confirmed", "fulfillment.issued"}

    async def told() -> Any:
        seen: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            asked = {"page_size": 7, **({"after": after} if after else {})}
            page = ok(await client.get("/v1/events-log", params=asked, headers=headers))
            seen += page["items"]
            if not page["items"]:
                return seen, page["after"] == after
            after = page["after"]

    async def complete() -> Any:
        seen, is_same = await told()
        mine = {e["type"] for e in seen if e["data"].get("order_id") == order["id"]}
        return (seen, is_same) if wanted <= mine else None

    seen, is_same = await until(complete)
    assert is_same, "where nothing is new the cursor stays"
    assert len({event["id"] for event in seen}) == len(seen)
    assert {event["org_id"] for event in seen} == {"house"}
    problem(
        await client.get("/v1/events-log", params={"after": "x"}, headers=headers), 400,
        "bad-request",
    )  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data", "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/", "https://192.168.1.1/", "https://[fe80::1]/", "https://224.0.0.1/",
        "https://[64:ff9b::10.0.0.8]/", "https://[::127.0.0.1]/", "https://[2002:a00:8::1]/",
        "http://93.184.216.34/", "https://93.184.216.34:8443/", "https://a:b@93.184.216.34/",
        "ftp://93.184.216.34/", "https:///", "nothing", "https://[",
    ],
)  # fmt: skip
async def test_nothing_is_sent_to_what_is_not_outside(url: str) -> None:
    outside = Outside([], Names("127.0.0.1"))
    with pytest.raises(EndpointRefused):
        await outside.check(url)
    with pytest.raises(EndpointRefused):
        await outside.post(url, b"{}", {})
    await outside.close()


async def test_the_address_that_was_looked_at_is_the_one_that_is_called(crm: str) -> None:
    """A name that means something else at the second look-up, as an attacker's may."""
    port = int(crm.rpartition(":")[2])
    outside = Outside([ip_network("127.0.0.0/8")], Names("127.0.0.1", "10.0.0.1"))
    url = f"http://rebound.example:{port}/rebound"
    assert (await outside.post(url, b"{}", {}))[0] == 204
    told = next(told for path, told, _ in _Crm.came if path == "/rebound")
    assert told["host"] == f"rebound.example:{port}"
    with pytest.raises(EndpointRefused):
        await outside.post(url, b"{}", {})
    await outside.close()


async def test_a_name_that_is_not_of_ascii_is_called_as_the_dns_has_it(crm: str) -> None:
    port = int(crm.rpartition(":")[2])
    outside = Outside([ip_network("127.0.0.0/8")], Names("127.0.0.1"))
    assert (await outside.post(f"http://bühne.example:{port}/umlaut", b"{}", {}))[0] == 204
    told = next(told for path, told, _ in _Crm.came if path == "/umlaut")
    assert told["host"] == f"xn--bhne-0ra.example:{port}"
    await outside.close()


async def test_who_is_told_at_one_address_has_nothing_of_whom_was_told_there_before() -> None:
    """Many names share an address: neither cookies nor a connection that another's certificate
    vouched for; and what is packed is not unpacked."""
    came: list[bytes] = []
    peers: set[Any] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                came.append((await reader.readuntil(b"\r\n\r\n")).lower())
                peers.add(writer.get_extra_info("peername"))
                await reader.readexactly(2)
                writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    outside = Outside([ip_network("127.0.0.0/8")], Names("127.0.0.1"))
    for name in ("a.example", "b.example"):
        assert await outside.post(f"http://{name}:{port}/", b"{}", {}) == (200, "ok")
    await outside.close()
    server.close()
    assert (len(came), len(peers)) == (2, 2)
    assert all(b"cookie" not in head and b"gzip" not in head for head in came), came


async def test_an_answer_that_comes_byte_by_byte_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X-More: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    monkeypatch.setattr("server.hooks.outside.TIMEOUT_S", 0.3)
    outside = Outside([ip_network("127.0.0.0/8")], Dns())
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    with pytest.raises(httpx.TimeoutException):
        async with asyncio.timeout(PATIENCE_S):
            await outside.post(url, b"{}", {})
    await outside.close()
    server.close()


def test_a_secret_is_of_one_endpoint_and_generation() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    signer = Signer("s" * 32)
    made = {signer.secret_of(one, n) for one in (first, second) for n in (1, 2)}
    assert len(made) == 4
    assert signer.secret_of(first, 1) in made
    assert Signer("t" * 32).secret_of(first, 1) not in made


async def test_names_that_nobody_answers_for_keep_nobody_elses_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many as would take every thread that a process has for names."""
    monkeypatch.setattr("server.orgs.dns.LOOKUP_S", 300.0)
    asked, port = set[str](), free_port()
    hosts = {"quick.example": "10.0.0.1"}
    async with answering(port, {}, hosts, asked):
        outside = Outside([ip_network("10.0.0.0/8")], Dns(f"127.0.0.1:{port}"))
        silent = [f"n{nth}.silent.example" for nth in range(50)]
        waiting = [asyncio.create_task(outside.check(f"https://{name}/")) for name in silent]

        async def all_asked() -> bool:
            return asked >= set(silent)

        await until(all_asked)
        await outside.check("https://quick.example/")
        assert not any(task.done() for task in waiting)
        with pytest.raises(EndpointRefused, match="no such host"):
            await outside.check("https://nowhere.example/")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await outside.close()
