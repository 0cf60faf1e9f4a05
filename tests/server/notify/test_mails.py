"""A mail that was promised is sent, once as far as anybody can know, or is said to be dead."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from server.catalog.service import Catalog
from server.checkout.service import Checkout
from server.checkout.shares import Shares
from server.identity.accounts import Accounts
from server.identity.factors import Factors
from server.identity.sessions import Sessions
from server.identity.tokens import Tokens
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.notify.orders import OrderLetters
from server.notify.service import ATTEMPTS_MAX, Mails
from server.notify.transports import SmtpTransport, Transport, transport_of
from server.notify.words import LANGUAGES
from server.orgs.invitations import Invitations
from server.payments.service import Payments
from server.tickets.codes import Codes
from server.tickets.papers import Papers
from server.tickets.receipts import Receipts
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers
from tests.fixtures.product import Product
from tests.server.identity.people import Person
from tests.server.notify.peer import Peer, text_of
from tests.server.orgs.people import Tenant, join
from tests.server.support import ok, problem, rows, until


async def _mail_to(peer: Peer, person: Person, subject: str) -> str:
    """What the one mail with that subject says, plainly."""

    async def come() -> Any:
        return [
            mail for mail in peer.mails if mail["To"] == person.email and subject in mail["Subject"]
        ]

    (mail,) = await until(come)
    assert mail["From"] == "The House <tickets@house.example>"
    plain, html = text_of(mail), text_of(mail, "html")
    for link in re.findall(r"https?://\S+", plain):
        assert link.replace("&", "&amp;") in html
    return plain


def _token(text: str, product: Product, page: str) -> str:
    found = re.search(rf"{re.escape(product.base_url)}{page}\?token=(\S+)", text)
    assert found, text
    return found.group(1)


@pytest.mark.parametrize(("realm", "at"), [("operator", ""), ("buyer", "/me")])
async def test_what_a_person_asks_for_comes_by_mail_and_its_link_works(
    posting: Product, client: httpx.AsyncClient, peer: Peer, realm: Any, at: str
) -> None:
    """Through every step with nothing but the mailbox; the first mail is put off by its server."""
    person = Person(posting, client, realm)
    peer.answers.append("451 come back later")
    ok(await person.register(), 202)
    await until(lambda: _is_waiting(posting, person), 10)
    await rows(posting, "UPDATE mails SET next_attempt_at = now() WHERE status = 'waiting'")
    text = await _mail_to(peer, person, "Confirm")
    assert "Hello Ada," in text
    person.grant = ok(await person.verify(_token(text, posting, f"{at}/verify")), 201)
    ok(await person.register(), 202)
    assert f"{posting.base_url}{at}/sign-in" in await _mail_to(peer, person, "account already")
    ok(await person.post("password/forgot", {"email": person.email}), 202)
    token = _token(await _mail_to(peer, person, "Set a new"), posting, f"{at}/reset")
    body = {"token": token, "password": "a new one entirely"}
    assert (await person.post("password/reset", body)).status_code == 204
    await _mail_to(peer, person, "was changed")
    (row,) = await rows(
        posting,
        "SELECT string_agg(m::text, ' ') AS text FROM mails m WHERE to_address = $1",
        person.email,
    )
    assert token not in row["text"]


async def _is_waiting(product: Product, person: Person) -> bool:
    found = await rows(product, "SELECT last_error FROM mails WHERE to_address = $1", person.email)
    return bool(found) and "451" in (found[0]["last_error"] or "")


async def test_who_has_no_account_gets_no_mail_about_it(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    stranger, person = Person(posting, client), Person(posting, client)
    ok(await stranger.post("password/forgot", {"email": stranger.email}), 202)
    await person.register()
    await _mail_to(peer, person, "Confirm")
    assert not [mail for mail in peer.mails if mail["To"] == stranger.email]


async def test_a_mail_speaks_the_language_of_who_asked_where_we_do(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    for language, subject in (("de-AT,de;q=0.9", "bestätigen"), ("fi", "Confirm")):
        person = Person(posting, client)
        body = {"email": person.email, "password": person.password, "name": "Ada"}
        headers = {"Accept-Language": language, "X-Forwarded-For": person.address}
        ok(await client.post("/v1/auth/register", json=body, headers=headers), 202)
        await _mail_to(peer, person, subject)


@pytest.mark.parametrize(("realm", "at"), [("operator", ""), ("buyer", "/me")])
async def test_both_mailboxes_hear_of_a_new_address_and_their_links_work(
    posting: Product, client: httpx.AsyncClient, peer: Peer, realm: Any, at: str
) -> None:
    """Whether or not the new address has an account, the old one is told the same."""
    person = await Person(posting, client, realm).join()
    neighbour = await Person(posting, client, realm).join()
    wish = {"email": neighbour.email, "password": person.password}
    ok(await person.post("email/change", wish, signed_in=True), 202)
    assert f"{posting.base_url}{at}/sign-in" in await _mail_to(peer, neighbour, "account already")
    told = await _mail_to(peer, person, "another e-mail address")
    assert neighbour.email in told
    _token(told, posting, f"{at}/account/email/undo")
    second = await Person(posting, client, realm).join()
    moved = Person(posting, client, realm)
    wish["email"] = moved.email
    ok(await second.post("email/change", wish, signed_in=True), 202)
    link = await _mail_to(peer, moved, "new e-mail address")
    body = {"token": _token(link, posting, f"{at}/account/email/confirm")}
    assert (await second.post("email/confirm", body, signed_in=True)).status_code == 204
    told = await _mail_to(peer, second, "another e-mail address")
    undo = {"token": _token(told, posting, f"{at}/account/email/undo")}
    undo["password"] = second.password = "a new one entirely"
    assert (await second.post("email/undo", undo)).status_code == 204
    await second.login_ok()
    for row in await rows(posting, "SELECT m::text AS text FROM mails m"):
        assert not any(token in row["text"] for token in (body["token"], undo["token"]))


async def test_who_is_invited_joins_with_nothing_but_the_mail(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    """Once with a new account, then with that account."""
    person = Person(posting, client)
    for nth in range(2):
        tenant = await Tenant.sign_up(posting, client)
        ok(await tenant.call("PATCH", "/v1/orgs/current", {"name": f"Hall {nth}"}))
        wish = {"email": person.email, "role": "staff"}
        ok(await tenant.call("POST", "/v1/invitations", wish), 201)
        token = _token(await _mail_to(peer, person, f"Hall {nth}"), posting, "/invitation")
        if nth == 0:
            body = {"token": token, "name": "Ada", "password": person.password}
            path = "/v1/invitations/registrations"
            ok(await client.post(path, json=body), 201)
            await person.login_ok()
        else:
            path, headers = "/v1/invitations/acceptances", person.headers
            ok(await client.post(path, json={"token": token}, headers=headers), 201)
        team = ok(await tenant.call("GET", "/v1/members"))["items"]
        assert (person.email, "staff") in {(one["email"], one["role"]) for one in team}


async def test_who_manages_webhooks_hears_that_one_is_switched_off(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    """Once each, and nobody else of the organization."""
    tenant = await Tenant.sign_up(posting, client)
    for role in ("admin", "staff", "finance"):
        await join(posting, tenant.id, role)
    wish = {"url": "http://127.0.0.1:9/", "event_types": []}
    endpoint = ok(await tenant.call("POST", "/v1/webhook-endpoints", wish), 201)
    await rows(
        posting,
        "UPDATE webhook_endpoints SET failing_since = now() - interval '73 hours' WHERE id = $1",
        uuid.UUID(endpoint["id"]),
    )
    invited = {"email": "ada@people.example", "role": "staff"}
    ok(await tenant.call("POST", "/v1/invitations", invited), 201)
    team = ok(await tenant.call("GET", "/v1/members"))["items"]
    matrix = {row["role"]: row["permissions"] for row in ok(await client.get(
        "/v1/roles", headers=tenant.headers()))["items"]}  # fmt: skip
    may = sorted(one["email"] for one in team if "key:manage" in matrix[one["role"]])
    assert len(may) == 2
    everybody = {one["email"] for one in team}

    async def told() -> Any:
        came = [m for m in peer.mails if "webhook" in m["Subject"] and m["To"] in everybody]
        return came if len(came) >= len(may) else None

    came = await until(told)
    assert sorted(mail["To"] for mail in came) == may
    for mail in came:
        assert f"{posting.base_url}/organizer/webhooks/{endpoint['id']}" in text_of(mail)


@dataclass
class Desk:
    """Mails on a database that no worker looks at."""

    db: Database
    mails: Mails

    async def write(self, to: str = "ada@people.example", **data: Any) -> Any:
        mail_id = uuid7()
        facts = {"name": "Ada", "path": "/forgot", **data}
        await self.mails.write(mail_id, to, "password-changed", "en", facts)
        return mail_id

    async def status(self, mail_id: Any) -> tuple[str, int, str]:
        async with self.db.tx() as tx:
            row = await tx.connection.fetchrow(
                "SELECT status, attempts, last_error FROM mails WHERE id = $1", mail_id
            )
        return row["status"], row["attempts"], row["last_error"] or ""

    async def send_next(self, transport: Transport) -> bool:
        """Returns whether there was one."""
        mail = await self.mails.take()
        if mail is not None:
            await self.mails.send(mail, transport)
        return mail is not None

    async def make_due(self) -> None:
        async with self.db.tx() as tx:
            await tx.connection.execute("UPDATE mails SET next_attempt_at = now()")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    db = await Database.open(database_url, connections_max=4)
    tokens = Tokens("s" * 32, 900)
    accounts = Accounts(db, tokens, Sessions(db, tokens, "s" * 32, 900), Factors("s" * 32))
    invitations = Invitations(db, "s" * 32)
    url, codes = "http://house.example", Codes([bytes(32)])
    catalog = Catalog(db)
    checkout = Checkout(db, catalog, Payments(db, {}, url), url)
    tickets = Tickets(db, checkout, codes)
    transfers, papers = Transfers(db, tickets, "s" * 32), Papers(db, catalog, url)
    receipts = Receipts(db, catalog, papers)
    shares = Shares(db, checkout, Payments(db, {}, url), "s" * 32, url)
    letters = OrderLetters(db, catalog, checkout, shares, tickets, transfers, papers, receipts, url)
    mails = Mails(db, accounts, invitations, letters, url, "House <a@house.example>")
    yield Desk(db, mails)
    await db.close()


async def test_a_mail_is_tried_again_later_each_time_and_dead_at_last(
    desk: Desk, peer: Peer
) -> None:
    transport = SmtpTransport(peer.url)
    mail_id = await desk.write()
    for attempt in range(1, ATTEMPTS_MAX + 1):
        peer.answers.append("451 come back later")
        assert await desk.send_next(transport)
        status, attempts, error = await desk.status(mail_id)
        assert (status, attempts) == ("dead" if attempt == ATTEMPTS_MAX else "waiting", attempt)
        assert "451" in error
        assert not await desk.send_next(transport), "not before its time"
        await desk.make_due()
    assert not await desk.send_next(transport)


async def test_a_mail_that_nobody_will_ever_take_is_dead_at_once(desk: Desk, peer: Peer) -> None:
    mail_id = await desk.write("nobody@people.example")
    await desk.send_next(SmtpTransport(peer.url))
    assert (await desk.status(mail_id))[0] == "dead"


async def test_without_a_server_the_mail_waits_for_one(desk: Desk, peer: Peer) -> None:
    mail_id = await desk.write()
    await desk.send_next(SmtpTransport("smtp://127.0.0.1:1"))
    assert (await desk.status(mail_id))[0] == "waiting"
    await desk.make_due()
    await desk.send_next(SmtpTransport(peer.url))
    assert (await desk.status(mail_id))[0] == "sent"
    assert transport_of("", is_prod=True) is None


async def test_two_workers_send_a_mail_once(desk: Desk, peer: Peer) -> None:
    before = peer.asked
    for _ in range(6):
        await desk.write()
    transport = SmtpTransport(peer.url)
    done = await asyncio.gather(*(desk.send_next(transport) for _ in range(9)))
    assert (sum(done), peer.asked - before) == (6, 6)


class _Bag:
    """A transport that takes everything at once."""

    takes_files = False

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, message: EmailMessage) -> None:
        self.to.append(str(message["To"]))


async def test_a_flood_of_one_organizations_mails_keeps_nobody_elses_waiting(desk: Desk) -> None:
    """Nor the platform's own; a sender's own mails go in their order."""
    flood = [f"{nth}@people.example" for nth in range(200)]
    for address in flood:
        await desk.write(address, org_id="flood")
    await desk.write("ticket@people.example", org_id="quiet")
    await desk.write("password@people.example")
    bag = _Bag()
    # By lot, one of three each time: that 80 miss one of them happens once in 10 ** 13 times.
    for _ in range(80):
        assert await desk.send_next(bag)
    assert {"ticket@people.example", "password@people.example"} <= set(bag.to)
    sent = [address for address in bag.to if address in flood]
    assert sent == flood[: len(sent)]


async def test_a_slow_conversation_with_the_mail_server_holds_up_no_other(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    slow, quick = Person(posting, client), Person(posting, client)
    peer.held.add(slow.email)
    try:
        await slow.register()

        async def talks() -> bool:
            return slow.email in peer.holds

        await until(talks)
        await quick.register()
        await _mail_to(peer, quick, "Confirm")
        assert slow.email in peer.holds
    finally:
        peer.held.clear()
    await _mail_to(peer, slow, "Confirm")


async def test_what_a_person_calls_themselves_cannot_write_the_mail(desk: Desk, peer: Peer) -> None:
    before = len(peer.mails)
    await desk.write(name="<b>{path}</b> {0.__class__}")
    await desk.send_next(SmtpTransport(peer.url))
    (mail,) = peer.mails[before:]
    assert "Hello <b>{path}</b> {0.__class__}," in text_of(mail)
    assert "&lt;b&gt;{path}&lt;/b&gt;" in text_of(mail, "html")


def test_each_language_says_each_mail_with_the_same_facts() -> None:
    def facts(template: str, language: str) -> set[str]:
        words = LANGUAGES[language][template]
        return set(re.findall(r"{(\w+)}", " ".join((*words.before, *words.after, words.subject))))

    for language, templates in LANGUAGES.items():
        assert templates.keys() == LANGUAGES["en"].keys()
        for template in templates:
            assert facts(template, language) == facts(template, "en"), (language, template)


async def test_a_demo_shows_its_mails_in_the_log(
    house: Product,
) -> None:
    async with httpx.AsyncClient(base_url=house.base_url, timeout=30) as client:
        person = Person(house, client)
        ok(await person.register(), 202)
        token = await person.link("register")

        async def told() -> bool:
            return f"/verify?token={token}" in house.log("worker")

        await until(told)
        problem(await person.verify(token, password="something else"), 401, "unauthenticated")
