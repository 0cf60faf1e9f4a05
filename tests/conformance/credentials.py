"""Every kind of credential of every realm: those that open its routes, and those that must not.

A realm that the document names and `REALMS` lacks fails the tests: add its makers here.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from server.identity.tokens import Audience
from server.kernel.ids import uuid7
from tests.conformance.forged import ODD, authorizations
from tests.conformance.people import REFUSED, People, Person, invite
from tests.fixtures.product import ORG_ID, PARTNER_KEYS, SERVICE_KEY, Event, Product
from tests.fixtures.services import run_aside

HOUSE = {"X-Org": ORG_ID}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
FOREIGN_PAGE = {"Sec-Fetch-Site": "cross-site"}
NO_STAFF: Mapping[str, int | None] = {"operator-account": None, "staff": 403}
"""What an operator's token does beside its own realm: it is an account's too, of nobody's staff."""


@dataclass(frozen=True)
class Credential:
    """`refused`: what each route of its realm answers, None where it opens those that its
    `permissions` allow; `elsewhere`: likewise for other realms that look at the same header, where
    it is 401 in all others; `refused_writes`: for methods that change something, in all of these;
    `owns`: the things that the test asks about are its own."""

    realm: str
    name: str
    headers: list[tuple[bytes, bytes]]
    refused: int | None = None
    refused_writes: int | None = None
    permissions: frozenset[str] = frozenset()
    owns: bool = True
    elsewhere: Mapping[str, int | None] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.realm}: {self.name}"

    @property
    def is_good(self) -> bool:
        return self.refused is None

    @property
    def realms(self) -> set[str]:
        """Those that look at it."""
        return {self.realm, *self.elsewhere}


@dataclass(frozen=True)
class Realm:
    """`make`: all its credentials; `owned`: parameters of paths that name what belongs to one
    caller of the realm and does not exist for another."""

    make: Callable[[People], Iterator[Credential]]
    owned: frozenset[str] = frozenset()


def everybody(
    product: Product, event: Event, other: Event, buyer_id: uuid.UUID
) -> tuple[People, list[Credential]]:
    people = People(product, event, other, buyer_id)
    run_aside(invite(people))
    return people, [NOBODY, *(each for realm in REALMS.values() for each in realm.make(people))]


def _operators(people: People) -> Iterator[Credential]:
    def of(name: str, org_id: str | None = ORG_ID) -> list[tuple[bytes, bytes]]:
        named = {} if org_id is None else {"X-Org": org_id}
        return _headers(_bearer(people, "operator", people.operators[name]), named)

    def operator(
        name: str, headers: list[tuple[bytes, bytes]], refused: int | None = None, *,
        permissions: frozenset[str] = people.roles["owner"], owns: bool = True,
        refused_writes: int | None = None,
    ) -> Credential:  # fmt: skip
        return Credential(
            "operator", name, headers, refused, refused_writes, permissions, owns, NO_STAFF
        )

    for role, allowed in people.roles.items():
        yield operator(role, of(role), permissions=allowed)
    yield operator(
        "of one organization, unnamed", of("of one organization", None),
        permissions=people.roles["admin"],
    )  # fmt: skip
    for name in ("stranger", "pending"):
        yield operator(
            f"of another organization, {name}", of(name, people.org_of(name)), owns=False
        )
    for state in REFUSED:
        yield operator(f"of a {state} organization", of(state, people.org_of(state)), 403)
    yield operator("naming a foreign organization", of("stranger"), 403)
    yield operator("not a member any more", of("gone"), 403)
    yield operator("of several organizations, unnamed", of("several", None), 400)
    yield operator("of an organization that no name is", of("owner", "no name"), 400)
    cookie = _cookie(people, "operator", people.operators["by cookie"])
    yield operator("cookie, from our own page", _headers(cookie, HOUSE, OWN_PAGE))
    strangers = _cookie(people, "operator", people.operators["from a foreign page"])
    yield operator(
        "cookie, from a foreign page", _headers(strangers, HOUSE, FOREIGN_PAGE), refused_writes=403
    )
    looked_at: Mapping[str, int | None] = {"operator-account": 401, "staff": 401}
    misnamed = {"Cookie": cookie["Cookie"].replace("operator", "buyer")}
    wrong = {
        "cookie of the buyer's name": _headers(misnamed, HOUSE, OWN_PAGE),
        "its session was revoked": of("ended"),
        "no session": _headers(_bearer(people, "operator", people.operators["owner"].id), HOUSE),
        "unknown session": _headers(
            _bearer(people, "operator", Person(people.operators["owner"].id, uuid7())), HOUSE
        ),
        "somebody else's session": _headers(
            _bearer(
                people, "operator",
                Person(people.operators["gone"].id, people.operators["owner"].session_id),
            ), HOUSE,
        ),
    }  # fmt: skip
    person = people.operators["nothing wrong"]
    good, forged = authorizations(
        people.product, "operator", str(person.id), str(person.session_id)
    )
    yield operator("nothing wrong", _headers({"Authorization": good}, HOUSE))
    wrong |= {name: _headers({"Authorization": text}, HOUSE) for name, text in forged.items()}
    for name, headers in wrong.items():
        yield Credential("operator", name, headers, 401, elsewhere=looked_at)


