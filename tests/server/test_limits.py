"""How often one may ask: by address, by credential, in every process, with and without Redis."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets
from redis.asyncio import Redis
from starlette.types import Scope
from websockets.exceptions import InvalidStatus

from server.kernel import context, limits
from server.kernel.errors import RateLimited
from server.kernel.limits import BY_CREDENTIAL, TELL_EVERY_S, Kind, Limits
from tests.fixtures.product import Product
from tests.fixtures.services import Services
from tests.server.support import Buyer, ok, problem, until

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def limited(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Two web processes with a tenth of the usual limits: 10 holds at once, 3 sign-ins."""
    folder: Path = tmp_path_factory.mktemp("limited") / "product"
    with (
        services.database() as url,
        Product(url, services.redis_url(3), folder, web_count=2,
                environment={"RATE_LIMITS": "0.1"}) as running,
    ):  # fmt: skip
        yield running


@pytest.fixture
def at() -> Scope:
    return {"type": "http", "client": ("203.0.113.9", 1)}


def granted(asked: Limits, scope: Scope, kind: Kind, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            asked.address(scope, kind)
        except RateLimited:
            continue
        count += 1
    return count


async def test_a_limit_is_so_many_at_once_and_then_as_many_evenly(
    at: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    asked = Limits(Redis.from_url(NOBODY), 1)
    assert granted(asked, at, "sign-in", 100) == 30
    now += 2  # one in two seconds; what was refused meanwhile does not count
    assert granted(asked, at, "sign-in", 100) == 1
    now += 60
    assert granted(asked, at, "sign-in", 100) == 30
    assert granted(asked, at, "read", 5) == 5
    assert granted(Limits(Redis.from_url(NOBODY), 0), at, "sign-in", 1_000) == 1_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
    ],
)
async def test_an_address_is_what_one_customer_has(one: str, other: str, same: bool) -> None:
    asked = Limits(Redis.from_url(NOBODY), 1)
    assert granted(asked, {"client": (one, 1)}, "sign-in", 100) == 30
    assert granted(asked, {"client": (other, 1)}, "sign-in", 100) == (0 if same else 30)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.8.8"])
async def test_an_address_of_this_machine_names_nobody(host: str) -> None:
    asked = Limits(Redis.from_url(NOBODY), 1)
    assert granted(asked, {"client": (host, 1)}, "sign-in", 100) == 100


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_MAX", 10)
    asked = Limits(Redis.from_url(NOBODY), 1)
    for nth in range(100):
        assert granted(asked, {"client": (f"203.0.113.{nth}", 1)}, "sign-in", 1) == 1
    remembered = asked._by_address["sign-in"]
    assert len(remembered.young) + len(remembered.old) <= 20
    assert granted(asked, {"client": ("203.0.113.99", 1)}, "sign-in", 100) == 29


@pytest.mark.parametrize("url", [None, NOBODY])
async def test_processes_hear_of_each_other_and_go_on_alone_without_redis(
    services: Services, url: str | None
) -> None:
    context.begin("buyer:0")
    limit, began_s = BY_CREDENTIAL["hold"], time.monotonic()
    count = limit.count

    async def told(asked: Limits) -> None:
        """It has told the others, and heard of them, or has tried to."""

        async def is_told() -> bool:
            return not asked._by_credential["hold"].to_tell

        await (until(is_told) if url is None else asyncio.sleep(TELL_EVERY_S + 0.2))

    async with (
        Redis.from_url(url or services.redis_url(4)) as redis,
        Limits(redis, 1) as one,
        Limits(redis, 1) as other,
    ):
        scope: Scope = {}
        for _ in range(count):
            one.credential(scope, "hold")
        with pytest.raises(RateLimited):
            one.credential(scope, "hold")
        await told(one)
        for _ in range(count // 4):
            other.credential(scope, "hold")
        await told(other)
        left = 0
        while left < count:
            try:
                other.credential(scope, "hold")
            except RateLimited:
                break
            left += 1
        came_back = (time.monotonic() - began_s) * count / limit.window_s
        # Both have used all of it by now, but for what came back in the meantime.
        assert left <= came_back if url is None else left > count // 2


async def test_a_refusal_says_how_long_to_wait_and_reads_no_body(limited: Product) -> None:
    login = {"email": "nobody@house.example", "password": "wrong"}
    async with httpx.AsyncClient(base_url=limited.base_url, timeout=30) as client:
        answers = [
            await client.post(
                "/v1/auth/login", json=login, headers={"X-Forwarded-For": "203.0.113.7"}
            )
            for _ in range(3)
        ]
        assert [answer.status_code for answer in answers] == [401] * 3
        assert answers[-1].headers["ratelimit-policy"] == '"sign-in";q=3;w=60'
        assert answers[-1].headers["ratelimit"].startswith('"sign-in";r=0;t=')
        refused = await client.post(
            "/v1/auth/login", content=b"{", headers={"X-Forwarded-For": "203.0.113.7"}
        )
        told = problem(refused, 429, "rate-limited")
        assert told["kind"] == "sign-in"
        assert 0 < int(refused.headers["retry-after"]) <= 20
        assert refused.headers["ratelimit"].startswith('"sign-in";r=0;t=')
        page = await client.post("/sign-in", headers={"X-Forwarded-For": "203.0.113.7"})
        assert page.status_code == 429
        browser = {"X-Forwarded-For": "203.0.113.7", "Accept": "text/html"}
        page = await client.post("/sign-in", headers=browser)
        assert page.headers["content-type"].startswith("text/html")
        assert "Very much was asked from here at once." in page.text
        assert int(page.headers["retry-after"]) > 0
        elsewhere = await client.post(
            "/v1/auth/login", json=login, headers={"X-Forwarded-For": "203.0.113.8"}
        )
        assert elsewhere.status_code == 401


async def test_one_buyer_holds_so_often_and_keeps_nobody_else_from_it(limited: Product) -> None:
    event = limited.event()
    async with httpx.AsyncClient(base_url=limited.base_url, timeout=30) as client:
        greedy, other = Buyer(limited, client), Buyer(limited, client)
        # On a slow machine a second ends meanwhile, and some more go through.
        answers = [ok(await greedy.hold(event, [seat]), 201) for seat in range(10)]
        while (refused := await greedy.hold(event, [len(answers)])).status_code == 201:
            answers.append(refused.json())
        problem(refused, 429, "rate-limited")
        ok(await other.hold(event, [len(answers) + 1]), 201)

        async def may_again() -> bool:
            return (await greedy.hold(event, [len(answers)])).status_code == 201

        await until(may_again)


async def test_a_web_socket_counts_as_a_stream(limited: Product) -> None:
    event, headers = limited.event(), limited.operator()
    url = f"ws{limited.base_url[4:]}/v1/events/{event.id}/ws?channel=sales"
    for _ in range(3):
        async with websockets.connect(url, additional_headers=headers):
            pass
    with pytest.raises(InvalidStatus) as refused:
        await websockets.connect(url, additional_headers=headers)
    assert refused.value.response.status_code == 429
    assert int(refused.value.response.headers["retry-after"]) > 0
