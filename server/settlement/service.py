"""Record what an order is worth to whom; read it."""

import uuid

from server.catalog.hosts import Hosts
from server.kernel.batches import Batches
from server.kernel.db import Database
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.settlement import split, sql
from server.settlement.models import Settlement, SettlementPage, SettlementQuery

BATCH_MAX = 256
WAITING_MAX = 10_000


class Settling:
    def __init__(self, db: Database) -> None:
        self._db, self._hosts = db, Hosts(db)
        self._due = Batches(self._record, batch_max=BATCH_MAX, waiting_max=WAITING_MAX)

    async def confirmed(self, event_id: uuid.UUID, order_id: uuid.UUID) -> None:
        """One row per confirmed order, once all of it is paid. Safe to repeat."""
        await self._due.join(event_id, order_id)

    async def refunded(
        self, event_id: uuid.UUID, order_id: uuid.UUID, parts: tuple[int, int, int] | None
    ) -> None:
        """What the order's payments have paid back, and no row tells yet, gets one. Safe to repeat.

        `parts`: amount, fee and tax of this refund, where that was decided; else fee and tax go
        back in proportion, so that with the last unit of the total all of them are back.
        """
        await self.confirmed(event_id, order_id)
        async with self._db.tx() as tx:
            await sql.LOCK.run(tx, order_id)
            sale = await sql.LOCK_SALE.first(tx, order_id)
            back_minor = sale.paid_back - sale.gross_back if sale else 0
            if sale is None or back_minor <= 0:
                return
            fee, tax = _parts(sale, back_minor, parts)
            gone_minor = sale.net_back + back_minor - fee - tax
            promoter = split.promoters_back(
                sale.net_minor, sale.promoter_minor, gone_minor, sale.promoter_back
            )
            await sql.INSERT_REFUND.run(tx, sale.id, uuid7(), back_minor, fee, tax, promoter)

    async def page(self, org_id: str, wanted: SettlementQuery) -> SettlementPage:
        """Of one organization."""
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.PAGE.all(
                tx, org_id, wanted.next_token, wanted.event_id, wanted.since, wanted.until,
                wanted.page_size + 1,
            )  # fmt: skip
        return _page(rows, wanted.page_size)

    async def _record(self, event_id: uuid.UUID, order_ids: list[uuid.UUID]) -> list[None]:
        shares = await self._hosts.split_of(event_id)
        async with self._db.tx() as tx:
            nets = await sql.NETS.all(tx, order_ids)
            await sql.INSERT_SALES.run(
                tx, [uuid7() for _ in nets], [of.order_id for of in nets], shares.mode,
                shares.host_org_id,
                [split.promoters(of.net_minor, shares.promoter_share_ppm) for of in nets],
            )  # fmt: skip
        failpoint("settlement.recorded")
        return [None for _ in order_ids]


def _parts(
    sale: sql.SaleRow, back_minor: int, decided: tuple[int, int, int] | None
) -> tuple[int, int]:
    if decided is not None and decided[0] == back_minor:
        return decided[1], decided[2]
    gone = sale.gross_back + back_minor
    fee = sale.fee_minor * gone // sale.gross_minor - sale.fee_back
    tax = sale.tax_minor * gone // sale.gross_minor - sale.tax_back
    return max(0, fee), max(0, tax)


def _page(rows: list[Settlement], size: int) -> SettlementPage:
    more = len(rows) > size
    return SettlementPage(rows[:size], str(rows[size - 1].id) if more else None)
