"""Every route, asked with every credential of every realm.

What each answer must be follows from the realm and the permission that the document names for the
route, so a new route is in the table from its first day. What a path's parameters name is real and
belongs to the house, so that "no such thing" is told for one reason only: it is somebody else's.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from inspect import signature
from typing import Any, NamedTuple
from unittest.mock import MagicMock

import pytest
import structlog
from starlette.routing import Route
from starlette.types import ASGIApp

import server.storefront.routes
from server import settings
from server.app import application
from server.live.names import KINDS
from server.storefront.pages import Pages
from tests.conformance.asgi import OPENED, Answer, ask, knock
from tests.conformance.credentials import NOBODY, REALMS, Credential
from tests.conformance.scene import Scene
from tests.fixtures.product import Event
from tests.server.orgs.names import answering

METHODS = ("get", "put", "patch", "post", "delete")
"""In the order in which they are asked: what one deletes is not missed by the others."""
CHANNELS: dict[str, list[dict[str, list[str]]]] = {
    "seats": [],
    "queue": [],
    "sales": [{"operator": ["sales:read"]}, {"api_key": ["sales:read"]}],
    "scans": [{"operator": ["scan:read"]}, {"api_key": ["scan:read"]}, {"scanner": []}],
}
"""Who may follow what, as an operation's `security` says it: the document has no words for it."""
FOUNDED = {("put", "/v1/partner/orgs/{org_id}")}
"""What makes the thing that its path names: an id that is taken is no secret then."""
NO_ANSWER = Answer(0, {}, b"")
WORK = ("/organizer", "/board", "/staff")
"""Where pages for people at work begin."""

Security = list[dict[str, list[str]]]


class Asked(NamedTuple):
    """One request and its answer. `owned`: parameters of its path, by what they are called."""

    method: str
    path: str
    security: Security
    owned: frozenset[str]
    credential: Credential
    answer: Answer

    def __str__(self) -> str:
        status, told = self.answer.status, self.answer.body[:120]
        return f"{self.method.upper()} {self.path} by {self.credential}: {status} {told!r}"

    @property
    def needed(self) -> dict[str, list[str]]:
        """By realm, what its credential must allow."""
        return {realm: allowed for wanted in self.security for realm, allowed in wanted.items()}

    @property
    def is_at_home(self) -> bool:
        """Is it a route of the credential's own realm?"""
        return self.credential.realm in self.needed

    @property
    def refusal(self) -> int | None:
        """The status that the caller must get because of who they are; None: they may."""
        caller = self.credential
        known = {**caller.elsewhere, caller.realm: caller.refused}
        looking = [realm for realm in self.needed if realm in known]
        if not looking:
            return 401 if self.security else None
        if caller.refused_writes is not None and self.method != "get":
            return caller.refused_writes
        refused = known[caller.realm if self.is_at_home else looking[0]]
        if refused is None and self.is_at_home:
            return None if caller.permissions >= {*self.needed[caller.realm]} else 403
        return refused

    @property
    def is_foreign(self) -> bool:
        """Is it about something of somebody else's in this realm?"""
        caller = self.credential
        return not caller.owns and self.is_at_home and bool(self.owned & REALMS[caller.realm].owned)


SLOW = {"/v1/self-test"}
"""What takes seconds: it looks at its key before it begins, and at who asks before that."""
NO_KEY = [(b"idempotency-key", b"\x01")]


class Table(NamedTuple):
    document: dict[str, Any]
    operations: list[Asked]
    channels: list[Asked]
    pages: list[Asked]

    @property
    def guarded(self) -> Iterator[Asked]:
        yield from (asked for asked in self.operations if asked.security)
        yield from (asked for asked in self.channels if asked.security)


