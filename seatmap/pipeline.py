"""The one way in: bytes of a drawing -> SeatMap."""

from __future__ import annotations

from seatmap import flatten, xml
from seatmap.build import build
from seatmap.infer import infer, notes_on
from seatmap.model import Report, SeatMap


def parse(data: bytes) -> SeatMap:
    """Reads a venue drawing (SVG, also gzipped).

    Pure and deterministic, bounded in time and memory by the limits in `xml` and `flatten`.
    Raises DrawingError when the bytes are no drawing or pass a limit.
    """
    document = xml.read(data)
    drawn = flatten.flatten(document)
    draft = infer(drawn)
    report = Report(
        well_formed=document.well_formed,
        lost=(*document.lost, *drawn.notes),
        uncertain=(*draft.uncertain, *notes_on(draft)),
        refused=tuple(document.refused),
    )
    return build(draft, report)
