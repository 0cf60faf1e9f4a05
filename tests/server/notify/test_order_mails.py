"""Who orders hears of it by mail: once, whatever dies, in the looks and words of who sells."""

import asyncio
import datetime as dt
import re
import uuid
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import httpx
import pypdfium2
import pytest

from server.kernel.db import Database
from server.notify import service as notify
from tests.fixtures.product import Event, Product
from tests.fixtures.qr import codes_in
from tests.server.boxoffice.office import Office
from tests.server.notify.peer import Peer, text_of
from tests.server.support import Buyer, Organizer, ok, pay, problem, rows, until

ORDERED = "%s@orders.example"
LOGO = b"\x89PNG\r\n\x1a\n"


class Order:
    """An order with an address of its own, as its mails go to it."""

    def __init__(self, buyer: Buyer, event: Event, address: str, placed: dict[str, Any]) -> None:
        self.buyer, self.event, self.address, self.placed = buyer, event, address, placed
        self.id: str = placed["id"]
        self.tickets: list[dict[str, Any]] = placed["tickets"]


async def _order(
    posting: Product, client: httpx.AsyncClient, seats: list[int], event: Event | None = None
) -> Order:
    buyer, event = Buyer(posting, client), event or posting.event()
    address = ORDERED % uuid.uuid4().hex
    hold = await buyer.hold_ok(event, seats)
    started = ok(await buyer.checkout(hold["id"], {"email": address, "name": "Ada"}), 201)
    await pay(client, started["redirect_url"])
    placed = await buyer.order_when(started["order"]["id"], "confirmed")
    return Order(buyer, event, address, placed)


async def _mails(peer: Peer, address: str, count: int = 1) -> list[EmailMessage]:
    """All that came to an address, once there are so many."""

    async def come() -> Any:
        found = [mail for mail in peer.mails if mail["To"] == address]
        return found if len(found) >= count else None

    return await until(come)


def _pdf(mail: EmailMessage, at: int = 0) -> pypdfium2.PdfDocument:
    part = list(mail.iter_attachments())[at]
    assert part.get_content_type() == "application/pdf"
    return pypdfium2.PdfDocument(part.get_content())


def _codes(paper: pypdfium2.PdfDocument) -> list[str]:
    return [code for page in paper for code in codes_in(page.render(scale=2).to_pil())]