@pytest.fixture(scope="module")
def table(scene: Scene) -> Table:
    callers, event = scene.callers, scene.event
    environ = scene.house.environ | dict(scene.house.environment)

    filled: list[Table] = []

    async def fill() -> None:
        async with (
            answering(scene.house.dns_port, {}),
            application(settings.load(environ)) as (app, _),
        ):
            answer = await ask(app, "GET", "/openapi.json")
            document = json.loads(answer.body)
            filled.append(
                Table(
                    document,
                    await _operations(app, document, scene),
                    await _channels(app, callers, event),
                    await _pages(app, callers, event),
                )
            )

    # Thousands of lines would hide what a failure says.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("ERROR"))
    try:
        # Not handed back: asyncio writes a task's result out for whoever takes its signals over.
        asyncio.run(fill())
    finally:
        structlog.reset_defaults()
    return filled[0]


async def _operations(app: ASGIApp, document: dict[str, Any], scene: Scene) -> list[Asked]:
    found = []
    for method in METHODS:
        for template, entry in document["paths"].items():
            if method not in entry:
                continue
            operation = entry[method]
            path, body = _filled(template, operation, scene), _body(operation)
            # Who is let in is seen by what is said of nonsense, and nothing is used up by it.
            nonsense = b"{" if body and operation["security"] else body
            named = frozenset(() if (method, template) in FOUNDED else scene.named(template))
            for caller in _asking(scene.callers, operation["security"]):
                asked = Asked(method, path, operation["security"], named, caller, NO_ANSWER)
                sent = body if asked.is_foreign else nonsense
                key = NO_KEY if template in SLOW else ()
                answer = await ask(app, method.upper(), path, [*caller.headers, *key], sent)
                found.append(asked._replace(answer=answer))
    return found


def _filled(template: str, operation: dict[str, Any], scene: Scene) -> str:
    """The path with real names in it."""
    path = re.sub(r"{(\w+)}", lambda found: scene.named(template)[found[1]], template)
    needed = [p for p in operation["parameters"] if p["in"] == "query" and p["required"]]
    query = "&".join(f"{each['name']}={scene.things[each['name']]}" for each in needed)
    return f"{path}?{query}" if query else path


def _asking(callers: list[Credential], security: Security) -> list[Credential]:
    """Whoever this door looks at; of others who have a good credential, one of each realm and
    way to bring it; and nobody. At an open door one of each realm, and one who is refused."""
    realms = {realm for wanted in security for realm in wanted}
    looked_at = [each for each in callers if not realms.isdisjoint(each.realms)]
    good = [each for each in callers if each.is_good and each not in looked_at]
    if not security:
        bad = next(caller for caller in callers if caller.realm and not caller.is_good)
        return [NOBODY, *{each.realm: each for each in good}.values(), bad]
    others = {(each.realm, *(name for name, _ in each.headers)): each for each in good}
    return [NOBODY, *looked_at, *others.values()]


def _body(operation: dict[str, Any]) -> bytes:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return json.dumps(content["application/json"]["example"]).encode()
    return b"<svg xmlns='http://www.w3.org/2000/svg'/>" if content else b""


async def _channels(app: ASGIApp, callers: list[Credential], event: Event) -> list[Asked]:
    found = []
    named = frozenset({"event_id"})
    for kind, security in CHANNELS.items():
        for caller in _asking(callers, security):
            for door in ("stream", "ws"):
                path = f"/v1/events/{event.id}/{door}?channel={kind}"
                if door == "ws":
                    answer = await knock(app, path, caller.headers)
                else:
                    answer = await ask(app, "GET", path, caller.headers)
                found.append(Asked("get", path, security, named, caller, answer))
    return found


async def _pages(app: ASGIApp, callers: list[Credential], event: Event) -> list[Asked]:
    found = []
    form = [
        (b"sec-fetch-site", b"same-origin"),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ]
    for route in _work_pages():
        path = re.sub(r"{(\w+)(:\w+)?}", str(event.id), route.path)
        # Which organization's people may see what is the page's own question.
        security: Security = [{"operator-account": []}]
        for method in sorted((route.methods or set()) - {"HEAD"}):
            for caller in _asking(callers, security):
                brought = [each for each in caller.headers if each[0] != b"sec-fetch-site"]
                answer = await ask(app, method, path, [*form, *brought], b"token=x")
                at_home = replace(caller, refused_writes=None)
                found.append(Asked(method.lower(), path, security, frozenset(), at_home, answer))
    return found


