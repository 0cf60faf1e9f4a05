"""Buyers, doors and money as tests drive them: through HTTP, as everybody else does."""

import asyncio
import hashlib
import hmac
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import msgspec

from server.payments.sandbox.journal import read_journal
from server.payments.sandbox.ledger import Account
from tests.fixtures.feed import SeatsFold
from tests.fixtures.product import Event, Product

WEBHOOK_SECRET = "webhook-secret"
PATIENCE_S = 60.0
"""For what comes, however slow the machine: who promises a time says it."""


class Buyer:
    """A guest. Answers are returned as they came; verbs ending in `_ok` insist on success."""

    def __init__(self, product: Product, client: httpx.AsyncClient) -> None:
        self.product, self.client = product, client
        self.headers = product.buyer()

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        keyed = {"Idempotency-Key": key} if key is not None else {}
        sent = self.headers | named | keyed
        if body is None:
            return await self.client.request(method, path, headers=sent)
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.client.request(method, path, headers=sent, content=content)

    async def hold(
        self,
        event: Event,
        seats: Sequence[int] = (),
        pools: dict[str, int] | None = None,
        **more: str,
    ) -> httpx.Response:
        """`pools`: places per area key."""
        return await self.call(
            "POST", f"/v1/events/{event.id}/holds", selection(event, seats, pools), **more
        )

    async def hold_ok(
        self, event: Event, seats: Sequence[int] = (), pools: dict[str, int] | None = None
    ) -> dict[str, Any]:
        return ok(await self.hold(event, seats, pools), 201)

    async def change(self, hold_id: str, body: Any, **more: str) -> httpx.Response:
        return await self.call("PATCH", f"/v1/holds/{hold_id}", body, **more)

    async def checkout(
        self, hold_id: str, changes: dict[str, Any] | None = None, *, key: str | None = None
    ) -> httpx.Response:
        body = {"hold_id": hold_id, "email": "ada@buyer.example", "name": "Ada"} | (changes or {})
        return await self.call("POST", "/v1/checkout", body, key=key)

    async def checkout_ok(self, hold_id: str) -> dict[str, Any]:
        return ok(await self.checkout(hold_id), 201)

    async def order(self, order_id: str) -> dict[str, Any]:
        return ok(await self.call("GET", f"/v1/orders/{order_id}"))

    async def order_when(
        self, order_id: str, status: str, within_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """The order once it has that status and, where confirmed, its tickets."""

        async def reached() -> dict[str, Any] | None:
            order = await self.order(order_id)
            if order["status"] != status:
                return None
            return order if status != "confirmed" or order["tickets"] else None

        return await until(reached, within_s)

    async def buy(
        self, event: Event, seats: Sequence[int] = (), pools: dict[str, int] | None = None
    ) -> dict[str, Any]:
        """A confirmed order with its tickets."""
        hold = await self.hold_ok(event, seats, pools)
        started = await self.checkout_ok(hold["id"])
        await pay(self.client, started["redirect_url"])
        return await self.order_when(started["order"]["id"], "confirmed")


class Organizer(Buyer):
    """The organization's owner."""

    def __init__(self, product: Product, client: httpx.AsyncClient) -> None:
        super().__init__(product, client)
        self.headers = product.operator()

    async def block(
        self,
        event: Event,
        seats: Sequence[int] = (),
        pools: dict[str, int] | None = None,
        *,
        legs: tuple[int, int] | None = None,
        verb: str = "blocks",
        key: str | None = None,
    ) -> httpx.Response:
        """`verb`: "blocks" or "unblocks"."""
        body = selection(event, seats, pools) | ({"legs": legs} if legs else {})
        return await self.call("POST", f"/v1/events/{event.id}/{verb}", body, key=key)

    async def set_table(
        self, event: Event, table_idx: int, body: Any, **more: str
    ) -> httpx.Response:
        return await self.call("PUT", f"/v1/events/{event.id}/tables/{table_idx}", body, **more)

    async def reassign(
        self, order_id: str, line_id: str, seat_idx: int, **more: str
    ) -> httpx.Response:
        path = f"/v1/orders/{order_id}/lines/{line_id}/seat"
        return await self.call("POST", path, {"seat_idx": seat_idx}, **more)

    async def move(self, order_id: str, lines: Sequence[str], **more: Any) -> httpx.Response:
        """`more`: `seats`, one for each line, or `table_idx`."""
        return await self.call("POST", f"/v1/orders/{order_id}/moves", {"lines": lines} | more)

    async def refund(
        self,
        order_id: str,
        ids: Sequence[str | None] = (),
        *,
        quantities: dict[str, int] | None = None,
        key: str | None = None,
        **wish: Any,
    ) -> httpx.Response:
        """`ids`: of lines and products as a whole, `quantities`: by id of those in part."""
        parts = [{"id": row_id} for row_id in ids]
        parts += [{"id": row_id, "quantity": n} for row_id, n in (quantities or {}).items()]
        path = f"/v1/orders/{order_id}/refunds"
        return await self.call("POST", path, {"parts": parts} | wish, key=key)


def selection(
    event: Event, seats: Sequence[int] = (), pools: dict[str, int] | None = None
) -> dict[str, Any]:
    wanted = [
        {"pool_id": str(event.pools[key]), "quantity": quantity}
        for key, quantity in (pools or {}).items()
    ]
    return {"seats": list(seats), "pools": wanted}


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem, which must be that one and tell a person what was wrong."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["status"]) == (f"/problems/{slug}", status), body
    assert len(body["detail"]) > 8
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


async def pay(
    client: httpx.AsyncClient, page_url: str, outcome: str = "succeed", **form: str
) -> None:
    """Press a button on the provider's page."""
    answer = await client.post(page_url, data={"outcome": outcome, **form})
    assert answer.status_code == 303, answer.text


async def until(found: Callable[[], Awaitable[Any]], within_s: float = PATIENCE_S) -> Any:
    """What `found` returns once it is true. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not (value := await found()):  # noqa: ASYNC110 - it asks over HTTP
            await asyncio.sleep(0.03)
    return value


async def state_of(client: httpx.AsyncClient, event: Event) -> tuple[list[int], list[int]]:
    """Every seat's state and every pool's places left, as a reload shows them."""
    fold = SeatsFold()
    fold.snapshot(ok(await client.get(f"/v1/events/{event.id}/seats")))
    return fold.seats, fold.pools


async def rows(product: Product, sql: str, *args: Any) -> list[Any]:
    """What the database says; also how a test moves a deadline instead of waiting for it."""
    connection = await asyncpg.connect(product.database_url)
    try:
        return await connection.fetch(sql, *args)
    finally:
        await connection.close()


async def until_waiting(product: Product, sessions: int) -> None:
    """So many sessions of the product's database wait for a lock."""
    waiting = """SELECT count(*) FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock' AND datname = current_database()"""

    async def wait() -> bool:
        return (await rows(product, waiting))[0][0] >= sessions

    await until(wait)


@asynccontextmanager
async def locking(
    product: Product, statement: str, *args: Any
) -> AsyncIterator[asyncpg.Connection]:
    """Whoever needs what `statement` locks waits for it until the end of this. Who is to ask is
    signed in before, for that writes a session."""
    connection = await asyncpg.connect(product.database_url)
    try:
        async with connection.transaction():
            await connection.execute(statement, *args)
            yield connection
    finally:
        await connection.close()


async def patient(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Asks again where nothing was done for too many who wait: behind a lock that a test holds, and
    on a slow machine, one waits for longer than the product lets anybody wait."""
    while (answer := await ask()).status_code == 503:
        pass
    return answer


async def script(product: Product, statements: str) -> None:
    """Several statements at once."""
    connection = await asyncpg.connect(product.database_url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def end_in(product: Product, hold_id: str, seconds: float) -> None:
    """Move the end of a hold and its order, as if it had been made earlier: a version of its own,
    as for whatever else changes when a hold ends."""
    connection = await asyncpg.connect(product.database_url)
    try:
        async with connection.transaction():
            for statement in (
                "UPDATE holds SET expires_at = now() + $2 * interval '1 s' WHERE id = $1",
                "UPDATE orders SET expires_at = now() + $2 * interval '1 s' WHERE hold_id = $1",
                "UPDATE seats SET held_until = now() + $2 * interval '1 s' WHERE hold_id = $1",
                """WITH clock AS (
                     UPDATE event_clock
                     SET version = version + 1, due_at = least(due_at, now() + $2 * interval '1 s')
                     WHERE stream = 'inventory'
                       AND event_id = (SELECT event_id FROM holds WHERE id = $1)
                     RETURNING event_id, version)
                   INSERT INTO inventory_changes (event_id, version, places)
                   SELECT event_id, version, '{}' FROM clock""",
            ):
                await connection.execute(statement, uuid.UUID(hold_id), seconds)
    finally:
        await connection.close()


async def payment_of(product: Product, order_id: str) -> Any:
    found = await rows(product, "SELECT * FROM payments WHERE order_id = $1", uuid.UUID(order_id))
    assert len(found) == 1
    return found[0]


def account(product: Product, payment_id: uuid.UUID) -> Account | None:
    """What the gateway's journal says was taken and given back for a payment."""
    return read_journal(product.journal).accounts().get(str(payment_id))


def signed(body: bytes, at: float | None = None, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Fullhouse-Signature": f"t={stamp},v1={digest}", "Content-Type": "application/json"}


def gateway_event(payment: Any, kind: str = "payment.captured", **changes: Any) -> bytes:
    """A webhook's body as the gateway writes it."""
    data = {
        "session_id": payment["provider_ref"],
        "charge_id": f"ch_{uuid.uuid4().hex}",
        "reference": str(payment["id"]),
        "amount_minor": payment["amount_minor"],
        "currency": payment["currency"],
    }
    event = {"id": f"evt_{uuid.uuid4().hex}", "type": kind, "created": int(time.time())}
    return msgspec.json.encode(event | {"data": data | changes})


async def knobs(client: httpx.AsyncClient, product: Product, **settings: float) -> None:
    """Turn the gateway's faults; the caller turns them back."""
    answer = await client.post(
        f"{product.gateway_url}/_knobs",
        json=settings,
        headers={"Authorization": "Bearer sandbox-secret"},
    )
    assert answer.status_code == 200, answer.text
