"""Walls between organizations: PostgreSQL refuses what a statement forgets."""

import datetime as dt
import itertools
import json
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from server.kernel import walls
from server.kernel.db import REGISTRY
from server.kernel.metadata import METADATA, open_to
from server.kernel.tenancy import ROLE, SCOPE, Across
from tests.fixtures.tree import import_everything

HERE, THERE = "here", "there"
NOBODYS = {"alembic_version"}
"""Tables of the migrations themselves, which the running program may not even read."""

import_everything()
TABLES = list(METADATA.sorted_tables)
OF_ORGS = [table for table in TABLES if walls.policies(table)]


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """As the running program is connected."""
    settings = {"role": ROLE, "plan_cache_mode": "force_generic_plan"}
    connection = await asyncpg.connect(database_url, server_settings=settings)
    yield connection
    await connection.close()


def test_a_table_is_an_organizations_or_says_why_it_is_shared() -> None:
    assert len(OF_ORGS) > 15
    for table in TABLES:
        shared = (table.info or open_to())["shared"]
        owned = table.name == "organizations" or "org_id" in table.columns
        assert owned is not bool(shared), f"{table.name}: say open_to(shared=...) or give it org_id"


async def test_every_table_of_the_database_has_the_walls_that_it_declares(
    owner: asyncpg.Connection,
) -> None:
    rows = await owner.fetch(
        """SELECT c.relname, c.relrowsecurity, (
             SELECT coalesce(array_agg(polname::text ORDER BY polname), '{}')
             FROM pg_policy WHERE polrelid = c.oid) AS policies
           FROM pg_class c
           WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"""
    )
    found = {row[0]: (row[1], row[2]) for row in rows if row[0] not in NOBODYS}
    assert found == {
        table.name: (table in OF_ORGS, sorted(name for name, _ in walls.policies(table)))
        for table in TABLES
    }


async def test_the_program_owns_nothing_and_cannot_pass_the_walls(
    owner: asyncpg.Connection, app: asyncpg.Connection
) -> None:
    role = await owner.fetchrow(
        """SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
                  (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) AS of_others
           FROM pg_roles r WHERE rolname = $1""",
        ROLE,
    )
    assert role is not None
    assert set(role.values()) == {False}
    owned = "SELECT count(*) FROM pg_class WHERE relowner = $1::regrole"
    assert await owner.fetchval(owned, ROLE) == 0
    for statement in ("CREATE TABLE mine ()", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
                      "SELECT * FROM alembic_version", "TRUNCATE scans"):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
    await app.execute("RESET ROLE")
    assert await app.fetchval("SELECT current_user") == ROLE


async def test_the_program_may_do_what_its_statements_do_and_no_more(
    app: asyncpg.Connection,
) -> None:
    """PostgreSQL checks the rights of a plan that it explains."""
    refused: list[str] = []
    done: set[tuple[str, str]] = set()
    for query in REGISTRY.values():
        if query.sql.startswith("ANALYZE"):
            done.add((query.sql.split()[1], "MAINTAIN"))
            continue
        if query.sql.startswith("LOCK TABLE"):
            await app.execute(f"BEGIN; {query.sql}; ROLLBACK")
            continue
        try:
            done.update(_verbs(await _explained(app, query.sql), query.sql))
        except asyncpg.InsufficientPrivilegeError as error:
            refused.append(f"{query.name}: {error}")
    assert refused == [], "declare it in the table's open_to(may=...)"
    may = {(table.name, verb) for table in TABLES for verb in (table.info or open_to())["may"]}
    idle = {(name, verb) for name, verb in may - done if verb != "SELECT"}
    assert idle == set(), "no statement needs it: declare less in open_to(may=...)"


async def _explained(app: asyncpg.Connection, sql: str) -> dict[str, Any]:
    await app.execute(f"PREPARE asked AS {sql}")
    count = len(set(re.findall(r"\$\d+", sql)))
    nothing = f"({', '.join(['NULL'] * count)})" if count else ""
    try:
        explained = await app.fetchval(f"EXPLAIN (FORMAT json) EXECUTE asked{nothing}")
    finally:
        await app.execute("DEALLOCATE asked")
    return dict(json.loads(explained)[0]["Plan"])


def _verbs(node: dict[str, Any], sql: str) -> Iterator[tuple[str, str]]:
    if node["Node Type"] == "ModifyTable":
        yield node["Relation Name"], node["Operation"].upper()
        if node.get("Conflict Resolution") == "UPDATE":
            yield node["Relation Name"], "UPDATE"
    elif "Relation Name" in node:
        yield node["Relation Name"], "SELECT"
        if re.search(r"FOR (NO KEY )?UPDATE", sql):
            yield node["Relation Name"], "UPDATE"
    for child in node.get("Plans", ()):
        yield from _verbs(child, sql)


# --- rows of two organizations in every table ----------------------------------------------------


