"""Several events in one row: told, repeated and reacted to as if each had a row of its own."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.kernel import context
from server.kernel.context import Context
from server.kernel.db import Database
from server.kernel.errors import BadRequest
from server.kernel.ids import uuid7_texts
from server.outbox import relay, service
from server.outbox.models import Event, Fact, Pending
from tests.fixtures.services import Services

HEARD = "bundle.noted"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e9, 1e9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
FACTS = st.lists(
    st.builds(
        Fact,
        type=st.just(HEARD),
        org_id=st.just("house"),
        subject=WORDS,
        data=st.dictionaries(WORDS, VALUES, max_size=4),
        context=st.none() | st.builds(Context, WORDS, WORDS, WORDS),
    ),
    max_size=6,
)


class Log:
    """A sink that fails after the events are safe, as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.batches: list[list[Event]] = []
        self._failures = failures

    async def publish(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))
        if self._failures:
            self._failures -= 1
            raise ConnectionError("the answer was lost")

    async def close(self) -> None: ...


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    context.act_for("house")
    opened = await Database.open(database_url, connections_max=2)
    yield opened
    await opened.close()


def fact(subject: str, **data: Any) -> Fact:
    return Fact(HEARD, "house", subject, data)


async def bundle(db: Database, *facts: Fact) -> None:
    async with db.tx() as tx:
        await service.append_bundle(tx, facts)


async def append(db: Database, *facts: Fact) -> None:
    async with db.tx() as tx:
        await service.append(tx, *facts)


def test_a_bundle_is_told_as_its_facts_would_be_one_by_one(services: Services) -> None:
    @settings(max_examples=40, deadline=None)
    @given(facts=FACTS)
    def law(facts: list[Fact]) -> None:
        singles, bundled = runner.run(both_ways(facts))
        assert len({event.id for event in singles + bundled}) == 2 * len(facts)
        for one, other in zip(bundled, singles, strict=True):
            aside = {"id": other.id, "occurred_at": other.occurred_at}
            assert msgspec.structs.replace(one, **aside) == other

    async def both_ways(facts: list[Fact]) -> tuple[list[Event], list[Event]]:
        context.act_for("house")
        await append(db, *facts)
        singles = await _told(db, rows=len(facts))
        await bundle(db, *facts)
        return singles, await _told(db, rows=bool(facts))

    with services.database() as url, asyncio.Runner() as runner:
        db = runner.run(Database.open(url, connections_max=1))
        law()
        runner.run(db.close())


async def _told(db: Database, rows: int) -> list[Event]:
    """What was not told before, the same for the relay and for who looks by hand."""
    pending = await service.unpublished(db, 100)
    assert len(pending) == rows
    events = [event for row in pending for event in row.events]
    async with db.tx() as tx:
        seen = await tx.connection.fetch(
            """SELECT id, type, version, occurred_at, correlation_id, trace_id, actor, source,
                      org_id, subject, data
               FROM outbox_events WHERE published_at IS NULL ORDER BY position, nth"""
        )
    assert [Event(*row) for row in seen] == events
    await service.mark_published(db, [row.position for row in pending])
    return events


async def test_what_is_repeated_after_a_crash_has_the_same_ids(db: Database) -> None:
    await bundle(db, fact("hold:1"), fact("hold:2"))
    await append(db, fact("hold:3"))
    log = Log(failures=1)
    with pytest.raises(ConnectionError):
        await relay.publish_some(db, [log])
    assert await relay.publish_some(db, [log]) == 3
    first, again = log.batches
    assert first == again
    assert [event.subject for event in first] == ["hold:1", "hold:2", "hold:3"]
    assert await relay.publish_some(db, [log]) == 0


async def test_one_batch_has_bounded_events_however_many_a_row_tells(db: Database) -> None:
    count = relay.PUBLISHED_AT_ONCE - 1
    for nth in range(4):
        await bundle(db, *(fact(f"hold:{nth}-{of}") for of in range(count)))
        await append(db, fact(f"hold:{nth}-alone"))
    async with db.tx(read_only=True) as tx:
        assert (await service.backlog(tx)).unpublished == 4 * (count + 1)
    log = Log()
    while await relay.publish_some(db, [log]):
        assert len(log.batches[-1]) < relay.PUBLISHED_AT_ONCE + count
    told = [event.subject for batch in log.batches for event in batch]
    assert told == [f"hold:{nth}-{of}" for nth in range(4) for of in [*range(count), "alone"]]


