"""Webhooks: signed, retried with exponential backoff until the receiver answers 2xx.

What is owed stands in the journal, so a restart resumes it. At most `concurrency` requests are
under way; the rest wait in a heap ordered by time, bounded by what the journal holds.
"""

import asyncio
import heapq
import hmac
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

import httpx
import msgspec

from .service import Gateway

BACKOFF_FIRST_S = 0.5
TIMEOUT_S = 10.0


def signature(secret: str, at: int, body: bytes) -> str:
    """Value of `Fullhouse-Signature`: t=<unix>,v1=<hex HMAC-SHA256(secret, "<t>." + body)>."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={digest}"


class Deliverer:
    """Sends what the ledger says is pending. `retry_max_s` bounds the wait between attempts."""

    def __init__(self, secret: str, *, concurrency: int = 32, retry_max_s: float = 30.0) -> None:
        self._secret = secret
        self._concurrency = concurrency
        self._retry_max_s = retry_max_s
        self._due: list[tuple[float, int, str, int]] = []  # not before, order, event id, attempt
        self._order = 0
        self._wake = asyncio.Event()
        self._attempted: dict[str, asyncio.Event] = {}

    def owe(self, event_id: str, copies: int, not_before: float) -> None:
        """Schedule `copies` deliveries, none before that unix time; 0 for an event that is lost."""
        for _ in range(copies):
            self._schedule(not_before, event_id, 0)

    async def attempted(self, event_id: str, timeout_s: float) -> None:
        """Return after the event's next attempt ended, or after `timeout_s`.

        Called right after the verb, with no await in between, it cannot miss that attempt.
        """
        done = self._attempted.setdefault(event_id, asyncio.Event())
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), timeout_s)
        self._attempted.pop(event_id, None)

    async def run(self, gateway: Gateway) -> None:
        """Deliver for ever."""
        slots = asyncio.Semaphore(self._concurrency)
        limits = httpx.Limits(max_connections=self._concurrency)
        # No proxy from the environment: receivers are named by whoever holds the API key.
        async with (
            httpx.AsyncClient(limits=limits, timeout=TIMEOUT_S, trust_env=False) as client,
            asyncio.TaskGroup() as tasks,
        ):
            while True:
                await slots.acquire()
                event_id, attempt = await self._next(gateway.clock)
                task = tasks.create_task(self._attempt(gateway, client, event_id, attempt))
                task.add_done_callback(lambda _: slots.release())

    async def _next(self, clock: Callable[[], float]) -> tuple[str, int]:
        while True:
            self._wake.clear()
            wait_s = self._due[0][0] - clock() if self._due else None
            if wait_s is not None and wait_s <= 0:
                _, _, event_id, attempt = heapq.heappop(self._due)
                return event_id, attempt
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait_s)

    async def _attempt(
        self, gateway: Gateway, client: httpx.AsyncClient, event_id: str, attempt: int
    ) -> None:
        await gateway.journal.durable()
        if not gateway.knobs.is_down() and await self._accepted(gateway, client, event_id):
            gateway.accepted(event_id)
        else:
            wait_s = min(BACKOFF_FIRST_S * 2 ** min(attempt, 30), self._retry_max_s)
            self._schedule(gateway.clock() + wait_s, event_id, attempt + 1)
        if done := self._attempted.get(event_id):
            done.set()

    async def _accepted(self, gateway: Gateway, client: httpx.AsyncClient, event_id: str) -> bool:
        event = gateway.ledger.events[event_id]
        url = gateway.ledger.sessions[event.data.session_id].webhook_url
        body = msgspec.json.encode(event)
        headers = {
            "Content-Type": "application/json",
            "Fullhouse-Signature": signature(self._secret, int(gateway.clock()), body),
        }
        try:
            answer = await client.post(url, content=body, headers=headers)
        except Exception:  # whatever one receiver's address provokes must not stop the others
            return False
        return answer.is_success

    def _schedule(self, not_before: float, event_id: str, attempt: int) -> None:
        self._order += 1
        heapq.heappush(self._due, (not_before, self._order, event_id, attempt))
        self._wake.set()
