"""The outbox of mails: written by reactions, sent by the worker, at least once each.

What a mail says is made when it is sent: a link's token is signed anew from the id of what it is
for, and is stored nowhere. A mail that may have gone out twice, because the answer of the SMTP
server was lost, has the same Message-ID and the same link.
"""

import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from server.identity import service as identity
from server.identity.accounts import Accounts
from server.identity.models import AccountRequest, Realm
from server.kernel import logs
from server.kernel.db import Database, Tx
from server.kernel.tenancy import Across
from server.notify import sql
from server.notify.models import Letter, Mail, MailTrouble, Posted
from server.notify.transports import Refused, Transport
from server.notify.words import words_of
from server.orgs.invitations import Invitations

AT_ONCE = 8
LEASE_S = 120
ATTEMPTS_MAX = 15
DELAY_MAX_S = 3_600
KEPT_DAYS = 30
LISTED_MAX = 50
TOO_LATE = "too late: nobody could use it now"

_PATHS: dict[Realm, str] = {"operator": "", "buyer": "/me"}
_log = logs.get(__name__)


class Mails:
    """`base_url`: what browsers call us by. `sender`: `Name <address>`."""

    def __init__(
        self,
        db: Database,
        accounts: Accounts,
        invitations: Invitations,
        base_url: str,
        sender: str,
    ) -> None:
        self._db, self._accounts, self._invitations = db, accounts, invitations
        self._base_url, self._sender = base_url.rstrip("/"), sender
        self._name, self._address = parseaddr(sender)
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
        """Promise a mail; once for each id. Who bought at a box office may have no address."""
        if not to_address:
            return
        async with self._db.tx() as tx:
            await sql.INSERT.run(tx, mail_id, to_address, template, language, data, send_by)

    async def send_some(self, transport: Transport) -> int:
        """Send what is due. Returns how many were dealt with."""
        async with self._db.tx() as tx:
            due = await sql.TAKE.all(tx, AT_ONCE, LEASE_S)
        await asyncio.gather(*(self._deal_with(mail, transport) for mail in due))
        return len(due)

    async def recent(self) -> Sequence[Posted]:
        """The newest mails as they are read: a demo's mailbox."""
        async with self._db.tx(read_only=True) as tx:
            listed = await sql.RECENT.all(tx, LISTED_MAX)
        written = [(mail, await self.letter(mail)) for mail in listed]
        return [Posted(m.to_address, m.created_at, letter) for m, letter in written if letter]

    async def letter(self, mail: Mail) -> Letter | None:
        """What the mail says; None where its link would lead nowhere any more."""
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
            subject=words.subject.format_map(facts),
            before=[paragraph.format_map(facts) for paragraph in words.before],
            action=words.action,
            link=self._base_url + facts["path"] if words.action else "",
            after=[paragraph.format_map(facts) for paragraph in words.after],
        )

    def message(self, mail: Mail, letter: Letter) -> EmailMessage:
        """As it travels: plain text, and the same as HTML."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to_address
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = f"<{mail.id}@{self._address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        facts = {"letter": letter, "language": mail.language, "sender": self._name or "Fullhouse"}
        message.set_content(self._templates.get_template("frame.txt").render(facts))
        html = self._templates.get_template("frame.html").render(facts)
        message.add_alternative(html, subtype="html")
        return message

    def _link_path(self, request: AccountRequest) -> str:
        page = "verify" if request.purpose == "register" else "reset"
        token = self._accounts.link_token(request)
        return f"{_PATHS[request.realm]}/{page}?token={token}"

    async def _deal_with(self, mail: Mail, transport: Transport) -> None:
        try:
            letter = None if mail.is_late else await self.letter(mail)
            if letter is None:
                await self._settle(sql.DEAD.run, mail.id, TOO_LATE)
                return
            await transport.send(self.message(mail, letter))
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

    async def _settle(self, statement: Any, *args: Any) -> None:
        async with self._db.tx() as tx:
            await statement(tx, *args)


async def trouble(tx: Tx) -> MailTrouble:
    """Mails that somebody should look after."""
    found = await sql.TROUBLE.first(tx)
    assert found is not None
    return found


async def forget(tx: Tx) -> int:
    """Delete some old mails. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)


def account_page(realm: Realm, page: str) -> str:
    return f"{_PATHS[realm]}/{page}"
