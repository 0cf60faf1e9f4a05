"""What the groups around a shape say about it: its section, row, table, zone, purpose.

A context is computed once per frame and shared by all that is inside it; the nearest statement
wins, and an explicit one wins over a mere group name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from seatmap import words
from seatmap.kinds import tokens
from seatmap.names import Facts, Named
from seatmap.reader import Reader
from seatmap.scene import Frame
from seatmap.xml import Node


class Context(NamedTuple):
    """`group` is the nearest name that no keyword explains; it may name the section."""

    section: Named | None = None
    section_name: Named | None = None
    section_frame: Frame | None = None
    group: Named | None = None
    group_frame: Frame | None = None
    row: Named | None = None
    row_frame: Frame | None = None
    table: Named | None = None
    table_name: Named | None = None
    table_frame: Frame | None = None
    zone: Named | None = None
    access: int = 0
    legend: bool = False
    special: str | None = None
    special_frame: Frame | None = None


_PURPOSES = frozenset({"standing", "booth", "bench", "other", *words.LANDMARKS.values()})


class Contexts:
    """Computes contexts of the frames of a drawing; `of(frame)` includes the frame itself.

    The id of something reused names the drawing's block, not a part of the house.
    """

    def __init__(self, reader: Reader, groups: Iterable[Node]) -> None:
        self.reader = reader
        self._known: dict[int, Context] = {}
        said = [reader.said(node) for node in groups if node.parent is not None]
        kinds = {element.kind for element in said}
        self.has_tables = "table" in kinds or any("table" in element.stated for element in said)
        self.has_legend = "legend" in kinds

    def of(self, frame: Frame | None) -> Context:
        known = self._known.get(frame.index) if frame is not None else None
        if known is not None:
            return known
        missing: list[Frame] = []
        while frame is not None and frame.index not in self._known:
            missing.append(frame)
            frame = frame.parent
        found = self._known[frame.index] if frame is not None else Context()
        for inner in reversed(missing):
            found = self._known[inner.index] = self._inside(found, inner)
        return found

    def _inside(self, outer: Context, frame: Frame) -> Context:
        node = frame.node
        if node.parent is None:
            return outer
        said = self.reader.said(node)
        access = outer.access | said.access
        if not said.stated and access == outer.access:
            return outer
        facts, kind = said.facts, said.kind
        changes: dict[str, object] = {} if access == outer.access else {"access": access}
        if frame.parent is None or frame.parent.node.tag != "use":
            changes.update(_section(facts, kind, frame))
        if "row" in facts or kind == "row":
            changes.update(row=facts.get("row"), row_frame=frame)
        inner_table = outer.table_frame is not None and "table" not in facts
        if ("table" in facts or kind == "table") and not inner_table:
            changes.update(
                table=facts.get("table"), table_name=facts.get("spoken"), table_frame=frame
            )
        if "zone" in facts:
            changes["zone"] = facts["zone"]
        if kind == "legend":
            changes["legend"] = True
        if kind in _PURPOSES:
            changes.update(special=kind, special_frame=frame)
        if not changes:
            return outer
        return outer._replace(**changes)


def _section(facts: Facts, kind: str | None, frame: Frame) -> dict[str, object]:
    if "section" in facts and "seat" not in facts:
        name = facts.get("section_name") or facts.get("spoken")
        if "table" in facts:  # what it is called is then the table's name
            name = None
        elif "row" in facts:
            name = facts.get("section_name")
        return {"section": facts["section"], "section_name": name, "section_frame": frame,
                "group": None}  # fmt: skip
    if kind == "section":
        name = facts.get("name") or facts.get("group")
        if name is not None:
            return {"section": name, "section_name": facts.get("spoken"), "section_frame": frame,
                    "group": None}  # fmt: skip
    group = facts.get("group")
    own = {"seat", "row", "table"} & facts.keys()
    if own == {"row"} and facts["row"].source == "title" and group and group.source != "title":
        own, kind = set(), None  # the row is the title, the name says where
    if group is not None and not own and kind is None and not generic(group.value):
        return {"group": group, "group_frame": frame}
    return {}


def generic(name: str) -> bool:
    """Whether a group's name is about the drawing, not about the house ("Layer 1", "seats")."""
    said = tokens(name)
    about = words.GENERIC | words.SEAT
    if not words.SEAT_LAYERS.isdisjoint(said):  # "table1seats"
        about |= words.TABLE
    if not said:
        return False
    return bool(words.DRAWING & set(said)) or all(w in about or len(w) == 1 for w in said)
