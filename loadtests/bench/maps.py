"""How well drawings are read: `python -m loadtests.bench.maps DIR` scores a folder of drawings.

`DIR/truth.json` holds per drawing: `svg` (its file), `kind`, and the counts `seats`, `rows`,
`sections`, `tables`, `areas_or_booths`; null is "not determined". Beside a drawing may stand
`oracle-bbox.json`, the boxes of what a browser draws ([number, element, id, x0, y0, x1, y1] in
user units of the root), and `mapping.toml`, a mapping that reads it explicitly. Mappings of
drawings that have none are looked for in `tests/seatmap/mappings`.

`stadiums` are drawings of 100,000 seats that `loadtests/bench/stadiums.py` makes in the manners of
several tools: of these time and memory are measured, and how many seats are found and named.

Each drawing is read in a process of its own. Time is processor time, the least of a few runs;
memory is what the process grew by. Precision and recall of seats count a seat only where it
stands where the mapping, or else the browser, has one; those of the others go by count. Names are
right where they equal those that the mapping reads; what is missing counts above, not here.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import floor, hypot
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

import seatmap
from loadtests.bench import stadiums
from seatmap import Mapping, SeatMap
from seatmap.mapping import loads
from seatmap.todo import remaining

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DIR = ROOT.parent / "shared" / "maps"
MAPPINGS = ROOT / "tests" / "seatmap" / "mappings"
RESULT = ROOT / "loadtests" / "results" / "maps.json"
CENTRE_TOLERANCE = 0.005
"""Of the drawing's diagonal."""
RUNS = 3
FUZZ_BYTES_MAX = 300_000
"""Larger drawings are not mutated: they only make fewer tries."""
KINDS = {"rows": "rows", "sections": "sections", "tables": "tables", "areas": "areas_or_booths"}
GOALS = {
    "seats_precision": 0.97, "seats_recall": 0.97, "places_precision": 0.90,
    "places_recall": 0.90, "names": 0.95, "centres": 0.99,
}  # fmt: skip

Point = tuple[float, float]


def counts(found: SeatMap) -> dict[str, int]:
    return {
        "seats": len(found.seats),
        **{kind: len(getattr(found, kind)) for kind in KINDS},
    }


