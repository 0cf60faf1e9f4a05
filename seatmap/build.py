"""Draft -> SeatMap: the order of everything, stable keys, cross references by index."""

from __future__ import annotations

from collections import defaultdict
from math import hypot

import shapely

from seatmap import rows as lines
from seatmap import trust
from seatmap.draft import (
    AreaDraft,
    Draft,
    LandmarkDraft,
    RowDraft,
    SeatDraft,
    SectionDraft,
    TableDraft,
    ZoneDraft,
    slug,
)
from seatmap.house import valid
from seatmap.model import (
    Area,
    Box,
    Landmark,
    Point,
    Points,
    Report,
    Row,
    Seat,
    SeatMap,
    Section,
    Table,
    Zone,
)
from seatmap.scene import Shape
from seatmap.shapes import cloud

CURVE_TOLERANCE = 1 / 8000
"""Greatest error of an outline, as a part of the drawing's diagonal."""
KEY_GRID = 2000
"""Keys of unnamed things hold their position on a grid of this many cells per diagonal."""


def build(draft: Draft, report: Report) -> SeatMap:
    return _Builder(draft).map(report)


class _Builder:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.diagonal = hypot(draft.view_box[2], draft.view_box[3]) or 1.0
        self.keys: dict[str, int] = {}
        self.zones = {id(zone): i for i, zone in enumerate(draft.zones)}
        self.sections = {id(section): i for i, section in enumerate(draft.sections)}
        self.said: dict[tuple, tuple[dict[str, str], dict[str, float]]] = {}

    def map(self, report: Report) -> SeatMap:
        draft = self.draft
        zones = tuple(map(self._zone, draft.zones))
        sections = tuple(map(self._section, draft.sections))
        areas = tuple(map(self._area, draft.areas))
        rows: list[Row] = []
        tables: list[Table] = []
        seats: list[Seat] = []
        grouped, loose = self._by_section()
        for index in [*range(len(sections)), None]:
            section_key = sections[index].key if index is not None else None
            for row in sorted(grouped[index, "row"], key=_row_order):
                rows.append(self._row(row, index, section_key))
                self._seats(row.seats, rows[-1].key, (index, len(rows) - 1, None), seats)
            for table in sorted(grouped[index, "table"], key=_table_order):
                chairs = self.chairs[id(table)]
                tables.append(self._table(table, index, section_key, chairs))
                self._seats(chairs, tables[-1].key, (index, None, len(tables) - 1), seats)
            self._seats(loose[index], section_key, (index, None, None), seats)
        return SeatMap(
            view_box=draft.view_box,
            zones=zones,
            sections=sections,
            rows=tuple(rows),
            tables=tuple(tables),
            seats=tuple(seats),
            areas=areas,
            labels=tuple(draft.labels),
            landmarks=tuple(map(self._landmark, draft.landmarks)),
            report=report,
        )

    def _by_section(self) -> tuple[dict, dict[int | None, list[SeatDraft]]]:
        """Rows, tables and single seats by the index of their section."""
        grouped: dict = defaultdict(list)
        loose: dict[int | None, list[SeatDraft]] = defaultdict(list)
        self.chairs: dict[int, list[SeatDraft]] = defaultdict(list)
        for seat in self.draft.seats:
            if seat.table is not None:
                seat.section = seat.table.section
                self.chairs[id(seat.table)].append(seat)
            elif seat.row is None:
                loose[self._index(seat.section)].append(seat)
        for row in self.draft.rows:
            grouped[self._index(row.section), "row"].append(row)
        for table in self.draft.tables:
            grouped[self._index(table.section), "table"].append(table)
        return grouped, loose

    def _index(self, section: SectionDraft | None) -> int | None:
        return None if section is None else self.sections[id(section)]

    def _zone_index(self, zone: ZoneDraft | None) -> int | None:
        return None if zone is None else self.zones.get(id(zone))

    def _key(self, *parts: str | None) -> str:
        """Joined with "/"; a second one of the same name gets "~2"."""
        key = "/".join(filter(None, parts))
        count = self.keys.get(key, 0) + 1
        self.keys[key] = count
        if count == 1:
            return key
        return self._key(f"{key}~{count}")

    def _place(self, p: Point) -> str:
        """The key part of something unnamed: where it is."""
        x, y = self.draft.view_box[:2]
        step = self.diagonal / KEY_GRID
        return f"@{round((p[0] - x) / step)},{round((p[1] - y) / step)}"

    def _said(self, thing: str, **fields: str | None) -> tuple[dict[str, str], dict[str, float]]:
        """Where the fields come from and how sure they are."""
        source = {name: value for name, value in fields.items() if value}
        return source, trust.confidence(thing, source)

    def _seat_said(self, seat: SeatDraft) -> tuple[dict[str, str], dict[str, float]]:
        """Where its fields come from and how sure they are; seats alike share both."""
        row, section = seat.row, seat.section
        key = (
            seat.name.source if seat.name else None,
            row.name.source if row and row.name else None,
            seat.table.found_by if seat.table else None,
            seat.section_source or (section.stated.source if section else None),
            seat.zone_source,
            seat.shape.node.tag,
            seat.found_by,
        )
        found = self.said.get(key)
        if found is None:
            fields = ("name", "row", "table", "section", "zone", "outline", "kind")
            found = self.said[key] = self._said("seat", **dict(zip(fields, key, strict=True)))
        return found

    def _zone(self, zone: ZoneDraft) -> Zone:
        return Zone(
            key=zone.key,
            name=zone.name.value,
            colour=zone.colour if zone.colour and zone.colour.startswith("#") else None,
            source=self._said("zone", name=zone.name.source)[0],
        )

    def _section(self, section: SectionDraft) -> Section:
        outline, outline_source = self._section_outline(section)
        at = section.label_at or (0.0, 0.0)
        centre, inside = _middle(outline) if outline else (at, at)
        zone, zone_source = section.zone, section.zone_source
        zones = {id(seat.zone): seat.zone for seat in section.seats}
        if zone is None and len(zones) == 1:
            (zone,) = zones.values()
            zone_source = "seats"
        source, confidence = self._said(
            "section",
            name=section.name.source if section.name else None,
            outline=outline_source,
            zone=zone_source if zone is not None else None,
            label_at="text" if section.label_at else None,
        )
        return Section(
            key=self._key(section.key or f"section{self._place(centre)}"),
            name=section.name.value if section.name else None,
            zone=self._zone_index(zone),
            outline=outline,
            centre=centre,
            label_at=section.label_at or inside,
            box=_box(outline or (centre,)),
            source=source,
            confidence=confidence,
        )

    def _section_outline(self, section: SectionDraft) -> tuple[Points | None, str | None]:
        if section.outline is not None:
            return section.outline, section.outline_source
        if section.shape is not None:
            outline = section.shape.outline(self.diagonal * CURVE_TOLERANCE)
            if len(outline) > 2:
                return outline, section.shape.node.tag
        if not section.seats:
            return None, None
        reach = 1.6 * max(seat.shape.radius for seat in section.seats)
        points = cloud([seat.shape.centre for seat in section.seats])
        hull = shapely.concave_hull(points, ratio=0.3) if len(section.seats) > 3 else points
        hull = shapely.simplify(hull.buffer(reach, quad_segs=2), reach / 5)
        if not isinstance(hull, shapely.Polygon):
            hull = hull.convex_hull
        if not isinstance(hull, shapely.Polygon):
            return None, None
        return tuple((float(x), float(y)) for x, y in hull.exterior.coords[:-1]), "hull"

    def _area(self, area: AreaDraft) -> Area:
        outline = area.outline or ()
        if area.shape is not None and not outline:
            outline = area.shape.outline(self.diagonal * CURVE_TOLERANCE)
        source, confidence = self._said(
            "area",
            name=area.name.source if area.name else None,
            zone=area.zone_source if area.zone else None,
            capacity=area.capacity.source if area.capacity else None,
            outline=area.outline_source or (area.shape.node.tag if area.shape else None),
            kind=area.kind_source or "text",
            label_at="text" if area.label_at else None,
        )
        if area.kind == "other":
            confidence = {**confidence, "kind": trust.UNKNOWN_KIND}
        centre, inside = _middle(outline)
        return Area(
            key=self._key(area.key or self._place(centre)),
            section=self._index(area.section),
            name=area.name.value if area.name else None,
            zone=self._zone_index(area.zone),
            outline=outline,
            centre=centre,
            label_at=area.label_at or inside,
            capacity=int(area.capacity.value) if area.capacity else None,
            box=_box(outline) if area.outline or area.shape is None else area.shape.box,
            kind=area.kind,
            source=source,
            confidence=confidence,
        )

    def _row(self, row: RowDraft, section: int | None, section_key: str | None) -> Row:
        labels = [seat.name.value if seat.name else None for seat in row.seats]
        order = lines.along([seat.shape.centre for seat in row.seats], labels)
        row.seats = [row.seats[i] for i in order]
        name = row.name.value if row.name else None
        source, confidence = self._said(
            "row", name=row.name.source if row.name else None, seats=row.found_by
        )
        place = name or f"row{self._place(row.seats[0].shape.centre)}"
        return Row(
            key=self._key(section_key, place),
            section=section,
            name=name,
            box=_union([seat.shape.box for seat in row.seats]),
            source=source,
            confidence=confidence,
        )

    def _table(
        self,
        table: TableDraft,
        section: int | None,
        section_key: str | None,
        chairs: list[SeatDraft],
    ) -> Table:
        shape = table.shape
        if shape is not None:
            centre, box = shape.centre, shape.box
        else:
            box = _union([seat.shape.box for seat in chairs])
            centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        labels = [seat.name.value if seat.name else None for seat in chairs]
        order = lines.around([seat.shape.centre for seat in chairs], centre, labels)
        chairs[:] = [chairs[i] for i in order]
        name = table.name.value if table.name else None
        own = f"t{slug(name)}" if name else f"table{self._place(centre)}"
        key = self._key(own) if own not in self.keys else self._key(section_key, own)
        round_top = shape is not None and shape.is_round
        source, confidence = self._said(
            "table",
            name=table.name.source if table.name else None,
            outline=shape.node.tag if shape is not None else None,
            seats=table.found_by if chairs else None,
        )
        return Table(
            key=key,
            section=section,
            name=name,
            outline=None if shape is None or round_top else shape.outline(self._fine(shape)),
            centre=centre,
            radius=shape.radius if shape is not None and round_top else None,
            box=box,
            source=source,
            confidence=confidence,
        )

    def _seats(
        self,
        drafts: list[SeatDraft],
        prefix: str | None,
        place: tuple[int | None, int | None, int | None],
        out: list[Seat],
    ) -> None:
        section, row, table = place
        if row is None and table is None:
            drafts = sorted(drafts, key=_seat_order)
        for draft in drafts:
            shape = draft.shape
            centre = shape.centre
            name = draft.name.value if draft.name else None
            source, confidence = self._seat_said(draft)
            out.append(
                Seat(
                    key=self._key(prefix, slug(name) if name else self._place(centre)),
                    section=section,
                    row=row,
                    table=table,
                    name=name,
                    zone=self._zone_index(draft.zone),
                    centre=centre,
                    radius=shape.radius,
                    outline=None if shape.is_round else shape.outline(self._fine(shape)),
                    box=shape.box,
                    access=draft.access,
                    source=source,
                    confidence=confidence,
                )
            )

    def _fine(self, shape: Shape) -> float:
        return max(shape.sides[0] / 30, self.diagonal * 1e-7)

    def _landmark(self, mark: LandmarkDraft) -> Landmark:
        shape = mark.shape
        outline: Points | None = None
        if shape is not None:
            outline = shape.outline(self.diagonal * CURVE_TOLERANCE)
        centre = mark.at or (_middle(outline)[0] if outline else (0.0, 0.0))
        source, confidence = self._said(
            "landmark",
            name=mark.name.source if mark.name else None,
            kind=mark.kind_source or "text",
            outline=shape.node.tag if shape is not None else None,
        )
        return Landmark(
            name=mark.name.value if mark.name else mark.kind,
            kind=mark.kind,  # type: ignore[arg-type]
            outline=outline if outline and len(outline) > 2 else None,
            centre=centre,
            box=shape.box if shape is not None else (*centre, 0.0, 0.0),
            source=source,
            confidence=confidence,
        )