@pytest.fixture
async def organizer(posting: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(posting, client)


async def test_a_paid_order_is_confirmed_by_mail_with_its_tickets(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    order = await _order(posting, client, [1, 2])
    [mail] = await _mails(peer, order.address)
    plain, html = text_of(mail), text_of(mail, "html")
    assert "Your tickets" in mail["Subject"]
    assert "Hello Ada," in plain
    for ticket in order.tickets:
        assert f"{posting.base_url}{ticket['url']}" in plain
        assert f"{posting.base_url}{ticket['url']}" in html
        assert ticket["scan_token"] not in plain
    assert _codes(_pdf(mail)) == [ticket["scan_token"] for ticket in order.tickets]


async def test_a_receipt_comes_along_once_where_money_was_paid(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    order = await _order(posting, client, [1])
    [mail] = await _mails(peer, order.address)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["tickets.pdf", "receipt.pdf"]
    receipt = _pdf(mail, 1)[0].get_textpage().get_text_bounded()
    units, rest = divmod(order.placed["total_minor"], 100)
    assert "Receipt" in receipt
    assert f"{units}.{rest:02}" in receipt
    ok(await organizer.call("POST", f"/v1/tickets/{order.tickets[0]['id']}/reissues", {}), 201)
    *_, again = await _mails(peer, order.address, 2)
    assert [part.get_filename() for part in again.iter_attachments()] == ["ticket.pdf"]
    guest = ORDERED % uuid.uuid4().hex
    ok(await Office(posting, client).give(posting.event(), [1], email=guest), 201)
    [free] = await _mails(peer, guest)
    assert [part.get_filename() for part in free.iter_attachments()] == ["tickets.pdf"]


async def test_an_order_is_written_of_in_the_language_it_was_made_in(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    for asked, named in (({"Accept-Language": "de-AT,de;q=0.9"}, {}), ({}, {"language": "de"})):
        buyer, event, address = Buyer(posting, client), posting.event(), ORDERED % uuid.uuid4().hex
        hold = await buyer.hold_ok(event, [1])
        wish = {"hold_id": hold["id"], "email": address, "name": "Ada", **named}
        started = ok(await buyer.call("POST", "/v1/checkout", wish, **asked), 201)
        await pay(client, started["redirect_url"])
        [mail] = await _mails(peer, address)
        assert "Ihre Karten" in mail["Subject"]
        assert "Zeigen Sie diesen Code" in _pdf(mail)[0].get_textpage().get_text_bounded()


async def test_however_often_an_order_is_told_it_is_one_mail(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    order = await _order(posting, client, [1])
    await _mails(peer, order.address)
    again = "UPDATE outbox SET handled_at = NULL WHERE data->>'order_id' = $1"
    for _ in range(3):
        await rows(posting, again, order.id)
        await asyncio.sleep(0.3)
    assert len(await _mails(peer, order.address)) == 1


async def test_a_mail_that_the_server_refused_for_now_comes_with_all_of_it_later(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    peer.answers.append("451 come back later")
    order = await _order(posting, client, [1])

    async def put_off() -> Any:
        found = "SELECT attempts FROM mails WHERE to_address = $1 AND last_error LIKE '%451%'"
        return await rows(posting, found, order.address)

    await until(put_off)
    await rows(posting, "UPDATE mails SET next_attempt_at = now() WHERE status = 'waiting'")
    [mail] = await _mails(peer, order.address)
    assert _codes(_pdf(mail)) == [order.tickets[0]["scan_token"]]


async def test_what_was_paid_back_is_told_with_its_amount(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    order = await _order(posting, client, [1])
    await _mails(peer, order.address)  # once its tickets have ended they are sent to nobody
    ok(await organizer.refund(order.id), 201)
    _, mail = await _mails(peer, order.address, 2)
    assert "Paid back" in mail["Subject"]
    units, rest = divmod(order.placed["total_minor"], 100)
    assert f"{units}.{rest:02}" in text_of(mail)
    assert not list(mail.iter_attachments())


async def test_an_offered_ticket_is_taken_with_nothing_but_the_mail(
    posting: Product, client: httpx.AsyncClient, peer: Peer
) -> None:
    order = await _order(posting, client, [1])
    to = ORDERED % uuid.uuid4().hex
    path = f"/v1/tickets/{order.tickets[0]['id']}/transfer"
    wish, asked = {"to_address": to}, {"Accept-Language": "de"}
    ok(await order.buyer.call("PUT", path, wish, **asked))
    [offer] = await _mails(peer, to)
    assert "Eine Karte für Sie" in offer["Subject"]
    token = re.search(r"/transfer\?token=(\S+)", text_of(offer))
    assert token
    taker = Buyer(posting, client)
    body = {"token": token[1], "name": "Bo"}
    new = ok(await taker.call("POST", "/v1/transfers/acceptances", body), 201)
    _, mail = await _mails(peer, to, 2)
    assert "Hello Bo," in text_of(mail)
    assert _codes(_pdf(mail)) == [new["scan_token"]]
    *_, told = await _mails(peer, order.address, 2)
    assert "was taken" in told["Subject"]
    assert new["code"] not in told.as_string()
    stored = await rows(posting, "SELECT string_agg(m::text, ' ') AS text FROM mails m")
    assert token[1] not in stored[0]["text"]


async def test_a_ticket_issued_again_comes_by_mail(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    order = await _order(posting, client, [1])
    new = ok(
        await organizer.call("POST", f"/v1/tickets/{order.tickets[0]['id']}/reissues", {}), 201
    )
    *_, mail = await _mails(peer, order.address, 2)
    assert _codes(_pdf(mail)) == [new["scan_token"]]


async def test_who_gets_other_places_is_told_each_at_their_own_address(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    order = await _order(posting, client, [1, 2])
    to = ORDERED % uuid.uuid4().hex
    new = await _given(client, peer, order, 0, to)
    bought = sorted(order.placed["lines"], key=lambda line: line["seat_idx"])
    lines = [line["id"] for line in bought]
    moved = ok(await organizer.move(order.id, lines, seats=[70, 71]))["items"]
    *_, to_taker = await _mails(peer, to, 3)
    *_, to_giver = await _mails(peer, order.address, 3)
    assert "Your places have changed" in to_taker["Subject"]
    assert moved[0]["label"] in text_of(to_taker)
    assert moved[1]["label"] not in text_of(to_taker)
    assert _codes(_pdf(to_taker)) == [new["scan_token"]]
    assert moved[1]["label"] in text_of(to_giver)
    assert _codes(_pdf(to_giver)) == [order.tickets[1]["scan_token"]]


async def test_an_organizer_sends_the_tickets_once_more(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    order = await _order(posting, client, [1])
    path = f"/v1/orders/{order.id}/mails"
    for _ in range(2):
        sent = ok(await organizer.call("POST", path, key="again"), 202)
        assert sent == {"to_address": order.address}
    first, second = await _mails(peer, order.address, 2)
    assert first["Message-ID"] != second["Message-ID"]
    await asyncio.sleep(1)
    assert len(await _mails(peer, order.address)) == 2
    problem(await organizer.call("POST", f"/v1/orders/{uuid.uuid4()}/mails"), 404, "not-found")


@pytest.fixture
async def db(posting: Product) -> AsyncIterator[Database]:
    opened = await Database.open(posting.database_url, connections_max=4)
    yield opened
    await opened.close()


async def _starts_in(posting: Product, order: Order, hours: float) -> None:
    """The event begins in so many hours, and the tickets were issued long ago."""
    await rows(
        posting,
        """WITH t AS (UPDATE tickets SET issued_at = now() - interval '9 days' WHERE order_id = $1)
           UPDATE events SET starts_at = now() + $3 * interval '1 h', ends_at = NULL,
                  doors_at = NULL
           WHERE id = $2""",
        uuid.UUID(order.id),
        order.event.id,
        hours,
    )


async def test_a_day_before_its_event_an_order_is_reminded_once_however_many_workers_look(
    posting: Product, client: httpx.AsyncClient, peer: Peer, db: Database
) -> None:
    order = await _order(posting, client, [1])
    await _mails(peer, order.address)
    await _starts_in(posting, order, 25)
    assert await notify.remind(db) == 0
    await _starts_in(posting, order, 23)
    done = await asyncio.gather(*(notify.remind(db) for _ in range(4)))
    assert sum(done) == 1
    *_, mail = await _mails(peer, order.address, 2)
    assert "Soon" in mail["Subject"]
    assert await notify.remind(db) == 0


async def _given(client: httpx.AsyncClient, peer: Peer, order: Order, nth: int, to: str) -> Any:
    """The new ticket of who was given one of an order's, at an address."""
    path = f"/v1/tickets/{order.tickets[nth]['id']}/transfer"
    ok(await order.buyer.call("PUT", path, {"to_address": to}))
    count = sum(mail["To"] == to for mail in peer.mails) + 1
    token = re.search(r"/transfer\?token=(\S+)", text_of((await _mails(peer, to, count))[-1]))
    assert token
    taker, body = Buyer(order.buyer.product, client), {"token": token[1], "name": "Bo"}
    new = ok(await taker.call("POST", "/v1/transfers/acceptances", body), 201)
    await _mails(peer, to, count + 1)
    return new


async def test_who_was_given_a_ticket_is_reminded_of_it_and_who_gave_it_away_is_not(
    posting: Product, client: httpx.AsyncClient, peer: Peer, db: Database
) -> None:
    order = await _order(posting, client, [1, 2, 3])
    to = ORDERED % uuid.uuid4().hex
    given = [await _given(client, peer, order, nth, to) for nth in (0, 1)]
    await _mails(peer, order.address, 3)
    await _starts_in(posting, order, 23)
    assert await notify.remind(db) == 2
    *_, to_taker = await _mails(peer, to, 5)
    *_, to_giver = await _mails(peer, order.address, 4)
    assert "Soon" in to_taker["Subject"]
    assert "Hello Bo," in text_of(to_taker)
    assert "Hello Ada," in text_of(to_giver)
    for mail, theirs in ((to_taker, given), (to_giver, order.tickets[2:])):
        links = re.findall(r"/t/(\S+)", text_of(mail))
        assert sorted(links) == sorted(ticket["code"] for ticket in theirs)
    assert await notify.remind(db) == 0


async def test_everybody_who_has_tickets_is_told_of_a_new_date_and_gets_them_with_it(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    event = posting.event()
    order = await _order(posting, client, [1, 2], event)
    other = await _order(posting, client, [3], event)
    to = ORDERED % uuid.uuid4().hex
    given = await _given(client, peer, order, 0, to)
    await _mails(peer, order.address, 2)
    setup = ok(await organizer.call("GET", f"/v1/org/events/{event.id}"))
    path = f"/v1/events/{event.id}?revision="
    named = ok(await organizer.call("PATCH", f"{path}{setup['revision']}", {"name": "Moved"}))
    new = (dt.datetime.fromisoformat(setup["starts_at"]) + dt.timedelta(days=40)).isoformat()
    ok(await organizer.call("PATCH", f"{path}{named['revision']}", {"starts_at": new}))
    for address, count, codes in (
        (to, 3, [given["scan_token"]]),
        (order.address, 3, [order.tickets[1]["scan_token"]]),
        (other.address, 2, [other.tickets[0]["scan_token"]]),
    ):
        *_, mail = await _mails(peer, address, count)
        assert mail["Subject"] == "A new date: Moved"
        assert len([one for one in peer.mails if one["To"] == address]) == count
        paper = _pdf(mail)
        assert _codes(paper) == codes
        day = dt.datetime.fromisoformat(new).strftime("%B %Y")
        assert day in text_of(mail)
        assert day in paper[0].get_textpage().get_text_bounded()


async def test_who_bought_without_an_address_is_not_reminded(
    posting: Product, client: httpx.AsyncClient, db: Database
) -> None:
    event, office = posting.event(), Office(posting, client)
    placed = ok(await office.sell(event, [1]), 201)
    order = Order(office, event, "", placed | {"tickets": []})
    await _starts_in(posting, order, 23)
    assert await notify.remind(db) == 0
    assert not await rows(posting, "SELECT FROM mails WHERE to_address = ''")


async def test_a_reminder_moves_with_its_event_and_who_just_ordered_needs_none(
    posting: Product, client: httpx.AsyncClient, peer: Peer, db: Database
) -> None:
    order = await _order(posting, client, [1])
    await _starts_in(posting, order, 30)
    await _starts_in(posting, order, 60)  # moved away before its time
    assert await notify.remind(db) == 0
    await _starts_in(posting, order, 20)
    issued = "UPDATE tickets SET issued_at = now() WHERE order_id = $1"
    await rows(posting, issued, uuid.UUID(order.id))
    assert await notify.remind(db) == 0


async def test_a_mail_wears_the_looks_and_the_words_of_who_sells(
    posting: Product, client: httpx.AsyncClient, peer: Peer, organizer: Organizer
) -> None:
    before = ok(await organizer.call("GET", "/v1/branding"))
    at = "/v1/mail-texts/tickets/en"
    looks = {"display_name": "Grand Hall", "color": "#a01040", "support_email": "us@hall.example"}
    settings = ok(await organizer.call("GET", "/v1/settings"))
    legal = {"name": "Hall & Co", "address": "Ring 1\n8010 Graz", "country": "AT"}
    words = {"subject": "See you: {event}", "intro": "Dear {name},\n\ncome {when}. {0} { x } <b>"}
    try:
        ok(await organizer.call("PUT", "/v1/branding", looks))
        ok(await organizer.call("PUT", "/v1/settings", settings | {"legal": legal}))
        logo = ok(await organizer.call("PUT", "/v1/branding/logo", LOGO))["url"]
        ok(await organizer.call("PUT", at, words))
        order = await _order(posting, client, [1])
        [mail] = await _mails(peer, order.address)
        assert mail["From"] == "Grand Hall <tickets@house.example>"
        assert mail["Reply-To"] == "us@hall.example"
        assert mail["Subject"].startswith("See you: ")
        assert "Dear Ada," in text_of(mail)
        assert "{0} { x } <b>" in text_of(mail)
        assert "background:#a01040" in text_of(mail, "html")
        assert "&lt;b&gt;" in text_of(mail, "html")
        assert f'src="{posting.base_url}{logo}"' in text_of(mail, "html")
        assert "Hall &amp; Co · Ring 1 · 8010 Graz · Austria" in text_of(mail, "html")
        foot = ["Grand Hall", "Hall & Co", "Ring 1", "8010 Graz", "Austria", "us@hall.example"]
        assert text_of(mail).splitlines()[-6:] == foot
        assert _codes(_pdf(mail))
        listed = ok(await organizer.call("GET", "/v1/mail-texts"))["items"]
        own = [text for text in listed if text["is_own"]]
        assert own == [{"kind": "tickets", "language": "en", "is_own": True, **words}]
    finally:
        ok(await organizer.call("PUT", "/v1/branding", before))
        ok(await organizer.call("PUT", "/v1/settings", settings))
        assert (await organizer.call("DELETE", "/v1/branding/logo")).status_code == 204
        assert (await organizer.call("DELETE", at)).status_code == 204
    problem(await organizer.call("DELETE", at), 404, "not-found")


async def test_words_are_seen_before_they_are_kept_and_what_no_mail_knows_is_refused(
    posting: Product, organizer: Organizer
) -> None:
    at = "/v1/mail-texts/tickets/de"
    words = {"subject": "Karten: {event}", "intro": "Liebe {name}, bis bald!"}
    shown = ok(await organizer.call("POST", f"{at}/preview", words))
    assert shown["subject"] == "Karten: Der Sturm"
    assert "Liebe Ada, bis bald!" in shown["text"]
    assert "Liebe Ada, bis bald!" in shown["html"]
    for wrong in ({"subject": "{secret}"}, {"intro": "{amount} {name}"}):
        for method, path in (("PUT", at), ("POST", f"{at}/preview")):
            refused = problem(await organizer.call(method, path, words | wrong), 400, "bad-request")
            assert "{event}" in refused["detail"]
    for missing in ("/v1/mail-texts/none/de", "/v1/mail-texts/tickets/xx"):
        problem(await organizer.call("PUT", missing, words), 404, "not-found")
    problem(await organizer.call("PUT", at, words | {"subject": "a\nBcc: b"}), 400, "bad-request")
    assert not any(t["is_own"] for t in ok(await organizer.call("GET", "/v1/mail-texts"))["items"])
