"""Register endpoints, see what became of deliveries, read the log again."""

import uuid
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from server.audit import service as audit
from server.hooks import sql
from server.hooks.models import (
    ENDPOINTS_MAX,
    Endpoint,
    Endpoints,
    EndpointSecret,
    EndpointWish,
    EventLogPage,
    EventLogQuery,
    HookDeliveries,
    HookDelivery,
    HookDeliveryQuery,
    LoggedEvent,
)
from server.hooks.outside import Outside
from server.hooks.signing import Signer
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Done, Key, settled
from server.kernel.ids import uuid7
from server.orgs import service as orgs
from server.orgs.models import LimitReached
from server.outbox import service as outbox
from server.outbox.models import Event


class Hooks:
    def __init__(self, db: Database, signer: Signer, outside: Outside) -> None:
        self._db, self._signer, self._outside = db, signer, outside

    async def add(self, org_id: str, wish: EndpointWish, key: Key | None) -> Endpoint:
        """Raises EndpointRefused, LimitReached."""
        await self._outside.check(wish.url)

        async def act(tx: Tx) -> Endpoint:
            await orgs.lock(tx, org_id)
            if await sql.COUNT.value(tx, org_id) >= ENDPOINTS_MAX:
                detail = f"{ENDPOINTS_MAX} endpoints are registered: delete one first"
                raise LimitReached(detail, max=ENDPOINTS_MAX)
            endpoint = await sql.INSERT.first(
                tx, uuid7(), org_id, wish.url, wish.event_types, wish.description, wish.is_enabled
            )
            assert endpoint is not None
            await _record(tx, org_id, "added", endpoint)
            return endpoint

        return await settled(self._db, key, Endpoint, act)

    async def change(
        self, org_id: str, endpoint_id: uuid.UUID, wish: EndpointWish, key: Key | None
    ) -> Endpoint:
        """Raises EndpointRefused, NotFound."""
        await self._outside.check(wish.url)

        async def act(tx: Tx) -> Endpoint:
            endpoint = await sql.UPDATE.first(
                tx, endpoint_id, org_id, wish.url, wish.event_types, wish.description,
                wish.is_enabled,
            )  # fmt: skip
            if endpoint is None:
                raise _none()
            await _record(tx, org_id, "changed", endpoint)
            return endpoint

        return await settled(self._db, key, Endpoint, act)

    async def delete(self, org_id: str, endpoint_id: uuid.UUID, key: Key | None) -> None:
        """Raises NotFound."""

        async def act(tx: Tx) -> Done:
            url = await sql.DELETE.value(tx, endpoint_id, org_id)
            if url is None:
                raise _none()
            subject = f"webhook_endpoint:{endpoint_id}"
            await audit.record(
                tx, org_id, "webhook_endpoint.deleted", subject=subject, data={"url": url}
            )
            return Done()

        await settled(self._db, key, Done, act)

    async def of_org(self, org_id: str) -> Endpoints:
        async with self._db.tx(read_only=True) as tx:
            return Endpoints(await sql.OF_ORG.all(tx, org_id))

    async def secret(self, org_id: str, endpoint_id: uuid.UUID) -> EndpointSecret:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            generation = await sql.GENERATION.value(tx, endpoint_id, org_id)
        if generation is None:
            raise _none()
        return EndpointSecret(endpoint_id, self._signer.secret_of(endpoint_id, generation))

    async def rotate(self, org_id: str, endpoint_id: uuid.UUID, key: Key | None) -> EndpointSecret:
        """A new secret, from the next attempt on. Raises NotFound."""

        async def act(tx: Tx) -> Done:
            if not await sql.ROTATE.run(tx, endpoint_id, org_id):
                raise _none()
            subject = f"webhook_endpoint:{endpoint_id}"
            await audit.record(tx, org_id, "webhook_endpoint.secret_rotated", subject=subject)
            return Done()

        await settled(self._db, key, Done, act)
        return await self.secret(org_id, endpoint_id)

    async def deliveries(
        self, org_id: str, endpoint_id: uuid.UUID, wanted: HookDeliveryQuery
    ) -> HookDeliveries:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            if await sql.ONE.first(tx, endpoint_id, org_id) is None:
                raise _none()
            rows = await sql.DELIVERIES.all(
                tx, endpoint_id, org_id, wanted.next_token, wanted.page_size + 1
            )
        items = rows[: wanted.page_size]
        more = len(rows) > wanted.page_size
        return HookDeliveries(items, str(items[-1].id) if more else None)

    async def replay(
        self, org_id: str, endpoint_id: uuid.UUID, delivery_id: uuid.UUID, key: Key | None
    ) -> HookDelivery:
        """Deliver it again, as if it were new. Raises NotFound."""

        async def act(tx: Tx) -> HookDelivery:
            delivery = await sql.REPLAY.first(tx, delivery_id, endpoint_id, org_id)
            if delivery is None:
                raise NotFound("no such delivery")
            data = {"endpoint_id": str(endpoint_id), "event_id": str(delivery.event_id)}
            subject = f"webhook_delivery:{delivery_id}"
            await audit.record(tx, org_id, "webhook_delivery.replayed", subject=subject, data=data)
            return delivery

        return await settled(self._db, key, HookDelivery, act)

    async def log(self, org_id: str, wanted: EventLogQuery) -> EventLogPage:
        """The organization's published events; of a row that tells several, all at once."""
        events, after = list[Event](), wanted.after
        async with self._db.tx(read_only=True) as tx:
            # An empty page is the end of the log to who reads it.
            while not events:
                logged, after = await outbox.log(tx, org_id, after, wanted.page_size)
                events = await without_self_tests(tx, org_id, logged)
                if not logged:
                    return EventLogPage([], wanted.after)
        return EventLogPage([LoggedEvent(*msgspec.structs.astuple(one)) for one in events], after)


def _none() -> NotFound:
    return NotFound("no such endpoint")


async def _record(tx: Tx, org_id: str, verb: str, endpoint: Endpoint) -> None:
    data = {
        "url": endpoint.url,
        "event_types": endpoint.event_types,
        "is_enabled": endpoint.disabled_at is None,
    }
    subject = f"webhook_endpoint:{endpoint.id}"
    await audit.record(tx, org_id, f"webhook_endpoint.{verb}", subject=subject, data=data)


async def without_self_tests(tx: Tx, org_id: str, events: Sequence[Event]) -> list[Event]:
    """Of an organization's events those that tell of something that was: a self-test's order is
    nobody's."""
    ids = {told for event in events for told in _about(event)}
    hidden = set(await sql.OF_SELF_TESTS.values(tx, org_id, list(ids)))
    return [event for event in events if hidden.isdisjoint(_about(event))]


def _about(event: Event) -> list[uuid.UUID]:
    """What is on sale, its map and the order, as far as they are named and are ours."""
    found = []
    for name in ("event_id", "version_id", "order_id"):
        with suppress(ValueError):
            found.append(uuid.UUID(str(event.data.get(name))))
    return found
