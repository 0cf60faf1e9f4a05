"""Names as text: decoded, and what they state by keywords, by place, or in one word.

Names a tool gave ("rect864-2-9", "Group 12") say nothing and are dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from seatmap import words
from seatmap.forms import FORMS_KEPT, by_form, form
from seatmap.kinds import KEYWORDS, is_state_of_seat
from seatmap.xml import Node


class Named(NamedTuple):
    """A value and the attribute or element it was read from."""

    value: str
    source: str


Facts = dict[str, Named]

_HEX = re.compile(r"_x([0-9A-Fa-f]{2,4})_")
_COPY = re.compile(r"_\d+_$")
_UNNAMED = re.compile(r"^(?:<.*>|&lt;.*&gt;|_[^\W\d_]+_(?:-\d+)?)$")
"""What Illustrator calls a thing that has no name: "<Repeat Grid>", in ids "_Repeat_-12"."""
_NOISE = re.compile(
    r"^(?:rect|rectangle|path|circle|ellipse|oval|line|polyline|polygon|(?-i:g)|(?-i:id)|group|grupo|gruppe|frame|"
    r"svg|svgid|xmlid|text|tspan|use|image|layer|capa|ebene|calque|слой|vector|shape|object|union|"
    r"subtract|mask|clip|clippath|mesh|glyph|font|star|star_shape|element|item|bitmap|compound|sodipodi|"
    r"component|svgjs[a-z]*|(?:repeat|mask|clip|scroll)[\s_\-](?:grid|group)|compound[\s_\-]path|"
    r"isolation[\s_\-]mode|shape_\w*|prefix__?\w*)"
    r"(?:[\s_\-]*(?:copy|kopie|copie|copia|копия))*[\s_\-.:]*[\d_\-\u2013\s.]*$",
    re.IGNORECASE,
)
SPLIT = re.compile(r"[\s_\-.:;=/|,]+")
_KEYED = re.compile(r"^([^\W\d_]+?)(\d+[a-zA-Z]?)$")
_GLUED = re.compile(r"^(?P<word>[A-Z]?[a-z]{3,})(?P<name>[A-Z]{1,2}\d{0,3})$")
_GLUED_NAME = re.compile(r"^(?:[^\W\d_]+\d+){2,4}$")
_GLUED_PAIRS = re.compile(r"([^\W\d_]+)(\d+)")
_COMPACT = re.compile(
    r"^(?:(?:seat|sec|section|sector|block)[-_ ])?"
    r"(?P<section>[a-z]*\d*)[-_ ]?r(?:ow)?[-_ ]?(?P<row>\d+)"
    r"[-_ ]?(?:s|seat|c|col|column|p|pl|platz|place)[-_ ]?(?P<seat>\d+)$",
    re.IGNORECASE,
)
_TABLED = re.compile(r"^T(?P<table>\d{1,3})[-_ ]?[SCP](?P<seat>\d{1,2})$")
""" "T5S3": the third chair at table five; in capitals."""
_INITIALS = re.compile(r"^F(?P<row>\d{1,2})[-_ ]?[ABP](?P<seat>\d{1,3})$")
""" "F3B12": fila 3, butaca 12; in capitals."""
_EASTERN = re.compile(
    r"^(?P<section>[^\d]*?(?:\d+[층階层樓楼区區])?)[\s_\-]*(?P<row>\d{1,3}|[A-Za-z]{1,2}|[ぁ-んァ-ン가-힣])\s?[排列열行]"
    r"[\s_\-]*(?P<seat>\d{1,3})\s?[座号號番번석]?$"
)
"""In Chinese, Japanese and Korean the word stands behind its number: "一层3排12座", "A列5番"."""
SEAT_PART = re.compile(r"^\d{1,4}[a-zA-Z]?$")
ROW_PART = re.compile(r"^(?:\d{1,3}|[^\W\d_]{1,3}|[^\W\d_]{1,2}\d{1,3}[^\W\d_]?|\d{1,3}[^\W\d_])$")

NAME_MAX = 120


def unescaped(name: str) -> str:
    """Without the escapes that Illustrator writes into ids; wide digits and letters that are put
    together of parts are as all others."""
    name = _HEX.sub(lambda m: chr(int(m[1], 16)), name) if "_x" in name else name
    return name if name.isascii() else normalize("NFKC", name)


_AMOUNT = r"\d+(?:[.,]\d+)*"
_APART = r"[\s,;:|/\u00b7\u2013\u2014-]"
_PRICE = re.compile(
    rf"{_APART}*[(\[]?\s*(?:\b(?:price|preis|prix|precio|prezzo)\b\s*:?\s*)?"
    rf"(?:{words.CURRENCY_SIGNS}\s?{_AMOUNT}|{_AMOUNT}\s?(?:{words.CURRENCY_SIGNS}(?!\s?\d)|"
    rf"(?:{'|'.join(sorted(words.CURRENCIES))})\b\.?))[)\]]?",
    re.IGNORECASE,
)
_STATE = re.compile(rf"{_APART}+[(\[]?(?:{'|'.join(sorted(words.STATES))})[)\]]?$", re.IGNORECASE)


def alone(spoken: str) -> str:
    """What is said of a seat without its price and whether it is sold: "A1 - 45,00 € - sold"."""
    if spoken.isalpha() or len(spoken) > NAME_MAX:
        return spoken
    plain = _PRICE.sub("", spoken)
    while any(c.isdecimal() for c in plain) and (match := _STATE.search(plain)) is not None:
        plain = plain[: match.start()]
    return plain.strip(" -\u2013\u2014|/,;") or spoken


_CALL = re.compile(r"\(([^()]{1,80})\)")
_ARGUMENT = re.compile(r"['\"]([^'\"]{1,40})['\"]|(?<![\w.])(\d{1,4})(?![\w.])")
_LINKED = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[=/_-]([\w.-]{1,20})(?=$|[/&?#;])")


def told_by_click(action: str) -> str:
    """What a program is told when an element is pressed: "C-7" of `pickSeat('C', 7)`."""
    call = _CALL.search(action[:400])
    said = _ARGUMENT.findall(call[1]) if call is not None else []
    return "-".join(quoted or number for quoted, number in said)


def told_by_link(address: str) -> dict[str, str]:
    """What the parts of a link's address say: "/tickets?section=112"."""
    found: dict[str, str] = {}
    for word, value in _LINKED.findall(address[-400:]):
        field = KEYWORDS.get(word.lower()) or KEYWORDS.get(word.lower().removesuffix("s"))
        if field is not None:
            found[field] = value
    return found


