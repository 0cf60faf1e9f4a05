"""Members with points, and what their ledger must say of how orders stand."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.server.inventory.engine import Stage

POINTS, WORTH_MINOR, EARNED = 300, 7, 2
"""That each member begins with, what one is worth, and how many are earned for each 1.00."""

_RULE = "UPDATE organizations SET settings = settings || jsonb_build_object('points', $1::jsonb)"
_MEMBERS = """
WITH members AS (INSERT INTO users (id, realm, email, name, password_hash)
                 SELECT id, 'buyer', id || '@buyer.example', 'A', '!'
                 FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 2)) AS new
                 RETURNING id),
accounts AS (INSERT INTO point_accounts (id, org_id, user_id, balance)
             SELECT gen_random_uuid(), 'house', id, $1 FROM members RETURNING id),
entries AS (INSERT INTO point_ledger (id, org_id, account_id, kind, points)
            SELECT gen_random_uuid(), 'house', id, 'adjusted', $1 FROM accounts)
SELECT id FROM members"""
_BALANCE = "SELECT balance FROM point_accounts WHERE user_id = $1"
_KINDS = ("used", "given_back", "earned", "taken_back")
_ENTRIES = """
SELECT e.order_id, e.account_id, e.kind, sum(e.points) AS points
FROM point_ledger e JOIN orders o ON o.id = e.order_id WHERE o.event_id = $1 GROUP BY 1, 2, 3"""
_ORDERS = """
SELECT o.id, o.status, o.confirmed_at, o.paid_minor, o.total_minor, o.discount_minor,
       p.account_id, p.used, p.used_minor,
       (SELECT sum(quantity) FROM order_lines WHERE order_id = o.id)::int AS places,
       (SELECT coalesce(sum(quantity) FILTER (WHERE NOT live), 0)
        FROM order_lines WHERE order_id = o.id)::int AS gone
FROM orders o JOIN order_points p ON p.order_id = o.id WHERE o.event_id = $1"""


async def members(stage: Stage) -> list[uuid.UUID]:
    """Two of them; for events that are read from now on."""
    rule = {"is_on": True, "earned": EARNED, "worth_minor": WORTH_MINOR}
    await stage.rows(_RULE, rule)
    return [row["id"] for row in await stage.rows(_MEMBERS, POINTS)]


async def balance(stage: Stage, buyer_id: uuid.UUID) -> int:
    """0 for a guest."""
    return sum(row["balance"] for row in await stage.rows(_BALANCE, buyer_id))


def check(rows: Callable[..., list[Any]], event_id: uuid.UUID) -> None:
    """At every step: used while an order may be paid or is, but for the share that went back, and
    not by a draft; earned for what is paid, and too many only for who has spent them."""
    entries = rows(_ENTRIES, event_id)
    sums = {(row["order_id"], row["kind"]): int(row["points"]) for row in entries}
    spent = {row["account_id"] for row in entries if row["kind"] == "used"}
    for row in rows(_ORDERS, event_id):
        of = {kind: sums.get((row["id"], kind), 0) for kind in _KINDS}
        used = row["used"]
        assert row["used_minor"] == row["discount_minor"], "what points pay is off the price"
        assert used == -(-row["used_minor"] // WORTH_MINOR), dict(row)
        if row["status"] != "pending":
            bought = row["confirmed_at"] is not None
            used = used - used * row["gone"] // row["places"] if bought else 0
        assert used == -of["used"] - of["given_back"], (dict(row), of)
        paid = min(row["paid_minor"], row["total_minor"]) if row["confirmed_at"] else 0
        earned = of["earned"] + of["taken_back"]
        assert earned >= paid * EARNED // 100, (dict(row), of)
        if row["account_id"] not in spent:
            assert earned == paid * EARNED // 100, (dict(row), of)
