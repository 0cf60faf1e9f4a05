"""Every kind of credential of every realm: those that open its routes, and those that must not.

A realm that the document names and `REALMS` lacks fails the tests: add its makers here.
"""

import base64
import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt

from server.identity import service as identity
from server.identity.tokens import Audience
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.orgs import service as orgs
from tests.fixtures.product import ORG_ID, Event, Product
from tests.fixtures.services import run_aside

CLOSED = ("pending", "rejected", "suspended")
"""What an organization may be that may not work."""
Permissions = dict[str, frozenset[str]]
"""By role, as the database has them."""


@dataclass(frozen=True)
class Credential:
    """`refused`: what each route of its realm answers, None where it opens those that its
    `permissions` allow; `refused_writes`: likewise for methods that change something; `owns`: the
    things that the test asks about are its own."""

    realm: str
    name: str
    headers: list[tuple[bytes, bytes]]
    refused: int | None = None
    refused_writes: int | None = None
    permissions: frozenset[str] = frozenset()
    owns: bool = True

    def __str__(self) -> str:
        return f"{self.realm}: {self.name}"


@dataclass(frozen=True)
class People:
    """Who calls, and the house that they call on."""

    product: Product
    event: Event
    other_event: Event
    buyer_id: uuid.UUID
    """Whose hold and order it is."""
    roles: Permissions
    users: dict[str, uuid.UUID] = field(default_factory=dict)
    """By role in the house; `stranger` owns another organization, `waiting` several
    that may not work, `gone` was a member."""
    revoked_key: str = ""

    @property
    def elsewhere(self) -> str:
        """The stranger's organization."""
        return f"elsewhere-{self.event.id}"


@dataclass(frozen=True)
class Realm:
    """`make`: all its credentials; `owned`: parameters of paths that name what belongs to one
    caller of the realm and does not exist for another."""

    make: Callable[[People], Iterator[Credential]]
    owned: frozenset[str]


async def invite(product: Product, event: Event, other: Event, buyer_id: uuid.UUID) -> People:
    """People in every position towards the house."""
    db = await Database.open(product.database_url, connections_max=1)
    roles: dict[str, set[str]] = {}
    async with db.tx() as tx:
        for row in await tx.connection.fetch("SELECT role, permission FROM role_permissions"):
            roles.setdefault(row["role"], set()).add(row["permission"])
        people = People(
            product, event, other, buyer_id,
            {role: frozenset(allowed) for role, allowed in roles.items()},
            revoked_key=await identity.create_scanner_key(tx, ORG_ID, event.id, "lost"),
        )  # fmt: skip
        await tx.connection.execute(
            "UPDATE scanner_keys SET revoked_at = now() WHERE name = 'lost' AND event_id = $1",
            event.id,
        )
        for role in [*sorted(roles), "gone", "stranger", "waiting"]:
            email = f"{role}-{uuid7().hex}@house.example"
            people.users[role] = await identity.create_user(tx, email, role, "correct horse")
            if role in roles:
                await orgs.add_member(tx, ORG_ID, people.users[role], role)
        for state in CLOSED:
            org_id = f"{state}-{event.id}"
            await orgs.create_org(tx, org_id, org_id, org_id, approved=True)
            await orgs.add_member(tx, org_id, people.users["waiting"], "owner")
            await tx.connection.execute(
                "UPDATE organizations SET approval = $1 WHERE id = $2", state, org_id
            )
        await orgs.create_org(tx, people.elsewhere, people.elsewhere, "Elsewhere", approved=True)
        await orgs.add_member(tx, people.elsewhere, people.users["stranger"], "owner")
    await db.close()
    return people


