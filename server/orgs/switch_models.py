"""Switches: what can be turned off, for everybody, for an organization, for an event."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

Flag = Literal["ticketing", "checkout", "refunds", "scanning", "payouts"]
FLAGS: tuple[Flag, ...] = ("ticketing", "checkout", "refunds", "scanning", "payouts")
"""`ticketing`: all of it, the kill switch. `checkout`: new holds and orders. `refunds`: money back
through the provider; what is owed waits. `scanning`: check-in. `payouts`: money to organizers."""


class SwitchChange(msgspec.Struct, forbid_unknown_fields=True):
    """`reason`: why it is off, for the organization and the platform's staff."""

    is_on: bool
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Switch(msgspec.Struct):
    """Something that is off. `scope`: `platform`, `org:<id>` or `event:<id>`. The platform's staff
    and the organization each have a switch of their own: it is on where both are."""

    scope: str
    flag: Flag
    is_by_staff: bool
    reason: str
    switched_by: str
    switched_at: dt.datetime


class Switches(msgspec.Struct):
    """What is off; everything else is on."""

    items: list[Switch]


class FeatureOff(DomainError):
    """This part of the platform is switched off: `flag` says which."""