@pytest.fixture
async def rows(owner: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """A row of each of two organizations in every table that has such; the tables' own rules, which
    know nothing of organizations, are out of the way. Returns those of THERE."""
    for row in await owner.fetch(
        """SELECT conrelid::regclass AS of, conname FROM pg_constraint
           WHERE contype = 'c' AND connamespace = 'public'::regnamespace"""
    ):
        await owner.execute(f'ALTER TABLE {row["of"]} DROP CONSTRAINT "{row["conname"]}"')
    await owner.execute("SET session_replication_role = replica")  # no foreign keys
    numbers = itertools.count(1)
    made: dict[str, dict[str, Any]] = {}
    for table in OF_ORGS:
        for org_id in (HERE, THERE):
            made[table.name] = _row(table, org_id, numbers)
            await owner.execute(_insert(table.name, made[table.name]), *made[table.name].values())
    return made


def _row(table: sa.Table, org_id: str, numbers: Iterator[int]) -> dict[str, Any]:
    owner = "id" if table.name == "organizations" else "org_id"
    return {
        column.name: org_id if column.name == owner else _value(column, next(numbers))
        for column in table.columns
        if column.identity is None
        and column.computed is None
        and (not column.nullable or column.name == owner)
    }


def _value(column: sa.Column[Any], number: int) -> Any:
    kind = column.type.python_type
    if kind is uuid.UUID:
        return uuid.UUID(int=number)
    if kind is dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    if kind is str:
        length = getattr(column.type, "length", None)
        return str(number)[-length:].zfill(length) if length else str(number)
    if isinstance(column.type, sa.JSON):
        return "{}"
    values: dict[type, Any] = {int: number, bytes: b"%d" % number, bool: False, list: []}
    return values[kind]


def _insert(name: str, row: dict[str, Any]) -> str:
    marks = ", ".join(f"${nth}" for nth in range(1, len(row) + 1))
    return f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})"


async def _seen(app: asyncpg.Connection, table: sa.Table) -> set[str]:
    owner = "id" if table.name == "organizations" else "org_id"
    return {row[0] for row in await app.fetch(f"SELECT {owner} FROM {table.name}")}


