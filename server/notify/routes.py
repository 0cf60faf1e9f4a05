"""An organization's words for its mails: GET /v1/mail-texts, PUT, DELETE
/v1/mail-texts/{kind}/{language}, POST .../preview. POST /v1/orders/{order_id}/mails: once more."""

from server.kernel.db import Database
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.notify import texts
from server.notify.models import MailPreview, MailText, MailTexts, MailWords, Resent
from server.notify.orders import OrderLetters
from server.notify.service import Mails
from server.orgs.realm import OperatorRealm
from server.tickets.models import TicketOver

_READS = (Unauthenticated, Forbidden)
_WRITES = (*_READS, NotFound, IdempotencyKeyReused, DatabaseUnavailable)


def routes(
    db: Database,
    mails: Mails,
    letters: OrderLetters,
    reader: OperatorRealm,
    manager: OperatorRealm,
    seller: OperatorRealm,
) -> list[Operation]:
    """`reader`: of who may read their organization, `manager`: of who may change it, `seller`: of
    who may act on orders."""

    def named(call: Call) -> tuple[str, str, str]:
        return call.actor.org_id, call.text("kind"), call.text("language")

    async def list_mail_texts(call: Call) -> MailTexts:
        return await texts.of_org(db, call.actor.org_id)

    async def set_mail_text(call: Call, body: MailWords) -> MailText:
        return await texts.save(db, *named(call), body, call.key)

    async def remove_mail_text(call: Call) -> None:
        await texts.forget(db, *named(call), call.key)

    async def preview_mail(call: Call, body: MailWords) -> MailPreview:
        org_id, kind, language = named(call)
        texts.check(kind, language, body)
        letter = await letters.preview(org_id, kind, language, body)
        plain, html = mails.pages(letter, language)
        return MailPreview(letter.subject, plain, html)

    async def resend_tickets(call: Call) -> Resent:
        return await letters.resend(call.actor.org_id, call.uuid("order_id"), call.key)

    at = "/v1/mail-texts/{kind}/{language}"
    return [
        Operation(
            "GET", "/v1/mail-texts", list_mail_texts, reader, "What mails to buyers say",
            returns=MailTexts, errors=_READS,
            description="Every kind in every language, in the organization's own words where it "
            "has some.",
        ),
        Operation(
            "PUT", at, set_mail_text, manager, "Word a mail", body=MailWords, returns=MailText,
            idempotent=True, errors=(*_WRITES, BadRequest),
            description="`{event}` and the like stand for facts of the mail; what such a mail does "
            "not know is refused.",
        ),
        Operation(
            "DELETE", at, remove_mail_text, manager, "Word a mail as everybody's",
            idempotent=True, errors=_WRITES,
        ),
        Operation(
            "POST", f"{at}/preview", preview_mail, manager, "See a mail before it is worded so",
            body=MailWords, returns=MailPreview,
            errors=(*_READS, NotFound, BadRequest, DatabaseUnavailable),
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/mails", resend_tickets, seller,
            "Send an order's tickets once more", returns=Resent, status=202, idempotent=True,
            errors=(*_WRITES, TicketOver),
        ),
    ]  # fmt: skip
