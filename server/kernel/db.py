"""The database: statements, transactions, and, with `session`, the one place that knows asyncpg.

A `Query` is a named statement with its columns listed; a test prepares each against a migrated
database and compares its columns with the struct it fills. A `Tx` is an open transaction: who
takes one neither commits nor touches the network. `Database.exclusive` is how everything that
changes one event's inventory runs. Whose rows a transaction sees: `server.kernel.tenancy`.
"""

import asyncio
import hashlib
import random
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import asyncpg
import msgspec

from server.kernel import context, logs
from server.kernel.errors import BadRequest, DatabaseUnavailable
from server.kernel.failpoint import failpoint
from server.kernel.lanes import Lane
from server.kernel.session import SETTINGS, Isolation, Session, keep_session, scoped, set_codecs
from server.kernel.tenancy import ROLE, Across

Row = TypeVar("Row", bound=msgspec.Struct)
Result = TypeVar("Result")

REGISTRY: dict[str, "Query[Any]"] = {}


class MovedOn(Exception):
    """What the work was decided on is not so any more: `exclusive` runs it again."""


_RETRIED = (
    MovedOn,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_TWICE = (*_RETRIED, asyncpg.UniqueViolationError)
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    OSError,
    TimeoutError,
)
_NO_ROLE = (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError)
_NO_TEXT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
NUL_REFUSED = "text may not contain the character U+0000"
LANE_CONNECTIONS_MAX = 6
"""So many of the process's connections may lanes keep between two pieces of work."""
RETRY_MAX_S = 5.0
ALONE_AFTER = 8
"""So often exclusive work gives way to others before it is done alone among all there is."""
_log = logs.get(__name__)


class Query(Generic[Row]):
    """A named statement. `row`: the struct whose fields are the columns, in order."""

    def __init__(self, name: str, sql: str, row: type[Row] | None = None) -> None:
        if name in REGISTRY:
            raise ValueError(f"two statements are called {name}")
        self.name, self.sql, self.row = name, sql, row
        REGISTRY[name] = self

    async def all(self, tx: "Tx", *args: Any) -> list[Row]:
        row = self.row
        assert row is not None, self.name
        return [row(*record) for record in await tx.connection.fetch(self.sql, *args)]

    async def pages(self, tx: "Tx", *args: Any, size: int) -> AsyncIterator[list[Row]]:
        """The same rows, `size` at a time: for what is too much to hold at once."""
        row = self.row
        assert row is not None, self.name
        cursor = await tx.connection.cursor(self.sql, *args)
        while records := await cursor.fetch(size):
            yield [row(*record) for record in records]

    async def first(self, tx: "Tx", *args: Any) -> Row | None:
        row = self.row
        assert row is not None, self.name
        record = await tx.connection.fetchrow(self.sql, *args)
        return None if record is None else row(*record)

    async def value(self, tx: "Tx", *args: Any) -> Any:
        return await tx.connection.fetchval(self.sql, *args)

    async def values(self, tx: "Tx", *args: Any) -> list[Any]:
        return [record[0] for record in await tx.connection.fetch(self.sql, *args)]

    async def run(self, tx: "Tx", *args: Any) -> int:
        """Returns how many rows the statement changed."""
        tag = await tx.connection.execute(self.sql, *args)
        last = tag.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0


class Tx:
    """An open transaction. `announce` hands facts to the process's listeners and its announcer
    after the commit: best effort, for what readers can also find in the database."""

    __slots__ = ("announced", "connection")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.announced: list[Any] = []

    def announce(self, fact: Any) -> None:
        self.announced.append(fact)

    async def isolate(self, isolation: Isolation) -> None:
        """Before the one statement of work that is done at once."""
        await self.connection.isolate(isolation)

    async def plan_anew(self) -> None:
        """For statements with filters that may be absent: PostgreSQL would soon keep one plan for
        all of them, which suits none. From here on each is planned for what it is asked."""
        await self.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")


Announcer = Callable[[Sequence[Any]], Awaitable[None]]
Listener = Callable[[Any], None]
Work = Callable[["Tx"], Awaitable[Result]]


async def _announce_nothing(facts: Sequence[Any]) -> None:
    """Stands in until the process has wired its announcer."""


