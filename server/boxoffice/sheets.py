"""Tables as CSV, in and out."""

import csv
import io
from collections.abc import Iterable, Sequence

from server.boxoffice.models import Guest, ImportUnreadable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guests_csv(guests: Iterable[Guest]) -> bytes:
    """Of an event, a line per guest."""
    head = ("list", "name", "plus_ones", "heads", "arrived", "gate", "note", "cancelled")
    rows = [
        (
            guest.list_name, guest.name, guest.plus_ones, guest.heads, guest.arrived, guest.gate,
            guest.note, "" if guest.cancelled_at is None else guest.cancelled_at.isoformat(),
        )
        for guest in guests
    ]  # fmt: skip
    return written([head, *rows])


def written(rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, in UTF-8. What a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def rows_of(data: bytes, columns: Sequence[str], rows_max: int) -> list[tuple[int, dict[str, str]]]:
    """The rows by the names in the first line, each with its line's number: cells without spaces
    around them, "" for what is not there; empty rows are left out. Comma, semicolon or tab.

    Raises ImportUnreadable.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportUnreadable("the file is not text in UTF-8: save it so") from None
    if "\0" in text:
        raise ImportUnreadable("the file has a NUL in it: it is no CSV")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        unknown = sorted(set(names) - set(columns))
        if not names or unknown or len(set(names)) < len(names):
            raise ImportUnreadable(
                f"the first line names the columns, each once, of: {', '.join(columns)}",
                unknown=unknown,
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names):
                raise ImportUnreadable(
                    f"line {reader.line_num}: more cells than columns", line=reader.line_num
                )
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            rows.append((reader.line_num, {name: row.get(name, "") for name in columns}))
            if len(rows) > rows_max:
                raise ImportUnreadable(f"at most {rows_max} rows at a time: split the file")
    except csv.Error as error:
        raise ImportUnreadable(f"line {reader.line_num}: {error}", line=reader.line_num) from None
    return rows
