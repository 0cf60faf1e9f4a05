"""`python -m server seed`: an organization as it looks after some months."""

from typing import Any

import asyncpg

from server import seed
from tests.fixtures.services import server_command, server_environment

SOLD = """SELECT e.slug, count(*) FILTER (WHERE s.status = 0) AS free,
                 (SELECT count(*) FROM tickets t WHERE t.event_id = e.id) AS tickets,
                 (SELECT count(*) FROM scans x WHERE x.event_id = e.id) AS scans
          FROM events e JOIN seats s ON s.event_id = e.id GROUP BY e.id"""


async def test_seeding_makes_a_tenant_with_a_team_and_a_past_once(
    database_url: str, redis_url: str
) -> None:
    environment = server_environment(database_url, redis_url, BASE_URL="http://127.0.0.1:8000")
    told = server_command("seed", environment=environment)
    assert all(email in told for email, _ in seed.TEAM.values())
    assert "exists already" in server_command("seed", environment=environment)

    roles = await _rows(database_url, "SELECT role FROM organization_members")
    assert {row["role"] for row in roles} == {"owner", *seed.TEAM}
    events = {row["slug"]: row for row in await _rows(database_url, SOLD)}
    assert set(events) == {demo.slug for demo in (*seed.EVENTS, *seed.PAST, seed.BALL)}
    (draft,) = await _rows(database_url, "SELECT slug FROM events WHERE status = 'draft'")
    assert draft["slug"] == "the-tempest-matinee"
    for table, count in (("products", 3), ("api_keys", 2), ("invitations", 1)):
        assert len(await _rows(database_url, f"SELECT FROM {table}")) == count, table
    chosen = await _rows(database_url, "SELECT visibility FROM ticket_types WHERE NOT is_default")
    assert {row["visibility"] for row in chosen} == {"public", "code", "organizer"}
    leveled = await _rows(database_url, "SELECT FROM ticket_types WHERE levels <> '[]'")
    assert len(leveled) == 2, "the draft has them too"
    for demo in seed.PAST:
        evening = events[demo.slug]
        assert evening["free"] == 0
        assert evening["scans"] == round(evening["tickets"] * seed.CAME[demo.slug]) > 0
    assert all(events[demo.slug]["free"] > 0 for demo in seed.EVENTS)
    ball = events[seed.BALL.slug]
    assert ball["free"] > 0
    assert 0 < ball["scans"] < ball["tickets"]
    channels = await _rows(database_url, "SELECT DISTINCT channel FROM orders")
    told = {"online", "box_office", "complimentary", "guest_list"}
    assert {row["channel"] for row in channels} == told
    methods = await _rows(database_url, "SELECT DISTINCT method FROM manual_sales")
    assert {row["method"] for row in methods} == {None, *seed.METHODS}
    back = await _rows(database_url, "SELECT amount_minor FROM refunds")
    assert len(back) == seed.PAID_BACK
    assert all(row["amount_minor"] > 0 for row in back)


async def _rows(database_url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()