def _api_keys(people: People) -> Iterator[Credential]:
    everything = people.roles["owner"]

    def key(name: str) -> dict[str, str]:
        return {"X-API-Key": people.keys[name]}

    house = key("of the house")
    yield Credential("api_key", "of the house", _headers(house), permissions=everything)
    yield Credential(
        "api_key", "of the house, named", _headers(house, HOUSE), permissions=everything
    )
    yield Credential(
        "api_key", "for sales alone", _headers(key("for sales alone")),
        permissions=frozenset({"sales:read"}),
    )  # fmt: skip
    for name in ("stranger", "pending"):
        yield Credential(
            "api_key", f"of another organization, {name}", _headers(key(name)),
            permissions=everything, owns=False,
        )  # fmt: skip
    for state in REFUSED:
        yield Credential("api_key", f"of a {state} organization", _headers(key(state)), 403)
    foreign = _headers(house, {"X-Org": people.org_of("stranger")})
    yield Credential("api_key", "naming a foreign organization", foreign, 403)
    yield Credential(
        "api_key", "naming what is no organization", _headers(house, {"X-Org": "no name"}), 400
    )
    token = _bearer(people, "operator", people.operators["with a key"])
    yield Credential(
        "api_key", "beside a token", _headers(house, token, HOUSE), 400, elsewhere=NO_STAFF
    )
    yield Credential(
        "api_key", "beside what is no token", _headers(house, {"Authorization": "Bearer x"}), 400
    )
    wrong = {
        "revoked": people.keys["revoked"],
        "expired": people.keys["expired"],
        **_unlike("fhk", people.keys["of the house"]),
    }
    for name, value in wrong.items():
        yield Credential("api_key", name, _headers({"X-API-Key": value}), 401)
    yield Credential(
        "api_key", "as a bearer", _headers({"Authorization": f"Bearer {house['X-API-Key']}"}), 401
    )
    yield Credential(
        "api_key", "in a scanner's header", _headers({"X-Scanner-Key": house["X-API-Key"]}), 401,
        elsewhere={"scanner": 401},
    )  # fmt: skip


def _operator_accounts(people: People) -> Iterator[Credential]:
    """Of no organization yet; who is signed in for one has an account as well."""
    for name, owns in (("account", True), ("another account", False)):
        yield Credential(
            "operator-account", name, _headers(_bearer(people, "operator", people.operators[name])),
            owns=owns, elsewhere={"staff": 403, "operator": 403},
        )  # fmt: skip