def _row_order(row: RowDraft) -> tuple:
    named = row.name is not None
    first = row.seats[0].shape.order if row.seats else 0
    return (not named, lines.natural(row.name.value) if row.name else (), first)


def _table_order(table: TableDraft) -> tuple:
    return (table.name is None, lines.natural(table.name.value) if table.name else (),
            table.frame.index, table.shape.order if table.shape else 0)  # fmt: skip


def _seat_order(seat: SeatDraft) -> tuple:
    return (seat.name is None, lines.natural(seat.name.value) if seat.name else (),
            seat.shape.order)  # fmt: skip


def _middle(outline: Points) -> tuple[Point, Point]:
    """The centroid, and a point inside: the centroid too unless the shape bends round it."""
    if len(outline) < 3:
        box = _box(outline)
        middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        return middle, middle
    polygon = valid(shapely.Polygon(outline))
    if polygon is None:
        box = _box(outline)
        middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        return middle, middle
    centroid = polygon.centroid
    inside = centroid if polygon.contains(centroid) else polygon.representative_point()
    return (centroid.x, centroid.y), (inside.x, inside.y)


def _box(points: Points) -> Box:
    if not points:
        return (0.0, 0.0, 0.0, 0.0)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _union(boxes: list[Box]) -> Box:
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, y1 = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (x0, y0, x1 - x0, y1 - y0)
