"""What mails about an order say: made when they are sent, of what the order is then."""

import uuid

from server import audit
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout.models import Order
from server.checkout.service import Checkout
from server.checkout.shares import Shares
from server.kernel import context, idempotency
from server.kernel.db import Database, Tx
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.notify import sql, texts
from server.notify.models import File, Letter, Link, Mail, MailWords, Resent, Sender
from server.notify.words import fill, words_of
from server.tickets import words as written
from server.tickets.models import Ticket, TicketOver, TicketView
from server.tickets.papers import Papers, number_of
from server.tickets.receipts import Receipts
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers

LINKS_MAX = 20
WITH_TICKETS = {
    "tickets": "tickets.pdf",
    "moved": "tickets.pdf",
    "rescheduled": "tickets.pdf",
    "taken": "ticket.pdf",
    "reissued": "ticket.pdf",
}
"""What takes tickets along, and the file's name."""
WITH_RECEIPT = {"tickets"}
_OF_DEPOSITS = {"deposit", "rest-due"}
"""What says how the rest is paid."""
_SHOWS_TICKETS = {*WITH_TICKETS, "reminder"}


class OrderLetters:
    """`base_url`: what browsers call us by. A mail's `data` has `org_id` and `order_id`; about one
    ticket `ticket_id`, about an offer `transfer_id`, about money `amount_minor`; `name`: of whom it
    is to, where that is not the buyer."""

    def __init__(
        self,
        db: Database,
        catalog: Catalog,
        checkout: Checkout,
        shares: Shares,
        tickets: Tickets,
        transfers: Transfers,
        papers: Papers,
        receipts: Receipts,
        base_url: str,
    ) -> None:
        self._db, self._catalog, self._checkout = db, catalog, checkout
        self._shares, self._tickets, self._transfers = shares, tickets, transfers
        self._papers, self._receipts = papers, receipts
        self._base_url = base_url.rstrip("/")

    async def letter(self, mail: Mail) -> Letter | None:
        """None where there is nothing to tell any more: no ticket left, an offer taken back, a rest
        that is paid."""
        order, language = await self._order(mail), written.known(mail.language)
        if mail.template == "rescheduled":  # this process may remember the old date
            self._catalog.forget(order.event_id)
        event = await self._catalog.event(order.event_id)
        tickets = await self._live(mail, order)
        if mail.template in _SHOWS_TICKETS and not tickets:
            return None
        if mail.template in _OF_DEPOSITS and order.balance_due_at is None:
            return None
        sender = await self.sender(order.org_id, language)
        facts = _facts(order, event, language, sender.name, len(tickets))
        if "amount_minor" in mail.data:
            amount = mail.data["amount_minor"]
            facts["amount"] = written.money(amount, order.currency, language)
        facts["words"] = mail.data.get("words", "")
        facts["name"] = mail.data.get("name") or order.name
        path = f"/e/{event.slug}"
        if mail.template in _SHOWS_TICKETS:
            path = tickets[0].url
            if "ticket_id" in mail.data or mail.to_address != order.email:
                facts["name"] = tickets[0].holder_name
            facts["seat"] = "\n".join(ticket.label for ticket in tickets[:LINKS_MAX])
        elif mail.template in _OF_DEPOSITS:
            assert order.balance_due_at is not None, "looked at above"
            path = await self._shares.rest_url(order.id)
            rest_minor = order.total_minor - (order.deposit_minor or 0)
            until = written.local(order.balance_due_at, event.timezone)
            facts |= {
                "amount": written.money(rest_minor, order.currency, language),
                "until": f"{written.day(until, language)}, {written.hour(until, language)}",
            }
        elif "ticket_id" in mail.data:
            given = await self._ticket(mail)
            facts |= {"name": given.holder_name, "seat": given.label}
        elif "transfer_id" in mail.data:
            async with self._db.tx(read_only=True) as tx:
                offer = await self._transfers.letter(tx, uuid.UUID(mail.data["transfer_id"]))
            if offer is None:
                return None
            path = f"/transfer?token={offer.token}"
            until = written.local(offer.expires_at, event.timezone)
            facts |= {
                "name": offer.ticket.holder_name,
                "seat": offer.ticket.label,
                "until": f"{written.day(until, language)}, {written.hour(until, language)}",
            }
        letter = await self._worded(mail.template, language, order.org_id, facts, sender)
        letter.link = self._base_url + path if letter.action else ""
        if mail.template in _SHOWS_TICKETS and len(tickets) > 1:
            letter.action += f": {tickets[0].label}" if letter.action else ""
            letter.links = [Link(t.label, self._base_url + t.url) for t in tickets[1:LINKS_MAX]]
        return letter

    async def files(self, mail: Mail) -> list[File]:
        """What the mail takes along. Raises TicketOver, Overloaded."""
        if mail.template not in WITH_TICKETS:
            return []
        order = await self._order(mail)
        tickets = await self._live(mail, order)
        paper = await self._papers.tickets(tickets, mail.language)
        files = [File(WITH_TICKETS[mail.template], paper)]
        # What another system sold has that one's receipt.
        if mail.template in WITH_RECEIPT and order.total_minor and order.channel != "import":
            receipt = await self._receipts.receipt(order.id, language=mail.language)
            files.append(File("receipt.pdf", receipt))
        return files

    async def resend(self, org_id: str, order_id: uuid.UUID, key: Key | None) -> Resent:
        """Have an order's tickets sent once more. Raises NotFound, TicketOver."""
        order = await self._checkout.find(order_id)
        tickets = await self._at(order, order.email)

        async def act(tx: Tx) -> Resent:
            if not any(ticket.is_live for ticket in tickets):
                raise TicketOver("the order has no ticket that is good: there is nothing to send")
            data = {"org_id": org_id, "order_id": str(order.id)}
            await sql.INSERT.run(tx, uuid7(), order.email, "tickets", order.language, data, None)
            await audit.record(tx, org_id, "tickets.resent", subject=f"order:{order.id}")
            return Resent(order.email)

        return await idempotency.settled(self._db, key, Resent, act)

    async def sender(self, org_id: str, language: str) -> Sender:
        looks = await self._papers.looks(org_id)
        return Sender(
            name=looks.name,
            color=looks.color or "",
            ink=looks.ink or "",
            reply_to=looks.support_email,
            logo_url=self._base_url + looks.logo_url if looks.logo_url else "",
            imprint=await self._papers.seller(org_id, language),
        )

    async def preview(self, org_id: str, template: str, language: str, wish: MailWords) -> Letter:
        """The mail of an order that never was, in these words."""
        sender = await self.sender(org_id, language)
        facts = texts.EXAMPLE[language] | {"org": sender.name}
        letter = _letter(template, language, wish, facts, sender)
        letter.link = f"{self._base_url}/" if letter.action else ""
        return letter

    async def _worded(
        self, template: str, language: str, org_id: str, facts: dict[str, str], sender: Sender
    ) -> Letter:
        async with self._db.tx(read_only=True) as tx:
            own = await texts.find(tx, org_id, template, language)
        return _letter(template, language, own, facts, sender)

    async def _order(self, mail: Mail) -> Order:
        # The worker's round looks at everybody's mails.
        context.act_for(mail.data["org_id"])
        return await self._checkout.find(uuid.UUID(mail.data["order_id"]))

    async def _ticket(self, mail: Mail) -> Ticket:
        return await self._tickets.of_org(uuid.UUID(mail.data["ticket_id"]))

    async def _live(self, mail: Mail, order: Order) -> list[TicketView]:
        """The tickets that the mail is about, as far as they are good."""
        if "ticket_id" in mail.data:
            found = [await self._ticket(mail)]
        else:
            found = await self._at(order, mail.to_address)
        return [shown for one in found if (shown := self._tickets.view(one)).is_live]

    async def _at(self, order: Order, address: str) -> list[Ticket]:
        """What of an order is at an address: a ticket that was given away is its new holder's."""
        at = address.lower()
        return [
            ticket
            for ticket in await self._tickets.all_of_order(order.id)
            if (ticket.holder_address or order.email).lower() == at
        ]


def _letter(
    template: str,
    language: str,
    own: MailWords | None,
    facts: dict[str, str],
    sender: Sender,
) -> Letter:
    words = words_of(template, language)
    subject = own.subject if own else words.subject
    before = own.intro.split("\n\n") if own else words.before
    return Letter(
        subject=fill(subject, facts),
        before=[told for paragraph in before if (told := fill(paragraph.strip(), facts))],
        action=words.action,
        link="",
        after=[fill(paragraph, facts) for paragraph in words.after],
        sender=sender,
    )


def _facts(order: Order, event: Event, language: str, org: str, count: int) -> dict[str, str]:
    return {
        "name": order.name,
        "event": event.name,
        "when": written.when(event, language),
        "place": ", ".join(filter(None, (event.venue.name, written.address(event, language)))),
        "org": org,
        "number": number_of(order.id),
        "count": str(count),
        "amount": written.money(order.total_minor, order.currency, language),
    }
