"""Whose event an evening is, and who works on it with whom."""

import datetime as dt
import uuid
from typing import Literal

import msgspec

from server.catalog import sql_hosts as sql
from server.catalog.models import EventStatus
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.kernel.tenancy import Across

HostMode = Literal["venue", "self", "promoter"]
Role = Literal["venue", "promoter", "seller"]


class Host(msgspec.Struct):
    """The one organization that answers for an event. `mode`: why it does: the venue is exclusive,
    the organizer's own, or let to the promoter."""

    mode: HostMode
    organization_id: str
    organization: str


class Split(msgspec.Struct, frozen=True):
    """Who shares what an event's sales leave after fee and taxes: of it, what is its promoter's;
    the host, who may be the same, has the rest."""

    mode: HostMode
    host_org_id: str
    promoter_share_ppm: int


class Collaboration(msgspec.Struct):
    """An event on which the organization works with `partner`. `role`: what it is there: the
    venue's owner, the promoter whose event it is, or the seller of an allocation."""

    event_id: uuid.UUID
    name: str
    slug: str
    status: EventStatus
    starts_at: dt.datetime
    role: Role
    partner_id: str
    partner: str
    allocation_id: uuid.UUID | None


class Collaborations(msgspec.Struct):
    """Latest start first."""

    items: list[Collaboration]


def host_of(event_org_id: str, venue_org_id: str, *, is_exclusive: bool) -> tuple[HostMode, str]:
    """An exclusive venue hosts whatever is on in it; else who owns both; else the promoter."""
    if is_exclusive:
        return "venue", venue_org_id
    if event_org_id == venue_org_id:
        return "self", event_org_id
    return "promoter", event_org_id


class Hosts:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_event(self, event_id: uuid.UUID) -> Host:
        """Of one that is published or archived. Raises NotFound."""
        row = await self._parties(event_id)
        names = {row.event_org_id: row.event_org, row.venue_org_id: row.venue_org}
        mode, org_id = host_of(row.event_org_id, row.venue_org_id, is_exclusive=row.is_exclusive)
        return Host(mode, org_id, names[org_id])

    async def split_of(self, event_id: uuid.UUID) -> Split:
        """As it is now. Raises NotFound."""
        row = await self._parties(event_id)
        mode, org_id = host_of(row.event_org_id, row.venue_org_id, is_exclusive=row.is_exclusive)
        return Split(mode, org_id, row.promoter_share_ppm if org_id != row.event_org_id else 0)

    async def _parties(self, event_id: uuid.UUID) -> sql.PartiesRow:
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            row = await sql.PARTIES.first(tx, event_id)
        if row is None:
            raise NotFound("no such event")
        return row

    async def collaborations(self, org_id: str) -> Collaborations:
        """Of an organization's own events with others, and of others' with it."""
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            rows = await sql.COLLABORATIONS.all(tx, org_id)
        return Collaborations(
            [msgspec.convert(msgspec.to_builtins(row), Collaboration) for row in rows]
        )