async def test_a_row_is_done_when_all_that_it_tells_was_reacted_to(db: Database) -> None:
    """What waits holds up what is told later of the same subjects, alone or in a bundle."""
    await bundle(db, fact("hold:1", nth=1), fact("hold:2", nth=1), fact("hold:1", nth=2))
    seen: list[tuple[str, int]] = []
    broken = True

    async def react(event: Event) -> None:
        if broken and event.subject in ("hold:1", "hold:5"):
            raise ValueError("not yet")
        seen.append((event.subject, event.data["nth"]))

    reactions = {HEARD: [react]}
    await bundle(db, fact("hold:5", nth=0))
    assert await relay.react_some(db, reactions) == 2
    async with db.tx() as tx:  # what failed is not due again within this test
        await tx.connection.execute(
            "UPDATE outbox SET next_attempt_at = now() + interval '1 hour' WHERE handled_at IS NULL"
        )
    await append(db, fact("hold:1", nth=3))
    await bundle(db, fact("hold:3", nth=4), fact("hold:1", nth=4))
    await bundle(db, fact("hold:3", nth=5))
    await append(db, fact("hold:4", nth=6))
    assert await relay.react_some(db, reactions) == 1
    assert seen == [("hold:2", 1), ("hold:4", 6)]
    broken = False
    async with db.tx() as tx:
        await tx.connection.execute("UPDATE outbox SET next_attempt_at = now()")
    await relay.react_some(db, reactions)
    assert [nth for subject, nth in seen if subject == "hold:1"] == [1, 2, 3, 4]
    assert [nth for subject, nth in seen if subject == "hold:3"] == [4, 5]
    assert ("hold:5", 0) in seen
    assert await relay.react_some(db, reactions) == 0


async def test_a_statement_of_another_domain_tells_only_what_it_did(db: Database) -> None:
    insert = service.INSERT_BUNDLE.format(type="$1", org="$2", bundle="$3", count="$4")
    did = "WITH told AS ({} AND EXISTS (SELECT FROM generate_series(1, $5::int))) SELECT 1"
    facts = [fact("hold:1"), fact("hold:2")]
    for done in (0, 1):
        async with db.tx() as tx:
            text = service.bundle_of([service.members(facts)])
            await tx.connection.execute(did.format(insert), HEARD, "house", text, len(facts), done)
    found: list[Pending] = await service.unpublished(db, 10)
    assert [event.subject for row in found for event in row.events] == ["hold:1", "hold:2"]
    event = found[0].events[0]
    assert (event.type, event.version, event.source, event.org_id) == (
        HEARD, 1, service.SOURCE, "house",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["\0", "\\\0", "a\0b"])
async def test_text_that_the_database_does_not_take_is_refused(db: Database, text: str) -> None:
    for write in (append, bundle):
        with pytest.raises(BadRequest, match="U\\+0000"):
            await write(db, fact("hold:1", name=text))
    await bundle(db, fact("hold:1", name="\\u0000"), fact("hold:2", name="\\\\u0000"))
    found = await service.unpublished(db, 10)
    assert [event.data["name"] for row in found for event in row.events] == [
        "\\u0000", "\\\\u0000",
    ]  # fmt: skip


async def test_what_nobody_reacts_to_is_done_in_its_own_time(db: Database) -> None:
    await bundle(db, fact("hold:1"), fact("hold:2"))
    await append(db, fact("hold:3"), Fact("order.confirmed", "house", "order:1", {}))
    async with db.tx() as tx:
        assert await service.skip(tx, ["order.confirmed"]) == 0
        await tx.connection.execute("UPDATE outbox SET occurred_at = now() - interval '1 hour'")
        assert await service.skip(tx, ["order.confirmed"]) == 2
    left = await service.claim(db, ["order.confirmed", HEARD], 10)
    assert [event.subject for row in left for event in row.events] == ["order:1"]


async def test_a_row_is_one_event_or_a_bundle(db: Database) -> None:
    await append(db, fact("hold:1"))
    for both in ("bundle = '[]'", "subject = NULL"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.tx() as tx:
                await tx.connection.execute(f"UPDATE outbox SET {both}")


def test_ids_made_together_are_uuids_of_now() -> None:
    texts = uuid7_texts(500)
    ids = [uuid.UUID(text) for text in texts]
    assert [str(one) for one in ids] == texts
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    assert len(set(ids)) == 500
    assert len({one.int & (1 << 62) - 1 for one in ids}) == 500
    assert all(abs((one.int >> 80) / 1000 - time.time()) < 60 for one in ids)
