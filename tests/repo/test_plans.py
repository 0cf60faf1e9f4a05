"""What grows without bound is found by an index: one organization's hundred thousand orders cost
another's pages nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg

from server.kernel.db import REGISTRY
from server.kernel.metadata import METADATA
from server.kernel.session import SETTINGS
from tests.fixtures.tree import import_everything

GROWING = {
    "audit_log", "holds", "idempotency_keys", "mails", "order_items", "order_lines",
    "order_refunds", "order_taxes", "orders", "outbox", "payments", "point_accounts",
    "point_ledger", "refund_requests", "refunds", "scans", "settlements", "tickets", "turns",
    "users", "webhook_deliveries", "webhook_inbox",
}  # fmt: skip


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


async def test_no_statement_reads_a_growing_table_from_end_to_end(database_url: str) -> None:
    """As connections are set, PostgreSQL does so only where no index serves."""
    import_everything()
    assert METADATA.tables.keys() >= GROWING
    settings = {
        "enable_seqscan": SETTINGS["enable_seqscan"],
        "plan_cache_mode": "force_generic_plan",
    }
    connection = await asyncpg.connect(database_url, server_settings=settings)
    whole: dict[str, str] = {}
    asked = 0
    try:
        for name, query in REGISTRY.items():
            if GROWING.isdisjoint(re.findall(r"\w+", query.sql)):
                continue
            asked += 1
            count = max((int(number) for number in re.findall(r"\$(\d+)", query.sql)), default=0)
            values = f"({', '.join(['NULL'] * count)})" if count else ""
            await connection.execute(f"PREPARE asked AS {query.sql}")
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}")
            await connection.execute("DEALLOCATE asked")
            for node in _nodes(json.loads(plan)[0]["Plan"]):
                if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING:
                    whole[name] = node["Relation Name"]
    finally:
        await connection.close()
    assert not whole
    assert asked > len(REGISTRY) / 4
