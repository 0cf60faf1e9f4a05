"""Bytes -> a small tree of our own, within bounds.

Nothing outside the bytes is ever read: no DTD, no external entity, no network. A file that is
not well-formed is read again in recovery and the loss is reported. SVG elements lose their
namespace prefix; attributes of other vocabularies keep a well-known one ("inkscape:label").
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from seatmap import encodings, faults, templates
from seatmap.model import DrawingError, Note

BYTES_MAX = 24_000_000
"""Size of a drawing after decompression. The largest real one known has 2.2 MB, one of 100,000
named seats 6 to 20 MB."""
ELEMENTS_MAX = 320_000
"""Titles and descriptions are not counted."""
MARKS_MAX = 4 * ELEMENTS_MAX
"""Signs that begin or end an element or title, before any is read."""
DEPTH_MAX = 120
PICTURES_MIN = 8
GZIP_MAGIC = b"\x1f\x8b"

_SVG = "http://www.w3.org/2000/svg"
_PREFIXES = {
    "http://www.w3.org/1999/xlink": "",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://www.inkscape.org/namespaces/inkscape": "inkscape:",
    "http://www.serif.com/": "serif:",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd": "sodipodi:",
}
_REPEATED = frozenset({"class", "style", "fill", "stroke", "transform"})
"""Attributes whose values many elements share, kept once."""
_IGNORED = frozenset({"script", "metadata", "animate", "animateTransform", "set"})
_FOREIGN = "foreignObject"
"""Of what is in one only the words are read."""


class Node:
    """An element: local name, attributes, children in order, its title, its text, the text after.

    `index` counts elements in document order and so identifies the node. Of `Document`s alone is a
    `parent` known: nothing of a tree that is dropped while it is read is in a circle.
    """

    __slots__ = ("attrs", "children", "index", "parent", "tag", "tail", "text", "title")

    def __init__(self, tag: str, attrs: dict[str, str], index: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent: Node | None = None
        self.index = index
        self.children: Sequence[Node] = ()
        self.text = ""
        self.tail = ""
        self.title: str | None = None

    def like(self, attrs: dict[str, str]) -> Node:
        """The same element with other attributes."""
        found = Node(self.tag, attrs, self.index)
        found.parent, found.children, found.title = self.parent, self.children, self.title
        found.text, found.tail = self.text, self.tail
        return found

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, in document order."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(reversed(node.children))


class Document:
    """A drawing's tree and what was noticed while reading it.

    `ids`: the first element of each id; `styles`: the style elements; `has_ems`: whether any length
    may be in units of the font's size.
    """

    __slots__ = (
        "_images", "_inner", "has_ems", "ids", "lost", "refused", "root", "styles", "well_formed",
    )  # fmt: skip

    def __init__(
        self,
        root: Node,
        well_formed: bool,
        lost: list[Note],
        refused: list[Note],
        has_ems: bool = False,
    ) -> None:
        self.has_ems = has_ems
        self.root = root
        self.well_formed = well_formed
        self.lost = lost
        self.refused = refused
        self.ids: dict[str, Node] = {}
        self.styles: list[Node] = []
        self._images: Counter[tuple[str | None, str | None]] = Counter()
        self._inner: list[Node] = []
        for node in root.walk():
            name = node.attrs.get("id")
            if name is not None:
                self.ids.setdefault(name, node)
            if node.tag == "style":
                self.styles.append(node)
            elif node.tag == "image":
                self._images[node.attrs.get("width"), node.attrs.get("height")] += 1
            if node.children:
                self._inner.append(node)
                for child in node.children:
                    child.parent = node

    def referred(self, node: Node) -> Node | None:
        """What a `use` refers to. Pages with a base write their own address before the sign: of
        such only what this drawing keeps for use is meant."""
        address, _, name = node.attrs.get("href", "").partition("#")
        target = self.ids.get(name)
        if not address or target is None:
            return target
        kept = target.tag == "symbol" or (target.parent is not None and target.parent.tag == "defs")
        return target if kept else None

    def is_repeated(self, image: Node) -> bool:
        """Whether many raster images are of the size of this one, as pictures of seats are. One
        alone is a backdrop or a logo."""
        attrs = image.attrs
        alike = self._images[attrs.get("width"), attrs.get("height")]
        return alike >= PICTURES_MIN and bool(attrs.get("href"))

    def has_backdrop(self, width: float) -> bool:
        """Whether there is a raster image that may show the house, on most of a drawing of this
        width: what is unseen over it may be where one can press."""
        sizes = (_WIDTH.match(size or "") for size, _ in self._images)
        wide = [match for match in sizes if match is not None]
        return any(float(m[1]) >= (50 if m[2] else width / 2) for m in wide)

    def untie(self) -> None:
        """Unties the tree's circles, for one who is done with it: it goes at once, and the
        collector, which would walk all of it, finds nothing."""
        for node in self._inner:
            node.children = ()


def read(data: bytes) -> Document:
    """Parses an SVG or svgz file. Raises DrawingError when there is no drawing within bounds."""
    data = _inflated(data) if data[:2] == GZIP_MAGIC else data
    if len(data) > BYTES_MAX:
        raise DrawingError(f"the drawing is larger than {BYTES_MAX} bytes")
    given = data.strip()
    data, guess = encodings.as_utf_8(encodings.unwrapped(data))
    data = data.strip()
    if not data:
        raise DrawingError("the file is empty")
    if data.count(b"<") > MARKS_MAX:
        raise DrawingError(f"the drawing has more than {ELEMENTS_MAX} elements")
    _refuse_nested_entities(data)
    tree, errors = _parsed(data, recover=False)
    well_formed = tree is not None
    lost = [Note("letters of an encoding that is not stated", 1, (guess,))] if guess else []
    if tree is None:
        inside = templates.cut_out(data)
        if inside is not None:
            lost.append(Note("a file around the drawing", 1))
            data = inside
        plain, dropped = templates.without_syntax(data)
        if dropped:
            lost.append(Note("template attributes", dropped))
            tree, _ = _parsed(plain, recover=False)
        if tree is None:
            tree, _ = _parsed(plain, recover=True)
        if tree is None:
            raise DrawingError(faults.refusal(given, errors))
        lost.append(Note("not well-formed, read in recovery", len(errors) or 1, tuple(errors[:3])))
    root, counts = tree
    if root is None:
        raise DrawingError(faults.refusal(given, ["there is no <svg> element"]))
    refused = [Note(what, count) for what, count in sorted(counts.items())]
    return Document(root, well_formed, lost, refused, _has_ems(data))


def _has_ems(data: bytes) -> bool:
    signs = (b'em"', b"em'", b'ex"', b"ex'")  # quickly found, and rare
    return any(sign in data for sign in signs) and _EMS.search(data) is not None


def _inflated(data: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(data, BYTES_MAX + 1)
    except zlib.error as error:
        raise DrawingError(f"the compressed drawing is damaged: {error}") from None
    if len(plain) > BYTES_MAX or stream.unconsumed_tail:
        raise DrawingError(f"the drawing is larger than {BYTES_MAX} bytes when unpacked")
    return plain


_WIDTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?(%?)\s*$")
_EMS = re.compile(rb"""[\d.]e[mx]["']""")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*\[(?P<subset>.*?)\]\s*>", re.DOTALL)
_ENTITY = re.compile(
    rb"""<!ENTITY\s+(?:%\s+)?(?P<name>\S+)\s+(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<outside>\w))"""
)