def _staff(people: People) -> Iterator[Credential]:
    """Of no organization: staff has doors of its own."""
    may = {"support": frozenset({"support"}), "superadmin": frozenset({"support", "superadmin"})}
    beside: Mapping[str, int | None] = {"operator-account": None, "operator": 403}
    for role, allowed in may.items():
        headers = _headers(_bearer(people, "operator", people.operators[role]))
        yield Credential("staff", role, headers, permissions=allowed, elsewhere=beside)
    cookie = _cookie(people, "operator", people.operators["superadmin by cookie"])
    yield Credential(
        "staff", "cookie, from our own page", _headers(cookie, OWN_PAGE),
        permissions=may["superadmin"], elsewhere=beside,
    )  # fmt: skip
    yield Credential(
        "staff", "cookie, from nowhere", _headers(cookie), refused_writes=403,
        permissions=may["superadmin"], elsewhere=beside,
    )  # fmt: skip


def _buyers(people: People) -> Iterator[Credential]:
    guest: Mapping[str, int | None] = {"buyer-account": 401}
    own = _bearer(people, "buyer", people.buyer_id)
    yield Credential("buyer", "guest", _headers(own), elsewhere=guest)
    another = _bearer(people, "buyer", uuid7())
    yield Credential("buyer", "another guest", _headers(another), owns=False, elsewhere=guest)
    cookie = _cookie(people, "buyer", people.buyer_id)
    yield Credential(
        "buyer", "guest's cookie, from our own page", _headers(cookie, OWN_PAGE), elsewhere=guest
    )
    yield Credential(
        "buyer", "guest's cookie, from nowhere", _headers(cookie), refused_writes=403,
        elsewhere=guest,
    )  # fmt: skip
    crossed = {"Cookie": cookie["Cookie"].replace("buyer", "operator")}
    yield Credential(
        "buyer", "cookie of an operator's name", _headers(crossed, OWN_PAGE), 401,
        elsewhere={"operator": 401, "operator-account": 401, "staff": 401},
    )  # fmt: skip
    person = people.buyers["nothing wrong"]
    _, forged = authorizations(people.product, "buyer", str(person.id), str(person.session_id))
    for name, text in forged.items():
        yield Credential("buyer", name, _headers({"Authorization": text}), 401, elsewhere=guest)


def _buyer_accounts(people: People) -> Iterator[Credential]:
    as_buyer: Mapping[str, int | None] = {"buyer": None}

    def of(name: str) -> list[tuple[bytes, bytes]]:
        return _headers(_bearer(people, "buyer", people.buyers[name]))

    yield Credential("buyer-account", "account", of("account"), elsewhere=as_buyer)
    yield Credential(
        "buyer-account", "another account", of("another account"), owns=False, elsewhere=as_buyer
    )
    cookie = _cookie(people, "buyer", people.buyers["by cookie"])
    yield Credential(
        "buyer-account", "cookie, from our own page", _headers(cookie, OWN_PAGE),
        owns=False, elsewhere=as_buyer,
    )  # fmt: skip
    person = people.buyers["nothing wrong"]
    good, _ = authorizations(people.product, "buyer", str(person.id), str(person.session_id))
    yield Credential(
        "buyer-account", "nothing wrong", _headers({"Authorization": good}),
        owns=False, elsewhere=as_buyer,
    )  # fmt: skip
    # A buyer's token opens what asks no database about sessions until it ends, minutes later.
    yield Credential("buyer-account", "ended", of("ended"), 401, elsewhere=as_buyer)
    unknown = _bearer(people, "buyer", Person(people.buyers["account"].id, uuid7()))
    yield Credential("buyer-account", "unknown session", _headers(unknown), 401, elsewhere=as_buyer)


def _scanners(people: People) -> Iterator[Credential]:
    def key(value: str) -> list[tuple[bytes, bytes]]:
        return _headers({"X-Scanner-Key": value})

    yield Credential("scanner", "of the event", key(people.event.scanner_key))
    yield Credential("scanner", "of another event", key(people.other_event.scanner_key), owns=False)
    wrong = {"revoked": people.keys["lost"], **_unlike("fhs", people.event.scanner_key)}
    for name, value in wrong.items():
        yield Credential("scanner", name, key(value), 401)
    as_bearer = {"Authorization": f"Bearer {people.event.scanner_key}"}
    yield Credential("scanner", "as a bearer", _headers(as_bearer), 401)


