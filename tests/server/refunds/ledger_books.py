"""What settlements, reports and payments must say alike of an event, once all is quiet."""

import csv
import datetime as dt
import io
import uuid

from server.kernel.money import exponent
from server.payments import reconciler
from server.reports.models import ReportQuery
from server.reports.service import Reports
from tests.server.inventory.engine import ORG_ID, Stage

# A sale: all of it has come once. `kept`: what its payments have and owe nobody.
_ORDERS = """
SELECT o.id, o.total_minor, o.paid_minor, m.kept, m.owed,
       o.confirmed_at IS NOT NULL AND (o.deposit_minor IS NULL OR EXISTS (
         SELECT FROM outbox x WHERE x.type = 'order.paid'
           AND x.data->>'order_id' = o.id::text)) AS is_sold
FROM orders o, LATERAL (
  SELECT coalesce(sum(p.amount_minor - p.refunded_minor), 0)::bigint AS kept,
         coalesce(sum((SELECT sum(r.amount_minor) FROM refunds r
                       WHERE r.payment_id = p.id AND r.status <> 'succeeded')), 0)::bigint AS owed
  FROM payments p WHERE p.order_id = o.id AND p.status NOT IN ('pending', 'failed')) AS m
WHERE o.event_id = $1"""
_AGE = """
UPDATE payments SET created_at = created_at - interval '1 hour'
WHERE order_id IN (SELECT id FROM orders WHERE event_id = $1)"""
_PARTS = ("gross", "fee", "tax", "net", "host", "promoter")
_LEDGER = f"""
SELECT order_id, count(*) FILTER (WHERE kind = 'sale') AS sales,
       sum(gross_minor) FILTER (WHERE kind = 'sale')::bigint AS sold,
       {", ".join(f"sum({part}_minor)::bigint AS {part}" for part in _PARTS)}
FROM settlements WHERE event_id = $1 GROUP BY order_id"""


async def check(stage: Stage, event_id: uuid.UUID) -> None:
    """A sale is worth what its payments have kept, in the ledger and in the reports; what was none
    is in neither; and our own books have no gap. Of an order to which a provider refuses to pay
    back only that it is bounded."""
    ledger = {row["order_id"]: row for row in await stage.rows(_LEDGER, event_id)}
    sheet = await _sheet(stage, event_id)
    gaps = await gaps_of(stage, event_id)
    for order in await stage.rows(_ORDERS, event_id):
        assert order["owed"] or order["id"] not in gaps, gaps
        told, about = ledger.pop(order["id"], None), dict(order)
        if not order["is_sold"]:
            assert told is None, about
            continue
        assert told is not None, about
        about |= dict(told)
        total = order["total_minor"]
        assert (told["sales"], told["sold"]) == (1, total), about
        assert 0 <= told["gross"] <= total, about
        assert sheet[str(order["id"])] == total - told["gross"], about
        if not order["owed"]:
            assert told["gross"] == order["kept"] == order["paid_minor"], about
        if not told["gross"]:
            assert [told[part] for part in _PARTS] == [0] * len(_PARTS), about
    assert not ledger
    wanted = ReportQuery(event_id=event_id)
    finance = (await Reports(stage.instances[0].db).finance(ORG_ID, wanted)).items
    worth = sum(row["gross"] for row in await stage.rows(_LEDGER, event_id))
    assert sum(one.gross_minor - one.refunded_minor for one in finance) == worth


async def gaps_of(stage: Stage, event_id: uuid.UUID) -> dict[uuid.UUID | None, str]:
    """What the comparison of our own books finds, by order; it looks at what is not young."""
    await stage.rows(_AGE, event_id)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    found = reconciler.compare(stage.instances[0].db, {}, since)
    return {gap.order_id: str(gap) async for gap in found}


async def _sheet(stage: Stage, event_id: uuid.UUID) -> dict[str, int]:
    """Of each order what went back of it, minor units, as the organizer's file has it."""
    wanted = ReportQuery(event_id=event_id)
    written = await Reports(stage.instances[0].db).sheet(ORG_ID, "orders", wanted)
    rows = csv.DictReader(io.StringIO(written.decode("utf-8-sig")))
    return {
        row["order_id"]: round(float(row["refunded"]) * 10 ** exponent(row["currency"]))
        for row in rows
    }