def decoded(name: str | None) -> str | None:
    """A name as its author wrote it, or None when a tool made it up."""
    if not name:
        return None
    name = unescaped(name)
    if name[-1] == "_":
        name = _COPY.sub("", name)
    name = name.replace("\\", "").strip()
    if name[:1] == "_" and name[1:2].isdecimal():  # no id may begin with a digit
        name = name[1:]
    if not name or len(name) > NAME_MAX or _UNNAMED.match(name) or _is_noise(form(name)):
        return None
    return name


@lru_cache(maxsize=FORMS_KEPT)
def _is_noise(form: str) -> bool:
    return _NOISE.match(form) is not None


_COPIED = re.compile(r"^(?P<base>[A-Za-z]{1,2}\d{0,3})_[2-4]$")


def copies(nodes: Iterable[Node]) -> dict[str, str]:
    """Ids that a tool made of others, as no two may be alike: "A1_2" of "A1"; and of which. Where
    there is "A1_1" too, or "A1_5", it is numbers that are counted."""
    ids = {name for node in nodes if (name := node.attrs.get("id")) is not None}
    found: dict[str, str] = {}
    for name in ids:
        match = _COPIED.match(name)
        if match is None or match["base"] not in ids:
            continue
        if f"{match['base']}_1" not in ids and f"{match['base']}_5" not in ids:
            found[name] = match["base"]
    return found


PREFIXED_MIN = 7
_FEW = frozenset(word for word, kind in words.LANDMARKS.items() if kind in ("stage", "pitch"))


@lru_cache(maxsize=FORMS_KEPT)
def _begins_with_few(form: str) -> bool:
    return SPLIT.split(decoded(form) or "")[0].lower() in _FEW


def prefixes(nodes: Iterable[Node]) -> frozenset[str]:
    """Words that say "stage" or "pitch" but only begin the names of many things ("field_209").

    A house has few of either: where more than `PREFIXED_MIN` names begin with the word, it is
    where the blocks stand, not what they are.
    """
    begun: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        name = node.attrs.get("id")
        if name is None or not _begins_with_few(form(name)):
            continue
        parts = SPLIT.split(decoded(name) or "")
        if len(parts) > 1 and parts[0].lower() in _FEW:
            begun[parts[0].lower()].add("-".join(parts[1:]))
    return frozenset(word for word, rests in begun.items() if len(rests) >= PREFIXED_MIN)


