"""A mail that waits, and one that is written."""

import datetime as dt
import uuid
from typing import Annotated, Any

import msgspec

from server.orgs.models import ONE_LINE


class Mail(msgspec.Struct):
    """`data`: what the template says, ids instead of secrets. `attempts`: with the present one."""

    id: uuid.UUID
    to_address: str
    template: str
    language: str
    data: dict[str, Any]
    attempts: int
    is_late: bool
    created_at: dt.datetime


class MailTrouble(msgspec.Struct):
    """`late`: waiting for ten minutes and more. `dead`: given up."""

    late: int
    dead: int


class Words(msgspec.Struct, frozen=True):
    """`before` and `after` the link, paragraphs each; `action`: the link's label, if any."""

    subject: str
    before: tuple[str, ...]
    action: str = ""
    after: tuple[str, ...] = ()


class Link(msgspec.Struct):
    label: str
    url: str


class Sender(msgspec.Struct):
    """Who writes, with the looks of their mails. `color`, `reply_to`, `logo_url`: empty for none;
    `imprint`: who that is by law, line by line."""

    name: str
    color: str = ""
    ink: str = ""
    reply_to: str = ""
    logo_url: str = ""
    imprint: list[str] = []


class Letter(msgspec.Struct):
    """A mail as it is read. `action`: the label of the link, where there is one; `links`: a list
    beside it; `sender`: null for the platform."""

    subject: str
    before: list[str]
    action: str
    link: str
    after: list[str]
    links: list[Link] = []
    sender: Sender | None = None


class File(msgspec.Struct):
    """What a mail takes along, a PDF."""

    name: str
    body: bytes


class Posted(msgspec.Struct):
    """A mail of a demo, for its mailbox page."""

    to_address: str
    created_at: dt.datetime
    letter: Letter


class MailWords(msgspec.Struct, forbid_unknown_fields=True):
    """`subject`, and `intro`: paragraphs before the link, an empty line between them. Both may name
    facts of the mail: `{event}`, `{when}`."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=150, pattern=ONE_LINE)]
    intro: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class MailText(msgspec.Struct):
    """What a kind of mail says in a language. `is_own`: in words of the organization's own."""

    kind: str
    language: str
    subject: str
    intro: str
    is_own: bool


class MailTexts(msgspec.Struct):
    items: list[MailText]


class MailPreview(msgspec.Struct):
    """A mail as it would be sent, with facts of an order that never was."""

    subject: str
    text: str
    html: str


class Resent(msgspec.Struct):
    """To whom an order's tickets go once more."""

    to_address: str
