"""Redis dies, stops, is cut off, is slow: clients are true within two seconds all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from realtime.broker_redis import RedisBroker
from realtime.client import Verdict
from server.embedded import EmbeddedValkey
from tests.fixtures.proxy import Proxy
from tests.fixtures.stopped import stopped
from tests.realtime.serving import Stream, serving, sse, websocket
from tests.realtime.support import CHANNEL, Ledger, encode, eventually

WRONG = {Verdict.GAP, Verdict.DIVERGED}


async def heard_through(publisher: RedisBroker, ledger: Ledger, *clients: Stream) -> None:
    """Clients hear through Redis, so that nobody need ask the truth; and never were wrong."""
    reads, ledger.polled_in_vain = ledger.reads, True
    await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(3, 1)])))
    for client in clients:
        await client.reaches(ledger[CHANNEL])
        assert not WRONG & set(client.verdicts)
    assert ledger.reads == reads


async def test_clients_are_true_within_two_seconds_of_redis_dying_and_returning(
    ledger: Ledger, make_redis_broker: Callable[..., Any], running_valkey: EmbeddedValkey
):
    truth = ledger[CHANNEL]
    publisher = make_redis_broker()
    async with (
        serving(ledger, make_redis_broker()) as left,
        serving(ledger, make_redis_broker()) as right,
        sse(left) as one,
        websocket(right) as two,
    ):
        for client in (one, two):
            await client.reaches(truth)
        await publisher.publish(CHANNEL, encode(truth.commit([(0, 1)])))
        for client in (one, two):
            await client.reaches(truth, within_s=1)

        running_valkey.kill()
        truth.commit([(1, 1)])  # nobody hears of it
        for client in (one, two):
            await client.reaches(truth, within_s=2)
            await eventually(lambda client=client: client.follower.degraded)
        truth.commit([(2, 1)])
        running_valkey.start()
        for client in (one, two):
            await client.reaches(truth, within_s=2)
            await eventually(lambda client=client: not client.follower.degraded)
        await heard_through(publisher, ledger, one, two)
    await publisher.stop()


async def test_clients_are_true_while_redis_is_stopped(
    ledger: Ledger, make_redis_broker: Callable[..., Any], running_valkey: EmbeddedValkey
):
    truth = ledger[CHANNEL]
    async with serving(ledger, make_redis_broker()) as server, sse(server) as client:
        await client.reaches(truth)
        with stopped(running_valkey.pid):
            for number in range(3):
                truth.commit([(0, number)])
                await client.reaches(truth, within_s=2)
            await eventually(lambda: client.follower.degraded, within_s=4)
        await eventually(lambda: not client.follower.degraded, within_s=4)


@pytest.fixture
def link(running_valkey: EmbeddedValkey) -> Iterator[Proxy]:
    """The way of one process to Redis."""
    with Proxy(urlsplit(running_valkey.url).port or 0) as proxy:
        yield proxy


def through(link: Proxy, broker: RedisBroker, valkey: EmbeddedValkey) -> RedisBroker:
    """A broker that hears what `broker` publishes, over the link."""
    url = valkey.url.replace(f":{urlsplit(valkey.url).port}", f":{link.port}")
    return RedisBroker(url, prefix=broker._prefix.decode())


async def test_a_process_cut_off_from_redis_is_two_seconds_late_and_no_other_is(
    ledger: Ledger,
    make_redis_broker: Callable[..., Any],
    running_valkey: EmbeddedValkey,
    link: Proxy,
):
    truth, publisher = ledger[CHANNEL], make_redis_broker()
    cut_off = through(link, publisher, running_valkey)
    async with (
        serving(ledger, make_redis_broker()) as left,
        serving(ledger, cut_off) as right,
        sse(left) as one,
        websocket(right) as two,
    ):
        for client in (one, two):
            await client.reaches(truth)
        link.silence()
        for number in range(3):
            await publisher.publish(CHANNEL, encode(truth.commit([(0, number)])))
            await one.reaches(truth, within_s=1)
            await two.reaches(truth, within_s=2)
        await eventually(lambda: two.follower.degraded, within_s=4)
        assert not one.follower.degraded
        link.heal()
        await eventually(lambda: not two.follower.degraded, within_s=4)
        await heard_through(publisher, ledger, one, two)
    await publisher.stop()


async def test_a_slow_redis_and_one_that_drops_connections_leave_clients_true(
    ledger: Ledger,
    make_redis_broker: Callable[..., Any],
    running_valkey: EmbeddedValkey,
    link: Proxy,
):
    """What comes late is known from the truth by then, and must not take anything back."""
    truth, publisher = ledger[CHANNEL], make_redis_broker()
    slow = through(link, publisher, running_valkey)
    async with serving(ledger, slow) as server, sse(server) as client:
        await client.reaches(truth)
        link.delay_s = 0.8
        for number in range(30):
            await publisher.publish(CHANNEL, encode(truth.commit([(number % 5, number)])))
            await asyncio.sleep(0.05)
            if number % 10 == 9:
                await client.reaches(truth, within_s=2)
        link.cut()
        truth.commit([(0, 99)])
        await client.reaches(truth, within_s=2)
        versions = [m.data["v"] for m in client.messages if m.type in ("snapshot", "delta")]
        assert versions == sorted(versions)
        assert not WRONG & set(client.verdicts)
    await publisher.stop()
