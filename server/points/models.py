"""Points as they are asked for, shown and refused."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

Kind = Literal["used", "given_back", "earned", "taken_back", "adjusted"]
PointsWanted = Annotated[
    int,
    msgspec.Meta(
        ge=0, le=1_000_000_000, description="Loyalty points to pay with, of who is signed in."
    ),
]


class PointsOffer(msgspec.Struct):
    """What somebody who is signed in may pay with: of `balance` points at most `usable`, which
    are worth `usable_minor` here. 0 where the order is too small, or they are too few."""

    balance: int
    usable: int
    usable_minor: int


class OrderPoints(msgspec.Struct):
    """`used`: points that the order was ordered with, which leave the balance when its payment
    begins; `used_minor`: what they took off its price; `given_back`: of these by now; `earned`:
    that its buyer has for it by now."""

    account_id: uuid.UUID
    used: int
    used_minor: int
    given_back: int
    earned: int


class PointEntry(msgspec.Struct):
    """A change of a balance. `note`: why somebody adjusted it."""

    id: uuid.UUID
    order_id: uuid.UUID | None
    kind: Kind
    points: int
    note: str
    created_at: dt.datetime


class PointBalance(msgspec.Struct):
    """A buyer's points with an organization."""

    id: uuid.UUID
    org_id: str
    organization: str
    balance: int


class PointBalances(msgspec.Struct):
    """By the name of the organization."""

    items: list[PointBalance]


class PointAccount(PointBalance, kw_only=True):
    """With its ledger, the newest first."""

    items: list[PointEntry]
    next_token: uuid.UUID | None = None


class PointQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: uuid.UUID | None = None


class PointAdjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points`: to add, or below 0 to take away; `note`: why, which the buyer sees."""

    points: Annotated[int, msgspec.Meta(ge=-1_000_000_000, le=1_000_000_000, examples=[200])]
    note: Annotated[
        str, msgspec.Meta(min_length=1, max_length=300, examples=["For the wait at the door"])
    ]


class PointsRefused(DomainError):
    """So many points cannot be used for the order, or taken from the account."""


class Standing(msgspec.Struct, frozen=True):
    """How an order stands that has to do with points. `is_open`: it may still be paid; `is_bought`:
    it was confirmed once. `paid_minor`: that is its price, and did not go back; `gone_minor`: of
    `whole_minor`, the full prices of all it has, what went back."""

    order_id: uuid.UUID
    is_open: bool
    is_bought: bool
    paid_minor: int
    whole_minor: int
    gone_minor: int
