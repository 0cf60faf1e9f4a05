"""Tickets as their holders see them."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.checkout.models import OrderView
from server.kernel.errors import DomainError
from server.orgs.models import ONE_LINE
from server.tickets.codes import PublicKey

TicketStatus = Literal["valid", "used", "void", "refunded"]
HolderName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]


class Ticket(msgspec.Struct):
    """The ticket's own row. `ticket_type`: its name when it was sold; `holder_address`: where its
    holder is written to, null for the order's address."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    order_id: uuid.UUID
    buyer_id: uuid.UUID
    seat_idx: int | None
    label: str
    ticket_type: str
    holder_name: str
    holder_address: str | None
    status: TicketStatus
    code_hash: bytes
    issued_at: dt.datetime
    used_at: dt.datetime | None

    @property
    def is_live(self) -> bool:
        """Neither refunded nor replaced."""
        return self.status in ("valid", "used")


class TicketView(msgspec.Struct):
    """`code` opens the public page at `url`; `scan_token` is what the QR code says at the door."""

    id: uuid.UUID
    event_id: uuid.UUID
    order_id: uuid.UUID
    label: str
    ticket_type: str
    holder_name: str
    status: TicketStatus
    code: str
    url: str
    scan_token: str
    issued_at: dt.datetime
    used_at: dt.datetime | None

    @property
    def is_live(self) -> bool:
        """Neither refunded nor replaced."""
        return self.status in ("valid", "used")


class TicketPage(msgspec.Struct):
    items: list[TicketView]
    next_token: str | None = None


class TicketQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: str | None = None


class TicketKeys(msgspec.Struct):
    """A JSON Web Key Set: the first key signs, the others did before. Source: RFC 7517."""

    keys: list[PublicKey]


class OrderWithTickets(OrderView, kw_only=True):
    """Of the tickets those that are this buyer's; one that was given away is void here."""

    tickets: list[TicketView]


class NewTransfer(msgspec.Struct, forbid_unknown_fields=True):
    """`to_address`: the e-mail address of who shall have the ticket."""

    to_address: Annotated[str, msgspec.Meta(max_length=254)]


class Transfer(msgspec.Struct):
    """A ticket that is offered to somebody, who has until `expires_at` to take it."""

    id: uuid.UUID
    ticket_id: uuid.UUID
    to_address: str
    created_at: dt.datetime
    expires_at: dt.datetime


class TicketAcceptance(msgspec.Struct, forbid_unknown_fields=True):
    """`token`: of the link in the mail; `name`: of who holds the ticket from now on."""

    token: Annotated[str, msgspec.Meta(max_length=200)]
    name: HolderName


class Reissue(msgspec.Struct, forbid_unknown_fields=True):
    """`holder_name`: of the new ticket; left out, it is the old one's."""

    holder_name: HolderName | None = None


class TicketOver(DomainError):
    """The ticket was used, refunded or replaced: there is a newer one, or none."""


class TransferRefused(DomainError):
    """The ticket cannot be given to this address."""


class TransferOver(DomainError):
    """The offer was accepted, taken back or not answered in time."""
