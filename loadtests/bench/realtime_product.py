"""The whole product under a crowd of screens: how fast a commit is seen, and that all is true."""

import asyncio
import contextlib
import os
import random
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Self

import httpx
import msgspec
import redis

from loadtests.bench.realtime_rig import SERVER_CORE, Crowd, latencies_ms, quantile
from tests.fixtures.product import Event, Product
from tests.fixtures.services import Services

WRITERS, READERS = 0, 1
"""Web processes: holds go to the one, screens follow the other."""

Work = Callable[[httpx.AsyncClient, dict[str, str], random.Random], Awaitable[None]]


@contextlib.contextmanager
def house() -> Iterator[Product]:
    with (
        Services() as services,
        services.database() as database_url,
        tempfile.TemporaryDirectory() as folder,
        Product(database_url, services.empty_redis(), Path(folder), web_count=2) as running,
    ):
        os.sched_setaffinity(running.pid(f"web{READERS}"), {SERVER_CORE})
        yield running


def crowd_of(product: Product, event: Event, wire: str, count: int) -> Crowd:
    path = f"/v1/events/{event.id}/" + ("stream" if wire == "sse" else "ws")
    return Crowd(product.web_ports[READERS], path, wire, count, folds=True)


class Tap:
    """Hears what commits announce: version -> when it was published, ns of the monotonic clock.
    Milliseconds are cut off there, so a wait is told up to one too long."""

    def __init__(self, product: Product, event: Event) -> None:
        self.sent_ns: dict[int, int] = {}
        self._pubsub = redis.Redis.from_url(product.redis_url).pubsub()
        self._pubsub.subscribe(f"realtime:event:{event.id}")
        self._shift_ns = time.monotonic_ns() - time.time_ns()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pubsub.close()

    def _listen(self) -> None:
        with contextlib.suppress(redis.RedisError, OSError, ValueError, AttributeError):
            for message in self._pubsub.listen():
                if message["type"] == "message":
                    told = msgspec.json.decode(message["data"])
                    self.sent_ns[told["v"]] = told["t"] * 1_000_000 + self._shift_ns


def commit_to_socket(count: int, rate: float, seconds: float) -> dict[str, float]:
    """Holds at `rate` a second through one process, seen by `count` screens of another."""
    with house() as product:
        event = product.event("arena", hold_ttl_s=600)
        with crowd_of(product, event, "sse", count) as crowd, Tap(product, event) as tap:
            opened_s = crowd.open()
            crowd.ask("mark")
            crowd.ask("log 4000000")
            asyncio.run(_holds_at(product, event, rate, max(seconds, 20 / rate)))
            time.sleep(1.0)
            told = crowd.ask("mark")
            assert not told["gaps"] + told["divergences"] + told["duplicates"], told
            waits_ms = latencies_ms(crowd, tap.sent_ns)
    return {
        "screens": count,
        "holds_per_s": rate,
        "open_s": opened_s,
        "p50_ms": quantile(waits_ms, 0.5),
        "p99_ms": quantile(waits_ms, 0.99),
        "deliveries": len(waits_ms),
    }


async def _holds_at(product: Product, event: Event, rate: float, seconds: float) -> None:
    url = f"{product.base_urls[WRITERS]}/v1/events/{event.id}/holds"
    async with httpx.AsyncClient(timeout=30) as client:
        for number in range(int(rate * seconds)):
            body = {"seats": [2 * number, 2 * number + 1], "pools": []}
            answer = await client.post(url, json=body, headers=product.buyer())
            assert answer.status_code == 201, answer.text
            await asyncio.sleep(1 / rate)


def truth(count: int, deliveries: int) -> dict[str, float]:
    """Holds, changes, releases and expiries as fast as they go, until every wire has shown its
    share of `deliveries`, while screens are cut, pause, and lose their server once."""
    wires = ("sse", "text", "binary")
    with house() as product, contextlib.ExitStack() as stack:
        event = product.event("arena", hold_ttl_s=5, seats_per_hold_max=20)
        crowds = [
            stack.enter_context(crowd_of(product, event, wire, -(-count // len(wires))))
            for wire in wires
        ]
        for crowd in crowds:
            crowd.open()
            crowd.ask(f"churn {count / 100:g} {count / 100:g}")
        seen = [0.0] * len(crowds)
        totals: dict[str, float] = {}

        def look() -> float:
            for at, crowd in enumerate(crowds):
                told = crowd.ask("mark")
                seen[at] += told["messages"]
                for name in ("frames", "gaps", "divergences", "duplicates", "reconnects", "byes"):
                    totals[name] = totals.get(name, 0) + told[name]
            return sum(seen)

        asyncio.run(_storm(product, event, look, deliveries))
        for crowd in crowds:
            crowd.ask("churn 0 0")
        _reload(product)
        time.sleep(2.5)
        look()  # what was on its way
        time.sleep(6)  # a heartbeat with a checksum for everybody
        final = [crowd.ask("mark") for crowd in crowds]
        for told, crowd in zip(final, crowds, strict=True):
            for name in ("gaps", "divergences", "duplicates"):
                totals[name] += told[name]
            assert told["heartbeats"] >= crowd.count == told["live"], told
    assert not totals["gaps"] + totals["divergences"] + totals["duplicates"], totals
    return {"screens": count, "deliveries": sum(seen)} | totals


def _reload(product: Product) -> None:
    """The screens' process ends and another takes its place."""
    name = f"web{READERS}"
    product.stop(name)
    product.start(name)
    product.wait_ready(name)
    os.sched_setaffinity(product.pid(name), {SERVER_CORE})


async def _storm(
    product: Product, event: Event, look: Callable[[], float], deliveries: int
) -> None:
    ends = asyncio.Event()
    seat_count = len(event.seat_keys)
    base = product.base_urls[WRITERS]

    async def buyer(number: int) -> None:
        dice, headers = random.Random(number), product.buyer()
        async with httpx.AsyncClient(timeout=30, base_url=base, headers=headers) as client:
            while not ends.is_set():
                await _hold_and_change(client, event, dice, seat_count)

    buyers = [asyncio.create_task(buyer(number)) for number in range(8)]
    while await asyncio.to_thread(look) < deliveries:
        for task in buyers:
            if task.done():
                task.result()
        await asyncio.sleep(0.5)
    ends.set()
    await asyncio.gather(*buyers)


async def _hold_and_change(
    client: httpx.AsyncClient, event: Event, dice: random.Random, seat_count: int
) -> None:
    seats = dice.sample(range(seat_count), dice.randrange(1, 6))
    path = f"/v1/events/{event.id}/holds"
    answer = await client.post(path, json={"seats": seats, "pools": []})
    if answer.status_code != 201:
        assert answer.status_code in (409, 503), answer.text
        return
    hold_id = answer.json()["id"]
    what = dice.random()
    if what < 0.3:
        await client.delete(f"/v1/holds/{hold_id}")
    elif what < 0.6:
        more = {"add": {"seats": [dice.randrange(seat_count)], "pools": []}}
        await client.patch(f"/v1/holds/{hold_id}", json=more)
    # Else it expires.
