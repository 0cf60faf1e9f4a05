"""Bytes -> a small tree of our own, within bounds.

Nothing outside the bytes is ever read: no DTD, no external entity, no network. A file that is
not well-formed is read again in recovery and the loss is reported. SVG elements lose their
namespace prefix; attributes of other vocabularies keep a well-known one ("inkscape:label").
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from seatmap.model import DrawingError, Note

BYTES_MAX = 16_000_000
"""Size of a drawing after decompression. The largest real one known has 2.2 MB, one of 100,000
named seats about 6 MB."""
ELEMENTS_MAX = 160_000
DEPTH_MAX = 120
GZIP_MAGIC = b"\x1f\x8b"

_SVG = "http://www.w3.org/2000/svg"
_PREFIXES = {
    "http://www.w3.org/1999/xlink": "",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://www.inkscape.org/namespaces/inkscape": "inkscape:",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd": "sodipodi:",
}
_REPEATED = frozenset({"class", "style", "fill", "stroke", "transform"})
"""Attributes whose values many elements share, kept once."""
_IGNORED = frozenset({"script", "foreignObject", "metadata", "animate", "animateTransform", "set"})


class Node:
    """An element: local name, attributes, children in order, its own text and the text after it.

    `index` counts elements in document order and so identifies the node.
    """

    __slots__ = ("attrs", "children", "index", "parent", "tag", "tail", "text")

    def __init__(self, tag: str, attrs: dict[str, str], parent: Node | None, index: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.index = index
        self.children: Sequence[Node] = ()
        self.text = ""
        self.tail = ""

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, in document order."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def child_text(self, tag: str) -> str | None:
        """The text of the first direct child of that name, e.g. the `<title>`."""
        for child in self.children:
            if child.tag == tag:
                return " ".join(child.text.split()) or None
        return None


class Document:
    """A drawing's tree and what was noticed while reading it."""

    __slots__ = ("ids", "lost", "refused", "root", "well_formed")

    def __init__(
        self, root: Node, well_formed: bool, lost: list[Note], refused: list[Note]
    ) -> None:
        self.root = root
        self.well_formed = well_formed
        self.lost = lost
        self.refused = refused
        self.ids: dict[str, Node] = {}
        for node in root.walk():
            name = node.attrs.get("id")
            if name is not None:
                self.ids.setdefault(name, node)


def read(data: bytes) -> Document:
    """Parses an SVG or svgz file. Raises DrawingError when there is no drawing within bounds."""
    data = _inflated(data) if data[:2] == GZIP_MAGIC else data
    if len(data) > BYTES_MAX:
        raise DrawingError(f"the drawing is larger than {BYTES_MAX} bytes")
    data = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not data:
        raise DrawingError("the file is empty")
    if data.count(b"<") > 2 * ELEMENTS_MAX + 1000:
        raise DrawingError(f"the drawing has more than {ELEMENTS_MAX} elements")
    root, errors = _parsed(data, recover=False)
    well_formed = root is not None
    lost: list[Note] = []
    if root is None:
        plain, dropped = _without_template_syntax(data)
        if dropped:
            lost.append(Note("template attributes", dropped))
            root, _ = _parsed(plain, recover=False)
        if root is None:
            root, _ = _parsed(plain, recover=True)
        if root is None:
            raise DrawingError(f"not readable as XML: {errors[0] if errors else 'no element'}")
        lost.append(Note("not well-formed, read in recovery", len(errors) or 1, tuple(errors[:3])))
    _refuse_nested_entities(root)
    svg = _find_svg(root)
    refused: list[Note] = []
    return Document(_converted(svg, refused), well_formed, lost, refused)