class Database:
    """A pool of connections and the ways to use one.

    `retries_max`: how often a serialization failure or deadlock is tried again before the caller
    is told to come back. Many: while tables are small, events share the pages that PostgreSQL
    watches for conflicts, and abort each other for nothing.
    """

    def __init__(self, pool: Any, *, retries_max: int = 60) -> None:
        self._pool = pool
        self._retries_max = retries_max
        self._lanes: dict[uuid.UUID, Lane] = {}
        self.announce: Announcer = _announce_nothing
        self.listeners: list[Listener] = []
        self.retries = 0
        self._kept = 0
        self._to_announce: list[Any] = []
        self._announcing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, *, connections_max: int = 16) -> "Database":
        """Raises DatabaseUnavailable when nobody answers at `url`."""
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=connections_max, command_timeout=10, timeout=10,
                init=set_codecs, reset=keep_session, server_settings=SETTINGS,
                connection_class=Session,
            )  # fmt: skip
        except _NO_ROLE as error:
            raise DatabaseUnavailable(
                f"cannot work as {ROLE} ({error}): `python -m server migrate` first, "
                f"or GRANT {ROLE} to the user of DATABASE_URL"
            ) from error
        except (*_LOST, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(f"cannot use the database: {error}") from error
        return cls(pool)

    async def close(self) -> None:
        if self._announcing is not None:
            await asyncio.wait({self._announcing}, timeout=1)
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def tx(
        self, *, read_only: bool = False, across: Across | None = None
    ) -> AsyncIterator[Tx]:
        """One transaction: READ COMMITTED, or for reads one REPEATABLE READ snapshot.

        It sees what the organization has that the context acts for; `across`: why it sees others'.
        """
        isolation = "REPEATABLE READ, READ ONLY" if read_only else "READ COMMITTED"
        scope = scoped(across or context.current().org_id)
        try:
            async with self._pool.acquire(timeout=10) as connection:
                tx = Tx(connection)
                try:
                    await connection.execute(
                        f"BEGIN ISOLATION LEVEL {isolation}; SET LOCAL {scope}"
                    )
                    yield tx
                    failpoint("tx.before_commit")
                    await connection.execute("COMMIT")
                except BaseException:
                    await _abandon(connection)
                    raise
                failpoint("tx.committed")
        except _NO_TEXT:
            raise BadRequest(NUL_REFUSED) from None
        except _RETRIED as error:
            _log.warning("a transaction gave way to others", error=repr(error))
            raise _too_many() from error
        except _LOST as error:
            raise _unavailable(error) from error
        self._tell(tx)

    async def exclusive(
        self,
        lane: uuid.UUID,
        work: Work[Result],
        at_once: Work[Result | None] | None = None,
    ) -> Result:
        """Run `work` in a SERIALIZABLE transaction, alone among the exclusive work on `lane`.

        The isolation level is the guarantee. The lane's door in this process, and the session
        advisory lock taken before BEGIN so that the snapshot is younger than the wait, are only
        speed: without them writers of one hot event would abort each other. Neither is waited for
        beyond a bounded time, and the second is then done without. `work` is run again after a
        serialization failure, so it must be pure but for its transaction; who had to give way often
        is then alone among the exclusive work on any lane, so that nobody starves.

        It sees what the organization has that the context acts for: `lane` is one of its events.

        `at_once` is tried before: one statement that is a transaction of its own and changes
        nothing, raising a serialization failure or returning None, where what it rests on is not
        so. It is not alone on the lane, but nobody who is works meanwhile; what several of them
        announce is told in the order in which they began.

        Raises Overloaded where too many wait or this one waited too long; DatabaseUnavailable.
        """
        own = self._lanes.setdefault(lane, Lane(lock_number(lane)))
        if at_once is not None:
            async with own.inside(alone=False):
                done = await self._at_once(own, at_once)
            if done is not None:
                return done
        # What others try at once is not kept out: a key may be answered there meanwhile.
        retried = _RETRIED if at_once is None else _TWICE
        async with own.inside(alone=True):
            started = time.monotonic()
            for attempt in range(self._retries_max):
                if attempt:
                    if time.monotonic() - started > RETRY_MAX_S:
                        break
                    self.retries += 1
                    await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))
                try:
                    return await self._exclusive_once(own, work, alone=attempt >= ALONE_AFTER)
                except retried:
                    continue
                except _NO_TEXT:
                    raise BadRequest(NUL_REFUSED) from None
                except _LOST as error:
                    raise _unavailable(error) from error
        raise _too_many()

    @asynccontextmanager
    async def staying(self, lane: uuid.UUID) -> AsyncIterator[None]:
        """Around much exclusive work on `lane`: its connections are not given back in between."""
        own = self._lanes.setdefault(lane, Lane(lock_number(lane)))
        own.stays += 1
        try:
            yield
        finally:
            own.stays -= 1
            while not own.stays and own.kept:
                self._kept -= 1
                await self._pool.release(own.kept.pop())

    @asynccontextmanager
    async def _connection(self, lane: Lane) -> AsyncIterator[Any]:
        """For work on the lane."""
        connection = None
        if lane.kept:
            self._kept -= 1
            connection = lane.kept.pop()
            if connection.is_closed():
                await self._pool.release(connection)
                connection = None
        if connection is None:
            connection = await self._pool.acquire(timeout=10)
        try:
            yield connection
        finally:
            if lane.stays and self._kept < LANE_CONNECTIONS_MAX:
                self._kept += 1
                lane.kept.append(connection)
            else:
                await self._pool.release(connection)

    async def _at_once(self, lane: Lane, work: Work[Result | None]) -> Result | None:
        before, lane.last = lane.last, asyncio.get_running_loop().create_future()
        told = lane.last
        try:
            async with self._connection(lane) as connection:
                await connection.show(context.current().org_id)
                tx = Tx(connection)
                result = await work(tx)
            if before is not None and not before.done():
                await before
        except _TWICE:
            return None
        except _NO_TEXT:
            raise BadRequest(NUL_REFUSED) from None
        except _LOST as error:
            raise _unavailable(error) from error
        else:
            if result is not None:
                failpoint("exclusive.at_once")
                self._tell(tx)
            return result
        finally:
            if not told.done():
                told.set_result(None)

    async def _exclusive_once(self, lane: Lane, work: Work[Result], *, alone: bool) -> Result:
        async with self._connection(lane) as connection:
            tx = Tx(connection)
            try:
                await _begin(connection, lane.number, alone=alone)
                result = await work(tx)
                failpoint("exclusive.before_commit")
                await connection.execute("COMMIT; SELECT pg_advisory_unlock_all()")
            except BaseException:
                await _abandon(connection)
                raise
            failpoint("exclusive.committed")
        self._tell(tx)
        return result

    def _tell(self, tx: Tx) -> None:
        """Listeners at once; the announcer in the order of the commits, and nobody waits for it."""
        if not tx.announced:
            return
        for fact in tx.announced:
            for listener in self.listeners:
                listener(fact)
        self._to_announce += tx.announced
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce_all())

    async def _announce_all(self) -> None:
        while self._to_announce:
            facts, self._to_announce = self._to_announce, []
            try:
                await self.announce(facts)
            except Exception:
                # Readers learn of the change from the version in the database a moment later.
                _log.warning("announcing a commit failed", exc_info=True)

    @asynccontextmanager
    async def leadership(self, name: str) -> AsyncIterator["Leadership"]:
        """A bid to lead `name`: one leader per deployment, for as long as its connection lives."""
        try:
            async with self._pool.acquire(timeout=10) as connection:
                try:
                    yield Leadership(connection, lock_number(name))
                finally:
                    await _abandon(connection)
        except _LOST as error:
            raise _unavailable(error) from error


