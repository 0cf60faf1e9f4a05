"""Who may follow what, asked again while they follow."""

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Callable

import httpx
import pytest
import websockets
from websockets.exceptions import InvalidStatus

from server.kernel.ids import uuid7
from tests.fixtures.feed import Feed, RecordsFold, SeatsFold
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, problem, rows

NewBuyer = Callable[[], Buyer]


def _path(event: Event, channel: str) -> str:
    return f"/v1/events/{event.id}/stream?channel={channel}"


async def _member(house: Product, role: str, org_id: str | None = None) -> dict[str, str]:
    """Headers of a new user with that role, in an organization of its own unless named."""
    user_id, org = uuid7(), org_id or f"org-{uuid.uuid4().hex[:8]}"
    await rows(
        house,
        "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'X', 'x')",
        user_id,
        f"{user_id}@house.example",
    )
    await rows(
        house,
        """INSERT INTO organizations (id, slug, name, approval) VALUES ($1, $1, $1, 'approved')
           ON CONFLICT DO NOTHING""",
        org,
    )
    await rows(
        house,
        "INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, $3)",
        org,
        user_id,
        role,
    )
    token, _ = house.tokens.sign("operator", str(user_id), dt.datetime.now(dt.UTC))
    return {"Authorization": f"Bearer {token}", "X-Org": org}


@pytest.mark.parametrize("channel", ["sales", "scans"])
async def test_a_private_channel_is_for_its_own_people(
    house: Product, client: httpx.AsyncClient, channel: str
) -> None:
    event, other = house.event(), house.event()
    path = _path(event, channel)
    problem(await client.get(path), 401, "unauthenticated")
    problem(await client.get(path, headers=house.buyer()), 401, "unauthenticated")
    problem(await client.get(path, headers={"X-Scanner-Key": "fhs_x"}), 401, "unauthenticated")
    foreign = await _member(house, "owner")
    problem(await client.get(path, headers=foreign), 404, "not-found")
    disguised = foreign | {"X-Org": "house"}
    problem(await client.get(path, headers=disguised), 403, "forbidden")
    door = {"X-Scanner-Key": other.scanner_key}
    refused = await client.get(path, headers=door)
    problem(refused, *((404, "not-found") if channel == "scans" else (401, "unauthenticated")))
    unknown = f"/v1/events/{uuid.uuid4()}/stream?channel={channel}"
    problem(await client.get(unknown, headers=house.operator()), 404, "not-found")


async def test_a_role_without_the_permission_does_not_follow_sales(
    house: Product, client: httpx.AsyncClient
) -> None:
    scanner = await _member(house, "scanner", "house")
    refused = problem(
        await client.get(_path(house.event(), "sales"), headers=scanner), 403, "forbidden"
    )
    assert "sales:read" in refused["detail"]


async def test_the_health_of_the_feed_is_for_the_events_own_people(
    house: Product, client: httpx.AsyncClient
) -> None:
    path = f"/v1/events/{house.event().id}/live"
    for headers, status in (
        ({}, 401),
        (house.buyer(), 401),
        (await _member(house, "owner"), 404),
        (await _member(house, "scanner", "house"), 403),
        (house.operator(), 200),
    ):
        assert (await client.get(path, headers=headers)).status_code == status


async def test_who_is_revoked_loses_the_stream_within_ten_seconds(house: Product) -> None:
    """A member who leaves, and a scanner's key that is revoked; others keep theirs."""
    event = house.event()
    leaving, staying = await _member(house, "admin", "house"), house.operator()
    base = house.base_url
    door = {"X-Scanner-Key": event.scanner_key}
    async with (
        Feed(base + _path(event, "sales"), RecordsFold({}), leaving) as gone,
        Feed(base + _path(event, "scans"), RecordsFold({}), door) as key,
        Feed(base + _path(event, "sales"), RecordsFold({}), staying) as kept,
        Feed(base + _path(event, "seats"), SeatsFold()) as public,
    ):
        for feed in (gone, key, kept, public):
            await feed.until(lambda feed=feed: feed.version == 0)
        token = leaving["Authorization"].removeprefix("Bearer ")
        subject = uuid.UUID(house.tokens.read("operator", token)["sub"])
        await rows(house, "DELETE FROM organization_members WHERE user_id = $1", subject)
        digest = hashlib.sha256(event.scanner_key.encode()).digest()
        await rows(house, "UPDATE scanner_keys SET revoked_at = now() WHERE key_hash = $1", digest)
        began = time.monotonic()
        await gone.until(gone.ended.is_set, 11)
        await key.until(key.ended.is_set, 11)
        assert time.monotonic() - began < 11
        assert not kept.ended.is_set()
        assert not public.ended.is_set()


async def _refusal(url: str, **more: object) -> int:
    with pytest.raises(InvalidStatus) as refused:
        await websockets.connect(url, **more)  # type: ignore[arg-type]
    return refused.value.response.status_code


async def test_a_web_socket_asks_for_the_same_credentials(house: Product) -> None:
    event = house.event()
    url = f"ws{house.base_url[4:]}/v1/events/{event.id}/ws?channel=sales"
    foreign = await _member(house, "owner")
    assert await _refusal(url) == 401
    assert await _refusal(url, additional_headers=house.buyer()) == 401
    assert await _refusal(url, additional_headers=foreign) == 404
    assert await _refusal(url.replace(str(event.id), str(uuid.uuid4()))) in (401, 404)
    assert await _refusal(url.replace(str(event.id), "x")) in (400, 404)
    assert await _refusal(url.replace("sales", "prices")) == 400
    async with Feed(url, RecordsFold({}), house.operator()) as feed:
        await feed.until(lambda: feed.version == 0)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_page_opens_no_web_socket(house: Product, origin: str) -> None:
    event = house.event()
    url = f"ws{house.base_url[4:]}/v1/events/{event.id}/ws"
    assert await _refusal(url, origin=origin) == 403
    async with websockets.connect(url, origin=websockets.Origin(house.base_url)) as link:
        assert "snapshot" in str(await link.recv())
    assert await _refusal(url, subprotocols=["graphql-ws"]) == 400


@pytest.mark.parametrize(
    "said", ["x", "{}", '{"since":"1:1","ping":1}', '{"hold":[1]}', "x" * 300, b"\0", "[" * 200]
)
async def test_a_client_that_breaks_the_rules_is_closed_and_nobody_else(
    house: Product, said: str | bytes
) -> None:
    event = house.event()
    url = f"ws{house.base_url[4:]}/v1/events/{event.id}/ws"
    async with websockets.connect(url) as quiet, websockets.connect(url) as loud:
        await loud.send(said)
        await loud.wait_closed()
        assert loud.close_code == 1008
        await quiet.send('{"ping":1}')
        while "heartbeat" not in str(await quiet.recv()):
            pass
