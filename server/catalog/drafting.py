"""What becomes of a drawing: a draft to look at, a version to sell, or only its labels.

Pure and slow, and fed with the files of strangers: it runs in a process of its own
(`draftsman`), which answers each task with a result or with why not.
"""

import gzip
import hashlib
from collections import OrderedDict

import msgspec

from seatmap import DrawingError, MappingError, SeatMap, formats, mapping
from server.catalog import edits, findings, layout
from server.catalog.edits import Edit, Edited
from server.catalog.findings import Counts, Finding, Report
from server.catalog.geometry import Geometry
from server.catalog.layout import Former

READ_MAX = 4
"""So many drawings stay read, the last ones that were asked for."""
CONFIDENT = 0.8
LABELS_MAX = 5_000

_read: OrderedDict[bytes, SeatMap] = OrderedDict()


class Source(msgspec.Struct, frozen=True):
    """A drawing's bytes and what a person says of it (TOML or JSON, `seatmap.mapping`)."""

    drawing: bytes
    mapping: str | None = None


class Refused(msgspec.Struct, tag=True):
    """The drawing, or its mapping, cannot become a map."""

    detail: str


class MakeDraft(msgspec.Struct, tag=True):
    """`geometry_id`: what the draft's geometry is called."""

    source: Source
    edits: list[Edit]
    geometry_id: str


class Drafted(msgspec.Struct, tag=True):
    """`document`: a `Draft` as gzipped JSON. `lost`: per edit, the keys that are not there."""

    document: bytes
    counts: Counts
    report: Report
    lost: list[list[str]]


class Draft(msgspec.Struct):
    """A map as it would be published now. Its seat indexes mean something only in here.

    `seat_keys`, `row_keys`: as `geometry.seats` and `geometry.rows`, None for single seats;
    `unknown_capacities`: areas of which nobody knows it, where the geometry says 0; `doubtful`:
    [seat, confidence] of seats that were inferred, and not surely.
    """

    revision: int
    geometry: Geometry
    seat_keys: list[str]
    row_keys: list[str | None]
    unknown_capacities: list[str]
    doubtful: list[tuple[int, float]]


class MakeVersion(msgspec.Struct, tag=True):
    """`geometry`, `keys`: of the version before, gzipped JSON as they are stored."""

    source: Source
    edits: list[Edit]
    geometry_id: str
    geometry: bytes | None = None
    keys: bytes | None = None


class Made(msgspec.Struct, tag=True):
    """A version as it is stored. `digest`: of all that it says, but for its id."""

    geometry: bytes
    keys: bytes
    digest: bytes
    seats: int


class NotReady(msgspec.Struct, tag=True):
    errors: list[Finding]


class ReadLabels(msgspec.Struct, tag=True):
    drawing: bytes


class DrawingLabel(msgspec.Struct):
    """Words in a drawing and what they name. `key`: of that, None for text that names nothing;
    `x`, `y`: drawing units."""

    text: str
    x: float
    y: float
    kind: str
    key: str | None


class Labels(msgspec.Struct, tag=True):
    """`is_complete`: false where there were more than are told."""

    labels: list[DrawingLabel]
    is_complete: bool


Task = MakeDraft | MakeVersion | ReadLabels
Result = Drafted | Made | NotReady | Labels | Refused


def perform(task: Task) -> Result:
    try:
        match task:
            case MakeDraft():
                return _draft(task)
            case MakeVersion():
                return _version(task)
            case ReadLabels():
                return _labels(formats.read(task.drawing))
    except (DrawingError, MappingError) as error:
        return Refused(str(error))
    except (MemoryError, RecursionError):
        return Refused("this drawing is too large to be read")


def _edited(source: Source, wanted: list[Edit]) -> Edited:
    text = source.mapping or ""
    digest = hashlib.sha256(b"%d " % len(text) + text.encode() + source.drawing).digest()
    drawing = _read.pop(digest, None)
    if drawing is None:
        told = mapping.loads(text) if text.strip() else None
        drawing = formats.read(source.drawing, told)
    _read[digest] = drawing
    while len(_read) > READ_MAX:
        _read.popitem(last=False)
    return edits.apply(drawing, wanted)


def _draft(task: MakeDraft) -> Drafted:
    edited = _edited(task.source, task.edits)
    drawing = edited.drawing
    laid = layout.lay_out(task.geometry_id, drawing, extras=edited.extras)
    draft = Draft(
        revision=int(task.geometry_id.rpartition(":")[2]),
        geometry=laid.geometry,
        seat_keys=laid.keys,
        row_keys=laid.row_keys,
        unknown_capacities=[area.key for area in drawing.areas if area.capacity is None],
        doubtful=[
            (at, lowest)
            for at, seat in enumerate(drawing.seats)
            if seat.confidence and (lowest := min(seat.confidence.values())) < CONFIDENT
        ],
    )
    return Drafted(
        document=gzip.compress(msgspec.json.encode(draft), 6, mtime=0),
        counts=findings.count(drawing),
        report=findings.report(edited),
        lost=edited.lost,
    )


def _version(task: MakeVersion) -> Made | NotReady:
    edited = _edited(task.source, task.edits)
    errors = findings.report(edited).errors
    if errors:
        return NotReady(errors)
    former = None
    if task.geometry is not None and task.keys is not None:
        former = Former(
            msgspec.json.decode(gzip.decompress(task.geometry), type=Geometry),
            msgspec.json.decode(gzip.decompress(task.keys), type=list[str]),
        )
    laid = layout.lay_out("", edited.drawing, former, edited.extras)
    if exhausted := findings.exhausted(laid.geometry):
        return NotReady(exhausted)
    laid.geometry.id = task.geometry_id
    return made_of(laid.geometry, laid.keys)


def made_of(geometry: Geometry, seat_keys: list[str]) -> Made:
    keys = msgspec.json.encode(seat_keys)
    nameless = msgspec.json.encode(msgspec.structs.replace(geometry, id=""))
    return Made(
        geometry=gzip.compress(msgspec.json.encode(geometry), 9, mtime=0),
        keys=gzip.compress(keys, 9, mtime=0),
        digest=hashlib.sha256(nameless + keys).digest(),
        seats=geometry.seats.n - sum(count for _, count in geometry.seats.removed),
    )


def _labels(drawing: SeatMap) -> Labels:
    named = [
        DrawingLabel(thing.name, *at, kind, thing.key)
        for kind, things in (
            ("section", drawing.sections), ("row", drawing.rows),
            ("table", drawing.tables), ("area", drawing.areas),
        )
        for thing in things
        if thing.name and (at := _where(thing)) is not None
    ]  # fmt: skip
    named += [DrawingLabel(mark.name, *mark.centre, "landmark", None) for mark in drawing.landmarks]
    named += [DrawingLabel(label.text, *label.at, "text", None) for label in drawing.labels]
    return Labels(named[:LABELS_MAX], is_complete=len(named) <= LABELS_MAX)


def _where(thing) -> tuple[float, float]:
    """The middle of its name where that is known, else of itself."""
    x, y, width, height = thing.box
    return getattr(thing, "label_at", None) or (x + width / 2, y + height / 2)
