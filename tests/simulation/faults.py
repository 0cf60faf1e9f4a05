"""What is done to the product while people use it, drawn from seeded dice."""

import asyncio
import contextlib
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import redis

from loadtests.facts import STREAM, log_ids
from tests.fixtures.product import Product
from tests.fixtures.services import ROOT, Services

EVERYWHERE = "*=kill@0.002"


def failpoint_names() -> set[str]:
    """Every name that stands in the server's source."""
    sources = (path.read_text() for path in (ROOT / "server").rglob("*.py"))
    found = {
        name
        for source in sources
        for name in re.findall(r'^\s+failpoint\("([a-z_.]+)"\)$', source, re.MULTILINE)
    }
    assert found
    return found


class Faults(threading.Thread):
    """Breaks something every moment until `stop`, and starts again whatever died."""

    def __init__(
        self,
        product: Product,
        services: Services,
        event_log: Path,
        seed: int,
        stop: threading.Event,
    ) -> None:
        super().__init__(name="faults", daemon=True)
        self._product, self._services, self._event_log = product, services, event_log
        self._dice = random.Random(f"{seed}/faults")
        self._stop_event = stop
        self._names = sorted(failpoint_names())
        self.done: Counter[str] = Counter()
        self.error: BaseException | None = None

    def run(self) -> None:
        faults: list[tuple[Callable[[], None], int]] = [
            (self._kill, 6),
            (self._pause, 2),
            (self._terminate_connections, 2),
            (self._kill_postgres, 2),
            (self._kill_valkey, 1),
            (self._flush_valkey, 1),
        ]
        try:
            for name in self._product.names:
                self._start_again(name)
            while not self._stop_event.wait(self._dice.uniform(0.2, 1.2)):
                self._revive()
                [fault] = self._dice.choices(*zip(*faults, strict=True))
                fault()
        except BaseException as error:
            self.error = error
            raise

    def calm(self) -> None:
        """Everything runs again, and nothing is armed."""
        for name in self._product.names:
            self._product.kill(name)
            self._product.start(name)
        for name in self._product.names:
            self._product.wait_ready(name)

    def _revive(self) -> None:
        for name in self._product.names:
            if not self._product.is_running(name):
                self.done[f"{name} died at a failpoint"] += 1
                self._start_again(name)

    def _start_again(self, name: str) -> None:
        armed = [f"{one}=kill@0.1" for one in self._dice.sample(self._names, 3)]
        armed = [one for one in armed if not one.startswith("tx.")]
        self._product.kill(name)
        self._product.start(
            name, FAILPOINTS=",".join([*armed, EVERYWHERE]), FAILPOINT_SEED=str(self._dice.random())
        )

    def _kill(self) -> None:
        name = self._dice.choice(self._product.names)
        # Where nobody can be served, nothing can go wrong either.
        if name.startswith("web") and not all(map(self._answers, self._product.base_urls)):
            return
        self.done[f"{name} killed"] += 1
        self._start_again(name)

    def _answers(self, url: str) -> bool:
        try:
            return httpx.get(f"{url}/health", timeout=0.5).is_success
        except httpx.HTTPError:
            return False

    def _pause(self) -> None:
        name = self._dice.choice(self._product.names)
        self.done[f"{name} paused"] += 1
        pid = self._product.pid(name)
        with contextlib.suppress(ProcessLookupError):  # it died at a failpoint in that moment
            os.kill(pid, signal.SIGSTOP)
            time.sleep(self._dice.uniform(0.2, 1.5))
            os.kill(pid, signal.SIGCONT)

    def _terminate_connections(self) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self._product.database_url)
            await connection.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            )
            await connection.close()

        self.done["connections terminated"] += 1
        asyncio.run(run())

    def _kill_postgres(self) -> None:
        self.done["postgres killed"] += 1
        self._services.postgres.kill()
        time.sleep(self._dice.uniform(0, 0.4))
        self._services.postgres.start()

    def _kill_valkey(self) -> None:
        self.done["valkey killed"] += 1
        self._services.valkey.kill()
        time.sleep(self._dice.uniform(0, 0.8))
        self._services.valkey.start()

    def _flush_valkey(self) -> None:
        """Its log is kept aside in the same moment, as a reader of the log would have it."""
        self.done["valkey emptied"] += 1
        with redis.Redis.from_url(self._product.redis_url, decode_responses=True) as client:
            pipeline = client.pipeline(transaction=True)
            pipeline.xrange(STREAM)
            pipeline.flushall()
            entries, _ = pipeline.execute()
        with self._event_log.open("a") as file:
            file.writelines(f"{event_id}\n" for event_id in log_ids(entries))