def _partners(people: People) -> Iterator[Credential]:
    acme, umbrella = (PARTNER_KEYS[name] for name in ("acme", "umbrella"))
    yield Credential("partner", "acme", _headers({"X-Partner-Key": acme}))
    yield Credential("partner", "umbrella", _headers({"X-Partner-Key": umbrella}), owns=False)
    wrong = {
        "its name": "acme",
        "a service's": SERVICE_KEY,
        "an organization's": people.keys["of the house"],
        **_unlike("acme", acme),
    }
    for name, value in wrong.items():
        yield Credential("partner", name, _headers({"X-Partner-Key": value}), 401)


def _services(people: People) -> Iterator[Credential]:
    own = {"X-Internal-API-Key": SERVICE_KEY}
    yield Credential("service", "ledger", _headers(own, HOUSE))
    elsewhere = _headers(own, {"X-Org": people.org_of("stranger")})
    yield Credential("service", "ledger, of another organization", elsewhere, owns=False)
    yield Credential("service", "no organization", _headers(own), 400)
    yield Credential("service", "unknown organization", _headers(own, {"X-Org": "nobody"}), 400)
    yield Credential("service", "no name", _headers(own, {"X-Org": "no name"}), 400)
    wrong = {
        "its name": "ledger",
        "a partner's": PARTNER_KEYS["acme"],
        "an organization's": people.keys["of the house"],
        **_unlike("ledger", SERVICE_KEY),
    }
    for name, value in wrong.items():
        yield Credential("service", name, _headers({"X-Internal-API-Key": value}, HOUSE), 401)


def _unlike(prefix: str, key: str) -> dict[str, str]:
    """Keys that are nearly `key`, and what is none at all."""
    return {
        "made up": f"{prefix}_{'x' * 32}",
        "in capitals": key.upper(),
        "cut": key[:-1],
        "longer": f"{key}x",
        "its hash": hashlib.sha256(key.encode()).hexdigest(),
        **ODD,
    }


REALMS = {
    "operator": Realm(
        _operators,
        frozenset({
            "event_id", "map_id", "version_id", "order_id", "line_id", "venue_id", "product_id",
            "ticket_type_id", "user_id", "invitation_id", "key_id", "domain", "allocation_id",
            "discount_id", "list_id", "guest_id", "point_account_id",
        }),
    ),
    "api_key": Realm(_api_keys),
    "operator-account": Realm(_operator_accounts, frozenset({"session_id", "user_id"})),
    "staff": Realm(_staff),
    "buyer": Realm(_buyers, frozenset({"order_id", "hold_id"})),
    "buyer-account": Realm(_buyer_accounts, frozenset({"session_id", "point_account_id"})),
    "scanner": Realm(_scanners, frozenset({"event_id", "guest_id"})),
    "partner": Realm(_partners, frozenset({"org_id"})),
    "service": Realm(_services, frozenset({"event_id"})),
}  # fmt: skip
REALMS["api_key"] = Realm(_api_keys, REALMS["operator"].owned)
NOBODY = Credential("", "nobody", [], 401)


def _token(people: People, audience: Audience, who: Person | uuid.UUID) -> str:
    """By the product's own key; a guest's has no session."""
    now = dt.datetime.now(dt.UTC)
    if isinstance(who, Person):
        return people.product.tokens.sign(audience, str(who.id), now, sid=str(who.session_id))[0]
    return people.product.tokens.sign(audience, str(who), now, sid=None)[0]


def _bearer(people: People, audience: Audience, who: Person | uuid.UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {_token(people, audience, who)}"}


def _cookie(people: People, audience: Audience, who: Person | uuid.UUID) -> dict[str, str]:
    return {"Cookie": f"fh_{audience}={_token(people, audience, who)}"}


def _headers(*parts: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode(), value.encode("latin-1"))
        for part in parts
        for name, value in part.items()
    ]
