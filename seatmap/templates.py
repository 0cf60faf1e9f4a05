"""Drawings inside other files: pages, components, templates, strings of a program.

The drawing is cut out of what stands around it, and of what only a template can say the values
are kept that a drawing can have, under the names that a drawing has for them.
"""

from __future__ import annotations

import re

_ITSELF = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+<(?:\w+:)?svg\b", re.DOTALL
)
_EDGE = re.compile(rb"<(?P<ends>/?)(?:\w+:)?svg(?=[\s/>])[^<>]*?(?P<empty>/?)>")
_BRACED = re.compile(rb"""(=\s?)\{\s*(?:(-?[\d.]+)|"([^"{}<]*)"|'([^"'{}<]*)')\s*\}""")
_TEMPLATE_ATTRIBUTE = re.compile(
    rb"""\s(?:[\w:.-]+\s?=\s?\{(?:[^{}<]|\{[^{}<]*\})*\}"""
    rb"""|\{\.\.\.[\w.]+\}"""
    rb"""|[\[(@*#:](?P<name>[^\s=<>"']*)(?:="(?P<value>[^"<]*)")?)(?=[\s/>])"""
)
_BINDING = re.compile(rb"(?:attr\.)?(?P<name>id|class)\]?$")
_CAMEL = re.compile(
    rb"\b(class(?=Name=)|(?:stroke|fill|font|text|clip|dominant|stop|marker)(?=[A-Z]\w*=))"
    rb"(?!PathUnits|Length|Width=|Height=|Units)([A-Z]\w*)="
)
_PLAIN = ((b" strokeWidth=", b" stroke-width="), (b" xlinkHref=", b" href="))


def cut_out(data: bytes) -> bytes | None:
    """The largest `<svg>` of a file that begins as something else; None: it has none, or is one.

    In a string of a program its quotes are escaped; they are no longer.
    """
    if _ITSELF.match(data):
        return None
    begun: list[int] = []
    start = end = 0
    for edge in _EDGE.finditer(data):
        if not edge["ends"]:
            if not edge["empty"]:
                begun.append(edge.start())
        elif begun:
            first = begun.pop()
            if not begun and edge.end() - first > end - start:
                start, end = first, edge.end()
    found = data[start:end]
    if b'=\\"' in found:
        found = re.sub(rb"\\[nrt]", b" ", found).replace(b'\\"', b'"').replace(b"\\/", b"/")
    return found or None


def without_syntax(data: bytes) -> tuple[bytes, int]:
    """Drops attributes only a JSX, Vue or Angular template can have; they carry no drawing.

    `style={...}`, `[attr.id]="..."`, `(click)="..."`, `:id="..."`, `@click="..."`, `*ngIf="..."`.
    `x={12}` is kept as what it says, `strokeWidth` is "stroke-width". What an id or class is bound
    to stays as `template-id` or `template-class`: "table.seats[0].id" names no seat, but says that
    here is one. Answers how many were dropped.
    """
    plain, dropped = _TEMPLATE_ATTRIBUTE.subn(_unbound, _BRACED.sub(rb'\1"\2\3\4"', data))
    plain = _CAMEL.sub(_dashed, plain)
    for camel, own in _PLAIN:
        plain = plain.replace(camel, own)
    return plain, dropped


def _unbound(match: re.Match[bytes]) -> bytes:
    bound = _BINDING.match(match["name"] or b"")
    if bound is None or not re.fullmatch(rb"[\w.\[\]]+", match["value"] or b""):
        return b" "
    return b' template-%b="%b"' % (bound["name"], match["value"])


def _dashed(match: re.Match[bytes]) -> bytes:
    word, rest = match[1], match[2]
    return b"class=" if word == b"class" else b"%b-%b=" % (word, rest.lower())
