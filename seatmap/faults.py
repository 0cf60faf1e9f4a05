"""What is wrong with a file that is no drawing, or is not well-formed, in words and not in the
parser's."""

from __future__ import annotations

from typing import Protocol

_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"%!PS", "PostScript"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture"),
    (b"AC10", "a DWG drawing"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)
"""By what they begin with."""
_FAULTS = {
    "ERR_DOCUMENT_EMPTY": "there is no element",
    "ERR_DOCUMENT_END": "something stands after the last element",
    "ERR_TAG_NOT_FINISHED": "the file ends before all elements are closed",
    "ERR_GT_REQUIRED": "a tag has no end",
    "ERR_TAG_NAME_MISMATCH": "what is closed is not what was opened last",
    "ERR_NAME_REQUIRED": "there is no name after a < or &",
    "ERR_LT_IN_ATTRIBUTE": "there is a < in an attribute",
    "ERR_ATTRIBUTE_NOT_STARTED": "an attribute's value is not in quotes",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "an attribute has no value",
    "ERR_ATTRIBUTE_REDEFINED": "an element has an attribute twice",
    "ERR_SPACE_REQUIRED": "there is no space between two attributes",
    "ERR_UNDECLARED_ENTITY": "an abbreviation like &nbsp; is not declared",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix of a name is not declared",
    "NS_ERR_QNAME": "a name begins with a colon",
    "ERR_INVALID_CHAR": "there is a character that XML does not have",
    "ERR_INVALID_ENCODING": "there are bytes that are no text",
    "ERR_UNSUPPORTED_ENCODING": "the encoding that it names is not known",
    "ERR_RESERVED_XML_NAME": "its declaration does not stand first",
    "ERR_CDATA_NOT_FINISHED": "a CDATA section has no end",
    "ERR_HYPHEN_IN_COMMENT": "there is a double hyphen in a comment",
}


class Entry(Protocol):
    """Of the parser's log."""

    type_name: str
    line: int
    column: int


def told(entry: Entry) -> str:
    """Where it is not well-formed, and what is wrong there."""
    wrong = _FAULTS.get(entry.type_name, "this is not XML")
    return f"line {entry.line}, column {entry.column}: {wrong}"


def refusal(data: bytes, faults: list[str]) -> str:
    """Why what has no element cannot be read, and what to do."""
    kind = next((kind for magic, kind in _OTHERS if data.startswith(magic)), "")
    what = f"this is {kind}, not an SVG drawing" if kind else "this is not an SVG drawing"
    where = f" ({faults[0]})" if faults and not kind else ""
    return f"{what}{where}: save the plan as SVG in the program it was drawn with, and take that"
