"""Scans, as doors send them and as displays show them."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

ScanResult = Literal["admitted", "duplicate", "refused", "undone"]
UNDO_S = 120
"""For so long after it an admission can be undone, by the database's clock."""


class ScanRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`token`: what the QR code said; `gate`: the name of this door."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
    gate: Annotated[str, msgspec.Meta(max_length=60)] = "Main"


class Scan(msgspec.Struct):
    """The scan's own row."""

    id: uuid.UUID
    event_id: uuid.UUID
    version: int
    ticket_id: uuid.UUID | None
    result: ScanResult
    label: str
    name: str
    gate: str
    scanned_at: dt.datetime


class Admission(msgspec.Struct):
    """The answer to a door: come in."""

    result: ScanResult
    scan_id: uuid.UUID
    label: str
    name: str
    gate: str
    scanned_at: dt.datetime


class UndoRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`scan_ids`: of one act, a ticket's or those of a guest's heads, as it was answered."""

    scan_ids: Annotated[list[uuid.UUID], msgspec.Meta(min_length=1, max_length=100)]


class OwnAdmission(msgspec.Struct):
    """Somebody whom the asking key let in. `is_recent`: within UNDO_S."""

    ticket_id: uuid.UUID
    gate: str
    is_recent: bool
    is_undone: bool


class Undone(msgspec.Struct):
    """Who is outside again: the tickets are valid as before. `undone`: how many; 0 where all were
    before; `labels`: of their places."""

    undone: int
    labels: list[str]


class ScanOutcome(msgspec.Struct):
    """What a scan led to, saved under its key. `reason` where nobody was let in."""

    scan: Scan
    reason: Literal["", "used", "not_valid", "unknown", "other_event"] = ""
    first_scanned_at: dt.datetime | None = None


class GateCount(msgspec.Struct):
    gate: str
    result: ScanResult
    count: int


KEYS_MAX = 200
"""Live keys of one event."""


class NewScannerKey(msgspec.Struct, forbid_unknown_fields=True):
    """`name`: of the door or the device."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class MintedScannerKey(msgspec.Struct):
    """`key`: the secret itself, which is shown here and never again."""

    id: uuid.UUID
    name: str
    key: str


class ScannerKey(msgspec.Struct):
    id: uuid.UUID
    name: str
    created_at: dt.datetime
    revoked_at: dt.datetime | None
    last_scan_at: dt.datetime | None


class ScannerKeys(msgspec.Struct):
    """Newest first."""

    items: list[ScannerKey]


class TicketAlreadyUsed(DomainError):
    """Somebody came in with this ticket before."""


class TicketNotValid(DomainError):
    """The ticket was refunded, replaced or is for another event."""


class TooLateToUndo(DomainError):
    """They came in too long ago for that to be a slip."""


class TicketUnknown(DomainError):
    """Not a ticket of ours."""
