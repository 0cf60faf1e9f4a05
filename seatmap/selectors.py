"""CSS selectors against our own tree: type, class, id, attribute, :not(), " " and ">".

Used by the style sheets of a drawing and by mappings. Anything else is not supported, and said so.
"""

from __future__ import annotations

from cssselect import SelectorError
from cssselect import parse as parse_selector
from cssselect import parser as css

from seatmap.xml import Node

SELECTOR_CHARS_MAX = 1_000
DESCENTS_MAX = 3

Tree = css.Tree
_OPERATORS = {
    "=": lambda value, wanted: value == wanted,
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
}


def parsed(text: str) -> list[css.Selector]:
    """The selectors of a comma-separated list; [] when it cannot be read."""
    if len(text) > SELECTOR_CHARS_MAX:
        return []
    try:
        return parse_selector(text)
    except SelectorError:
        return []


def compiled(text: str) -> list[Tree]:
    """Selectors that are all supported. Raises ValueError saying which is not."""
    found = parsed(text)
    if not found:
        raise ValueError(f"not a selector: {text!r}")
    for selector in found:
        if selector.pseudo_element is not None or bucket(selector.parsed_tree) is None:
            raise ValueError(f"not supported in a selector: {text!r}")
    return [selector.parsed_tree for selector in found]


def bucket(tree: Tree) -> str | None:
    """The key under which a selector is looked up, or None when it is not supported."""
    if isinstance(tree, css.CombinedSelector):
        if tree.combinator not in (" ", ">") or bucket(tree.selector) is None:
            return None
        return bucket(tree.subselector)
    if isinstance(tree, css.Class):
        return f".{tree.class_name}" if bucket(tree.selector) is not None else None
    if isinstance(tree, css.Hash):
        return f"#{tree.id}" if bucket(tree.selector) is not None else None
    if isinstance(tree, css.Attrib):
        known = tree.operator == "exists" or tree.operator in _OPERATORS
        return bucket(tree.selector) if known else None
    if isinstance(tree, css.Negation):
        return bucket(tree.selector) if bucket(tree.subselector) is not None else None
    if isinstance(tree, css.Element):
        return tree.element or "*"
    if isinstance(tree, css.Pseudo) and tree.ident == "root":
        return bucket(tree.selector)
    return None


def is_plain(tree: Tree) -> bool:
    """Whether a selector asks for nothing but an element's type and classes."""
    while isinstance(tree, css.Class):
        tree = tree.selector
    return isinstance(tree, css.Element)


def descents(tree: Tree) -> int:
    """How many times a selector may look through all that is above an element."""
    count = 0
    while not isinstance(tree, css.Element):
        if isinstance(tree, css.CombinedSelector):
            count += tree.combinator == " "
        tree = getattr(tree, "selector", None) or css.Element()
    return min(count, DESCENTS_MAX)


def matches(tree: Tree, node: Node) -> bool:
    if isinstance(tree, css.Element):
        return tree.element is None or tree.element == node.tag
    if isinstance(tree, css.Class):
        classes = node.attrs.get("class", "").split()
        return tree.class_name in classes and matches(tree.selector, node)
    if isinstance(tree, css.Hash):
        return node.attrs.get("id") == tree.id and matches(tree.selector, node)
    if isinstance(tree, css.Attrib):
        return _has(tree, node) and matches(tree.selector, node)
    if isinstance(tree, css.Negation):
        return not matches(tree.subselector, node) and matches(tree.selector, node)
    if isinstance(tree, css.CombinedSelector):
        if not matches(tree.subselector, node):
            return False
        above = node.parent
        while above is not None:
            if matches(tree.selector, above):
                return True
            above = above.parent if tree.combinator == " " else None
        return False
    if isinstance(tree, css.Pseudo):
        return node.parent is None and matches(tree.selector, node)
    return False


def _has(tree: css.Attrib, node: Node) -> bool:
    name = f"{tree.namespace}:{tree.attrib}" if tree.namespace else tree.attrib
    value = node.attrs.get(name)
    if value is None or tree.operator == "exists":
        return value is not None
    wanted = (tree.value.value if tree.value is not None else None) or ""
    return _OPERATORS[tree.operator](value, wanted)