@by_form
def structured(name: str) -> dict[str, str]:
    """Fields that keywords in a name state: "table-12-seat-1", "sec-101-row-9", "cx2r8s1".

    A value belongs to the keyword before it; "seat" may also stand before a whole position
    ("seat-1-A-4"); what stands before the first of them says where ("Stalls left, row 3, seat 9",
    "101 row 1"). {} when the name holds no keyword with a value.
    """
    compact = (
        _COMPACT.match(name) or _INITIALS.match(name) or _TABLED.match(name) or _EASTERN.match(name)
    )
    if compact:
        return {key: value.rstrip("区區") for key, value in compact.groupdict().items() if value}
    parts = _without_state([part for part in SPLIT.split(name) if part])
    if len(parts) == 1:
        parts = _unglued(name) or parts
    if _is_section_name(parts):
        return {"section": " ".join(parts)}
    said = _letters(parts)
    if is_state_of_seat(said) or not words.PICTURES.isdisjoint(said):
        return {}  # copies of a component: what numbers them counts copies
    parts = _keywords_first(parts)
    found: dict[str, str] = {}
    before: list[str] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        field = KEYWORDS.get(part.lower())
        keyed = _KEYED.match(part) if field is None else None
        if field is not None and i == 0 and field == "seat" and (place := positional(parts[1:])):
            return place
        if field is not None and i + 1 < len(parts) and _value(parts[i + 1]):
            value = parts[i + 1]
            side = field == "section" and value.lower() in words.SIDES
            spoken = side or part.lower() in _SPOKEN
            found[field] = f"{part} {value}" if spoken else value
            i += 2
            continue
        glued = _GLUED.match(part) if field is None and "seat" not in found else None
        if glued and glued["word"].lower() in KEYWORDS:
            found.setdefault(KEYWORDS[glued["word"].lower()], glued["name"])
        elif keyed and keyed[1].lower() in KEYWORDS and not found.get(KEYWORDS[keyed[1].lower()]):
            found[KEYWORDS[keyed[1].lower()]] = keyed[2]
        elif not found:
            before.append(part)
        i += 1
    if found.keys() == {"seat"} and before and before[-1].isalpha() and len(before[-1]) <= 2:
        found["row"] = before.pop()  # "B-7-seat"
    placed = "seat" in found or ("row" in found and not _is_about_drawing(before))
    if before and placed and "section" not in found and "table" not in found:
        found["section"] = _as_written(before, name) if " " in name.strip() else "-".join(before)
    return found


def _unglued(name: str) -> list[str]:
    """The parts of "reihe3platz12", if all its words are keywords."""
    found = _GLUED_PAIRS.findall(name) if _GLUED_NAME.match(name) else []
    known = all(word.lower() in KEYWORDS for word, _ in found)
    return [part for pair in found for part in pair] if known else []


def _without_state(parts: list[str]) -> list[str]:
    """The parts of "seat_B_7_sold" but the last, which says what the seat once was."""
    if len(parts) > 2 and parts[-1].lower() in words.STATES and SEAT_PART.match(parts[-2]):
        return parts[:-1]
    return parts


def _keywords_first(parts: list[str]) -> list[str]:
    """The parts of "5 ряд 12 место" or "3. Reihe", whose words stand behind their numbers, in the
    order of "ряд 5 место 12"."""
    first = next((i for i, part in enumerate(parts) if part.lower() in KEYWORDS), 0)
    if not first or not parts[first - 1].isdecimal() or parts[-1].lower() not in KEYWORDS:
        return parts
    found = [*parts]
    for i in range(first, len(parts)):
        if parts[i].lower() in KEYWORDS and _value(parts[i - 1]):
            found[i - 1 : i + 1] = parts[i], parts[i - 1]
    return found


def _as_written(parts: list[str], name: str) -> str:
    """Parts that follow each other in a name, with what stands between them: "1. Rang"."""
    start = end = name.index(parts[0])
    for part in parts:
        end = name.index(part, end) + len(part)
    return name[start:end]


def _is_about_drawing(parts: list[str]) -> bool:
    """Whether words before a row say nothing of the house: "seats row 1", "label row A"."""
    about = words.GENERIC | words.DRAWING | words.HELPERS | words.NOT_A_SEAT | words.SEAT_LAYERS
    return not about.isdisjoint(_letters(parts)) or decoded(" ".join(parts)) is None


