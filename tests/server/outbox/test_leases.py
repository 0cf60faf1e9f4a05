"""Workers share the outbox: none does what another has claimed, and who dies loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.kernel import context
from server.kernel.db import Database
from server.outbox import relay, service
from server.outbox.models import Event, Fact
from tests.server.support import until

ORG_ID = "lessor"
KIND = "lease.noted"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    context.act_for(ORG_ID)
    opened = await Database.open(database_url, connections_max=8)
    yield opened
    await opened.close()


async def _told(db: Database, *subjects: str) -> None:
    facts = [Fact(KIND, ORG_ID, subject, {"nth": nth}) for nth, subject in enumerate(subjects)]
    async with db.tx() as tx:
        for fact in facts:
            await service.append(tx, fact)


class Clerk:
    """A worker that notes what it reacts to; it may be made to wait, or to fail."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.noted: list[tuple[str, int]] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.fails_at = ""

    async def _note(self, event: Event) -> None:
        await self.goes_on.wait()
        if event.subject == self.fails_at:
            raise ValueError(event.subject)
        self.noted.append((event.subject, event.data["nth"]))

    async def work(self) -> int:
        return await relay.react_some(self._db, {KIND: [self._note]})


async def test_two_share_and_each_subject_keeps_its_order(db: Database) -> None:
    async def append() -> None:
        for _ in range(20):
            await _told(db, *[f"s:{n}" for n in range(10)])

    clerks = [Clerk(db), Clerk(db)]
    appending = asyncio.create_task(append())

    async def work(clerk: Clerk) -> None:
        while not appending.done() or await clerk.work():
            await clerk.work()
            await asyncio.sleep(0)

    seen: list[tuple[str, int]] = []
    for clerk in clerks:
        clerk.noted = seen
    await asyncio.gather(*(work(clerk) for clerk in clerks))
    await appending
    assert len(seen) == 200
    async with db.tx() as tx:
        left = await tx.connection.fetchval("SELECT count(*) FROM outbox WHERE handled_at IS NULL")
    assert left == 0


async def test_what_comes_after_a_claimed_event_of_its_subject_waits_and_the_rest_does_not(
    db: Database,
) -> None:
    slow, quick = Clerk(db), Clerk(db)
    slow.goes_on.clear()
    await _told(db, "a")
    working = asyncio.create_task(slow.work())
    await until(lambda: _leased(db))
    await _told(db, "a", "b")
    assert await quick.work() == 1
    assert quick.noted == [("b", 1)]
    slow.goes_on.set()
    assert await working == 1
    assert await quick.work() == 1
    assert quick.noted[-1] == ("a", 0)


async def test_a_lease_runs_out_with_who_had_it_and_is_renewed_by_who_lives(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LEASE_S", 1.0)
    alive, other = Clerk(db), Clerk(db)
    alive.goes_on.clear()
    await _told(db, "a")
    working = asyncio.create_task(alive.work())
    leases = set[Any]()

    async def renewed() -> bool:
        leases.add(await _leased(db))
        return len(leases) > 4  # three times in a lease

    await until(renewed)
    assert await other.work() == 0, "longer than a lease, and still another's"
    alive.goes_on.set()
    assert await working == 1
    await _told(db, "b")
    assert len(await service.claim(db, [KIND], 10)) == 1, "claimed, and then it dies"
    assert await other.work() == 0
    await until(other.work)
    assert other.noted == [("b", 0)]


async def test_what_waited_behind_a_failure_is_given_back_at_once(db: Database) -> None:
    clerk = Clerk(db)
    async with db.tx() as tx:
        facts = [Fact(KIND, ORG_ID, subject, {"nth": 0}) for subject in ("bad", "good")]
        await service.append_bundle(tx, facts)
    await _told(db, "good")
    clerk.fails_at = "bad"
    assert await clerk.work() == 2
    assert clerk.noted == [("good", 0), ("good", 0)]
    row: Any
    async with db.tx() as tx:
        row = await tx.connection.fetch(
            "SELECT attempts, handled_at IS NULL FROM outbox ORDER BY position"
        )
    assert [tuple(one) for one in row] == [(1, True), (0, False)]


async def _leased(db: Database) -> Any:
    """Until when, where anything is."""
    async with db.tx() as tx:
        return await tx.connection.fetchval(
            """SELECT max(next_attempt_at) FROM outbox
               WHERE next_attempt_at > now() AND handled_at IS NULL"""
        )
