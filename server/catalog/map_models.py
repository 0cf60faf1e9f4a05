"""What maps are told as, and why one is not drawn, edited or published as asked."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec

from server.catalog.edits import Edit
from server.catalog.findings import Counts, Finding, Report
from server.kernel.errors import DomainError
from server.kernel.http import BODY_BYTES_MAX

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
EDITS_MAX = 5_000
EDITS_BYTES_MAX = BODY_BYTES_MAX - 100
"""As JSON: who takes an edit back sends all others in one body."""


class NewVenue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`country`: ISO 3166 alpha-2."""

    name: Text
    city: Text
    country: Annotated[str, msgspec.Meta(max_length=2, pattern="^[A-Z]{2}$")]


class NewMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a venue that is there, or of a new one: exactly one of the two."""

    name: Text
    venue_id: uuid.UUID | None = None
    venue: NewVenue | None = None


class Edits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edits: Annotated[list[Edit], msgspec.Meta(max_length=EDITS_MAX)]


class NewMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """TOML or JSON, as docs/seatmap.md has it; None for none."""

    mapping: str | None


class VenueLine(msgspec.Struct):
    id: uuid.UUID
    name: str
    city: str
    country: str


class DrawingInfo(msgspec.Struct):
    name: str
    bytes: int
    sha256: str


class MapVersion(msgspec.Struct):
    """Immutable. `seats`: those that are there; an event's `map_id` is a version's id."""

    id: uuid.UUID
    map_id: uuid.UUID
    version: int
    published_at: dt.datetime
    digest: str
    seats: int
    geometry_url: str


class VersionPage(msgspec.Struct):
    """Newest first."""

    items: list[MapVersion]


class MapLine(msgspec.Struct):
    id: uuid.UUID
    name: str
    venue: VenueLine
    revision: int
    updated_at: dt.datetime
    latest: MapVersion | None


class MapPage(msgspec.Struct):
    """Last changed first."""

    items: list[MapLine]
    next_token: str | None = None


class MapView(msgspec.Struct):
    """A map and its draft. `revision` rises with each change of the draft; `edits`: how many;
    `counts` and `report` are of the draft with its edits; `is_changed`: against `latest`."""

    id: uuid.UUID
    name: str
    venue: VenueLine
    revision: int
    created_at: dt.datetime
    updated_at: dt.datetime
    drawing: DrawingInfo | None
    mapping: str | None
    edits: int
    counts: Counts | None
    report: Report
    latest: MapVersion | None
    is_changed: bool


class EditList(msgspec.Struct):
    revision: int
    edits: list[Edit]


class EventOnMap(msgspec.Struct):
    """An event and the version of the map that it is pinned to."""

    id: uuid.UUID
    name: str
    slug: str
    starts_at: dt.datetime
    status: str
    version_id: uuid.UUID
    version: int
    is_latest: bool


class EventsOnMap(msgspec.Struct):
    items: list[EventOnMap]


class Summary(msgspec.Struct):
    """What is kept with a revision of a draft."""

    counts: Counts
    report: Report


class DraftMoved(DomainError):
    """Somebody changed the draft since: read it again, and decide on what it is now."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            f"the draft has revision {revision} by now: read it again", revision=revision
        )


class DrawingRefused(DomainError):
    """The file, or the mapping, cannot become a map."""


class DrawingNotRead(DomainError):
    """Reading it took too long, or more memory than there is: another time, or another machine, may
    manage, so this is not kept under an Idempotency-Key."""

    decides = False


class EditRefused(DomainError):
    """An edit names what is not in the map, or asks of it what it cannot have."""

    def __init__(self, edit: int, keys: list[str]) -> None:
        super().__init__(
            f"edit {edit} cannot be done to {', '.join(keys[:5])}: no such thing, or not of it",
            edit=edit, keys=keys,
        )  # fmt: skip


class MapExists(DomainError):
    """The venue has a map of this name."""


class MapPublished(DomainError):
    """A map with versions is not deleted: events may be sold by them."""


class MapNotPublished(DomainError):
    """The map has no version yet."""


class MapNotReady(DomainError):
    """The draft's report has errors: mend them, then publish."""

    def __init__(self, errors: list[Finding]) -> None:
        told = ", ".join(error.code for error in errors)
        super().__init__(f"this cannot be sold yet: {told}", errors=errors)
