"""A mail that waits, and one that is written."""

import datetime as dt
import uuid
from typing import Any

import msgspec


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


class Letter(msgspec.Struct):
    """A mail as it is read. `action`: the label of the link, where there is one."""

    subject: str
    before: list[str]
    action: str
    link: str
    after: list[str]


class Posted(msgspec.Struct):
    """A mail of a demo, for its mailbox page."""

    to_address: str
    created_at: dt.datetime
    letter: Letter
