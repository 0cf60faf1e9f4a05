"""The one way in: bytes of a drawing -> SeatMap."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from seatmap import flatten, xml
from seatmap.build import build
from seatmap.crowds import Crowds
from seatmap.finish import checked, finish
from seatmap.infer import infer, notes_on
from seatmap.mapping import Mapping
from seatmap.model import Report, SeatMap
from seatmap.told import Told
from seatmap.xml import Document


def parse(data: bytes, mapping: Mapping | None = None) -> SeatMap:
    """Reads a venue drawing (SVG, also gzipped). What the mapping says wins over what is inferred.

    Pure and deterministic, bounded in time and memory by the limits in `xml` and `flatten`.
    Raises DrawingError when the bytes are no drawing or pass a limit.
    """
    with _collector_resting():
        return _parsed(data, mapping)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Reading makes many objects, which the collector would walk again and again: a third of the
    time of a large drawing. None of them is in a circle when it ends, so that they go at once; the
    collector then looks at the map, and at what the XML parser leaves in one."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def _parsed(data: bytes, mapping: Mapping | None) -> SeatMap:
    document = xml.read(data)
    try:
        return _found(document, mapping)
    finally:
        document.untie()


def _found(document: Document, mapping: Mapping | None) -> SeatMap:
    drawn = flatten.flatten(document, Crowds())
    told = Told(mapping, document, drawn) if mapping is not None else None
    draft = infer(told.scene(drawn) if told else drawn, told)
    if mapping is not None:
        finish(draft, mapping)
    report = Report(
        well_formed=document.well_formed,
        lost=(*document.lost, *drawn.notes),
        uncertain=(*draft.uncertain, *notes_on(draft)),
        refused=tuple(document.refused),
    )
    found = build(draft, report)
    draft.untie()
    return found if mapping is None else checked(found, mapping)