def _work_pages() -> list[Route]:
    """Pages of the storefront for people at work; its routes ask their services nothing yet."""
    parts = signature(server.storefront.routes.routes).parameters
    idle: dict[str, Any] = {name: MagicMock() for name in parts}
    idle["pages"] = Pages(MagicMock(), MagicMock())
    made = server.storefront.routes.routes(**idle)
    return [each for each in made if isinstance(each, Route) and each.path.startswith(WORK)]


def test_every_realm_of_the_document_is_in_the_table(table: Table) -> None:
    assert set(table.document["components"]["securitySchemes"]) == set(REALMS)
    assert set(CHANNELS) == set(KINDS)


def test_the_table_is_large(table: Table) -> None:
    paths = table.document["paths"].values()
    count = sum(method in entry for entry in paths for method in METHODS)
    assert len({(each.method, each.path) for each in table.operations}) == count
    assert {each.credential.realm for each in table.guarded} == {"", *REALMS}
    assert len(table.operations) + len(table.channels) + len(table.pages) > 10_000


def test_who_may_not_call_is_told_so_and_why(table: Table) -> None:
    kinds = {400: "bad-request", 401: "unauthenticated", 403: "forbidden"}
    wrong = [
        str(asked)
        for asked in table.guarded
        if asked.refusal is not None
        and (asked.answer.status, asked.answer.problem) != (asked.refusal, kinds[asked.refusal])
    ]
    assert wrong == []


def test_who_may_call_is_let_in(table: Table) -> None:
    let_in = [asked for asked in table.guarded if asked.refusal is None]
    assert [str(asked) for asked in let_in if asked.answer.status in (401, 403)] == []
    assert {asked.credential.realm for asked in let_in} == set(REALMS)


def test_what_is_ones_own_is_there(table: Table) -> None:
    """So that "no such thing" elsewhere is about whose it is."""
    own = [
        asked
        for asked in table.guarded
        if asked.method == "get" and asked.is_at_home
        if asked.credential.owns and asked.refusal is None
    ]
    assert [str(asked) for asked in own if asked.answer.status == 404] == []
    assert sum(asked.answer.status in (200, OPENED) for asked in own) > len(own) * 0.9


def test_what_is_somebody_elses_does_not_exist(table: Table) -> None:
    foreign = [asked for asked in table.guarded if asked.is_foreign and asked.refusal is None]
    assert [str(asked) for asked in foreign if asked.answer.status != 404] == []
    assert len(foreign) > 20


def test_a_public_route_looks_at_no_credential(table: Table) -> None:
    """Unless somebody guesses: how often, is counted by account and address."""
    open_to_all = [each for each in (*table.operations, *table.channels) if not each.security]
    plain = {
        (each.method, each.path): each.answer.status
        for each in open_to_all if each.credential is NOBODY
    }  # fmt: skip
    wrong = [
        str(each)
        for each in open_to_all
        if each.answer.status not in (plain[each.method, each.path], 429)
    ]
    assert wrong == []


def test_who_is_nobody_here_is_asked_to_sign_in_before_a_page_of_work(table: Table) -> None:
    wrong = []
    for asked in table.pages:
        # After a form there is no page to come back to.
        sign_in = f"/sign-in?next={asked.path if asked.method == 'get' else ''}"
        is_asked = asked.answer.headers.get("location") == sign_in
        if is_asked != (asked.refusal == 401):
            wrong.append(str(asked))
    assert wrong == []
    assert len({asked.path for asked in table.pages}) >= 5


def test_nothing_breaks_whoever_asks(table: Table) -> None:
    everything = (*table.operations, *table.channels, *table.pages)
    assert [str(asked) for asked in everything if asked.answer.status >= 500] == []
    refused = [asked for asked in everything if asked.answer.status == 401 and asked.security]
    assert all(asked.answer.headers["www-authenticate"] for asked in refused)
