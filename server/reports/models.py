"""What is asked of a report, and what it says."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

Sheet = Literal["orders", "tickets", "settlements"]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class ReportQuery(msgspec.Struct):
    """`since` and `until`: moments with an offset, from the first on and before the second."""

    event_id: uuid.UUID | None = None
    since: Moment | None = None
    until: Moment | None = None


class SalesSeriesQuery(msgspec.Struct):
    """As `ReportQuery`. `interval`: of one point; `timezone`: where its hours and days begin, an
    IANA name."""

    event_id: uuid.UUID | None = None
    since: Moment | None = None
    until: Moment | None = None
    interval: Literal["hour", "day", "week", "month"] = "day"
    timezone: Annotated[str, msgspec.Meta(max_length=60, examples=["Europe/Vienna"])] = "UTC"


class SalesPoint(msgspec.Struct):
    """What was confirmed, and what was paid back, in one interval that begins at `at`. `tickets`:
    places of the orders confirmed then. `net_minor` is of both: sales less refunds."""

    at: dt.datetime
    currency: str
    orders: int
    tickets: int
    gross_minor: int
    refunded_minor: int
    fee_minor: int
    tax_minor: int
    net_minor: int


class SalesSeries(msgspec.Struct):
    """Oldest first; intervals in which nothing happened are left out."""

    items: list[SalesPoint]


class EventFinance(msgspec.Struct):
    """An event's sales less refunds, in minor units of `currency`: what buyers paid, and whose it
    is. `gross_minor` - `refunded_minor` = fee + tax + host + promoter."""

    event_id: uuid.UUID
    event: str
    currency: str
    orders: int
    gross_minor: int
    refunded_minor: int
    fee_minor: int
    tax_minor: int
    host_minor: int
    promoter_minor: int


class FinanceReport(msgspec.Struct):
    """By event and currency, latest start first."""

    items: list[EventFinance]
