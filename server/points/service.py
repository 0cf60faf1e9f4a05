"""Points are used with an order, in the transaction that begins its payment, and earned with its
money.

What an order's entries in the ledger must sum up to follows from how the order stands, so there is
one verb for whatever happens to it: `follow`. Told twice, late or out of order, it finds nothing to
do. The balance is PostgreSQL's to decide: its row is locked, and refuses to be negative.
"""

import uuid
from collections.abc import Collection, Sequence

from server.catalog.models import Event
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.kernel.money import coin
from server.points import rules, sql
from server.points.models import Kind, OrderPoints, PointsOffer, PointsRefused, Standing
from server.points.sql import AccountRow, OwedRow


async def offer(tx: Tx, event: Event, buyer_id: uuid.UUID, due_minor: int) -> PointsOffer | None:
    """What the buyer may pay with of `due_minor`, the price before points. None for a guest, for
    who has none yet, and where none are taken."""
    rule = event.points
    account = await sql.FIND.first(tx, event.org_id, buyer_id) if rule else None
    if rule is None or account is None:
        return None
    usable, usable_minor = rules.usable(rule, account.balance, due_minor, coin(event.currency))
    return PointsOffer(account.balance, usable, usable_minor)


async def worth(tx: Tx, event: Event, buyer_id: uuid.UUID, wanted: int) -> int:
    """What the buyer's points take off the price at most, minor units. Raises PointsRefused."""
    if not wanted:
        return 0
    rule = event.points
    if rule is None:
        raise PointsRefused("points: none are taken for this event")
    account = await sql.FIND.first(tx, event.org_id, buyer_id)
    _must_have(account, wanted)
    if rule.per_order_max is not None and wanted > rule.per_order_max:
        raise PointsRefused(
            f"points: one order may use {rule.per_order_max} at most", most=rule.per_order_max
        )
    return wanted * rule.worth_minor


def check(event: Event, points_minor: int) -> None:
    """Of what an order would really use. Raises PointsRefused where it must use more."""
    rule = event.points
    if rule is not None and points_minor and rules.needed(rule, points_minor) < rule.per_order_min:
        raise PointsRefused(
            f"points: an order uses {rule.per_order_min} or none", least=rule.per_order_min
        )


async def attach(
    tx: Tx, event: Event, order_id: uuid.UUID, buyer_id: uuid.UUID, points_minor: int
) -> None:
    """The order, which `tx` has made, is to `use` points that take so much off its price, and earns
    some by the rule of now, if its buyer is signed in."""
    rule = event.points
    if rule is None:
        return
    account = await sql.FIND.first(tx, event.org_id, buyer_id)
    if account is None:
        await sql.OPEN.run(tx, uuid7(), event.org_id, buyer_id)
        account = await sql.FIND.first(tx, event.org_id, buyer_id)
    if account is None:  # a guest
        return
    await sql.ATTACH.run(
        tx, order_id, event.org_id, account.id, rules.needed(rule, points_minor), points_minor,
        rule.earned, rule.per_minor,
    )  # fmt: skip


async def detach(tx: Tx, org_id: str, order_id: uuid.UUID) -> None:
    """A draft, locked, has nothing to do with points until it is attached anew."""
    await sql.DETACH.run(tx, order_id, org_id)


async def owed(tx: Tx, order_ids: Sequence[uuid.UUID]) -> list[OwedRow]:
    """Those of the orders, which `tx` has locked, that have to do with points."""
    return await sql.OWED.all(tx, order_ids) if order_ids else []


async def lock(tx: Tx, owed: Sequence[OwedRow]) -> dict[uuid.UUID, AccountRow]:
    """The accounts of these orders, locked, by id."""
    if not owed:
        return {}
    rows = await sql.LOCK.all(tx, list({row.account_id for row in owed}))
    return {row.id: row for row in rows}


async def use(tx: Tx, owed: Sequence[OwedRow]) -> set[uuid.UUID]:
    """Orders, locked, may be paid from now on, or again: the points that they were ordered with
    leave the balance where they did not, or were given back. Returns those whose buyer does not
    have them any more, of which nothing changed."""
    missing = [row for row in owed if row.used > row.used_now]
    accounts = await lock(tx, missing)
    short = set()
    for row in missing:
        account = accounts[row.account_id]
        if account.balance < row.used - row.used_now:
            short.add(row.order_id)
        else:
            await _move(tx, account, row.order_id, "used", row.used_now - row.used)
    return short


async def follow(tx: Tx, owed: Sequence[OwedRow], standings: Collection[Standing]) -> None:
    """Bring the ledger of these orders, locked, to how they stand. Points that would be taken back
    but were spent since stay spent."""
    of = {standing.order_id: standing for standing in standings}
    changes = []
    for row in owed:
        back = row.used_now - rules.kept(row.used, of[row.order_id])
        more = rules.earned(row.earned, row.per_minor, of[row.order_id]) - row.earned_now
        if back > 0 or more:
            changes.append((row, back, more))
    accounts = await lock(tx, [row for row, _, _ in changes])
    for row, back, more in changes:
        account = accounts[row.account_id]
        await _move(tx, account, row.order_id, "given_back", max(0, back))
        await _move(tx, account, row.order_id, "earned", max(0, more))
        await _move(tx, account, row.order_id, "taken_back", max(min(0, more), -account.balance))


async def of_order(tx: Tx, order_id: uuid.UUID) -> OrderPoints | None:
    """None for an order that has nothing to do with points."""
    return await sql.OF_ORDER.first(tx, order_id)


def _must_have(account: AccountRow | None, wanted: int) -> None:
    if account is None:
        raise PointsRefused("points: sign in to the account that has them", balance=0)
    if wanted > account.balance:
        raise PointsRefused(
            f"points: you have {account.balance}, not {wanted}", balance=account.balance
        )


async def _move(
    tx: Tx, account: AccountRow, order_id: uuid.UUID | None, kind: Kind, points: int, note: str = ""
) -> None:
    if points:
        await sql.MOVE.run(tx, uuid7(), account.org_id, account.id, order_id, kind, points, note)
        account.balance += points