class Leadership:
    """A session lock on a connection of its own: the database takes it back when we die."""

    def __init__(self, connection: Any, number: int) -> None:
        self._connection, self._number = connection, number
        self._leads = False

    async def confirm(self) -> bool:
        """Whether we lead now. Raises where the connection, and the lock with it, is gone."""
        if self._leads:
            await self._connection.fetchval("SELECT 1")
        else:
            self._leads = await self._connection.fetchval(
                "SELECT pg_try_advisory_lock($1)", self._number
            )
        return self._leads


async def _begin(connection: Any, number: int, *, alone: bool) -> None:
    """Take the session lock `number` and begin, in one round trip.

    The COMMIT in between ends the transaction in which the lock was waited for, so that the
    snapshot of the work is taken after the wait. `alone`: nobody else has any such lock.
    """
    scope = scoped(context.current().org_id)
    begin = f"BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL {scope}"
    among = f"pg_advisory_lock{'' if alone else '_shared'}({_EVERYBODY})"
    try:
        await connection.execute(
            f"SELECT {among}; SELECT pg_advisory_lock({number}); COMMIT; {begin}"
        )
    except asyncpg.LockNotAvailableError:
        await connection.execute(begin)


async def _abandon(connection: Any) -> None:
    """After an error: end the transaction and give back the session lock, or end the session."""
    try:
        if not connection.is_closed():
            await connection.execute("ROLLBACK; SELECT pg_advisory_unlock_all()")
    except (*_LOST, asyncpg.PostgresError):
        connection.terminate()


def lock_number(name: object) -> int:
    """A stable signed 64-bit number for an advisory lock."""
    digest = hashlib.blake2b(str(name).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


_EVERYBODY = lock_number("exclusive")


def _too_many() -> DatabaseUnavailable:
    """Nothing was done."""
    return DatabaseUnavailable("too many writers at once: try again", retry_after_s=1)


def _unavailable(error: BaseException) -> DatabaseUnavailable:
    _log.warning("database connection lost", error=repr(error))
    return DatabaseUnavailable(
        "the database did not answer, so the outcome is unknown: "
        "send the same request with the same Idempotency-Key again",
        retry_after_s=1,
    )
