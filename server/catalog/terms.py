"""An event's terms: a document that is replaced as a whole."""

import uuid

import msgspec

from server import audit
from server.catalog import events
from server.catalog import sql_terms as sql
from server.catalog.service import Catalog
from server.catalog.term_models import EventTerms
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest
from server.kernel.idempotency import Key
from server.orgs import charges


class Terms:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog

    async def find(self, org_id: str, event_id: uuid.UUID) -> EventTerms:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            await events.find(tx, org_id, event_id)
            return await of_event(tx, org_id, event_id)

    async def replace(
        self, org_id: str, event_id: uuid.UUID, new: EventTerms, key: Key | None
    ) -> EventTerms:
        """Who holds places pays by the fee and taxes of then. Raises BadRequest, NotFound."""

        async def act(tx: Tx) -> EventTerms:
            event = await events.lock(tx, org_id, event_id)
            ids = [question.id for question in new.questions]
            if len(set(ids)) < len(ids):
                raise BadRequest("questions: give each an id of its own")
            before = await of_event(tx, org_id, event_id)
            is_other = (before.fee_bearer, before.taxes) != (new.fee_bearer, new.taxes)
            if is_other and event.sells_from is not None:
                said = msgspec.to_builtins(before)
                kept = {name: said[name] for name in ("fee_bearer", "taxes")}
                await charges.keep_of_event(tx, org_id, event_id, kept)
            told = msgspec.to_builtins(new)
            await sql.SET_TERMS.run(tx, event_id, org_id, told)
            await audit.record(
                tx, org_id, "event.terms_set", subject=f"event:{event_id}",
                data={"before": msgspec.to_builtins(before), "after": told},
            )  # fmt: skip
            return new

        done = await idempotency.settled(self._db, key, EventTerms, act)
        self._catalog.forget(event_id)
        return done


async def of_event(tx: Tx, org_id: str, event_id: uuid.UUID) -> EventTerms:
    """As `tx` sees them."""
    return msgspec.convert(await sql.TERMS.value(tx, event_id, org_id), EventTerms)
