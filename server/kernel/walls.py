"""Row-level security and grants, as the tables' `info` declares them; part of every migration.

They are made from the declarations whenever the schema is brought to its newest version, so that
a new table has its walls without anybody thinking of it. Never imported by the running program.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from server.kernel.metadata import METADATA, open_to
from server.kernel.tenancy import ROLE, SCOPE

# An uncorrelated subquery: evaluated once per statement, not once per row.
_SEEN = f"(SELECT current_setting('{SCOPE}', true))"
VIEWS = {
    "spent_keys": "whether a key was used, by its digest: also where the hold is another's",
    "event_addresses": "whether an address is taken, also by another organization's draft",
    "outbox_events": "the outbox, event by event, with the rights of who asks",
}
"""What the running program may read of views, and why that is no way around a wall."""

Policy = tuple[str, str]
"""Name, and what CREATE POLICY says of it."""


def policies(table: sa.Table) -> list[Policy]:
    """Of a table that belongs to organizations; none for one that is shared."""
    declared = table.info or open_to()
    owner = "id" if table.name == "organizations" else "org_id"
    own = f"({owner} = {_SEEN})"
    if declared["shared"]:
        return []
    if declared["public"]:
        # Not a condition on what is read: PostgreSQL evaluates one before it lets a statement look
        # by `place >> 20`, which might tell of rows that it hides, and so would read the house.
        changes = [
            ("public", "FOR SELECT USING (true)"),
            ("tenant_insert", f"FOR INSERT WITH CHECK {own}"),
            ("tenant_update", f"FOR UPDATE USING (true) WITH CHECK {own}"),
        ]
        if "DELETE" in declared["may"]:
            changes.append(("tenant_delete", f"FOR DELETE USING {own}"))
        return changes
    found: list[Policy] = [("tenant", f"FOR ALL USING {own}")]
    for name, verb, reasons in (
        ("across_read", "SELECT", declared["read"]),
        ("across_write", "ALL", declared["write"]),
    ):
        if reasons:
            listed = ", ".join(f"'{reason}'" for reason in reasons)
            found.append((name, f"FOR {verb} USING ({_SEEN} IN ({listed}))"))
    return found


def build(connection: sa.Connection) -> None:
    """Make what is missing and drop what is not declared any more, table by table: each is locked
    only if something about it changes, and not while others are."""
    _make_role(connection)
    connection.commit()
    for table in METADATA.sorted_tables:
        for statement in _changes(connection, table):
            connection.exec_driver_sql(statement)
        connection.commit()
    for view in VIEWS:
        connection.exec_driver_sql(f"GRANT SELECT ON {view} TO {ROLE}")
    connection.commit()


def _make_role(connection: sa.Connection) -> None:
    """Roles are the whole cluster's: another database's migration may make it at this moment."""
    connection.exec_driver_sql(
        f"""DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                CREATE ROLE {ROLE} NOLOGIN;
              END IF;
              IF NOT pg_has_role(current_user, '{ROLE}', 'SET') THEN
                GRANT {ROLE} TO current_user WITH SET TRUE, INHERIT FALSE;
              END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$"""
    )
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {ROLE}")


def _changes(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    declared = table.info or open_to()
    name, wanted = table.name, policies(table)
    secured = connection.scalar(
        sa.text("SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(:name)"),
        {"name": name},
    )
    if secured is not bool(wanted):
        yield f"ALTER TABLE {name} {'ENABLE' if wanted else 'DISABLE'} ROW LEVEL SECURITY"
    # PostgreSQL tells a condition in words of its own: what it was made of stands in the comment.
    rows = connection.execute(
        sa.text(
            """SELECT polname, obj_description(oid, 'pg_policy') FROM pg_policy
               WHERE polrelid = to_regclass(:name)"""
        ),
        {"name": name},
    )
    existing: dict[str, str | None] = {row[0]: row[1] for row in rows}
    made = dict(wanted)
    for policy in existing:
        if existing[policy] != made.get(policy):
            yield f"DROP POLICY {policy} ON {name}"
    for policy, said in wanted:
        if existing.get(policy) != said:
            yield f"CREATE POLICY {policy} ON {name} {said}"
            quoted = said.replace("'", "''")
            yield f"COMMENT ON POLICY {policy} ON {name} IS '{quoted}'"
    yield f"REVOKE ALL ON {name} FROM {ROLE}"
    yield f"GRANT {', '.join(declared['may'])} ON {name} TO {ROLE}"