def _operators(people: People) -> Iterator[Credential]:
    house = {"X-Org": ORG_ID}

    def of(role: str, org_id: str | None = ORG_ID) -> list[tuple[bytes, bytes]]:
        named = {} if org_id is None else {"X-Org": org_id}
        return _headers(_bearer(people, "operator", people.users[role]), named)

    for role, allowed in people.roles.items():
        yield Credential("operator", role, of(role), permissions=allowed)
    everything = people.roles["owner"]
    yield Credential(
        "operator", "of one organization, unnamed", of("admin", None),
        permissions=people.roles["admin"],
    )  # fmt: skip
    yield Credential(
        "operator", "of another organization", of("stranger", people.elsewhere),
        permissions=everything, owns=False,
    )  # fmt: skip
    yield Credential("operator", "naming a foreign organization", of("stranger"), 403)
    yield Credential("operator", "not a member any more", of("gone"), 403)
    for state in CLOSED:
        closed = of("waiting", f"{state}-{people.event.id}")
        yield Credential("operator", f"of a {state} organization", closed, 403)
    yield Credential("operator", "of several organizations, unnamed", of("waiting", None), 400)
    cookie = {"Cookie": f"fh_operator={_token(people, 'operator', people.users['owner'])}"}
    yield Credential(
        "operator", "cookie, from our own page",
        _headers(cookie, house, {"Sec-Fetch-Site": "same-origin"}), permissions=everything,
    )  # fmt: skip
    yield Credential(
        "operator", "cookie, from a foreign page",
        _headers(cookie, house, {"Sec-Fetch-Site": "cross-site"}), refused_writes=403,
        permissions=everything,
    )  # fmt: skip
    yield Credential(
        "operator", "cookie of the buyer's name",
        _headers(
            {"Cookie": cookie["Cookie"].replace("operator", "buyer")}, house,
            {"Sec-Fetch-Site": "same-origin"},
        ), 401,
    )  # fmt: skip
    for name, token in _forged(people, "operator", str(people.users["owner"])).items():
        yield Credential("operator", name, _headers({"Authorization": token}, house), 401)


def _buyers(people: People) -> Iterator[Credential]:
    yield Credential("buyer", "guest", _headers(_bearer(people, "buyer", people.buyer_id)))
    yield Credential(
        "buyer", "another guest", _headers(_bearer(people, "buyer", uuid7())), owns=False
    )
    cookie = {"Cookie": f"fh_buyer={_token(people, 'buyer', people.buyer_id)}"}
    yield Credential(
        "buyer", "cookie, from our own page",
        _headers(cookie, {"Sec-Fetch-Site": "same-origin"}),
    )  # fmt: skip
    yield Credential("buyer", "cookie, from nowhere", _headers(cookie), refused_writes=403)
    for name, token in _forged(people, "buyer", str(people.buyer_id)).items():
        yield Credential("buyer", name, _headers({"Authorization": token}), 401)


def _scanners(people: People) -> Iterator[Credential]:
    def key(value: str) -> list[tuple[bytes, bytes]]:
        return _headers({"X-Scanner-Key": value})

    yield Credential("scanner", "of the event", key(people.event.scanner_key))
    yield Credential("scanner", "of another event", key(people.other_event.scanner_key), owns=False)
    wrong = {
        "revoked": people.revoked_key,
        "made up": "fhs_" + "x" * 32,
        "in capitals": people.event.scanner_key.upper(),
        "cut": people.event.scanner_key[:-1],
        "its hash": base64.b16encode(people.event.scanner_key.encode()).decode(),
        **_ODD,
    }
    for name, value in wrong.items():
        yield Credential("scanner", name, key(value), 401)
    yield Credential(
        "scanner", "as a bearer",
        _headers({"Authorization": f"Bearer {people.event.scanner_key}"}), 401,
    )  # fmt: skip


REALMS = {
    "operator": Realm(
        _operators, frozenset({"event_id", "map_id", "version_id", "order_id", "line_id"})
    ),
    "buyer": Realm(_buyers, frozenset({"order_id", "hold_id"})),
    "scanner": Realm(_scanners, frozenset({"event_id"})),
}
NOBODY = Credential("", "nobody", [], 401)

