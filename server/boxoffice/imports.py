"""Tickets that were sold elsewhere, as a table: all of its rows are sold here, or none.

What was imported before is known by its ref, so a file may be sent again, and a longer one later.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Sequence

from server.boxoffice import sql
from server.boxoffice.models import ImportReport, ImportRow
from server.boxoffice.reading import Reader, Wanted
from server.boxoffice.selling import must_own, must_sell, record, sale_of
from server.catalog.service import Catalog
from server.checkout.counter import CounterOrder
from server.inventory import choices, taking
from server.inventory.allocations import Allocating
from server.inventory.models import SeatsTaken
from server.inventory.service import must_be_its_map, once
from server.kernel.db import Database, Tx
from server.kernel.idempotency import Key

BYTES_MAX = 2_000_000


class _Looked(Exception):
    """Rolls back what was only tried; `report`: what it came to."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


class Imports:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog, allocating: Allocating) -> None:
        self._db, self._catalog, self._allocating = db, catalog, allocating

    async def run(
        self, org_id: str, event_id: uuid.UUID, data: bytes, key: Key | None, *, dry_run: bool
    ) -> ImportReport:
        """`dry_run` tries the same and leaves nothing. Raises ImportUnreadable, NotOnSale,
        FeatureOff, MapMoved, NotFound."""
        await must_own(self._catalog, org_id, event_id)
        event, places = await self._allocating.sellable(event_id)
        reader = await asyncio.to_thread(Reader, event, places)
        wanted, wrong = await asyncio.to_thread(reader.read, data)

        async def act(tx: Tx) -> ImportReport:
            await must_sell(tx, event)
            await must_be_its_map(tx, self._catalog, event)
            refs = sorted({one.ref for one in wanted})
            known = set(await sql.IMPORTED.values(tx, event_id, org_id, refs))
            orders = reader.orders(one for one in wanted if one.ref not in known)
            sales = [sale_of(made) for _, made in orders]
            legs = (0, event.legs - 1)
            refused = wrong
            if sales:
                try:
                    await taking.sell(tx, event, sales, legs)
                except SeatsTaken as taken:
                    refused = wrong + _taken(wanted, known, taken)
            report = _report(wanted, known, refused, [made for _, made in orders])
            if dry_run or refused:
                raise _Looked(report)
            for _, made in orders:
                await choices.write(tx, org_id, made.hold_id, reader.chosen(made))
            if orders:
                await record(
                    tx, event, "import", [made for _, made in orders], legs, "elsewhere", "",
                    [ref for ref, _ in orders],
                )  # fmt: skip
            report.is_done = True
            return report

        try:
            return await once(self._db, event_id, key, ImportReport, act)
        except _Looked as looked:
            return looked.report


def _taken(wanted: Sequence[Wanted], known: set[str], refusal: SeatsTaken) -> list[ImportRow]:
    """The rows whose places cannot be had, where others have them."""
    seats = set(refusal.seats)
    left = {short.pool_id: short.available for short in refusal.pools}
    used: Counter[uuid.UUID] = Counter()
    rows = []
    for one in wanted:
        if one.ref in known:
            continue
        if one.seat_idx in seats:
            rows.append(ImportRow(one.line, one.ref, "wrong", one.label, "the seat is taken"))
        elif one.pool_id is not None and one.pool_id in left:
            used[one.pool_id] += one.quantity
            if used[one.pool_id] > left[one.pool_id]:
                detail = f"only {left[one.pool_id]} places are left in all"
                rows.append(ImportRow(one.line, one.ref, "wrong", one.label, detail))
    return rows


def _report(
    wanted: Sequence[Wanted],
    known: set[str],
    wrong: Sequence[ImportRow],
    orders: Sequence[CounterOrder],
) -> ImportReport:
    is_wrong = {row.line for row in wrong}
    rows = [
        ImportRow(one.line, one.ref, "known" if one.ref in known else "ready", one.label, "")
        for one in wanted
        if one.line not in is_wrong
    ]
    return ImportReport(
        is_done=False,
        orders=len(orders),
        places=sum(line.quantity for order in orders for _, line in order.lines),
        total_minor=sum(order.total_minor for order in orders),
        known=sum(row.status == "known" for row in rows),
        wrong=len(wrong),
        rows=sorted([*rows, *wrong], key=lambda row: row.line),
    )
