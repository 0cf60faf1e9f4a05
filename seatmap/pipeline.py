"""The one way in: bytes of a drawing -> SeatMap."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from seatmap import flatten, xml
from seatmap.build import build
from seatmap.crowds import Crowds
from seatmap.draft import Draft
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
    """Reading makes many objects, none of them in a circle, which the collector would walk again
    and again: a third of the time of a large drawing. What is made is put to what is old, so that
    it is not walked at the end either; where a program has frozen its own, that stays frozen."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _untied(document: Document, draft: Draft) -> None:
    """Nothing in a circle any more: what is done with goes at once, and the collector, which would
    walk all of it, finds nothing."""
    for node in document.root.walk():
        node.parent = None
    for seat in draft.seats:
        seat.row = seat.section = seat.table = None


def _parsed(data: bytes, mapping: Mapping | None) -> SeatMap:
    document = xml.read(data)
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
    _untied(document, draft)
    return found if mapping is None else checked(found, mapping)
