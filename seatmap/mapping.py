"""A mapping: what a person says about a drawing where reading alone does not tell enough.

A small TOML or JSON document. Every part is optional; what it does not mention is inferred.

    ignore = ["#legend", ".spacer"]            # elements that are not read at all

    [seats]                                    # what is a seat: nothing else is one then
    select = "circle.seat"                     # CSS: type, class, id, attribute, :not(), " ", ">"
    read = "id~(?P<section>.+)_(?P<row>.+)_(?P<seat>.+)"   # groups name fields
    row = "parent:id~row-(.+)"                 # or a source per field
    side = [4, 9]                              # only elements whose longer side is between these
    match = "[A-Z][0-9]+"                      # only elements whose words are this, from end to end

    [sections]                                 # [rows] [tables] [areas] [landmarks] alike
    select = "path.block"
    name = "text"

    [zones]                                    # paint -> zone
    "#84d0d0" = "Gold"
    [rename]                                   # names as they are -> as they should be
    p = "Stalls"
    [capacities]                               # areas by name or key
    GA1 = 300
    [[numbering]]                              # names for rows and seats that have none
    rows_from = "top"
    rows_start = "A"
    seats_from = "left"
    [expected]                                 # what must be found, else the report says so
    seats = 809

A source of a name is where it stands, then optionally "~" and a regular expression whose first
group (or whole match) is the name: `id`, `class`, `fill`, `title`, `attr:NAME`; `text`: the
words inside the element, or else on its shape; `label`: the words nearest to it; each may begin
with `parent:` or `parent2:` and so on; `=WORDS` is the name itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]
from typing import Literal

import msgspec

from seatmap import selectors

TEXT_MAX = 200_000
NAME_MAX = 200
"""Characters of a name that a pattern is tried on."""
PATTERN_MAX = 200
REPEATS_MAX = 6
"""Open-ended repetitions in a pattern: more of them take too long on what does not match."""
Side = Literal["left", "right", "top", "bottom"]
AREA_KINDS = ("standing", "booth", "other")
_SOURCE = re.compile(
    r"^(?:parent(?P<up>\d?):)?(?P<what>id|class|fill|title|text|label|attr:[^~]+)$"
)
_FIELDS = ("section", "row", "seat", "table", "zone", "name", "capacity")


class MappingError(ValueError):
    """The document is no mapping; the message says where and why."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which elements are something, and where its names stand. `side`: least and greatest longer
    side in user units. `match`: what the words in the element must be. `kind` is for areas."""

    select: str
    read: str | None = None
    name: str | None = None
    section: str | None = None
    row: str | None = None
    seat: str | None = None
    table: str | None = None
    zone: str | None = None
    capacity: str | None = None
    side: tuple[float, float] | None = None
    match: str | None = None
    kind: Literal["standing", "booth", "other"] = "standing"

    def sources(self) -> dict[str, str]:
        """Field -> source, of those given one by one."""
        given = ((field, getattr(self, field)) for field in _FIELDS)
        return {field: source for field, source in given if source is not None}


class Numbering(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names for rows and seats that have none. `sections`: keys; () means all.

    Rows count up from the side `rows_from`, seats of a row from `seats_from`; a start that is a
    letter counts in letters (A, B, ... Z, AA). None leaves them unnamed.
    """

    sections: tuple[str, ...] = ()
    rows_from: Side | None = None
    rows_start: str | int = 1
    rows_step: int = 1
    seats_from: Side | None = None
    seats_start: int = 1
    seats_step: int = 1


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Counts that the map must have."""

    seats: int | None = None
    rows: int | None = None
    sections: int | None = None
    tables: int | None = None
    areas: int | None = None
    zones: int | None = None


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See the module. `infer` False: only what a rule selects is found."""

    ignore: tuple[str, ...] = ()
    infer: bool = True
    seats: Rule | None = None
    rows: Rule | None = None
    sections: Rule | None = None
    tables: Rule | None = None
    areas: Rule | None = None
    landmarks: Rule | None = None
    zones: dict[str, str] = {}
    rename: dict[str, str] = {}
    capacities: dict[str, int] = {}
    numbering: tuple[Numbering, ...] = ()
    expected: Expected = Expected()

    def rules(self) -> dict[str, Rule]:
        """Kind -> rule, of those given."""
        given = {
            "seat": self.seats,
            "row": self.rows,
            "section": self.sections,
            "table": self.tables,
            "area": self.areas,
            "landmark": self.landmarks,
        }
        return {kind: rule for kind, rule in given.items() if rule is not None}