def _refuse_nested_entities(data: bytes) -> None:
    """Entities that are constants are harmless; those that refer to others or outside are not."""
    subset = _DOCTYPE.search(data[: data.find(b"<svg") if b"<svg" in data else None])
    for entity in _ENTITY.finditer(subset["subset"] if subset else b""):
        content = (entity["a"] or b"") + (entity["b"] or b"")
        if entity["outside"] or b"&" in content or b"%" in content:
            name = entity["name"].decode("utf-8", "replace")[:60]
            raise DrawingError(f"the entity {name!r} refers to another entity or file")


_Read = tuple[Node | None, dict[str, int]]
"""The outermost `<svg>`, if there is one, and the counts of what was never followed."""


def _parsed(data: bytes, *, recover: bool) -> tuple[_Read | None, list[str]]:
    """What was read, or None where the bytes are not well-formed; what the parser complained of.

    What is well-formed is never held as a whole by the parser: a large drawing needs a third less
    memory so. In recovery it is, because only then both of an attribute's values are kept.
    """
    tree = _Tree()
    parser = etree.XMLParser(
        target=None if recover else tree,
        recover=recover,
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            return None, [faults.told(entry) for entry in list(parser.error_log)[:1]]
        errors = [faults.told(entry) for entry in parser.error_log]
        if recover and root is not None:
            tree.replay(root)
        failed = root is None if recover else bool(errors)
        return (None if failed else (tree.root, tree.refused)), errors
    finally:
        tree.forget()


def _tag(name: str) -> str:
    if name[0] != "{":
        return name
    space, _, local = name[1:].partition("}")
    return local if space == _SVG else name


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attribute(name: str) -> str:
    if name[0] != "{":
        return name
    space, _, local = name[1:].partition("}")
    prefix = _PREFIXES.get(space)
    return local if prefix == "" else f"{prefix or 'other:'}{local}"


def _attributes(names: tuple[str, ...]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """What we call attributes of these names (None: just so), and those of them whose values are
    kept once."""
    own = tuple(map(_attribute, names))
    changed = own if own != names or not names else None  # the parser has one mapping for none
    return changed, tuple(name for name in own if name in _REPEATED)


class _Tree:
    """Builds the outermost `<svg>` as the parser reads it, and stops it at the first bound.

    Of several in one page the largest is the drawing, the others are icons. `refused` counts what
    was never followed. Titles become attributes of what they are the title of: a drawing may have
    one for each seat.
    """

    def __init__(self) -> None:
        self.root: Node | None = None
        self.refused: dict[str, int] = {}
        self._open: list[tuple[Node, list[Node]]] = []
        self._total = 0
        self._skipped = 0
        self._largest = 0
        self._begun = 0
        self._words: list[str] = []
        self._titled = 0
        self._foreign = 0
        self._names: dict[str, str] = {}
        self._keys: dict[tuple[str, ...], tuple[tuple[str, ...] | None, tuple[str, ...]]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """The attributes are the element's own from now on."""
        if self._skipped:
            self._skipped += 1
            return
        if self._words:
            self._say()
        names = self._names
        tag = names.get(name)
        if tag is None:
            tag = names[name] = _tag(name)
        if not self._open and name.rpartition("}")[2] != "svg":
            return
        if self._titled:
            self._titled += 1
            return
        if tag in ("script", _FOREIGN):
            self.refused[f"<{tag}>"] = self.refused.get(f"<{tag}>", 0) + 1
        if tag in _IGNORED or (self._foreign and _local(name) in ("script", "style")):
            self._skipped = 1
            return
        if self._foreign:
            self._foreign += 1
            return
        if tag in ("title", "desc") and self._open:
            self._titled = 1
            return
        self._total += 1
        if self._total > ELEMENTS_MAX:
            raise DrawingError(f"the drawing has more than {ELEMENTS_MAX} elements")
        if len(self._open) > DEPTH_MAX:
            raise DrawingError(f"elements are nested deeper than {DEPTH_MAX}")
        keys = tuple(attributes)
        known = self._keys.get(keys)
        if known is None:
            known = self._keys[keys] = _attributes(keys)
        own, repeated = known
        found = attributes if own is None else dict(zip(own, attributes.values(), strict=True))
        for key in repeated:
            found[key] = names.setdefault(found[key], found[key])
        if self._open:
            node = Node(tag, found, self._total - 1 - self._begun)
            if "title" in found:  # of a link, or as in HTML
                node.title = " ".join(found["title"].split()) or None
            self._open[-1][1].append(node)
        else:
            self._begun = self._total - 1
            node = Node("svg", found, 0)
        self._open.append((node, []))
        self._foreign = int(tag == _FOREIGN)

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._titled:
            self._titled -= 1
            if not self._titled:
                words = " ".join("".join(self._words).split())
                self._words.clear()
                node = self._open[-1][0]
                if name.endswith("title") and words and node.title is None:
                    node.title = words
        elif self._foreign > 1:
            self._foreign -= 1
        elif self._open:
            self._foreign = 0
            if self._words:
                self._say()
            node, children = self._open.pop()
            if children:
                node.children = children
            if not self._open and self._total - self._begun > self._largest:
                self.root, self._largest = node, self._total - self._begun

    def data(self, data: str) -> None:
        if not self._skipped and self._open:
            self._words.append(data)

    def close(self) -> None:
        while self._open:
            self.end("")

    def forget(self) -> None:
        """Keeps nothing: the parser is in a circle, and holds this until the collector comes."""
        self.root = None
        for kept in (self._open, self._words, self._names, self._keys):
            kept.clear()

    def replay(self, root: etree._Element) -> None:
        """Reads a tree that the parser built."""
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self.start(element.tag, dict(element.attrib))
                self.data(element.text or "")
            else:
                self.end(element.tag)
                self.data(element.tail or "")
        self.close()

    def _say(self) -> None:
        """What was read goes to where it stands: in an element, or after its last child."""
        if self._titled:
            return
        words = "".join(self._words)
        self._words.clear()
        if words.isspace():
            return
        node, children = self._open[-1]
        if children:
            children[-1].tail += words
        else:
            node.text += words
