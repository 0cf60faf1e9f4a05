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

    async def sold(self, event_id: uuid.UUID, order_id: uuid.UUID) -> None:
        """All of a confirmed order is paid: that is one row, and what went back of it until now is
        another. Safe to repeat."""
        if await self._due.join(event_id, order_id):
            await self.went_back(order_id)

    async def went_back(self, order_id: uuid.UUID) -> None:
        """What of a sale is back, and no row tells yet, gets one. Safe to repeat.

        Of an order that is not settled yet it is told by who does that, who looks for it after.
        """
        async with self._db.tx() as tx:
            await sql.LOCK.run(tx, order_id)
            sale = await sql.SALE.first(tx, order_id)
            if sale is None:
                return
            gone_minor = sale.gross_minor - min(sale.gross_minor, sale.kept_minor)
            if gone_minor <= sale.gross_back:
                return
            decided = await sql.DECIDED.all(tx, order_id)
            of = sale.gross_minor, gone_minor
            fees = [(row.amount_minor, row.fee_minor, row.done_minor) for row in decided]
            taxes = [(row.amount_minor, row.tax_minor, row.done_minor) for row in decided]
            fee = max(0, split.part_gone(sale.fee_minor, *of, fees) - sale.fee_back)
            tax = max(0, split.part_gone(sale.tax_minor, *of, taxes) - sale.tax_back)
            back_minor = gone_minor - sale.gross_back
            net_gone_minor = sale.net_back + back_minor - fee - tax
            promoter = split.promoters_back(
                sale.net_minor, sale.promoter_minor, net_gone_minor, sale.promoter_back
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

    async def _record(self, event_id: uuid.UUID, order_ids: list[uuid.UUID]) -> list[bool]:
        """Returns of each order whether something of it has gone back already."""
        shares = await self._hosts.split_of(event_id)
        async with self._db.tx() as tx:
            nets = await sql.NETS.all(tx, order_ids)
            await sql.INSERT_SALES.run(
                tx, [uuid7() for _ in nets], [of.order_id for of in nets], shares.mode,
                shares.host_org_id,
                [split.promoters(of.net_minor, shares.promoter_share_ppm) for of in nets],
            )  # fmt: skip
        failpoint("settlement.recorded")
        # After the commit: what comes back from now on finds the sale, what came before is here.
        async with self._db.tx(read_only=True) as tx:
            paid_back = set(await sql.PAID_BACK.values(tx, order_ids))
        return [order_id in paid_back for order_id in order_ids]


def _page(rows: list[Settlement], size: int) -> SettlementPage:
    more = len(rows) > size
    return SettlementPage(rows[:size], str(rows[size - 1].id) if more else None)
