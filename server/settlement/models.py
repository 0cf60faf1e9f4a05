"""Settlements as they are read and pushed."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.catalog.hosts import HostMode

PushStatus = Literal["pending", "sent", "failed"]


class Settlement(msgspec.Struct):
    """What an order's confirmation, or a refund of it, is worth to whom; amounts in minor units,
    those of a refund negative. `gross_minor` = `fee_minor` (the platform's) + `tax_minor` +
    `net_minor`; `net_minor` = `host_minor` + `promoter_minor`. `push_status`: at the finance
    system."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    order_id: uuid.UUID
    kind: Literal["sale", "refund"]
    currency: str
    gross_minor: int
    fee_minor: int
    tax_minor: int
    net_minor: int
    host_mode: HostMode
    host_org_id: str
    host_minor: int
    promoter_minor: int
    created_at: dt.datetime
    push_status: PushStatus
    push_attempts: int
    pushed_at: dt.datetime | None
    push_error: str | None


class SettlementPage(msgspec.Struct):
    """Oldest first."""

    items: list[Settlement]
    next_token: str | None = None


class SettlementQuery(msgspec.Struct):
    """`since` and `until`: moments with an offset, from the first on and before the second."""

    page_size: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    next_token: uuid.UUID | None = None
    event_id: uuid.UUID | None = None
    since: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    until: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None


class Income(msgspec.Struct):
    """What the finance system is told: `POST /api/income`."""

    settlement_id: uuid.UUID
    company_id: str
    event_id: uuid.UUID
    order_id: uuid.UUID
    kind: Literal["sale", "refund"]
    currency: str
    gross_minor: int
    platform_minor: int
    tax_minor: int
    net_minor: int
    host_id: str
    host_minor: int
    promoter_id: str
    promoter_minor: int
    occurred_at: dt.datetime