def loads(document: str | bytes) -> Mapping:
    """Reads a mapping from TOML, or from JSON when it begins with "{".

    Raises MappingError when it is neither, has unknown fields, or a selector, a source or a
    regular expression in it cannot be read.
    """
    text = document.decode("utf-8", "strict") if isinstance(document, bytes) else document
    if len(text) > TEXT_MAX:
        raise MappingError(f"the mapping is longer than {TEXT_MAX} characters")
    try:
        if text.lstrip().startswith("{"):
            found = msgspec.json.decode(text, type=Mapping)
        else:
            found = msgspec.convert(tomllib.loads(text), Mapping)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(str(error)) from None
    _check(found)
    return found


def _check(mapping: Mapping) -> None:
    for text in mapping.ignore:
        _selector("ignore", text)
    for kind, rule in mapping.rules().items():
        _selector(kind, rule.select)
        try:
            compiled(rule.match or "")
        except (ValueError, re.error) as error:
            raise MappingError(f"{kind}.match: {error}") from None
        for field, text in {"read": rule.read, **rule.sources()}.items():
            if text is not None:
                try:
                    Source.parse(text)
                except (ValueError, re.error) as error:
                    raise MappingError(f"{kind}.{field}: {error}") from None


def _selector(where: str, text: str) -> None:
    try:
        selectors.compiled(text)
    except ValueError as error:
        raise MappingError(f"{where}: {error}") from None


class Source(msgspec.Struct, frozen=True):
    """Where a name stands: `up` elements above, in `what`, taken out by `pattern`."""

    what: str
    up: int
    pattern: re.Pattern[str] | None

    @classmethod
    def parse(cls, text: str) -> Source:
        """Raises ValueError (or re.error) saying what is wrong."""
        if text.startswith("="):
            return cls(text, 0, None)
        where, _, pattern = text.partition("~")
        match = _SOURCE.match(where)
        if match is None:
            raise ValueError(f"no source of names: {text!r}")
        up = 0 if not where.startswith("parent") else int(match["up"] or 1)
        return cls(match["what"], up, compiled(pattern) if pattern else None)

    def fields(self, raw: str | None) -> dict[str, str]:
        """Named groups by name; else the first group or the whole match as "name"."""
        if not raw:
            return {}
        if self.pattern is None:
            return {"name": raw}
        match = self.pattern.search(raw[:NAME_MAX])
        if match is None:
            return {}
        named = {key: value for key, value in match.groupdict().items() if value}
        if self.pattern.groupindex:
            return named
        value = match[1] if self.pattern.groups else match[0]
        return {"name": value} if value else {}


def compiled(pattern: str) -> re.Pattern[str]:
    """Only patterns that cannot run away: few open repetitions, none of them in another."""
    if len(pattern) > PATTERN_MAX:
        raise ValueError(f"the pattern is longer than {PATTERN_MAX} characters")
    compiled = re.compile(pattern)
    if _open_repeats(_parser.parse(pattern), inside=False) > REPEATS_MAX:
        raise ValueError(f"more than {REPEATS_MAX} open repetitions in the pattern")
    return compiled


def _open_repeats(items: Iterable, *, inside: bool) -> int:
    """How many `*`, `+` or long `{n,m}` there are; ValueError when one stands in another."""
    count = 0
    for operator, argument in items:
        name = str(operator)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, body = argument
            wide = most > 8
            if wide and inside:
                raise ValueError("a repetition inside a repetition in the pattern")
            count += wide + _open_repeats(body, inside=inside or most > 1)
        elif name == "SUBPATTERN":
            count += _open_repeats(argument[-1], inside=inside)
        elif name == "BRANCH":
            count += sum(_open_repeats(branch, inside=inside) for branch in argument[1])
        elif name in ("ASSERT", "ASSERT_NOT"):
            count += _open_repeats(argument[1], inside=inside)
    return count
