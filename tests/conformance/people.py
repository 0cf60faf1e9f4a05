"""People and programs in every position towards one house, put straight into the database."""

import uuid
from dataclasses import dataclass, field

import asyncpg

from server.identity.tokens import Audience
from server.kernel.ids import digest, secret, uuid7
from tests.fixtures.product import ORG_ID, Event, Product

REFUSED = ("rejected", "suspended")
"""What an organization may be that may do nothing; a pending one may set itself up."""
STATES = ("pending", *REFUSED)
OPERATORS = (
    "of one organization", "by cookie", "from a foreign page", "with a key", "nothing wrong",
    "gone", "stranger", "ended", "spare", "account", "another account", "support", "superadmin",
    "superadmin by cookie", *STATES,
)  # fmt: skip
BUYERS = ("account", "another account", "by cookie", "nothing wrong", "ended")

Permissions = dict[str, frozenset[str]]
"""By role, as the database has them."""


@dataclass(frozen=True)
class Person:
    """Each credential has one of its own: what it does may end the person's other sessions."""

    id: uuid.UUID
    session_id: uuid.UUID
    other_session_id: uuid.UUID | None = None


@dataclass(frozen=True)
class People:
    """Who calls, and the house that they call on."""

    product: Product
    event: Event
    other_event: Event
    buyer_id: uuid.UUID
    """The guest whose hold and order it is."""
    roles: Permissions = field(default_factory=dict)
    operators: dict[str, Person] = field(default_factory=dict)
    """By role in the house, or as OPERATORS says; `spare` is a member who calls nobody, `stranger`
    owns another organization, those of STATES one that is so, and `several` all of these."""
    buyers: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """API keys, and `lost`, a scanner's that was revoked."""

    def org_of(self, name: str) -> str:
        """The organization of `stranger` or of one of STATES."""
        return f"{name}-{self.event.id}"


async def invite(people: People) -> None:
    """As the database's owner: people and keys that no interface would give."""
    connection = await asyncpg.connect(people.product.database_url)
    try:
        async with connection.transaction():
            await _fill(connection, people)
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, people: People) -> None:
    roles: dict[str, set[str]] = {}
    for row in await connection.fetch("SELECT role, permission FROM role_permissions"):
        roles.setdefault(row["role"], set()).add(row["permission"])
    people.roles.update((role, frozenset(allowed)) for role, allowed in roles.items())
    for name in (*people.roles, *OPERATORS, "several"):
        people.operators[name] = await _person(connection, "operator", name)
    for name in BUYERS:
        people.buyers[name] = await _person(connection, "buyer", name)

    async def join(org_id: str, name: str, role: str) -> None:
        await connection.execute(
            "INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, $3)",
            org_id, people.operators[name].id, role,
        )  # fmt: skip

    for role in people.roles:
        await join(ORG_ID, role, role)
    at_house = ("by cookie", "from a foreign page", "with a key", "nothing wrong", "ended")
    for name in at_house:
        await join(ORG_ID, name, "owner")
    await join(ORG_ID, "of one organization", "admin")
    await join(ORG_ID, "spare", "staff")
    for name in ("stranger", *STATES):
        org_id = people.org_of(name)
        await connection.execute(
            "INSERT INTO organizations (id, slug, name, approval) VALUES ($1, $1, 'Elsewhere', $2)",
            org_id, "approved" if name == "stranger" else name,
        )  # fmt: skip
        await join(org_id, name, "owner")
        await join(org_id, "several", "owner")
    for name in ("support", "superadmin"):
        await _staff(connection, people.operators[name], name)
    await _staff(connection, people.operators["superadmin by cookie"], "superadmin")
    await connection.execute(
        "UPDATE sessions SET revoked_at = now() WHERE id = ANY($1::uuid[])",
        [people.operators["ended"].session_id, people.buyers["ended"].session_id],
    )
    people.keys.update(await _keys(connection, people))


async def _person(connection: asyncpg.Connection, realm: Audience, name: str) -> Person:
    """With a session, and a password that nobody knows."""
    person = Person(uuid7(), uuid7(), uuid7())
    await connection.execute(
        """INSERT INTO users (id, realm, email, name, password_hash)
           VALUES ($1, $2, $3, $4, '!')""",
        person.id, realm, f"{person.id.hex}@people.example", name,
    )  # fmt: skip
    for session_id in (person.session_id, person.other_session_id):
        await connection.execute(
            """INSERT INTO sessions (id, user_id, device, address, expires_at)
               VALUES ($1, $2, 'test', '127.0.0.1', now() + interval '1 day')""",
            session_id, person.id,
        )  # fmt: skip
    return person


async def _staff(connection: asyncpg.Connection, person: Person, role: str) -> None:
    await connection.execute(
        "INSERT INTO platform_staff (user_id, role) VALUES ($1, $2)", person.id, role
    )


async def _keys(connection: asyncpg.Connection, people: People) -> dict[str, str]:
    wanted: dict[str, tuple[str, list[str] | None, str]] = {
        "of the house": (ORG_ID, None, "NULL, NULL"),
        "for sales alone": (ORG_ID, ["sales:read"], "NULL, NULL"),
        "revoked": (ORG_ID, None, "now(), NULL"),
        "expired": (ORG_ID, None, "NULL, now() - interval '1 second'"),
        "stranger": (people.org_of("stranger"), None, "NULL, NULL"),
        **{state: (people.org_of(state), None, "NULL, NULL") for state in STATES},
    }
    found = {}
    for name, (org_id, permissions, ends) in wanted.items():
        key = found[name] = secret("fhk")
        await connection.execute(
            f"""INSERT INTO api_keys (id, org_id, name, key_hash, prefix, permissions, created_by,
                                      revoked_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, 'test', {ends})""",
            uuid7(), org_id, name, digest(key), key[:8], permissions,
        )  # fmt: skip
    found["lost"] = secret("fhs")
    await connection.execute(
        """INSERT INTO scanner_keys (id, org_id, event_id, name, key_hash, revoked_at)
           VALUES ($1, $2, $3, 'lost', $4, now())""",
        uuid7(), ORG_ID, people.event.id, digest(found["lost"]),
    )  # fmt: skip
    return found
