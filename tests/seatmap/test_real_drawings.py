"""Real drawings, where a checkout has them beside it: boxes as a browser computes them.

They belong to other people and are not part of the project; without them these tests are skipped.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest

import seatmap
from seatmap import flatten, xml
from seatmap.mapping import loads

MAPS = Path(__file__).resolve().parents[2].parent / "shared" / "maps"
TRUTH: dict[str, dict[str, Any]] = (
    json.loads((MAPS / "truth.json").read_text()) if (MAPS / "truth.json").exists() else {}
)
MAPPINGS = Path(__file__).parent / "mappings"
MAPPING_LINES_MAX = 15
CENTRE_TOLERANCE = 0.001
"""Of the drawing's diagonal."""
MATCHED_MIN = 0.99

pytestmark = pytest.mark.skipif(not TRUTH, reason="no folder of real drawings beside the project")

WITH_ORACLE = [name for name in TRUTH if (MAPS / name / "oracle-bbox.json").exists()]
NEGATIVE = [name for name, truth in TRUTH.items() if truth["kind"].startswith("NEGATIVE")]
# The browser was also asked for what is hidden, which only the drawings that are no venue have.
SHOWN = [n for n in WITH_ORACLE if TRUTH[n].get("well_formed") and n not in NEGATIVE]


def drawing(name: str) -> bytes:
    return (MAPS / TRUTH[name]["svg"]).read_bytes()


@pytest.mark.parametrize("name", SHOWN)
def test_shapes_are_where_a_browser_draws_them(name: str) -> None:
    scene = flatten.flatten(xml.read(drawing(name)))
    oracle = json.loads((MAPS / name / "oracle-bbox.json").read_text())
    wanted = [b for b in oracle if b[1] in ("circle", "ellipse", "rect", "path", "polygon", "line")]
    tolerance = CENTRE_TOLERANCE * scene.diagonal
    missed = 0
    for tag in {box[1] for box in wanted}:
        middles = sorted(
            (s.box[0] + s.box[2] / 2, s.box[1] + s.box[3] / 2)
            for s in scene.shapes
            if s.node.tag == tag
        )
        for _, _, _, x0, y0, x1, y1 in (box for box in wanted if box[1] == tag):
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            i = bisect_left(middles, (x - tolerance, 0.0))
            near = False
            while i < len(middles) and middles[i][0] <= x + tolerance:
                near = near or abs(middles[i][1] - y) <= tolerance
                i += 1
            missed += not near
    assert missed <= (1 - MATCHED_MIN) * len(wanted)


@pytest.mark.parametrize("name", [name for name in TRUTH if (MAPPINGS / f"{name}.toml").exists()])
def test_a_mapping_of_a_few_lines_makes_the_counts_true(name: str) -> None:
    document = (MAPPINGS / f"{name}.toml").read_text()
    assert len(document.splitlines()) <= MAPPING_LINES_MAX
    found = seatmap.parse(drawing(name), loads(document))
    truth = TRUTH[name]
    for kind, wanted in (
        ("seats", truth["seats"]),
        ("tables", truth["tables"]),
        ("areas", truth["areas_or_booths"]),
    ):
        if wanted is not None:
            assert len(getattr(found, kind)) == wanted, kind
    if (truth["sections"] or 0) > 1:  # some truths count the standing blocks too
        own = len(found.sections)
        free = sum(area.section is None for area in found.areas)
        assert truth["sections"] in (own, own + free)


@pytest.mark.parametrize("name", NEGATIVE)
def test_drawings_that_are_no_venue_have_no_places(name: str) -> None:
    found = seatmap.parse(drawing(name))
    assert (len(found.seats), len(found.tables), len(found.areas)) == (0, 0, 0)


@pytest.mark.parametrize("name", list(TRUTH))
def test_every_real_drawing_gives_a_consistent_map(name: str) -> None:
    found = seatmap.parse(drawing(name))
    keys = [
        thing.key
        for things in (found.sections, found.areas, found.rows, found.tables, found.seats)
        for thing in things
    ]
    assert len(keys) == len(set(keys))
    for field in ("section", "row", "table"):
        order = [getattr(seat, field) for seat in found.seats]
        runs = [v for i, v in enumerate(order) if v is not None and (i == 0 or order[i - 1] != v)]
        assert len(runs) == len(set(runs)), field


@pytest.mark.parametrize(
    "name", ["gorbilet-hall", "theater-sketch", "snap-theatre", "42-c1", "fc-sector-n3"]
)
def test_named_seats_of_real_drawings_are_all_found(name: str) -> None:
    if name not in TRUTH:
        pytest.skip("this drawing is not in the folder")
    assert len(seatmap.parse(drawing(name)).seats) == TRUTH[name]["seats"]