_ODD = {
    "empty": "",
    "blank": " ",
    "very long": "x" * 60_000,
    "not ASCII": "\u00e9\u00ff",
    "a quote": "' OR '1'='1",
    "null": "null",
}
"""What no realm takes for a credential."""


def _token(people: People, audience: Audience, subject: uuid.UUID | str, **changes: Any) -> str:
    """Signed by the product's own key; `changes`: claims that shall be otherwise."""
    signed, _ = people.product.tokens.sign(
        audience, str(subject), dt.datetime.now(dt.UTC), **changes
    )
    return signed


def _bearer(people: People, audience: Audience, subject: uuid.UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {_token(people, audience, subject)}"}


def _forged(people: People, audience: Audience, subject: str) -> dict[str, str]:
    """Values of Authorization that are no token of `audience`, by what is wrong with them."""
    good = _token(people, audience, subject)
    head, body, signature = good.split(".")
    claims, header = _decoded(body), _decoded(head)
    hour = dt.timedelta(hours=1)
    now = dt.datetime.now(dt.UTC)

    def signed(key: str, algorithm: str = "HS256", **fields: Any) -> str:
        return jwt.encode(claims, key, algorithm, headers=header | fields)

    tokens = {
        "alg none": f"{_encoded(header | {'alg': 'none'})}.{body}.",
        "alg None": f"{_encoded(header | {'alg': 'None'})}.{body}.{signature}",
        "no alg": f"{_encoded({'typ': 'JWT'})}.{body}.{signature}",
        "another key": signed("x" * 64),
        "another algorithm": signed("x" * 64, "HS512", alg="HS512"),
        "kid of nothing": signed("x" * 64, kid="none"),
        "kid of a file": signed("x" * 64, kid="../../../../dev/null"),
        "kid of a statement": signed("x" * 64, kid="' UNION SELECT 'x'--"),
        "kid with its own key": signed("x" * 64, jwk={"kty": "oct", "k": _b64(b"x" * 64)}),
        "kid from elsewhere": signed("x" * 64, jku="http://127.0.0.1:1/keys", kid="1"),
        "kid of another kind": f"{_encoded(header | {'kid': ['1']})}.{body}.{signature}",
        "altered subject": f"{head}.{_encoded(claims | {'sub': str(uuid7())})}.{signature}",
        "altered end": f"{head}.{_encoded(claims | {'exp': claims['exp'] + 9_999})}.{signature}",
        "altered signature": f"{head}.{body}.{signature[:-3]}AAA",
        "no signature": f"{head}.{body}.",
        "no signature, no dot": f"{head}.{body}",
        "expired": _token(people, audience, subject, iat=now - 3 * hour, exp=now - hour),
        "not yet": _token(people, audience, subject, nbf=now + hour),
        "from the future": _token(people, audience, subject, iat=now + hour),
        "no end": _token(people, audience, subject, exp=None),
        "end is text": _token(people, audience, subject, exp="never"),
        "another issuer": _token(people, audience, subject, iss="somebody"),
        "a sign-in link": _token(people, "sign-in", subject, realm=audience),
        "subject is no id": _token(people, audience, "admin"),
        "two dots": "..",
        "three dots": f"{good}.{signature}",
        **_ODD,
    }
    return {name: f"Bearer {token}" for name, token in tokens.items()} | {
        "basic": f"Basic {good}",
        "no scheme": good,
        "nothing after it": "Bearer",
        "list of two": f"Bearer {tokens['another key']}, Bearer {good}",
    }


def _headers(*parts: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode(), value.encode("latin-1"))
        for part in parts
        for name, value in part.items()
    ]


def _decoded(part: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _encoded(fields: dict[str, Any]) -> str:
    return _b64(json.dumps(fields).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def everybody(
    product: Product, event: Event, other: Event, buyer_id: uuid.UUID
) -> list[Credential]:
    people = run_aside(invite(product, event, other, buyer_id))
    return [NOBODY, *(each for realm in REALMS.values() for each in realm.make(people))]
