"""Clocks of processes may be ten minutes wrong: the database's clock alone decides."""

import asyncio
import datetime as dt
import itertools
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from tests.fixtures.product import Product
from tests.fixtures.services import Services
from tests.server.support import Buyer, ok, problem, rows, state_of, until

SKEW_S = 600.0
TTL_S = 5


@pytest.fixture(scope="module")
def skewed(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """web0 is right, web1 ahead, web2 behind, and the worker ahead."""
    folder: Path = tmp_path_factory.mktemp("skewed") / "product"
    skews = {"web1": SKEW_S, "web2": -SKEW_S, "worker": SKEW_S}
    with (
        services.database() as url,
        Product(url, services.redis_url(2), folder, web_count=3, skews_s=skews) as product,
    ):
        yield product


@pytest.fixture
async def webs(skewed: Product) -> AsyncIterator[list[httpx.AsyncClient]]:
    opened = [httpx.AsyncClient(base_url=url, timeout=30) for url in skewed.base_urls]
    yield opened
    for client in opened:
        await client.aclose()


def _buyer(skewed: Product, web: httpx.AsyncClient) -> Buyer:
    """Signed in a while ago: by no clock in the future."""
    buyer = Buyer(skewed, web)
    signed_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=2 * SKEW_S)
    token, _ = skewed.tokens.sign("buyer", str(uuid.uuid4()), signed_at)
    buyer.headers = {"Authorization": f"Bearer {token}"}
    return buyer


async def test_the_clocks_are_wrong_and_a_token_of_the_future_is_refused_at_once(
    skewed: Product, webs: list[httpx.AsyncClient]
) -> None:
    """By a leeway of seconds, not of the minutes that clocks may differ; old ones are known."""
    path = f"/v1/events/{skewed.event().id}/holds"
    signed_at, known_at = [], []
    for web in webs:
        token = ok(await web.post("/v1/auth/guest"), 201)["token"]
        signed_at.append(jwt.decode(token, options={"verify_signature": False})["iat"])
        headers = {"Authorization": f"Bearer {token}"}
        known_at.append([(await other.get(path, headers=headers)).status_code for other in webs])
        ok(await web.get(path, headers=_buyer(skewed, web).headers))
    right, ahead, behind = signed_at
    assert ahead - right == pytest.approx(SKEW_S, abs=30)
    assert behind - right == pytest.approx(-SKEW_S, abs=30)
    assert known_at == [[200, 200, 401], [401, 200, 401], [200, 200, 200]]


async def test_a_hold_ends_at_the_same_moment_for_everybody(
    skewed: Product, webs: list[httpx.AsyncClient]
) -> None:
    """Not when it is made, as by a clock ahead; nor ten minutes late, as by one behind."""
    event = skewed.event(hold_ttl_s=TTL_S)
    holds = []
    for seat, web in enumerate(webs):
        hold = await _buyer(skewed, web).hold_ok(event, [seat])
        [[now]] = await rows(skewed, "SELECT now()")
        began, ends = (
            dt.datetime.fromisoformat(hold[name]) for name in ("created_at", "expires_at")
        )
        assert ends - began == dt.timedelta(seconds=TTL_S)
        assert dt.timedelta(0) <= now - began < dt.timedelta(seconds=TTL_S)
        holds.append(ends)
        for other in webs:
            problem(await _buyer(skewed, other).hold(event, [seat]), 409, "seats-taken")
    assert (await state_of(webs[0], event))[0][:3] == [1, 1, 1]

    async def free() -> bool:
        return not any((await state_of(webs[0], event))[0])

    await until(free, TTL_S + 5)
    [[now]] = await rows(skewed, "SELECT now()")
    assert max(holds) <= now < max(holds) + dt.timedelta(seconds=4)
    for seat, web in enumerate(webs):
        await _buyer(skewed, web).hold_ok(event, [seat])


async def test_versions_and_keys_are_the_same_through_every_process(
    skewed: Product, webs: list[httpx.AsyncClient]
) -> None:
    event = skewed.event()
    versions = []
    for seat, web in zip(range(9), itertools.cycle(webs), strict=False):
        versions.append((await _buyer(skewed, web).hold_ok(event, [seat]))["version"])
    assert versions == list(range(1, 10))
    buyer, path = _buyer(skewed, webs[0]), f"/v1/events/{event.id}/holds"
    headers = buyer.headers | {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(web.post(path, json={"seats": [20]}, headers=headers) for web in webs * 3)
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


async def test_an_order_waits_for_its_money_as_long_as_its_hold(
    skewed: Product, webs: list[httpx.AsyncClient]
) -> None:
    """The worker's clock is ahead, and it expires orders."""
    buyer = _buyer(skewed, webs[1])
    hold = await buyer.hold_ok(skewed.event(hold_ttl_s=60), [1])
    started = await buyer.checkout_ok(hold["id"])
    await asyncio.sleep(2.5)
    assert (await buyer.order(started["order"]["id"]))["status"] == "pending"
