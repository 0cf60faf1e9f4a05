"""Discounts of an event, as its organizer keeps them and as buyers name them by their codes."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from server.kernel.errors import DomainError

Code = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$(?!\n)", max_length=40, examples=["EARLY10"]
    ),
]
Share = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
Uses = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
TypeIds = Annotated[list[uuid.UUID], msgspec.Meta(max_length=100)]


class DiscountWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either `basis_points` of each ticket's price or `amount_minor` off all tickets of an order.

    `code`: upper and lower case are the same; `ticket_type_ids`: of which tickets, empty for all;
    `valid_from` (incl.) to `valid_until` (excl.); `uses_max`: orders in all,
    `uses_per_buyer_max`: of one person or e-mail address; null for no such bound.
    """

    code: Code
    basis_points: Share | None = None
    amount_minor: Amount | None = None
    ticket_type_ids: TypeIds = []
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    uses_max: Uses | None = None
    uses_per_buyer_max: Uses | None = None
    is_active: bool = True


class DiscountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays; null takes away what may be missing. Orders keep what they got."""

    basis_points: Share | UnsetType | None = UNSET
    amount_minor: Amount | UnsetType | None = UNSET
    ticket_type_ids: TypeIds | UnsetType = UNSET
    valid_from: dt.datetime | UnsetType | None = UNSET
    valid_until: dt.datetime | UnsetType | None = UNSET
    uses_max: Uses | UnsetType | None = UNSET
    uses_per_buyer_max: Uses | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class Discount(msgspec.Struct):
    """`uses`: orders that have it and may be paid, or are."""

    id: uuid.UUID
    event_id: uuid.UUID
    code: str
    basis_points: int | None
    amount_minor: int | None
    ticket_type_ids: list[uuid.UUID]
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    uses_max: int | None
    uses_per_buyer_max: int | None
    is_active: bool
    created_at: dt.datetime
    uses: int


class Discounts(msgspec.Struct):
    items: list[Discount]


class DiscountRefused(DomainError):
    """The code is none of this event's, not valid now, used up, or for other tickets."""


class CodeTaken(DomainError):
    """The event has a discount with this code already."""
