"""People buy while everything dies around them; afterwards every promise was kept.

SIM_SEED repeats a run's dice, SIM_SECONDS makes it longer.
"""

import asyncio
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from loadtests import checker, quiescence
from loadtests import history as logs
from loadtests.feed import Screen
from loadtests.history import Recorder
from tests.fixtures.product import Event, Product
from tests.fixtures.services import Services
from tests.simulation.faults import Faults
from tests.simulation.people import Organizer, Person

SECONDS = float(os.environ.get("SIM_SECONDS", "12"))
SEED = int(os.environ.get("SIM_SEED") or random.randrange(1_000_000))
PEOPLE = 12
HOLD_TTL_S = 6
REST_TIMEOUT_S = 60.0

_HURRY = (
    "UPDATE payments SET next_check_at = now() WHERE next_check_at < 'infinity'",
    "UPDATE refunds SET next_attempt_at = now()",
    "UPDATE outbox SET next_attempt_at = now() WHERE handled_at IS NULL",
)


@pytest.mark.timeout(SECONDS + 600)
def test_whatever_dies_every_promise_is_kept(
    services: Services, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    print(f"SIM_SEED={SEED} SIM_SECONDS={SECONDS}")
    folder, event_log = tmp_path / "logs", tmp_path / "event_log"
    with Product(database_url, redis_url, tmp_path / "product", web_count=2) as product:
        event = product.event("club", hold_ttl_s=HOLD_TTL_S, capacities={"dance-floor": 40})
        screens = _screens(product, event, folder)
        faults = _live(product, services, event, folder, event_log)
        left = asyncio.run(_come_to_rest(product))
        versions = _stop(screens, asyncio.run(_version(product, event)))
        judgement, text = asyncio.run(
            checker.check(database_url, product.journal, folder, redis_url, event_log)
        )
    print(text)
    print(dict(faults.done))
    assert left == {}
    assert judgement.count == 0, f"SIM_SEED={SEED}\n{text}"
    assert len(set(versions)) == 1, f"a screen did not arrive: {versions}"
    _assert_that_something_happened(folder, faults)


def _screens(product: Product, event: Event, folder: Path) -> list[tuple[Screen, threading.Thread]]:
    running = []
    for nth, via in enumerate(("sse", "ws", "sse", "ws")):
        urls = product.base_urls if nth < 2 else product.base_urls[::-1]
        screen = Screen(urls, str(event.id), via, Recorder(folder, f"screen-{via}-{nth}"))
        thread = threading.Thread(target=screen.run, daemon=True)
        thread.start()
        running.append((screen, thread))
    return running


def _live(
    product: Product, services: Services, event: Event, folder: Path, event_log: Path
) -> Faults:
    peace, closing = threading.Event(), threading.Event()
    people = [Person(product, event, folder, nth, SEED, closing) for nth in range(PEOPLE)]
    organizer = Organizer(product, event, SEED, closing)
    faults = Faults(product, services, event_log, SEED, peace)
    for thread in (*people, organizer, faults):
        thread.start()
    time.sleep(SECONDS)
    peace.set()
    faults.join()
    faults.calm()
    closing.set()
    for thread in (*people, organizer):
        thread.join()
    assert [thread.error for thread in (*people, organizer, faults) if thread.error] == []
    print(dict(organizer.done))
    return faults


async def _come_to_rest(product: Product) -> dict[str, int]:
    """What is still under way in the end. Timers that wait for long are moved to now."""
    connection = await asyncpg.connect(product.database_url)
    try:
        deadline = time.monotonic() + REST_TIMEOUT_S
        while time.monotonic() < deadline:
            for statement in _HURRY:
                await connection.execute(statement)
            left = await quiescence.wait(product.database_url, product.journal, 3)
            if not left and not await connection.fetchval(
                "SELECT count(*) FROM holds WHERE status = 'active'"
            ):
                return {}
        return await quiescence.look(product.database_url, product.journal)
    finally:
        await connection.close()


async def _version(product: Product, event: Event) -> int:
    connection = await asyncpg.connect(product.database_url)
    try:
        return await connection.fetchval(
            "SELECT version FROM event_clock WHERE event_id = $1 AND stream = 'inventory'", event.id
        )
    finally:
        await connection.close()


def _stop(screens: list[tuple[Screen, threading.Thread]], version: int) -> list[int]:
    """The version that each screen shows in the end."""
    deadline = time.monotonic() + REST_TIMEOUT_S
    while any(screen.version != version for screen, _ in screens) and time.monotonic() < deadline:
        time.sleep(0.05)
    versions = [version, *(screen.version for screen, _ in screens)]
    for screen, thread in screens:
        screen.stop()
        thread.join()
    return versions


def _assert_that_something_happened(folder: Path, faults: Faults) -> None:
    history = logs.read(folder)
    sure = Counter(op.kind for op in history.ops if op.result == "ok")
    print(dict(sure), Counter(op.result for op in history.ops))
    assert faults.done.total() >= SECONDS / 4
    assert sure["hold"] >= SECONDS / 2
    assert sure["checkout"] > 0
    assert sum(seen.frame == "delta" for frames in history.seen.values() for seen in frames) > 0