def seat_told(identity: str) -> dict[str, str]:
    """What an identity that a system gave a seat says of it: "11-A-4" and "row-2-seat-9" name it,
    "70123" and "seat-12" count. {} where there is no row."""
    for found in (structured(identity), position(identity)):
        if {"row", "seat"} <= found.keys():
            return found
    return {}


def _letters(parts: list[str]) -> list[str]:
    return [part.lower() for part in parts if part.isalpha()]


def _is_section_name(parts: list[str]) -> bool:
    """ "Grada Sur 1", "Tribune west": a word for a section, where it is, maybe its number."""
    said = [part.lower() for part in parts]
    if len(parts) < 2 or said[0] not in words.SECTION or any(p in KEYWORDS for p in said[1:]):
        return False
    if words.SIDES & set(said[1:]):
        return True
    return len(parts) > 2 and len(parts[1]) > 2 and parts[1].isalpha() and parts[-1].isdecimal()


_SPOKEN = frozenset("box loge lodge palco ложа stand".split())
"""Section words that are part of the name: one says "Box 3", as "Grada Sur", but "101" for
"section 101"."""


def _value(part: str) -> bool:
    return bool(SEAT_PART.match(part) or ROW_PART.match(part))


def is_seat_label(value: str) -> bool:
    """Whether a value can be a seat's number: "12", "4a", "K", "A-12", not "category-1"."""
    return bool(SEAT_PART.match(value) or ROW_PART.match(value) or "row" in position(value))


def positional(parts: list[str]) -> dict[str, str]:
    """Fields by place, slowest first: section(s), row, seat. {} when it does not look like that."""
    if len(parts) > 1 and (glued := _LETTERED.match(parts[-1])) is not None:
        return _in_part(parts[:-1], glued)
    if len(parts) < 2 or not SEAT_PART.match(parts[-1]):
        return {}
    said = _letters(parts)
    if said and (is_state_of_seat(said) or not words.PICTURES.isdisjoint(said)):
        return {}
    found = {"seat": parts[-1]}
    head = parts[:-1]
    keyed = _KEYED.match(head[0])
    if (keyed[1] if keyed else head[0]).lower() in words.SEAT:  # "seat1.3": of the first table
        head = head[1:]
    if head and ROW_PART.match(head[-1]):
        found["row"] = head.pop()
    if head:
        found["section"] = "-".join(head)
    return found


def _in_part(before: list[str], glued: re.Match[str]) -> dict[str, str]:
    """Of "stalls-A12": only a part of a house makes of a letter and a number a row and a seat."""
    said = [part.lower() for part in before]
    if words.HOUSE.isdisjoint(said) or not words.TIERS.issuperset(said):
        return {}
    return {"seat": glued["digits"], "row": glued["letters"], "section": "-".join(before)}


def number(name: str) -> str | None:
    """A name that is nothing but a seat's number: "12", "4a"."""
    return name if SEAT_PART.match(name) else None


@by_form
def position(name: str) -> dict[str, str]:
    """`positional` of a whole name: "parter_19_26", "1_K_31", "A-04"."""
    return positional(_without_state([part for part in SPLIT.split(name) if part]))


_LETTERED = re.compile(r"^(?P<letters>[^\W\d_]{1,2})(?P<digits>\d{1,3})$")
_TWICE = re.compile(r"([-_ .])\1+")
_AIRLINE = re.compile(r"^(?P<digits>\d{1,3})(?P<letters>[^\W\d_])$")


def lettered(name: str) -> tuple[str, str] | None:
    """(letters, digits) of a name like "A12": maybe a row and a seat, maybe only a number."""
    match = _LETTERED.match(name)
    return (match["letters"], match["digits"]) if match else None


def airline(name: str) -> tuple[str, str] | None:
    """(digits, letter) of a name like "12C": in coaches and cabins a row and a seat."""
    match = _AIRLINE.match(name)
    return (match["digits"], match["letters"]) if match else None


def skeleton(name: str) -> str | None:
    """`_skeleton` of the name's form, which is the same."""
    return _skeleton(form(name))


@lru_cache(maxsize=FORMS_KEPT)
def _skeleton(name: str) -> str | None:
    """The shape of a positional name: separators and whether each part is a word or a number.

    "parter_19_26" and "balcon_2_7" are both "w_n_n"; None when no position can be read from it.
    """
    if not position(name):
        return None
    return re.sub(r"\d+", "n", re.sub(r"[^\W\d_]+", "w", _TWICE.sub(r"\1", name)))