def matched(points: Sequence[Point], wanted: Iterable[Point], reach: float) -> dict[int, int]:
    """Each point's own nearest wanted point within `reach`: index -> index, both used once."""
    wanted = list(wanted)
    reach = max(reach, 1e-9)
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, (x, y) in enumerate(wanted):
        cells[floor(x / reach), floor(y / reach)].append(index)
    pairs = []
    for at, (x, y) in enumerate(points):
        i, j = floor(x / reach), floor(y / reach)
        for cell in ((i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
            for index in cells.get(cell, ()):
                d = hypot(wanted[index][0] - x, wanted[index][1] - y)
                if d <= reach:
                    pairs.append((d, at, index))
    pairs.sort()
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, at, index in pairs:
        if at not in taken and index not in used:
            taken[at] = index
            used.add(index)
    return taken


def spoken(found: SeatMap, index: int) -> set[str]:
    """What a seat is called: row or table and number; also with the section, as one word."""
    seat = found.seats[index]
    group = found.rows[seat.row].name if seat.row is not None else None
    if seat.table is not None:
        group = found.tables[seat.table].name
    section = found.sections[seat.section].name if seat.section is not None else None
    whole = "".join(c for part in (section, group, seat.name) for c in part or "" if c.isalnum())
    return {f"{group}/{seat.name}", whole.casefold()}


def named_right(found: SeatMap, mapped: SeatMap, reach: float) -> tuple[int, int]:
    """(right, all) of the names that the mapping reads, of what is found where it finds it."""
    right = total = 0
    pairs = matched([s.centre for s in mapped.seats], [s.centre for s in found.seats], reach)
    for index, seat in enumerate(mapped.seats):
        if seat.name is None:
            continue
        at = pairs.get(index)
        if at is not None:
            total += 1
            right += bool(spoken(found, at) & spoken(mapped, index))
    for kind in ("sections", "tables", "areas"):
        wanted = [item for item in getattr(mapped, kind) if item.name is not None]
        have = getattr(found, kind)
        middles = [_middle(item.box) for item in have]
        near = matched([_middle(item.box) for item in wanted], middles, 4 * reach)
        total += len(near)
        right += sum(have[at].name == wanted[index].name for index, at in near.items())
    return right, total


def _middle(box: tuple[float, float, float, float]) -> Point:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def timed(data: bytes) -> tuple[SeatMap, float]:
    start = time.process_time()
    found = seatmap.parse(data)
    return found, time.process_time() - start


def ratio(true: int, of: int) -> float | None:
    return round(true / of, 4) if of else None


def score(folder: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """The result of one drawing; runs in a process of its own."""
    data = (folder.parent / truth["svg"]).read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, took_s = timed(data)
    times = [took_s, *(timed(data)[1] for _ in range(RUNS - 1))]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    have = counts(found)
    want = {"seats": truth["seats"], **{kind: truth[key] for kind, key in KINDS.items()}}
    result: dict[str, Any] = {
        "kind": truth["kind"], "verified": truth.get("verified"), "kilobytes": len(data) // 1000,
        "found": have, "truth": want, "ms": round(1000 * min(times), 1),
        "megabytes": round(grown / 1024, 1),
    }  # fmt: skip
    reach = CENTRE_TOLERANCE * hypot(*found.view_box[2:])
    centres = [seat.centre for seat in found.seats]
    true = have["seats"]
    oracle = folder / "oracle-bbox.json"
    boxes = json.loads(oracle.read_text()) if oracle.exists() else []
    middles = [((b[3] + b[5]) / 2, (b[4] + b[6]) / 2) for b in boxes if b[1] != "text"]
    if centres and len(middles) >= len(centres):  # fewer: seats that are parts of one shape
        true = len(matched(centres, middles, reach))
        result["centres"] = ratio(true, len(centres))
    mapping = _mapping(folder)
    if mapping is not None:
        mapped = seatmap.parse(data, mapping)
        wrong = [kind for kind, wanted in want.items() if not _equal(mapped, kind, wanted)]
        result["mapped"] = "wrong" if set(wrong) - {"rows"} else "right"
        result["mapped_wrong"] = wrong
        right, total = named_right(found, mapped, reach)
        result["names"] = ratio(right, total)
        if mapped.seats and "seats" not in wrong:
            true = len(matched(centres, [s.centre for s in mapped.seats], reach))
    counted = {kind: as_truth(found, kind, wanted or 0) for kind, wanted in want.items()}
    for kind, wanted in want.items():
        if wanted is not None and (wanted or have[kind]):
            hit = min(true if kind == "seats" else counted[kind], wanted)
            result[f"{kind}_precision"] = ratio(hit, counted[kind]) if counted[kind] else 1.0
            result[f"{kind}_recall"] = ratio(hit, wanted) if wanted else 1.0
    result["todo"] = todo(found, counted, want)
    return result


def as_truth(found: SeatMap, kind: str, wanted: int) -> int:
    """How many there are in the way of counting that the truth uses: the nearer reading is meant.

    Some truths count standing blocks among the sections, some do not; one section and none are
    both a house that is not divided. Some count every room that is drawn (stage, toilets, entrance)
    among the areas, which are landmarks here.
    """
    own = counts(found)[kind]
    if kind == "sections":
        if wanted <= 1 and own <= 1:
            return wanted
        other = own + sum(area.section is None for area in found.areas)
    elif kind == "areas":
        other = own + sum(mark.outline is not None for mark in found.landmarks)
    else:
        return own
    return min((own, other), key=lambda count: abs(count - wanted))


def _equal(found: SeatMap, kind: str, wanted: int | None) -> bool:
    return wanted is None or as_truth(found, kind, wanted) == wanted


def _mapping(folder: Path) -> Mapping | None:
    for file in (folder / "mapping.toml", MAPPINGS / f"{folder.name}.toml"):
        if file.exists():
            return loads(file.read_bytes())
    return None


def todo(found: SeatMap, have: dict[str, int], want: dict[str, int | None]) -> list[str]:
    """What a person still has to do by hand before this map is right."""
    tasks = []
    for kind, wanted in want.items():
        if wanted is not None and kind != "rows" and have[kind] != wanted:
            verb = "draw" if have[kind] < wanted else "remove"
            tasks.append(f"{verb} {abs(wanted - have[kind])} {kind}")
    return [*tasks, *remaining(found)]


def stadium(name: str) -> dict[str, Any]:
    """The result of one very large drawing; runs in a process of its own."""
    data = stadiums.drawing(name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, took_s = timed(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "seats": len(found.seats), "named": sum(seat.name is not None for seat in found.seats),
        "s": round(took_s, 2), "megabytes": round(grown / 1024),
    }  # fmt: skip


def _child(pipe: Any, measure: Callable[..., dict[str, Any]], arguments: tuple) -> None:
    try:
        pipe.send(measure(*arguments))
    except Exception as error:  # one bad drawing must not end the comparison
        pipe.send({"error": f"{type(error).__name__}: {error}"})


def measured(measure: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """`measure` in a fresh process, so that one drawing's memory is not another's."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, measure, arguments))
    process.start()
    theirs.close()
    try:
        result = ours.recv()
    except EOFError:
        result = {"error": "the process died"}
    process.join()
    return result


def totals(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Means over the drawings for which a value is defined."""
    rows = results.values()

    def average(*keys: str) -> float | None:
        values = [row[key] for row in rows for key in keys if row.get(key) is not None]
        return round(mean(values), 4) if values else None

    places = ("sections", "tables", "areas")
    negatives = [row for row in rows if row["kind"].startswith("NEGATIVE")]
    times = [row["ms"] for row in rows if "ms" in row]
    return {
        "drawings": len(results),
        "errors": sum("error" in row for row in rows),
        "seats_precision": average("seats_precision"),
        "seats_recall": average("seats_recall"),
        "places_precision": average(*(f"{kind}_precision" for kind in places)),
        "places_recall": average(*(f"{kind}_recall" for kind in places)),
        **{f"{kind}_{part}": average(f"{kind}_{part}")
           for kind in KINDS for part in ("precision", "recall")},
        "names": average("names"),
        "centres": average("centres"),
        "mappings": sum("mapped" in row for row in rows),
        "mappings_right": sum(row.get("mapped") == "right" for row in rows),
        "negatives": len(negatives),
        "negatives_with_places": sum(any(row["found"].values()) for row in negatives),
        "ms_median": round(median(times), 1) if times else None,
        "ms_max": max(times, default=None),
        "megabytes_max": max((row["megabytes"] for row in rows if "ms" in row), default=None),
    }  # fmt: skip


def table(results: dict[str, dict[str, Any]], total: dict[str, Any]) -> str:
    """Found/true per drawing ("-": not determined), then the totals beside their goals."""
    lines = [
        f"{'drawing':24} {'seats':>11} {'rows':>9} {'sections':>9} {'tables':>7} {'areas':>8}"
        f" {'names':>6} {'centres':>7} {'mapped':>6} {'ms':>6} {'MB':>5}  still to do"
    ]
    for name, row in results.items():
        if "error" in row:
            lines.append(f"{name:24} {row['error']}")
            continue
        cells = {
            kind: f"{row['found'][kind]}/{'-' if wanted is None else wanted}"
            for kind, wanted in row["truth"].items()
        }
        lines.append(
            f"{name[:24]:24} {cells['seats']:>11} {cells['rows']:>9} {cells['sections']:>9}"
            f" {cells['tables']:>7} {cells['areas']:>8} {_part(row.get('names')):>6}"
            f" {_part(row.get('centres')):>7} {row.get('mapped', '-'):>6} {row['ms']:>6.0f}"
            f" {row['megabytes']:>5.0f}  {'; '.join(row['todo'])}"
        )
    lines.append("")
    for name, value in total.items():
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        lines.append(f"{name:24} {'-' if value is None else value}{goal}")
    return "\n".join(lines)


def _part(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f}%"


def fuzz(folder: Path, truths: dict[str, Any], minutes: float, seed: int) -> dict[str, Any]:
    """Reads mutated drawings, real ones and our own; what crashes, takes too long or too much stays
    beside the result."""
    from tests.seatmap.gallery import STYLES
    from tests.seatmap.mutations import mutated

    random = Random(seed)
    files = [folder / truth["svg"] for truth in truths.values()]
    pool = [data for file in files if len(data := file.read_bytes()) <= FUZZ_BYTES_MAX]
    pool += [draw()[0] for draw in STYLES.values()]
    end = time.monotonic() + 60 * minutes
    tried = refused = 0
    slowest_s = 0.0
    bad: list[str] = []
    while pool and time.monotonic() < end:
        data = mutated(random.choice(pool), random.choice(pool), random)
        tried += 1
        start = time.process_time()
        try:
            seatmap.parse(data)
        except seatmap.DrawingError:
            refused += 1
        except Exception as error:  # any other is a defect, kept with the bytes that cause it
            bad.append(f"{type(error).__name__}: {error}"[:200])
            (RESULT.parent / f"maps-fuzz-{len(bad)}.svg").write_bytes(data)
        slowest_s = max(slowest_s, time.process_time() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seed": seed, "minutes": minutes, "tried": tried, "refused": refused, "crashes": bad,
        "slowest_s": round(slowest_s, 2), "megabytes": round(grown),
    }  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dir", type=Path, nargs="?", default=DEFAULT_DIR)
    parser.add_argument("--only", nargs="*", help="names of drawings")
    parser.add_argument("--out", type=Path, help="where the result is written as JSON")
    parser.add_argument("--fuzz-minutes", type=float, default=0, help="read mutated drawings too")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    file = arguments.dir / "truth.json"
    if not file.exists():
        print(f"no {file.name} in {arguments.dir}: nothing to score", file=sys.stderr)
        return 1
    truths = json.loads(file.read_text())
    names = [name for name in truths if not arguments.only or name in arguments.only]
    results = {
        name: {"kind": truths[name]["kind"], **measured(score, arguments.dir / name, truths[name])}
        for name in names
    }
    total = totals(results)
    print(table(results, total))
    document: dict[str, Any] = {"totals": total, "drawings": results}
    if not arguments.only:
        document["stadiums"] = {name: measured(stadium, name) for name in stadiums.MANNERS}
        for name, row in document["stadiums"].items():
            print(f"{name:24} {row}")
    if arguments.fuzz_minutes:
        document["fuzz"] = fuzz(arguments.dir, truths, arguments.fuzz_minutes, arguments.seed)
        print(f"fuzz {document['fuzz']}")
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(
            json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
