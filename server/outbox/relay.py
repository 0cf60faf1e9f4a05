"""The worker's two loops over the outbox: publish to the event log, and run the reactions.

Both are at least once: an event is marked after its effect. A crash between the two repeats the
effect, so consumers of the log drop ids they have seen and reactions are idempotent.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import msgspec
from redis.asyncio import Redis

from server.kernel import context, logs
from server.kernel.db import Database
from server.kernel.errors import DatabaseUnavailable
from server.kernel.failpoint import failpoint
from server.outbox import service
from server.outbox.models import Event

Reaction = Callable[[Event], Awaitable[None]]
PUBLISHED_AT_ONCE = 1_000
REACTED_TO_AT_ONCE = 512
SIDE_BY_SIDE = 256
"""Many: reactions to events that are alike wait for each other and are done together."""

_log = logs.get(__name__)


class Sink(Protocol):
    """Where events go: an append-only log that others read at their own pace."""

    async def publish(self, events: Sequence[Event]) -> None:
        """Returns once every event is safe in the log; raises when any may not be."""
        ...

    async def close(self) -> None: ...


class RedisStreamSink:
    """The default event log: one Redis stream, trimmed to about `length_max` entries."""

    def __init__(
        self, redis: Redis, *, stream: str = "fullhouse:events", length_max: int = 1_000_000
    ):
        self._redis, self._stream, self._length_max = redis, stream, length_max

    async def publish(self, events: Sequence[Event]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for event in events:
                fields: dict[Any, Any] = {
                    "id": str(event.id),
                    "type": event.type,
                    "event": msgspec.json.encode(event),
                }
                pipeline.xadd(self._stream, fields, maxlen=self._length_max, approximate=True)
            await pipeline.execute()

    async def close(self) -> None:
        """The client is the process's, which closes it."""


async def publish_some(db: Database, sinks: Sequence[Sink]) -> int:
    """Publish one batch in order, to each of the sinks. Returns how many events it was."""
    batch = await service.unpublished(db, PUBLISHED_AT_ONCE)
    if not batch:
        return 0
    failpoint("relay.selected")
    events = [event for pending in batch for event in pending.events]
    for sink in sinks:
        await sink.publish(events)
    failpoint("relay.published")
    await service.mark_published(db, [pending.position for pending in batch])
    return len(events)


async def react_some(db: Database, reactions: Mapping[str, Sequence[Reaction]]) -> int:
    """Run the reactions of one batch: events of one subject in order, subjects side by side.

    Any number of workers may do this: what one has claimed is its own while it lives. Returns how
    many rows were dealt with. A reaction that fails is tried again later, with what its row tells
    besides, and holds up what comes after it for the same subjects until then.
    """
    batch = await service.claim(db, list(reactions), REACTED_TO_AT_ONCE)
    if not batch:
        return 0
    failpoint("relay.claimed")
    lanes: dict[str, list[tuple[int, Event]]] = {}
    for pending in batch:
        for event in pending.events:
            lanes.setdefault(event.subject, []).append((pending.position, event))
    slots = asyncio.Semaphore(SIDE_BY_SIDE)
    async with _leased(db, [pending.position for pending in batch]):
        stopped = await asyncio.gather(
            *(_react_in_order(reactions, lane, slots) for lane in lanes.values())
        )
    failed: dict[int, str] = {}
    undone: set[int] = set()
    for lane, (done, error) in zip(lanes.values(), stopped, strict=True):
        undone.update(position for position, _ in lane[done:])
        if error is not None:
            failed.setdefault(lane[done][0], error)
    handled = [pending.position for pending in batch if pending.position not in undone]
    if handled:
        await service.mark_handled(db, handled)
    given_back = [pending.position for pending in batch if pending.position in undone - set(failed)]
    if given_back:
        await service.lease(db, given_back, 0)
    for pending in batch:
        if pending.position in failed:
            await service.postpone(db, pending, failed[pending.position])
    return len(batch)


@asynccontextmanager
async def _leased(db: Database, positions: list[int]) -> AsyncIterator[None]:
    """Renews what was claimed meanwhile, and not any more afterwards: without this process, or
    without the database, the lease runs out."""
    done = asyncio.Event()

    async def renew() -> None:
        while not done.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(service.LEASE_S / 3):
                    await done.wait()
                    return
            with suppress(DatabaseUnavailable):
                await service.lease(db, positions, service.LEASE_S)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        done.set()
        await renewing


async def _react_in_order(
    reactions: Mapping[str, Sequence[Reaction]],
    lane: Sequence[tuple[int, Event]],
    slots: asyncio.Semaphore,
) -> tuple[int, str | None]:
    """How many events were handled: all, or those before the first that failed, and its error."""
    for done, (_, event) in enumerate(lane):
        try:
            async with slots:
                await _run(event, reactions.get(event.type, ()))
        except DatabaseUnavailable:
            return done, None
        except Exception as error:
            _log.exception("reaction failed", event_type=event.type, outbox_id=str(event.id))
            return done, repr(error)
    return len(lane), None


async def _run(event: Event, reactions: Sequence[Reaction]) -> None:
    trace = f"00-{event.trace_id}-{0:016x}-01"
    context.begin(f"reaction:{event.type}", event.correlation_id, trace)
    context.act_for(event.org_id)
    for reaction in reactions:
        await reaction(event)
        failpoint("relay.reacted")
