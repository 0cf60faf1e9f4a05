"""Pages of what goes to buyers: the words of mails, tickets issued again or sent once more."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.kernel.errors import BadRequest, NotFound
from server.notify import texts
from server.notify.models import Letter, MailText, MailWords
from server.storefront.filling import Filling
from server.storefront.forms import read_form
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.tickets.models import Reissue, TicketOver

MAILS = "/organizer/mails"
KINDS = {
    "tickets": "Tickets, after an order",
    "reminder": "A day before the event",
    "rescheduled": "The event has a new date",
    "refunded": "Money went back",
    "refund-approved": "A refund is granted",
    "refund-declined": "A refund is declined",
    "event-cancelled": "The event is cancelled",
    "cancelled": "An order is cancelled",
    "late": "A payment came too late",
    "transfer": "A ticket is offered",
    "transferred": "A ticket was given away",
    "taken": "A ticket was taken",
    "reissued": "A ticket was issued again",
    "moved": "Somebody got other places",
}
LANGUAGES = {"en": "English", "de": "Deutsch"}
_SUBJECT = "One line of at most 150 characters."
_INTRO = "Write at least a sentence, and at most 4,000 characters."


class MailPages(Portal):
    async def mails(self, request: Request) -> Response:
        """GET /organizer/mails : all of them; `kind` and `language`: one to be worded."""
        desk = await self._desk(request, "org:manage")
        listed = (await texts.of_org(self._parts.db, desk.org_id)).items
        found = _chosen(request, listed)
        if found is None:
            return self._show(
                request, desk, "mails.html", "mails", texts=listed, kinds=KINDS, languages=LANGUAGES
            )
        words = MailWords(found.subject, found.intro)
        filled = Filling({"subject": words.subject, "intro": words.intro})
        return self._form(request, desk, found, filled, await self._look(desk, found, words))

    async def word(self, request: Request) -> Response:
        """POST /organizer/mails : `act`: `look` at it, `save` it, or `forget` it."""
        desk = await self._desk(request, "org:manage")
        found = _chosen(request, (await texts.of_org(self._parts.db, desk.org_id)).items)
        if found is None:
            raise NotFound("there is no such mail")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        at = desk.org_id, found.kind, found.language
        if form.get("act") == "forget":
            await texts.forget(self._parts.db, *at, key)
            return self._saved(desk, MAILS)
        wish, shown = _words(filled), None
        if wish is not None:
            try:
                texts.check(found.kind, found.language, wish)
                if form.get("act") == "save":
                    await texts.save(self._parts.db, *at, wish, key)
                    return self._saved(desk, MAILS)
                shown = await self._look(desk, found, wish)
            except BadRequest as error:
                filled.blame(error, ("subject", "intro"))
        return self._form(request, desk, found, filled, shown)

    async def act_on_tickets(self, request: Request) -> Response:
        """POST /organizer/orders/{order_id}/tickets : `reissue` one, or `resend` all."""
        form = await read_form(request)
        reissue = form.get("reissue")
        desk = await self._desk(request, "order:manage")
        order_id = uuid_of(request.path_params["order_id"], "order")
        key = key_for(form, request, desk.actor.name)
        done = "reissued" if reissue else "resent"
        try:
            if reissue:
                ticket_id = uuid_of(reissue, "ticket")
                await self._parts.transfers.reissue(desk.org_id, ticket_id, Reissue(), key)
            else:
                await self._parts.letters.resend(desk.org_id, order_id, key)
        except TicketOver:
            done = "over"
        return go(desk.at(f"/organizer/orders/{order_id}", done=done))

    async def _look(self, desk: Desk, of: MailText, words: MailWords) -> Letter:
        return await self._parts.letters.preview(desk.org_id, of.kind, of.language, words)

    def _form(
        self, request: Request, desk: Desk, of: MailText, filled: Filling, shown: Letter | None
    ) -> Response:
        return self._show(
            request,
            desk,
            "mail_words.html",
            "mails",
            status=200 if filled else 422,
            text=of,
            title=KINDS[of.kind],
            language=LANGUAGES[of.language],
            facts=sorted(texts.facts(of.kind, of.language)),
            filled=filled,
            shown=shown,
        )


def _chosen(request: Request, listed: list[MailText]) -> MailText | None:
    """Raises NotFound for a mail that there is not."""
    wanted = request.query_params.get("kind"), request.query_params.get("language")
    if wanted == (None, None):
        return None
    for text in listed:
        if (text.kind, text.language) == wanted:
            return text
    raise NotFound("there is no such mail")


def _words(filled: Filling) -> MailWords | None:
    told = {"subject": filled.get("subject"), "intro": filled.get("intro").replace("\r\n", "\n")}
    for name, words in (("subject", _SUBJECT), ("intro", _INTRO)):
        try:
            msgspec.convert(told | {"intro" if name == "subject" else "subject": "x"}, MailWords)
        except msgspec.ValidationError:
            filled.wrong[name] = words
    return msgspec.convert(told, MailWords) if filled else None
