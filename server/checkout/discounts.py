"""Discounts: kept by an event's organizer, never deleted, used by who knows their code."""

import uuid

import msgspec

from server import audit
from server.catalog import events
from server.catalog.models import Event
from server.checkout import sql_discounts as sql
from server.checkout.discount_models import (
    CodeTaken,
    Discount,
    DiscountChange,
    DiscountRefused,
    Discounts,
    DiscountWish,
)
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.pricing.models import Reduction


class Discounting:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_event(self, org_id: str, event_id: uuid.UUID) -> Discounts:
        """The newest 500. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            await events.find(tx, org_id, event_id)
            return Discounts(await sql.OF_EVENT.all(tx, event_id, org_id))

    async def find(self, org_id: str, discount_id: uuid.UUID) -> Discount:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            return _found(await sql.FIND.first(tx, discount_id, org_id))

    async def create(
        self, org_id: str, event_id: uuid.UUID, wish: DiscountWish, key: Key | None
    ) -> Discount:
        """Raises CodeTaken, BadRequest, NotFound."""

        async def act(tx: Tx) -> Discount:
            await events.lock(tx, org_id, event_id)
            _check(wish)
            discount_id, code = uuid7(), wish.code.upper()
            made = await sql.INSERT.run(
                tx, discount_id, org_id, event_id, code, wish.basis_points, wish.amount_minor,
                wish.ticket_type_ids, wish.valid_from, wish.valid_until, wish.uses_max,
                wish.uses_per_buyer_max, wish.is_active,
            )  # fmt: skip
            if not made:
                raise CodeTaken(f"the event has a discount with the code {code}: change that one")
            await audit.record(
                tx, org_id, "discount.created", subject=f"discount:{discount_id}",
                data=msgspec.to_builtins(wish),
            )  # fmt: skip
            return _found(await sql.FIND.first(tx, discount_id, org_id))

        return await idempotency.settled(self._db, key, Discount, act)

    async def change(
        self, org_id: str, discount_id: uuid.UUID, wish: DiscountChange, key: Key | None
    ) -> Discount:
        """Raises BadRequest, NotFound."""

        async def act(tx: Tx) -> Discount:
            before = _found(await sql.LOCK.first(tx, discount_id, org_id))
            told = {
                name: value
                for name, value in msgspec.structs.asdict(wish).items()
                if value is not msgspec.UNSET
            }
            after = msgspec.structs.replace(before, **told)
            _check(after)
            await sql.UPDATE.run(
                tx, discount_id, org_id, after.basis_points, after.amount_minor,
                after.ticket_type_ids, after.valid_from, after.valid_until, after.uses_max,
                after.uses_per_buyer_max, after.is_active,
            )  # fmt: skip
            was = {name: getattr(before, name) for name in told}
            await audit.record(
                tx, org_id, "discount.updated", subject=f"discount:{discount_id}",
                data={"before": msgspec.to_builtins(was), "after": msgspec.to_builtins(told)},
            )  # fmt: skip
            return after

        return await idempotency.settled(self._db, key, Discount, act)


async def valid(
    tx: Tx, event: Event, code: str, buyer_id: uuid.UUID, email: str, *, claims: bool
) -> Discount:
    """The discount that the buyer may have now; `claims`: for an order, so that nobody else counts
    its uses until `tx` ends. Raises DiscountRefused."""
    found = await sql.VALID.first(tx, event.id, code.strip().upper())
    if found is None:
        raise DiscountRefused("this code is not valid for this event, or not now", code=code)
    if claims:
        await sql.CLAIM.run(tx, found.id, event.org_id)
    # A statement of its own: it sees what whoever had the lock before has written.
    counted = await sql.COUNT_USES.first(tx, found.id, buyer_id, email, event.org_id)
    assert counted is not None  # an aggregate has a row
    if found.uses_max is not None and counted.uses >= found.uses_max:
        raise DiscountRefused("this code has been used as often as it can be", code=code)
    if found.uses_per_buyer_max is not None and counted.own >= found.uses_per_buyer_max:
        raise DiscountRefused("you have used this code as often as one may", code=code)
    return found


def reduction_of(found: Discount) -> Reduction:
    return Reduction(found.basis_points, found.amount_minor, found.ticket_type_ids)


async def redeem(
    tx: Tx, org_id: str, order_id: uuid.UUID, found: Discount, amount_minor: int
) -> None:
    await sql.REDEEM.run(tx, order_id, org_id, found.id, amount_minor)


def _found(row: Discount | None) -> Discount:
    if row is None:
        raise NotFound("no such discount")
    return row


def _check(of: DiscountWish | Discount) -> None:
    if (of.basis_points is None) == (of.amount_minor is None):
        raise BadRequest("basis_points, amount_minor: say one of them, and the other not")
    for name in ("valid_from", "valid_until"):
        moment = getattr(of, name)
        if moment is not None and moment.tzinfo is None:
            raise BadRequest(f"{name}: say its time zone, such as Z")
    begins_at, ends_at = of.valid_from, of.valid_until
    if begins_at is not None and ends_at is not None and begins_at >= ends_at:
        raise BadRequest("valid_until: it must end after it begins")
