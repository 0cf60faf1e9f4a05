"""The outbox of mails: written by reactions, sent by the worker, at least once each.

What a mail says is made when it is sent: a link's token is signed anew from the id of what it is
for, and is stored nowhere. A mail that may have gone out twice, because the answer of the SMTP
server was lost, has the same Message-ID and the same link.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from server.identity import service as identity
from server.identity.accounts import Accounts
from server.identity.models import AccountRequest, Purpose, Realm
from server.kernel import logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.tenancy import Across
from server.notify import sql
from server.notify.models import File, Letter, Mail, MailTrouble, Posted, Sender
from server.notify.orders import OrderLetters
from server.notify.transports import Refused, Transport
from server.notify.words import fill, words_of
from server.orgs.invitations import Invitations

LEASE_S = 120
ATTEMPTS_MAX = 15
DELAY_MAX_S = 3_600
KEPT_DAYS = 30
LISTED_MAX = 50
REMINDED_H = 24
REMINDED_AT_ONCE = 500
REST_REMINDED_DAYS = 3
TOO_LATE = "too late: nobody could use it now"

_PATHS: dict[Realm, str] = {"operator": "", "buyer": "/me"}
_PAGES: dict[Purpose, str] = {
    "register": "verify",
    "reset": "reset",
    "email": "account/email/confirm",
    "email-undo": "account/email/undo",
}
_log = logs.get(__name__)


class Mails:
    """`base_url`: what browsers call us by. `sender`: `Name <address>`."""

    def __init__(
        self,
        db: Database,
        accounts: Accounts,
        invitations: Invitations,
        orders: OrderLetters,
        base_url: str,
        sender: str,
    ) -> None:
        self._db, self._accounts, self._invitations = db, accounts, invitations
        self._orders, self._base_url = orders, base_url.rstrip("/")
        name, self._address = parseaddr(sender)
        self._platform = Sender(name or "Fullhouse")
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def write(
        self,
        mail_id: uuid.UUID,
        to_address: str,
        template: str,
        language: str,
        data: dict[str, Any],
        send_by: dt.datetime | None = None,
    ) -> None:
        """Promise a mail; once for each id. Who bought at a box office may have no address, and who
        is at one that ends in `.invalid` is nobody (RFC 6761, 6.4)."""
        if not to_address or to_address.endswith(".invalid"):
            return
        async with self._db.tx() as tx:
            await sql.INSERT.run(tx, mail_id, to_address, template, language, data, send_by)

    async def tell_new_date(self, event_id: uuid.UUID, cause: uuid.UUID) -> int:
        """Promise a mail about its new date to everybody who has tickets of the event; once for
        each `cause`. Returns how many."""
        async with self._db.tx() as tx:
            return await sql.RESCHEDULE.run(tx, event_id, cause)

    async def take(self) -> Mail | None:
        """A mail that is due, of any sender's, to `send`: another has it after LEASE_S."""
        async with self._db.tx() as tx:
            await sql.ONE_TAKES.run(tx)
            return await sql.TAKE.first(tx, LEASE_S)

    async def send(self, mail: Mail, transport: Transport) -> None:
        """What became of it is written with it."""
        try:
            letter = None if mail.is_late else await self.letter(mail)
            if letter is None:
                await self._settle(sql.DEAD.run, mail.id, TOO_LATE)
                return
            files = await self._orders.files(mail) if transport.takes_files else []
            await transport.send(self.message(mail, letter, files))
            failpoint("mail.sent")
        except Exception as error:
            is_over = isinstance(error, Refused) or mail.attempts >= ATTEMPTS_MAX
            _log.warning("mail not sent", mail=str(mail.id), error=repr(error), given_up=is_over)
            if is_over:
                await self._settle(sql.DEAD.run, mail.id, repr(error)[:2000])
            else:
                delay_s = min(5 * 2 ** (mail.attempts - 1), DELAY_MAX_S)
                await self._settle(sql.LATER.run, mail.id, repr(error)[:2000], delay_s)
        else:
            await self._settle(sql.SENT.run, mail.id)

    async def recent(self) -> Sequence[Posted]:
        """The newest mails as they are read: a demo's mailbox."""
        async with self._db.tx(read_only=True) as tx:
            listed = await sql.RECENT.all(tx, LISTED_MAX)
        written = [(mail, await self.letter(mail)) for mail in listed]
        return [Posted(m.to_address, m.created_at, letter) for m, letter in written if letter]

    async def letter(self, mail: Mail) -> Letter | None:
        """What the mail says; None where its link would lead nowhere any more."""
        if "order_id" in mail.data:
            return await self._orders.letter(mail)
        facts = dict(mail.data)
        if "request_id" in facts:
            request = await identity.request_of(self._db, uuid.UUID(facts["request_id"]))
            if request is None or not request.is_open:
                return None
            facts["path"] = self._link_path(request)
        if "invitation_id" in facts:
            # The worker's round looks at everybody's mails.
            async with self._db.tx(read_only=True, across=Across.PLATFORM) as tx:
                invited = await self._invitations.letter(tx, uuid.UUID(facts["invitation_id"]))
            if invited is None:
                return None
            facts |= {
                "org_name": invited.org_name,
                "path": f"/invitation?token={invited.token}",
            }
        words = words_of(mail.template, mail.language)
        return Letter(
            subject=fill(words.subject, facts),
            before=[fill(paragraph, facts) for paragraph in words.before],
            action=words.action,
            link=self._base_url + facts["path"] if words.action else "",
            after=[fill(paragraph, facts) for paragraph in words.after],
        )

    def message(self, mail: Mail, letter: Letter, files: Sequence[File] = ()) -> EmailMessage:
        """As it travels: plain text, the same as HTML, and what it takes along."""
        message = EmailMessage()
        sender = letter.sender or self._platform
        message["From"] = formataddr((_line(sender.name), self._address))
        message["To"] = mail.to_address
        if sender.reply_to:
            message["Reply-To"] = sender.reply_to
        message["Subject"] = _line(letter.subject)
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = f"<{mail.id}@{self._address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        plain, html = self.pages(letter, mail.language)
        message.set_content(plain)
        message.add_alternative(html, subtype="html")
        for file in files:
            message.add_attachment(
                file.body, maintype="application", subtype="pdf", filename=file.name
            )
        return message

    def pages(self, letter: Letter, language: str) -> tuple[str, str]:
        """What the mail says as plain text, and as HTML."""
        sender = letter.sender or self._platform
        facts = {"letter": letter, "language": language, "sender": sender}
        plain = self._templates.get_template("frame.txt").render(facts)
        return plain, self._templates.get_template("frame.html").render(facts)

    def _link_path(self, request: AccountRequest) -> str:
        token = self._accounts.links.token(request)
        return f"{account_page(request.realm, _PAGES[request.purpose])}?token={token}"

    async def _settle(self, statement: Any, *args: Any) -> None:
        async with self._db.tx() as tx:
            await statement(tx, *args)


async def remind(db: Database) -> int:
    """Promise the mails that are due a day before an event, and some days before the rest of an
    order is; one for each order, whoever asks.

    Nothing is set in advance, so an event that moves takes its mails along. Returns how many.
    """
    async with db.tx(across=Across.PLATFORM) as tx:
        count = await sql.REMIND.run(tx, REMINDED_H, REMINDED_AT_ONCE)
        return count + await sql.REMIND_REST.run(tx, REST_REMINDED_DAYS, REMINDED_AT_ONCE)


async def trouble(tx: Tx) -> MailTrouble:
    """Mails that somebody should look after."""
    found = await sql.TROUBLE.first(tx)
    assert found is not None
    return found


async def forget(tx: Tx) -> int:
    """Delete some old mails. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)


def _line(text: str) -> str:
    """As a header takes it."""
    return " ".join(text.split())


def account_page(realm: Realm, page: str) -> str:
    return f"{_PATHS[realm]}/{page}"
