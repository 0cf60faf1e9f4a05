"""What buyers ask and organizers answer."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError
from server.refunds.models import Note, PartWish

RequestStatus = Literal["open", "approved", "declined"]
PAGE_SIZE_MAX = 100


class RefundAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of an order its buyer would like to give back; where `parts` is empty, all of it.
    `reason`: in the buyer's words; after the event's window there has to be one."""

    parts: Annotated[list[PartWish], msgspec.Meta(max_length=1_000)] = []
    reason: Note = ""


class RefundApproval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`words`: to the buyer. `keeps_fees`: null as the event's policy says."""

    words: Note = ""
    keeps_fees: bool | None = None
    keeps_places: bool = False


class RefundDecline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`words`: why, to the buyer."""

    words: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class RefundRequest(msgspec.Struct):
    """`words`: of who decided, to the buyer; `refund_id`: what came of it."""

    id: uuid.UUID
    order_id: uuid.UUID
    event_id: uuid.UUID
    event_name: str
    name: str
    email: str
    status: RequestStatus
    parts: list[PartWish]
    reason: str
    words: str
    refund_id: uuid.UUID | None
    created_at: dt.datetime
    decided_at: dt.datetime | None


class RequestPage(msgspec.Struct):
    items: list[RefundRequest]
    next_token: str | None = None


class RequestQuery(msgspec.Struct, frozen=True):
    """Those that wait first where `status` is `open`, else the latest first."""

    status: RequestStatus | None = None
    event_id: uuid.UUID | None = None
    page_size: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = 50
    next_token: uuid.UUID | None = None


class RequestOpen(DomainError):
    """The order's buyer has asked before, and waits for an answer."""


class RequestDecided(DomainError):
    """Somebody has answered the request already."""
