"""Balances and their ledgers, for who has them and for the organization's people."""

import uuid

from server import audit
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key, settled
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.points import sql
from server.points.models import (
    PointAccount,
    PointAdjustment,
    PointBalance,
    PointBalances,
    PointQuery,
    PointsRefused,
)

NEWEST = 20
"""Entries that a page shows of one account."""


class PointAccounts:
    """Another's account is NotFound."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_user(self, user_id: uuid.UUID) -> PointBalances:
        """What somebody has with each organization."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            return PointBalances(await sql.OF_USER.all(tx, user_id))

    async def newest(self, user_id: uuid.UUID) -> list[PointAccount]:
        """The same, each with the last of its entries."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            balances = await sql.OF_USER.all(tx, user_id)
            return [await _page(tx, balance, PointQuery(NEWEST)) for balance in balances]

    async def of_user_one(
        self, user_id: uuid.UUID, account_id: uuid.UUID, wanted: PointQuery
    ) -> PointAccount:
        """Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            balance = _found(await sql.OF_USER_ONE.first(tx, account_id, user_id))
            return await _page(tx, balance, wanted)

    async def of_org(self, org_id: str, account_id: uuid.UUID, wanted: PointQuery) -> PointAccount:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            return await _page(tx, await _of_org(tx, org_id, account_id), wanted)

    async def adjust(
        self, org_id: str, account_id: uuid.UUID, wish: PointAdjustment, key: Key | None
    ) -> PointAccount:
        """Raises PointsRefused where more would be taken than there are; BadRequest, NotFound."""

        async def act(tx: Tx) -> PointAccount:
            note = wish.note.strip()
            if not wish.points or not note:
                raise BadRequest("points, note: say how many points more or less, and why")
            before = await _of_org(tx, org_id, account_id)
            [account] = await sql.LOCK.all(tx, [account_id])
            if account.balance + wish.points < 0:
                raise PointsRefused(
                    f"points: the account has {account.balance}: take so many at most",
                    balance=account.balance,
                )
            await sql.MOVE.run(tx, uuid7(), org_id, account_id, None, "adjusted", wish.points, note)
            await audit.record(
                tx, org_id, "points.adjusted", subject=f"point_account:{account_id}",
                data={"points": wish.points, "note": note},
            )  # fmt: skip
            before.balance = account.balance + wish.points
            return await _page(tx, before, PointQuery())

        return await settled(self._db, key, PointAccount, act)


async def _of_org(tx: Tx, org_id: str, account_id: uuid.UUID) -> PointBalance:
    return _found(await sql.OF_ORG.first(tx, account_id, org_id))


def _found(balance: PointBalance | None) -> PointBalance:
    if balance is None:
        raise NotFound("no such account of points")
    return balance


async def _page(tx: Tx, of: PointBalance, wanted: PointQuery) -> PointAccount:
    rows = await sql.ENTRIES.all(tx, of.id, of.org_id, wanted.next_token, wanted.page_size + 1)
    items = rows[: wanted.page_size]
    return PointAccount(
        id=of.id,
        org_id=of.org_id,
        organization=of.organization,
        balance=of.balance,
        items=items,
        next_token=items[-1].id if len(rows) > wanted.page_size else None,
    )