def _inflated(data: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(data, BYTES_MAX + 1)
    except zlib.error as error:
        raise DrawingError(f"the compressed drawing is damaged: {error}") from None
    if len(plain) > BYTES_MAX or stream.unconsumed_tail:
        raise DrawingError(f"the drawing is larger than {BYTES_MAX} bytes when unpacked")
    return plain


_TEMPLATE_ATTRIBUTE = re.compile(
    rb"""\s(?:[\w:.-]+\s?=\s?\{(?:[^{}<]|\{[^{}<]*\})*\}"""
    rb"""|[\[(@*#:](?P<name>[^\s=<>"']*)(?:="(?P<value>[^"<]*)")?)(?=[\s/>])"""
)
_BINDING = re.compile(rb"(?:attr\.)?(?P<name>id|class)\]?$")


def _without_template_syntax(data: bytes) -> tuple[bytes, int]:
    """Drops attributes only a JSX, Vue or Angular template can have; they carry no drawing.

    `style={...}`, `[attr.id]="..."`, `(click)="..."`, `:id="..."`, `@click="..."`, `*ngIf="..."`.
    What an id or class is bound to stays as `template-id` or `template-class`: "table.seats[0].id"
    names no seat, but says that here is one.
    """
    plain, dropped = _TEMPLATE_ATTRIBUTE.subn(_unbound, data)
    return plain.replace(b" className=", b" class="), dropped


def _unbound(match: re.Match[bytes]) -> bytes:
    bound = _BINDING.match(match["name"] or b"")
    if bound is None or not re.fullmatch(rb"[\w.\[\]]+", match["value"] or b""):
        return b" "
    return b' template-%b="%b"' % (bound["name"], match["value"])


def _parsed(data: bytes, *, recover: bool) -> tuple[etree._Element | None, list[str]]:
    parser = etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, [str(error)[:200]]
    return root, [entry.message[:120] for entry in parser.error_log]


def _refuse_nested_entities(root: etree._Element) -> None:
    """Entities that are constants are harmless; those that refer to others or outside are not."""
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is None:
        return
    for entity in dtd.iterentities():
        content = entity.content
        if content is None or "&" in content or "%" in content:
            raise DrawingError(f"the entity {entity.name!r} refers to another entity or file")


def _find_svg(root: etree._Element) -> etree._Element:
    """The outermost `<svg>`: the root itself, or the first one inside a page."""
    for element in root.iter(etree.Element):
        if element.tag.rpartition("}")[2] == "svg":
            return element
    raise DrawingError("there is no <svg> element in the file")


def _tag(name: str) -> str:
    if name[0] != "{":
        return name
    space, _, local = name[1:].partition("}")
    return local if space == _SVG else name


def _attribute(name: str) -> str:
    if name[0] != "{":
        return name
    space, _, local = name[1:].partition("}")
    prefix = _PREFIXES.get(space)
    return local if prefix == "" else f"{prefix or 'other:'}{local}"


def _converted(svg: etree._Element, refused: list[Note]) -> Node:
    counts: dict[str, int] = {}
    names: dict[str, str] = {}

    def attributes(element: etree._Element) -> dict[str, str]:
        found = {}
        for key, value in element.items():
            name = names.get(key)
            if name is None:
                name = names[key] = _attribute(key)
            found[name] = names.setdefault(value, value) if name in _REPEATED else value
        return found

    root = Node("svg", attributes(svg), None, 0)
    stack = [(svg, root, 0)]
    total = 1
    while stack:
        element, node, depth = stack.pop()
        if depth > DEPTH_MAX:
            raise DrawingError(f"elements are nested deeper than {DEPTH_MAX}")
        node.text = element.text or ""
        children: list[Node] = []
        for child in element:
            name = child.tag
            if not isinstance(name, str):
                counts["entity reference"] = counts.get("entity reference", 0) + 1
                node.text += child.tail or ""
                continue
            tag = names.get(name)
            if tag is None:
                tag = names[name] = _tag(name)
            if tag in _IGNORED:
                if tag in ("script", "foreignObject"):
                    counts[f"<{tag}>"] = counts.get(f"<{tag}>", 0) + 1
                continue
            total += 1
            item = Node(tag, attributes(child), node, total)
            item.tail = child.tail or ""
            children.append(item)
            stack.append((child, item, depth + 1))
        if children:
            node.children = children
    if total > ELEMENTS_MAX:
        raise DrawingError(f"the drawing has more than {ELEMENTS_MAX} elements")
    refused.extend(Note(what, count) for what, count in sorted(counts.items()))
    for index, node in enumerate(root.walk()):
        node.index = index
    return root
