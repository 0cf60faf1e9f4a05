"""Flattens the tree into a scene.

`use` and `symbol` are expanded, nested viewports and transforms are multiplied out; what is inside
defs, masks, clip paths, patterns and markers is drawn only where something uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import hypot, isfinite
from unicodedata import normalize

from seatmap import geometry, moves
from seatmap.clips import Clip, image, overlap, within
from seatmap.geometry import IDENTITY, Measures, Viewport, multiply
from seatmap.lines import Paths, flowed, laid_out
from seatmap.marks import DASH_MIN_PARTS, SIGN_OF_ACCESS, Marks, is_mark
from seatmap.model import Box, DrawingError, Note, Point
from seatmap.path import Corners, Matrix
from seatmap.ports import Port, Size, port_of
from seatmap.scene import Figure, Form, Frame, Linear, Scene, Shape, Text
from seatmap.style import MOVES, Sheet, Style
from seatmap.xml import Document, Node

INSTANCES_MAX = 400_000
"""Elements visited after expanding `use`: a seat that is a `use` of a symbol is three."""
DRAWN_MAX = 110_000
"""Shapes that are drawn, each use of one counted; and as many texts."""
USE_DEPTH_MAX = 16
SEGMENTS_TOTAL_MAX = 130_000
"""Lines, curves and arcs of all forms together, each counted once, but for the first few of each:
a house may be drawn as paths, every seat four curves. The largest real drawing known has 57,000."""
SEGMENTS_FREE = 5
PICTURED = "image"
"""The paint of a raster image that is drawn as its box: what is in it is never looked at."""

_NEVER_DRAWN = frozenset(
    "defs clipPath mask pattern marker symbol linearGradient radialGradient filter style title "
    "desc font glyph".split()
)
_NOT_CHOSEN = _NEVER_DRAWN | {"foreignObject"}
_REFERENCE = re.compile(r"\s*url\(\s*['\"]?#([^'\")]+)")
_HIDING = (("clip-path", "clipPath", "clipPathUnits"), ("mask", "mask", "maskContentUnits"))
"""Property, what it refers to, the attribute that may make its units those of a box."""
_CONTAINERS = frozenset({"g", "a", "svg", "use", "symbol"})


Watch = Callable[[list[Shape], int], int]
"""Called with the shapes drawn so far and the number of texts, at the number of shapes that it
answered last, and at each text where there are more than two per shape."""


def flatten(document: Document, watch: Watch | None = None) -> Scene:
    """Raises DrawingError when what is drawn passes a bound, or when `watch` does."""
    walker = _Walker(document, watch)
    walker.root()
    shapes = walker.shapes
    box = walker.view_box or _union([s.box for s in shapes]) or (0.0, 0.0, 1.0, 1.0)
    notes = [Note("use without a target", walker.dangling)] if walker.dangling else []
    if walker.images:
        notes.append(Note("raster images", walker.images))
    return Scene(box, shapes, walker.texts, [*notes, *walker.sheet.notes])


class _Walker:
    def __init__(self, document: Document, watch: Watch | None) -> None:
        self.watch = watch
        self._watched = 0
        self.document = document
        self.backed = False
        self.ids = document.ids
        self.has_ems = document.has_ems
        self.node = document.root
        self.sheet = Sheet(document)
        self.shapes: list[Shape] = []
        self.texts: list[Text] = []
        self.view_box: Box | None = None
        self.visited = 0
        self.segments = 0
        self.dangling = 0
        self.images = 0
        self._forms: dict[Measures, Form] = {}
        self._figures: dict[tuple[Form, Linear], Figure] = {}
        self._paths: Paths = {}
        self._marks = Marks(self.sheet, self.ids)
        self._reused: dict[tuple[int, Viewport, int], tuple[Form, float, float] | None] = {}
        self._ports: dict[tuple[int, Size, Viewport, bool], Port | None] = {}

    def root(self) -> None:
        attrs = self.node.attrs
        box = geometry.view_box(attrs.get("viewBox"))
        if box is None:
            w = geometry.length(attrs.get("width", "").replace("%", "x%"), 0.0)
            h = geometry.length(attrs.get("height", "").replace("%", "x%"), 0.0)
            box = (0.0, 0.0, w, h) if w > 0 and h > 0 else None
        self.view_box = box
        viewport = Viewport.of(box[2], box[3]) if box else Viewport.of(100.0, 100.0)
        self.backed = self.document.has_backdrop(viewport.width)
        style = self.sheet.style(Style(), self.node)
        if not style.shown:
            return
        frame = self._frame(self.node, None)
        self._children(self.node, frame, IDENTITY, None, style, viewport, 0)

    def _frame(self, node: Node, parent: Frame | None) -> Frame:
        self.visited += 1
        if self.visited > INSTANCES_MAX:
            raise DrawingError(f"the drawing unfolds to more than {INSTANCES_MAX} elements")
        return Frame(node, parent, self.visited)

    def _children(
        self,
        node: Node,
        frame: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        uses: int,
    ) -> None:
        for child in node.children:
            if child.tag not in _NEVER_DRAWN:
                self._draw(child, frame, m, clip, style, viewport, uses)

    def _draw(
        self,
        node: Node,
        frame: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        uses: int,
    ) -> None:
        tag = node.tag
        declared = self.sheet.declarations(node)
        if declared:
            declared = self.sheet.resolved(style, declared)
            style = self.sheet.inherit(style, declared)
            if not style.shown or not (style.opaque or self.backed):
                return
        if tag == "image" and self.document.is_repeated(node):
            style = style._replace(fill=PICTURED)
            self._shape(node, frame, m, clip, style, viewport, declared, uses)
            return
        if tag in geometry.SHAPE_TAGS:
            self._shape(node, frame, m, clip, style, viewport, declared, uses)
            return
        if self.has_ems and tag in ("use", "svg"):
            node = geometry.in_pixels(node, style.font_px)
        m, clip = self._inside(node, m, clip, viewport, declared)
        if tag == "use":
            self._use(node, frame, m, clip, style, viewport, uses)
        elif tag == "svg":
            inner = self._frame(node, frame)
            size = (node.attrs.get("width"), node.attrs.get("height"))
            self._viewport(node, inner, m, clip, style, viewport, uses, size)
        elif tag == "switch":
            chosen = _alternative(node)
            if chosen is not None:
                self._draw(chosen, self._frame(node, frame), m, clip, style, viewport, uses)
        elif tag in _CONTAINERS:
            self._children(node, self._frame(node, frame), m, clip, style, viewport, uses)
        elif tag in ("text", "foreignObject"):
            self._text(node, frame, m, style, viewport)
        elif tag == "flowRoot":
            self._text(flowed(node, style.font_px), frame, m, style, viewport)
        elif tag == "image":
            self.images += 1

    def _shape(
        self,
        node: Node,
        frame: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        declared: dict[str, str],
        uses: int,
    ) -> None:
        self.visited += 1
        if self.visited > INSTANCES_MAX:
            raise DrawingError(f"the drawing unfolds to more than {INSTANCES_MAX} elements")
        if not style.visible:
            return
        placed = self._placed(node, style, viewport, uses, declared)
        if placed is None:
            return
        m, clip = self._inside(node, m, clip, viewport, declared)
        form, x, y = placed
        if style.dashes != "none" or style.markers[1] != "none":
            marks = self._on_line(form, style, m)
            if marks is not None:
                self._put(node, frame, marks[0], (x, y), m, clip, marks[1])
                if not form.closed:
                    return
                self.visited += 1
        self._put(node, frame, form, (x, y), m, clip, style)

    def _on_line(self, form: Form, style: Style, m: Matrix) -> tuple[Form, Style] | None:
        """The marks that a line is drawn with, and their look."""
        _, _, w, h = self.view_box or (0.0, 0.0, 100.0, 100.0)
        least = hypot(w, h) / DASH_MIN_PARTS / (geometry.scale_of(m) or 1.0)
        found = self._marks.on_line(form, style, float(f"{least:.6g}"))
        if found is not None:
            self._counted(found[0])
        return found

    def _put(
        self,
        node: Node,
        frame: Frame,
        form: Form,
        origin: Point,
        m: Matrix,
        clip: Clip,
        style: Style,
    ) -> None:
        """Draws a form whose origin is put there."""
        u, v = form.middle
        centre = geometry.apply(m, (origin[0] + u, origin[1] + v))
        if not isfinite(centre[0] + centre[1]):
            return
        linear = m[:4]
        figure = self._figures.get((form, linear))
        if figure is None:
            figure = self._figures[form, linear] = Figure(form, linear)
        shape = Shape(node, frame, figure, centre, style, self.visited)
        if clip is None or overlap(shape.box, clip):
            self.shapes.append(shape)
            if len(self.shapes) >= self._watched:
                self._drawn()

    def _placed(
        self, node: Node, style: Style, viewport: Viewport, uses: int, declared: dict[str, str]
    ) -> tuple[Form, float, float] | None:
        """The form of a shape and where it puts its origin; None: it draws nothing. Of what is
        reused it is worked out once."""
        if uses and not self.has_ems:
            key = (node.index, viewport, id(declared))
            if key not in self._reused:
                self._reused[key] = self._placed(node, style, viewport, 0, declared)
            found = self._reused[key]
            if found is not None:
                found[0].times += 1
            return found
        drawn = geometry.measured(node, declared) if declared else node
        drawn = geometry.in_pixels(drawn, style.font_px) if self.has_ems else drawn
        placed = geometry.placed(drawn, viewport)
        form = self._form(placed[0]) if placed is not None else None
        if placed is None or form is None or form.box is None:
            return None
        return form, placed[1], placed[2]

    def _drawn(self) -> None:
        texts = len(self.texts)
        if texts > DRAWN_MAX or len(self.shapes) > DRAWN_MAX:
            raise DrawingError(f"the drawing has more than {DRAWN_MAX} shapes or texts")
        if self.watch is not None:
            self._watched = min(self.watch(self.shapes, texts), DRAWN_MAX + 1)

    def _inside(
        self, node: Node, m: Matrix, clip: Clip, viewport: Viewport, declared: dict[str, str]
    ) -> tuple[Matrix, Clip]:
        """The coordinates of an element, and where it is seen."""
        if "transform" in node.attrs or not declared.keys().isdisjoint(MOVES):
            own = self._matrix(node, viewport, declared)
            if own is not None:
                m = multiply(m, own)
        if "clip-path" in declared or "mask" in declared:
            clip = self._clipped(clip, declared, m, viewport)
        return m, clip

    def _clipped(self, clip: Clip, declared: dict[str, str], m: Matrix, viewport: Viewport) -> Clip:
        """What is seen, within the boxes of a clip path and a mask."""
        for name, tag, units in _HIDING:
            match = _REFERENCE.match(declared[name]) if name in declared else None
            target = self.ids.get(match[1]) if match else None
            if target is None or target.tag != tag:
                continue
            if target.attrs.get(units) == "objectBoundingBox":
                continue
            boxes: list[Corners] = []
            for child in target.children:
                if child.tag in geometry.SHAPE_TAGS and (box := self._local_box(child, viewport)):
                    own = self._matrix(child, viewport, self.sheet.declarations(child)) or IDENTITY
                    boxes.append(image(multiply(m, own), box))
            if boxes:
                x0, y0, x1, y1 = zip(*boxes, strict=True)
                clip = within(clip, (min(x0), min(y0), max(x1), max(y1)))
        return clip

    def _form(self, measures: Measures) -> Form:
        found = self._forms.get(measures)
        if found is None:
            found = self._forms[measures] = Form(geometry.subpaths(measures), measures)
        self._counted(found)
        return found

    def _counted(self, form: Form) -> None:
        if not form.times:
            self.segments += max(0, form.cost - SEGMENTS_FREE)
            if self.segments > SEGMENTS_TOTAL_MAX:
                raise DrawingError(f"the shapes have more than {SEGMENTS_TOTAL_MAX} segments")
        form.times += 1

    def _local_box(self, node: Node, viewport: Viewport) -> Corners | None:
        """x0, y0, x1, y1 in the element's own coordinates."""
        placed = geometry.placed(node, viewport)
        box = self._form(placed[0]).box if placed is not None else None
        if placed is None or box is None:
            return None
        _, x, y = placed
        return x + box[0], y + box[1], x + box[2], y + box[3]

    def _matrix(self, node: Node, viewport: Viewport, declared: dict[str, str]) -> Matrix | None:
        _, _, w, h = self.view_box or (0.0, 0.0, viewport.width, viewport.height)
        return moves.matrix(node, declared, (w, h), lambda: self._local_box(node, viewport))

    def _use(
        self,
        node: Node,
        frame: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        uses: int,
    ) -> None:
        target = self.document.referred(node)
        if target is None:
            self.dangling += 1
            return
        around = frame
        while around is not None:
            if around.node is target:
                return
            around = around.parent
        if uses >= USE_DEPTH_MAX:
            raise DrawingError(f"use elements are nested deeper than {USE_DEPTH_MAX}")
        x = geometry.length(node.attrs.get("x"), viewport.width)
        y = geometry.length(node.attrs.get("y"), viewport.height)
        if x or y:
            m = (*m[:4], m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
        inner = self._frame(node, frame)
        self._used(node, target, inner, m, clip, style, viewport, uses)

    def _used(
        self,
        node: Node,
        target: Node,
        inner: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        uses: int,
    ) -> None:
        """Draws what a `use` refers to, in the frame of the use."""
        if target.tag not in ("symbol", "svg"):
            self._draw(target, inner, m, clip, style, viewport, uses + 1)
            return
        style = self.sheet.style(style, target)
        if not (style.shown and style.opaque):
            return
        width = node.attrs.get("width") or target.attrs.get("width")
        height = node.attrs.get("height") or target.attrs.get("height")
        inside, size = self._frame(target, inner), (width, height)
        self._viewport(target, inside, m, clip, style, viewport, uses + 1, size, placed=False)

    def _viewport(
        self,
        node: Node,
        frame: Frame,
        m: Matrix,
        clip: Clip,
        style: Style,
        viewport: Viewport,
        uses: int,
        size: Size,
        placed: bool = True,
    ) -> None:
        """Draws a nested `svg` or used `symbol` in its own coordinate system."""
        key = (node.index, size, viewport, placed)
        if key not in self._ports:
            self._ports[key] = port_of(node, self.sheet, viewport, size, placed)
        port = self._ports[key]
        if port is None:
            return
        if port.edges is not None:
            clip = within(clip, image(m, port.edges))
        self._children(node, frame, multiply(m, port.matrix), clip, style, port.viewport, uses)

    def _text(self, node: Node, frame: Frame, m: Matrix, style: Style, viewport: Viewport) -> None:
        if not style.visible:
            return
        found = laid_out(node, style, self.sheet, viewport, self.ids, self._paths)
        if found is None or not all(map(isfinite, m)):
            return
        words, (x, y, width, height) = found
        plain = words if words.isascii() else normalize("NFKC", words)
        self.visited += 1
        if not words.isascii() and all(map(is_mark, words.replace(" ", ""))):
            form = Form(self._marks.in_text(node, style, viewport))
            if form.box is not None:
                self._counted(form)
                self._put(node, frame, form, (0.0, 0.0), m, None, style)
                if SIGN_OF_ACCESS not in words:
                    return
        at = geometry.apply(m, (x + width / 2, y + height / 2))
        scale = geometry.scale_of(m)
        self.texts.append(
            Text(node, frame, plain, at, style.font_px * scale, width * scale, self.visited)
        )
        if len(self.texts) > min(DRAWN_MAX, 2 * len(self.shapes)):
            self._drawn()


def _alternative(switch: Node) -> Node | None:
    """The one child of a `switch` that is drawn: the first for any language, else the first.

    What needs a foreignObject has a stand-in, which says where its words are.
    """
    drawn = [child for child in switch.children if child.tag not in _NOT_CHOSEN]
    common = (child for child in drawn if "systemLanguage" not in child.attrs)
    return next(common, drawn[0] if drawn else None)


def _union(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, y1 = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None
