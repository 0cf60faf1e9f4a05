"""Venues as their organization keeps them."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from server.kernel.errors import DomainError

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Address = Annotated[str, msgspec.Meta(max_length=300)]
Country = Annotated[str, msgspec.Meta(max_length=2, pattern="^[A-Z]{2}$")]
Zone = Annotated[str, msgspec.Meta(max_length=60)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Capacity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Share = Annotated[int, msgspec.Meta(ge=0, le=1_000_000, examples=[700_000])]


class VenueWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`country`: ISO 3166 alpha-2; `timezone`: IANA's name; `latitude` and `longitude`: degrees,
    WGS 84, both or neither; `capacity`: people that may be inside; `is_shared`: other organizations
    may have events there, on its maps; `is_exclusive`: its owner hosts whatever is on there;
    `promoter_share_ppm`: of what such sales leave after fee and taxes, what another organization
    gets whose event it is, parts per million: as it is when an order is confirmed."""

    name: Name
    city: Name
    country: Country
    address: Address = ""
    timezone: Zone | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Capacity | None = None
    is_shared: bool = False
    is_exclusive: bool = False
    promoter_share_ppm: Share = 0


class VenueChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is; null takes away what may be missing."""

    name: Name | UnsetType = UNSET
    city: Name | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    timezone: Zone | UnsetType | None = UNSET
    latitude: Latitude | UnsetType | None = UNSET
    longitude: Longitude | UnsetType | None = UNSET
    capacity: Capacity | UnsetType | None = UNSET
    is_shared: bool | UnsetType = UNSET
    is_exclusive: bool | UnsetType = UNSET
    promoter_share_ppm: Share | UnsetType = UNSET


class VenueView(msgspec.Struct):
    id: uuid.UUID
    name: str
    address: str
    city: str
    country: str
    timezone: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    is_shared: bool
    is_exclusive: bool
    promoter_share_ppm: int
    created_at: dt.datetime


class VenuePage(msgspec.Struct):
    """Newest first."""

    items: list[VenueView]
    next_token: str | None = None


class SharedVersion(msgspec.Struct):
    """`seats`: those that are there."""

    id: uuid.UUID
    version: int
    seats: int


class SharedMap(msgspec.Struct):
    """A map of a shared venue; `latest`: the version that an event would be sold by."""

    id: uuid.UUID
    name: str
    latest: SharedVersion


class SharedVenue(msgspec.Struct):
    """Another organization's venue, in which events may be had on its published `maps`.
    `is_exclusive`: its owner hosts whatever is on there, and leaves you `promoter_share_ppm`."""

    id: uuid.UUID
    organization_id: str
    organization: str
    name: str
    address: str
    city: str
    country: str
    timezone: str | None
    capacity: int | None
    is_exclusive: bool
    promoter_share_ppm: int
    maps: list[SharedMap]


class SharedVenues(msgspec.Struct):
    """By name."""

    items: list[SharedVenue]
    next_token: str | None = None


class VenueQuery(msgspec.Struct):
    """`q`: part of the name; `city`: the whole of it; `country`: ISO 3166 alpha-2."""

    page_size: int = 20
    next_token: str | None = None
    q: str | None = None
    city: str | None = None
    country: str | None = None


class VenueInUse(DomainError):
    """Maps or events are of this venue."""

    def __init__(self, maps: int, events: int) -> None:
        super().__init__(
            f"the venue has {maps} maps and {events} events: it cannot be deleted",
            maps=maps, events=events,
        )  # fmt: skip
