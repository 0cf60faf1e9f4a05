"""Shares of an order: how much, paid by whom, by when."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.checkout.models import EMAIL_LENGTH_MAX, OrderStatus, ProviderSaid
from server.kernel.errors import DomainError

SHARES_MAX = 20

ShareStatus = Literal["open", "paid", "paid_back"]
PayerName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PlaceWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`quantity` of a line's places: all of a seat's, some of a standing area's."""

    line_id: uuid.UUID
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1


class ShareWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays for which places. `name`: what the others see."""

    name: PayerName
    places: Annotated[list[PlaceWish], msgspec.Meta(min_length=1, max_length=1_000)]


class Division(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an order is divided: into so many `equal` parts; or by place into `shares`, which name
    every place once; what is bought beside places is then in the first; or in time, into a
    `deposit`, which confirms it, and the rest, as its quote said. One of the three."""

    equal: Annotated[int, msgspec.Meta(ge=2, le=SHARES_MAX)] | None = None
    shares: Annotated[list[ShareWish], msgspec.Meta(max_length=SHARES_MAX)] = []
    deposit: bool = False


class Share(msgspec.Struct):
    """A share's own row, and what became of its payment. `line_ids`, `quantities`: the places that
    it is for, none where the order was divided into equal parts; `name`, `email`: of who pays."""

    id: uuid.UUID
    org_id: str
    order_id: uuid.UUID
    position: int
    amount_minor: int
    name: str | None
    email: str | None
    line_ids: list[uuid.UUID]
    quantities: list[int]
    payment_status: str | None

    @property
    def status(self) -> ShareStatus:
        if self.payment_status == "refunded":
            return "paid_back"
        paid = self.payment_status in ("captured", "partially_refunded", "disputed")
        return "paid" if paid else "open"


class SharePlaces(msgspec.Struct):
    """A seat, or `quantity` places of a standing area."""

    line_id: uuid.UUID
    label: str
    quantity: int


class ShareView(msgspec.Struct):
    """A share as whoever pays for the order sees it. `places`: none where it is divided evenly."""

    position: int
    name: str | None
    amount_minor: int
    places: list[SharePlaces]
    status: ShareStatus


class ShareLink(ShareView):
    """As its order's buyer sees it. `url`: for who pays it; whoever has it may pay."""

    url: str


class ShareLinks(msgspec.Struct):
    """In the order that they were made; none of an order that one person pays."""

    items: list[ShareLink]


class SharedOrder(msgspec.Struct):
    """What the link of a share shows. `position`: of the link's own share among `shares`;
    `expires_at`: until then the places are held, unless somebody pays: then until
    `extendable_until` at most; count down from `server_time`. `deposit_minor`: the first of two
    shares, which confirms the order; the other may come until `balance_due_at`, which is null once
    nothing is open."""

    event_id: uuid.UUID
    buyer_name: str
    status: OrderStatus
    note: str | None
    currency: str
    total_minor: int
    paid_minor: int
    position: int
    shares: list[ShareView]
    expires_at: dt.datetime
    extendable_until: dt.datetime
    server_time: dt.datetime
    deposit_minor: int | None
    balance_due_at: dt.datetime | None


class Payer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays a share, and with which provider: the first that the seller offers where none is
    named."""

    name: PayerName
    email: Annotated[str, msgspec.Meta(max_length=EMAIL_LENGTH_MAX)]
    provider: ProviderSaid | None = None


class SharePayment(msgspec.Struct):
    """`redirect_url`: the provider's page."""

    redirect_url: str


class DivisionRefused(DomainError):
    """The order cannot be divided so."""


class ShareOver(DomainError):
    """The share is paid, or its order is over: there is nothing to pay."""
