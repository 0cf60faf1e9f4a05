"""A mapping applied to a drawing: per element what it was said to be, and how it is called."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from seatmap import selectors
from seatmap.mapping import NAME_MAX, Mapping, Rule, Source, compiled
from seatmap.model import AreaKind
from seatmap.names import Facts, Named, decoded
from seatmap.scene import Scene, Shape, Text
from seatmap.shapes import located
from seatmap.style import Style, inherit
from seatmap.xml import Document, Node

_KIND_FIELD = {"seat": "seat", "row": "row", "section": "section", "table": "table"}


class Told:
    """`governs`: kinds that a rule selects; `facts`: by element; `ignored`: elements not read."""

    def __init__(self, mapping: Mapping, document: Document, scene: Scene) -> None:
        self.mapping = mapping
        self.governs = frozenset(mapping.rules())
        if not mapping.infer:
            self.governs |= {"seat", "row", "section", "table", "area", "landmark"}
        self.area_kind: AreaKind = mapping.areas.kind if mapping.areas else "booth"
        self.zones = {_paint(colour): name for colour, name in mapping.zones.items()}
        self.facts: dict[int, Facts] = {}
        self.kinds: dict[int, str] = {}
        self.ignored = frozenset(_below(document, mapping.ignore))
        self._shapes: dict[int, list[Shape]] = {}
        for shape in scene.shapes:
            self._shapes.setdefault(shape.node.index, []).append(shape)
        self._texts = [text for text in scene.texts if text.node.index not in self.ignored]
        self._tree = shapely.STRtree(located([text.at for text in self._texts]))
        for kind, rule in mapping.rules().items():
            self._apply(document, kind, rule)

    def scene(self, scene: Scene) -> Scene:
        """The scene without what is ignored."""
        if not self.ignored:
            return scene
        shapes = [s for s in scene.shapes if s.node.index not in self.ignored]
        texts = [t for t in scene.texts if t.node.index not in self.ignored]
        return Scene(scene.view_box, shapes, texts, scene.notes)

    def text_nodes(self, kind: str) -> frozenset[int]:
        """`<text>` elements that a rule for this kind selected."""
        nodes = {text.node.index for text in self._texts}
        return frozenset(i for i, k in self.kinds.items() if k == kind and i in nodes)

    def _apply(self, document: Document, kind: str, rule: Rule) -> None:
        trees = selectors.compiled(rule.select)
        sources = {field: Source.parse(text) for field, text in rule.sources().items()}
        whole = Source.parse(rule.read) if rule.read else None
        match = compiled(rule.match) if rule.match else None
        for node in document.root.walk():
            if node.index in self.ignored or not any(selectors.matches(t, node) for t in trees):
                continue
            if rule.side is not None and not self._fits(node, rule.side):
                continue
            if match is not None and not match.fullmatch((_words(node) or "")[:NAME_MAX]):
                continue
            fields: dict[str, str] = {}
            if whole is not None:
                fields.update(whole.fields(self._raw(node, whole)))
            for field, source in sources.items():
                found = source.fields(self._raw(node, source))
                if value := found.pop("name", None) or found.get(field):
                    fields[field] = value
            self._say(node, kind, rule, fields)

    def _say(self, node: Node, kind: str, rule: Rule, fields: dict[str, str]) -> None:
        facts = self.facts.setdefault(node.index, {})
        own = _KIND_FIELD.get(kind, "name")
        if "name" in fields:
            fields.setdefault(own, fields.pop("name"))
        for field, value in fields.items():
            facts[field] = Named(self.mapping.rename.get(value, value), "mapping")
        if kind == "section" and "section" in facts:
            facts["section_name"] = facts["section"]
            facts["section"] = Named(fields["section"], "mapping")
        named = facts.get(own)
        if named is not None:
            facts["name"] = facts["spoken"] = named
        said = {"area": "standing", "landmark": "other"}.get(kind, kind)
        facts["kind"] = Named(said, "mapping")
        self.kinds[node.index] = kind

    def _fits(self, node: Node, side: tuple[float, float]) -> bool:
        drawn = self._drawn(node)
        return bool(drawn) and side[0] <= max(s.sides[1] for s in drawn) <= side[1]

    def _drawn(self, node: Node) -> list[Shape]:
        return [shape for inner in node.walk() for shape in self._shapes.get(inner.index, ())]

    def _raw(self, node: Node, source: Source) -> str | None:
        if source.what.startswith("="):
            return source.what[1:]
        at: Node | None = node
        for _ in range(source.up):
            at = at.parent if at is not None else None
        if at is None:
            return None
        if source.what == "id":
            return decoded(at.attrs.get("id")) or at.attrs.get("id")
        if source.what == "title":
            return at.title
        if source.what == "text":
            return _words(at) or self._near(at, inside=True)
        if source.what == "label":
            return self._near(at, inside=False)
        if source.what == "fill":
            drawn = self._drawn(at)
            return drawn[0].style.fill if drawn else None
        return at.attrs.get(source.what.removeprefix("attr:"))

    def _near(self, node: Node, *, inside: bool) -> str | None:
        """The text on the element's largest shape, or the one nearest to its middle."""
        drawn = self._drawn(node)
        if not drawn or not self._texts:
            return None
        shape = max(drawn, key=lambda s: s.area)
        if not inside:
            return self._texts[int(self._tree.nearest(shapely.Point(shape.centre)))].text
        x, y, w, h = shape.box
        on = sorted(self._tree.query(shapely.box(x, y, x + w, y + h)).tolist())
        return " ".join(self._texts[i].text for i in on[:6]) or None


def _paint(colour: str) -> str:
    return inherit(Style(), {"fill": colour}).fill


def _words(node: Node) -> str | None:
    parts: list[str] = []
    for inner in node.walk():
        if inner.tag in ("text", "tspan", "textPath"):
            parts.append(inner.text)
        if inner is not node and inner.tag in ("tspan", "textPath"):
            parts.append(inner.tail)
    return " ".join(" ".join(parts).split()) or None


def _below(document: Document, texts: tuple[str, ...]) -> Iterator[int]:
    """Indexes of the elements that match, and of all inside them."""
    trees = [tree for text in texts for tree in selectors.compiled(text)]
    if not trees:
        return
    until = -1
    for node in document.root.walk():
        if node.index > until and any(selectors.matches(tree, node) for tree in trees):
            for inner in node.walk():
                until = inner.index
                yield until


def texts_of(told: Told | None, kind: str, texts: list[Text]) -> list[Text]:
    """The texts that a mapping's rule for this kind selected."""
    if told is None:
        return []
    nodes = told.text_nodes(kind)
    return [text for text in texts if text.node.index in nodes]
