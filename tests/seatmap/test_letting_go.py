"""What a drawing was read into goes when it was read, or was refused: a process reads thousands."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter
from collections.abc import Iterator

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

import seatmap
from seatmap import draft, scene, xml
from seatmap.mapping import loads
from seatmap.samples import make_club
from tests.seatmap.drawings import dots, svg

SAMPLE = make_club.OUT.read_bytes()
ROWS = "".join(f"<g>{''.join(dots(12, 30 + 15 * r, lambda _: ''))}</g>" for r in range(6))
USED_WITHIN_USES = (
    "".join(f'<g id="u{i}"><use href="#u{i + 1}"/></g>' for i in range(30)) + '<g id="u30"/>'
)
DRAWINGS = {
    "well-formed": SAMPLE,
    "not well-formed": SAMPLE[: len(SAMPLE) // 2],
    "of a template": SAMPLE.replace(b"<circle ", b'<circle (click)="pick()" '),
    "no drawing": b"<div>" + svg(ROWS)[-200:],
    "too deep, after much that is not": svg(ROWS + "<g>" * 200 + "</g>" * 200),
    "too deep once it is unfolded": svg(ROWS + USED_WITHIN_USES),
}
MAPPING = loads(b'[seats]\nselect = "circle"\n[expected]\nseats = 1\n')
OURS = (
    *(xml.Node, xml.Document, scene.Frame, scene.Form, scene.Figure, scene.Shape, scene.Text),
    *(draft.Draft, draft.SeatDraft, draft.RowDraft, draft.SectionDraft, draft.TableDraft),
)


@pytest.fixture
def nothing_is_collected() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def alive(*kinds: type) -> Counter[str]:
    return Counter(type(thing).__name__ for thing in gc.get_objects() if type(thing) in kinds)


@pytest.mark.parametrize("mapping", [None, MAPPING], ids=["inferred", "mapped"])
@pytest.mark.parametrize("data", DRAWINGS.values(), ids=DRAWINGS)
def test_nothing_of_a_drawing_waits_for_the_collector(
    data: bytes, mapping: seatmap.Mapping | None, nothing_is_collected: None
) -> None:
    before = alive(*OURS)
    with contextlib.suppress(seatmap.DrawingError, seatmap.MappingError):
        seatmap.parse(data, mapping)
    assert alive(*OURS) == before


def test_the_collector_finds_what_the_xml_parser_leaves() -> None:
    gc.collect()
    before = alive(etree.XMLParser)["XMLParser"]
    for data in [svg(""), svg("")[:-8]] * 50:
        seatmap.parse(data)
    assert alive(etree.XMLParser)["XMLParser"] - before < 50
