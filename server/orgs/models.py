"""Organizations, who acts for them, and what the platform decides of them."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

Approval = Literal["pending", "approved", "rejected", "suspended"]
Billing = Literal["trial", "active", "past_due", "canceled"]
Verdict = Literal["approve", "reject", "suspend", "reinstate"]
StaffRole = Literal["support", "superadmin"]

ORG_ID = r"^[A-Za-z0-9._~:-]{1,64}$(?!\n)"
OrgId = Annotated[str, msgspec.Meta(pattern=ORG_ID)]
"""Whatever a partner calls its companies, if it can stand in a path as it is."""
SLUG = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$(?!\n)"

ONE_LINE = r"^[^\n]*\S[^\n]*$(?!\n)"

OrgName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Slug = Annotated[str, msgspec.Meta(pattern=SLUG)]
Note = Annotated[str, msgspec.Meta(max_length=1_000)]


class Member(msgspec.Struct):
    """One membership, with the permissions that the role has in the database now."""

    org_id: str
    org_name: str
    approval: Approval
    approval_note: str
    role: str
    permissions: list[str]


class Memberships(msgspec.Struct):
    items: list[Member]


class ApiClient(msgspec.Struct, frozen=True):
    """A program that acts for an organization by an API key."""

    key_id: uuid.UUID
    org_id: str
    permissions: frozenset[str]

    @property
    def name(self) -> str:
        return f"api_key:{self.key_id}"

    @property
    def credential(self) -> str:
        return self.name


class Partner(msgspec.Struct, frozen=True):
    """A platform that brings its own organizations; `id`: its name in PARTNER_KEYS."""

    id: str

    @property
    def name(self) -> str:
        return f"partner:{self.id}"


class Service(msgspec.Struct, frozen=True):
    """A service of the same house, which reads for one organization."""

    id: str
    org_id: str

    @property
    def name(self) -> str:
        return f"service:{self.id}"


class Staff(msgspec.Struct, frozen=True):
    """Somebody of the platform itself."""

    user_id: uuid.UUID
    role: StaffRole

    @property
    def name(self) -> str:
        return f"staff:{self.user_id}"


class NewOrg(msgspec.Struct, forbid_unknown_fields=True):
    """`slug`: the address of its storefront; one is made of the name where it is left out."""

    name: OrgName
    slug: Slug | None = None


class OrgChange(msgspec.Struct, forbid_unknown_fields=True):
    """Its address stays: links lead there."""

    name: OrgName


class Org(msgspec.Struct):
    """An organization. `approval`: whether it may sell; `approval_note`: why, in words of the
    platform's staff; `billing`: of its plan; `partner`: who brought it. The platform's fee is
    `fee_per_ticket_minor` in the currency of its settings, or `fee_basis_points` of the subtotal:
    never both.
    """

    id: str
    slug: str
    name: str
    approval: Approval
    approval_note: str
    billing: Billing
    partner: str | None
    fee_per_ticket_minor: int
    fee_basis_points: int
    created_at: dt.datetime


class OrgPage(msgspec.Struct):
    """In the order of their ids."""

    items: list[Org]
    next_token: str | None = None


class OrgQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    next_token: OrgId | None = None
    approval: Approval | None = None


class Review(msgspec.Struct, forbid_unknown_fields=True):
    """`note`: why, in words that the organization reads; rejecting and suspending need one."""

    verdict: Verdict
    note: Note = ""


class BillingChange(msgspec.Struct, forbid_unknown_fields=True):
    billing: Billing


class Fee(msgspec.Struct, forbid_unknown_fields=True):
    """What the platform takes: a flat amount per ticket, or a share of the subtotal in hundredths
    of a percent. Never both."""

    per_ticket_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    basis_points: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class OrgExists(DomainError):
    """The id or the address belongs to another organization."""


class ReviewRefused(DomainError):
    """The organization is not in a state in which this can be decided."""


class LimitReached(DomainError):
    """There are as many of these as one may have."""
