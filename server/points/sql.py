"""Statements of points. Who changes an order's entries has locked the order, then the account."""

import uuid

import msgspec

from server.kernel.db import Query
from server.points.models import OrderPoints, PointBalance, PointEntry


class AccountRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    balance: int


class OwedRow(msgspec.Struct):
    """An order's points: as it was ordered, and `used_now`, `earned_now`: as the ledger has it."""

    order_id: uuid.UUID
    org_id: str
    account_id: uuid.UUID
    used: int
    earned: int
    per_minor: int
    used_now: int
    earned_now: int


_USED = "-coalesce(sum(l.points) FILTER (WHERE l.kind IN ('used', 'given_back')), 0)::bigint"
_EARNED = "coalesce(sum(l.points) FILTER (WHERE l.kind IN ('earned', 'taken_back')), 0)::bigint"

FIND = Query(
    "points.find",
    "SELECT id, org_id, balance FROM point_accounts WHERE org_id = $1 AND user_id = $2",
    AccountRow,
)
OPEN = Query(
    "points.open",
    """INSERT INTO point_accounts (id, org_id, user_id)
       SELECT $1, $2, u.id FROM users u WHERE u.id = $3 AND u.realm = 'buyer'
       ON CONFLICT (org_id, user_id) DO NOTHING""",
)
LOCK = Query(
    "points.lock",
    """SELECT id, org_id, balance FROM point_accounts WHERE id = ANY($1::uuid[])
       ORDER BY id FOR NO KEY UPDATE""",
    AccountRow,
)
# A balance and its ledger change in one statement; a trigger proves that they agree.
MOVE = Query(
    "points.move",
    """WITH moved AS (
         UPDATE point_accounts SET balance = balance + $6 WHERE id = $3 AND org_id = $2
         RETURNING id)
       INSERT INTO point_ledger (id, org_id, account_id, order_id, kind, points, note)
       SELECT $1, $2, id, $4, $5, $6, $7 FROM moved""",
)
ATTACH = Query(
    "points.attach",
    """INSERT INTO order_points (order_id, org_id, account_id, used, used_minor, earned, per_minor)
       VALUES ($1, $2, $3, $4, $5, $6, $7)""",
)
DETACH = Query("points.detach", "DELETE FROM order_points WHERE order_id = $1 AND org_id = $2")
OWED = Query(
    "points.owed",
    f"""SELECT p.order_id, p.org_id, p.account_id, p.used, p.earned, p.per_minor,
               {_USED} AS used_now, {_EARNED} AS earned_now
        FROM order_points p LEFT JOIN point_ledger l ON l.order_id = p.order_id
        WHERE p.order_id = ANY($1::uuid[]) GROUP BY p.order_id ORDER BY p.order_id""",
    OwedRow,
)
OF_ORDER = Query(
    "points.of_order",
    f"""SELECT p.account_id, p.used, p.used_minor,
               CASE WHEN bool_or(l.kind = 'used') THEN p.used - {_USED} ELSE 0 END AS given_back,
               {_EARNED} AS earned
        FROM order_points p LEFT JOIN point_ledger l ON l.order_id = p.order_id
        WHERE p.order_id = $1 GROUP BY p.order_id""",
    OrderPoints,
)
_BALANCE = """SELECT a.id, a.org_id, o.name AS organization, a.balance
              FROM point_accounts a JOIN organizations o ON o.id = a.org_id"""
OF_USER = Query(
    "points.of_user", f"{_BALANCE} WHERE a.user_id = $1 ORDER BY o.name, a.id", PointBalance
)
OF_USER_ONE = Query(
    "points.of_user_one", f"{_BALANCE} WHERE a.id = $1 AND a.user_id = $2", PointBalance
)
OF_ORG = Query("points.of_org", f"{_BALANCE} WHERE a.id = $1 AND a.org_id = $2", PointBalance)
ENTRIES = Query(
    "points.entries",
    """SELECT id, order_id, kind, points, note, created_at FROM point_ledger
       WHERE account_id = $1 AND org_id = $2 AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4""",
    PointEntry,
)
