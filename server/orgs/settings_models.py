"""What an organization has settled once for all its events, and what its storefront looks like."""

import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

CONTRAST_MIN = 4.5
"""Source: WCAG 2.2, 1.4.3, text of any size."""

Currency = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Z]{3}$", max_length=3, description="ISO 4217, such as EUR.", examples=["EUR"]
    ),
]
Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$", max_length=7, examples=["#1d4ed8"])]
Url = Annotated[str, msgspec.Meta(pattern=r"^(https://\S+)?$(?!\n)", max_length=500)]


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tax of every order line. `rate_ppm`: parts per million, 50000 is 5 %; `is_included`:
    prices have it in them already."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    rate_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000, examples=[50_000])]
    is_included: bool = False


class CheckoutRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an event says nothing else. Null: no such limit."""

    hold_ttl_s: Annotated[int, msgspec.Meta(ge=5, le=86_400)] = 600
    payment_ttl_s: Annotated[int, msgspec.Meta(ge=5, le=86_400)] = 600
    seats_per_hold_max: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 10
    seats_per_order_max: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    seats_per_buyer_max: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    orphan_rule: Literal["off", "lenient", "strict"] = "off"
    terms_url: Url = ""
    asks_marketing_consent: bool = False


class LegalEntity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sells, as receipts name them."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    address: Annotated[str, msgspec.Meta(max_length=500)] = ""
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""
    tax_number: Annotated[str, msgspec.Meta(max_length=60)] = ""


class PointsRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Loyalty points of who is signed in, in orders in the organization's currency. `earned` points
    for each `per_minor` that is paid, in proportion and rounded down; `worth_minor`: what one point
    pays; an order uses `per_order_min` of them or none, and `per_order_max` at most, null for no
    such limit. Off: none are earned or used; what somebody has stays theirs."""

    is_on: bool = False
    earned: Annotated[int, msgspec.Meta(ge=0, le=1_000_000, examples=[1])] = 1
    per_minor: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000, examples=[100])] = 100
    worth_minor: Annotated[int, msgspec.Meta(ge=1, le=1_000_000, examples=[5])] = 1
    per_order_min: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    per_order_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class OrgSettings(msgspec.Struct, forbid_unknown_fields=True):
    """`fee_bearer`: who pays the platform's fee, the buyer on top of the price or the organizer out
    of it. What is left out is as by default."""

    currency: Currency = "EUR"
    fee_bearer: Literal["buyer", "organizer"] = "buyer"
    taxes: Annotated[list[Tax], msgspec.Meta(max_length=10)] = []
    checkout: CheckoutRules = CheckoutRules()
    legal: LegalEntity = LegalEntity()
    points: PointsRule = PointsRule()


class Branding(msgspec.Struct, forbid_unknown_fields=True):
    """`display_name`: instead of the organization's. `color`: of buttons and marks, null for the
    platform's; `ink`: of text on it, null for black or white, whichever is easier to read."""

    display_name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    color: Color | None = None
    ink: Color | None = None
    support_email: Annotated[
        str, msgspec.Meta(pattern=r"^([^@\s]+@[^@\s]+)?$(?!\n)", max_length=254)
    ] = ""


class Site(msgspec.Struct):
    """An organization's storefront, ready to be drawn."""

    org_id: str
    slug: str
    name: str
    color: str | None
    ink: str | None
    support_email: str
    logo_url: str | None


class Logo(msgspec.Struct):
    id: uuid.UUID
    url: str


class NewDomain(msgspec.Struct, forbid_unknown_fields=True):
    """`domain`: as in the address bar; letters beyond ASCII in their xn-- form."""

    domain: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+"
            r"[a-z]([a-z0-9-]{0,61}[a-z0-9])$(?!\n)",
            examples=["tickets.venue.example"],
        ),
    ]


class Domain(msgspec.Struct):
    """`txt_name` and `txt_value`: the DNS record of type TXT that proves whose the domain is."""

    domain: str
    is_verified: bool
    txt_name: str
    txt_value: str


class Domains(msgspec.Struct):
    items: list[Domain]


class BrandingRefused(DomainError):
    """Text in these colours could not be read, or the logo is no image that we show."""


class DomainTaken(DomainError):
    """Another organization has proved that the domain is its own."""


class DomainNotProven(DomainError):
    """The DNS record that would prove it is not there yet."""