async def _refused(app: asyncpg.Connection, statement: str, *args: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await app.execute(statement, *args)


async def test_an_organization_sees_and_changes_its_own_rows_in_every_table(
    app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    await app.execute(f"SET {SCOPE} = '{HERE}'")
    for table in OF_ORGS:
        owner = "id" if table.name == "organizations" else "org_id"
        may = (table.info or open_to())["may"]
        public = (table.info or open_to())["public"]
        assert await _seen(app, table) == ({HERE, THERE} if public else {HERE}), table.name
        if "INSERT" in may:
            row = rows[table.name]
            await _refused(app, _insert(table.name, row), *row.values())
        for verb, statement in (
            ("UPDATE", f"UPDATE {table.name} SET {owner} = {owner}"),
            ("DELETE", f"DELETE FROM {table.name}"),
        ):
            if verb == "UPDATE" and verb in may and public:
                await _refused(app, statement)
            elif verb in may:
                assert await app.execute(statement) == f"{verb} 1", table.name
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission"):
                    await app.execute(statement)
        if "UPDATE" in may and "DELETE" not in may:
            await _refused(app, f"UPDATE {table.name} SET {owner} = '{THERE}'")


async def test_without_an_organization_nothing_is_seen_and_across_only_what_is_declared(
    app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    scopes = [None, "", "no such", "@", "@nobody", "h%", "' OR true --", *Across]
    for table, scope in itertools.product(OF_ORGS, scopes):
        declared = table.info or open_to()
        seen = declared["public"] or scope in declared["read"] or scope in declared["write"]
        if scope is None:
            await app.execute("RESET ALL")
        else:
            await app.execute("SELECT set_config($1, $2, false)", SCOPE, str(scope))
        assert await _seen(app, table) == ({HERE, THERE} if seen else set()), (table.name, scope)
        if declared["public"]:
            await _refused(app, f"UPDATE {table.name} SET org_id = org_id")
        elif seen and scope not in declared["write"] and "UPDATE" in declared["may"]:
            owner = "id" if table.name == "organizations" else "org_id"
            changed = await app.execute(f"UPDATE {table.name} SET {owner} = {owner}")
            assert changed == "UPDATE 0", (table.name, scope)


# --- the first wall: what statements say themselves ----------------------------------------------

_FOLLOWS = {
    "a draft, which its transaction has found by organization or locked": """
        catalog.delete_lineage catalog.drop_source catalog.revise catalog.source catalog.stored
        catalog.sum_up""",
    "a hold that its transaction has read or locked, or whose event it is alone on": """
        inventory.choices_of_holds inventory.drop_choices inventory.drop_choices_of_others
        inventory.drop_choices_of_places inventory.move_choice inventory.touch_hold""",
    "a key or invitation that its transaction has found": """
        orgs.accept_invitation orgs.set_invitation_token orgs.touch_key""",
    "an event of which the caller knows whose it is": """
        catalog.is_cancelled catalog.set_event_map catalog.set_waiting_room""",
    "products and ticket types of one event, which its transaction has read": """
        catalog.lock_caps checkout.used_products inventory.used_types""",
    "a hold or pool of the event that its transaction is alone on": """
        inventory.end_holds inventory.lock_blocked inventory.lock_pools inventory.order_hold
        inventory.pay_hold inventory.release_claims inventory.shrink_hold
        inventory.allocation_has_hold inventory.used_of_allocations
        inventory.sold_claims inventory.unblock_places""",
    "an order that its transaction has read or locked": """
        checkout.accepts_alternative checkout.clear
        checkout.set_deposit checkout.set_share_payer checkout.set_share_places
        checkout.bought_items checkout.bought_lines checkout.confirm checkout.end
        checkout.end_items checkout.end_lines checkout.items_of_order checkout.lines
        checkout.lines_of checkout.move_line checkout.of_refunds checkout.recount_paid
        checkout.standings checkout.taxes checkout.touch payments.balance payments.refund_again
        payments.refunds_of_reason points.of_order refunds.is_lost settlement.decided
        settlement.lock settlement.sale tickets.lock_live tickets.move tickets.paid
        tickets.receipt_rows tickets.receipt_taxes tickets.refund""",
    "a payment or refund that its transaction has read or locked": """
        payments.attach payments.fail_refund payments.finish_refund payments.owed_refunds
        payments.set_captured payments.set_charge_ref payments.terms
        payments.set_settled payments.set_status payments.stop_checking""",
    "a ticket, or an offer of one, that its transaction has read": """
        tickets.accept_transfer tickets.cancel_transfers tickets.open_transfer tickets.use
        tickets.unuse tickets.void""",
    "an admission that its transaction has locked for the key that made it": "checkin.undo",
    "a guest list or guest that its transaction has found by organization": """
        boxoffice.cancel_guest boxoffice.count_guests boxoffice.lock_guest""",
    "a settlement or delivery that the worker has taken, or the endpoint of it": """
        settlement.not_sent settlement.sent hooks.delivered hooks.disable hooks.failed
        hooks.turn_over""",
    "orders of the organization that is acted for: of others none is seen": """
        checkout.events_of settlement.nets settlement.paid_back""",
}
"""What follows one row, which is of one organization: its id is as good as the organization's."""

_ACROSS = {
    "everybody may see what is on sale": """
        catalog.event_id_by_slug catalog.event_map catalog.map_geometry catalog.map_keys
        orgs.logo""",
    "what a guest has goes to the account, whoever sold it": """
        checkout.claim inventory.claim tickets.claim""",
    "an organization says whom it trusts with its places": "inventory.partner_exists",
    "the platform's staff, and a partner with what it brought": "orgs.page",
    "the worker does it for all organizations": """
        outbox.backlog outbox.forget outbox.lease outbox.mark_handled outbox.mark_published
        outbox.postpone outbox.skip payments.trouble payments.gaps_gone
        payments.gap_counts payments.oldest_gap admission.busy admission.forget
        settlement.failed hooks.forget""",
    "a provider names its own charge, not whose payment it is": "payments.of_charge",
    "the planner's statistics are of all rows": "inventory.analyze",
    "the organization is the row itself": """
        orgs.branding orgs.exists orgs.insert orgs.lock orgs.org orgs.rename orgs.set_approval
        orgs.set_billing orgs.set_branding orgs.set_fee orgs.set_settings orgs.settings
        seed.org_exists""",
}
"""What looks at rows of several organizations on purpose."""


def test_a_statement_names_the_organization_or_says_why_it_need_not() -> None:
    """Or its event, which is of one organization: `event_id = $1`."""
    names = {table.name for table in OF_ORGS}
    silent = {
        query.name
        for query in REGISTRY.values()
        if names & set(re.findall(r"(?:FROM|JOIN|UPDATE|INTO|ANALYZE) ([a-z_]+)", query.sql))
        and not re.search(r"\borg_id\b|\bevent_id = (\$|ANY)", query.sql)
    }
    listed = [name for part in (_FOLLOWS, _ACROSS) for of in part.values() for name in of.split()]
    assert len(listed) == len(set(listed))
    assert silent == set(listed), "name org_id, or list the statement with its reason"


async def test_a_wall_keeps_no_statement_on_places_from_its_index(app: asyncpg.Connection) -> None:
    """PostgreSQL applies a wall before conditions that might tell of what it hides, `place >> 20`
    among them: each change of a seat would read the house."""
    looked: list[dict[str, Counter[str]]] = []
    for role in (ROLE, "NONE"):
        await app.execute(f"SET ROLE {role}")
        looked.append({
            query.name: Counter(_conditions(await _explained(app, query.sql)))
            for query in REGISTRY.values()
            if re.search(r"(FROM|JOIN|UPDATE) (seats|pools)\b", query.sql)
        })  # fmt: skip
    behind, without = looked
    lost = {name: conditions - behind[name] for name, conditions in without.items()}
    assert {name: conditions for name, conditions in lost.items() if conditions} == {}


def _conditions(node: dict[str, Any]) -> Iterator[str]:
    if "Index Cond" in node:
        yield re.sub(r"\(InitPlan \d+\)", "(InitPlan)", node["Index Cond"])
    for child in node.get("Plans", ()):
        yield from _conditions(child)
