"""Read what was sold and what it is worth."""

import zoneinfo
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.kernel.db import Database, Query, Tx
from server.kernel.errors import BadRequest
from server.reports import sql
from server.reports.models import (
    FinanceReport,
    ReportQuery,
    SalesSeries,
    SalesSeriesQuery,
    Sheet,
)
from server.reports.sheets import Table

ROWS_MAX = 200_000
"""Of one file: a full house of the largest arena, several times."""

PAGE_ROWS = 1_000
"""Read and written at a time: some ten milliseconds in which nobody else is answered."""

_SHEETS: dict[Sheet, Query] = {
    "orders": sql.ORDERS,
    "tickets": sql.TICKETS,
    "settlements": sql.SETTLEMENTS,
}


class Reports:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def sales(self, org_id: str, wanted: SalesSeriesQuery) -> SalesSeries:
        """Raises BadRequest for a time zone that does not exist."""
        if wanted.timezone not in zoneinfo.available_timezones():
            raise BadRequest("timezone: not a name of the IANA data base, such as Europe/Vienna")
        async with self._read() as tx:
            return SalesSeries(
                await sql.SALES.all(
                    tx, org_id, wanted.event_id, wanted.since, wanted.until, wanted.interval,
                    wanted.timezone,
                )
            )  # fmt: skip

    async def finance(self, org_id: str, wanted: ReportQuery) -> FinanceReport:
        async with self._read() as tx:
            return FinanceReport(
                await sql.FINANCE.all(tx, org_id, wanted.event_id, wanted.since, wanted.until)
            )

    async def sheet(self, org_id: str, which: Sheet, wanted: ReportQuery) -> bytes:
        """As CSV. Raises BadRequest where it would have more than ROWS_MAX rows."""
        query = _SHEETS[which]
        assert query.row is not None
        table, rows = Table(query.row), 0
        async with self._read() as tx:
            asked = org_id, wanted.event_id, wanted.since, wanted.until, ROWS_MAX + 1
            async for page in query.pages(tx, *asked, size=PAGE_ROWS):
                rows += len(page)
                if rows > ROWS_MAX:
                    raise BadRequest(
                        f"more than {ROWS_MAX:,} rows: ask for one event or a shorter time"
                    )
                table.add(page)
        return table.csv()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Tx]:
        async with self._db.tx(read_only=True) as tx:
            await tx.plan_anew()
            yield tx
