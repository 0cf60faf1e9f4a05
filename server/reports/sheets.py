"""CSV that a spreadsheet opens as text: RFC 4180, UTF-8 with a byte order mark.

A spreadsheet runs a cell that begins with = + - @, a tab, a line's end or NUL as a formula, and
what buyers typed is in these files: such text gets a quote before it. Amounts are ours, so one may
begin with a minus. Source: OWASP ASVS 5.0, 1.2.10.
"""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from server.kernel.money import exponent

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MINOR = "_minor"


class Table:
    """A line per row under the names of `shape`'s fields; amounts as decimals of the row's
    `currency`."""

    def __init__(self, shape: type[msgspec.Struct]) -> None:
        self._names = shape.__struct_fields__
        self._out = io.StringIO()
        self._out.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(self._out, lineterminator="\r\n")
        self._writer.writerow([name.removesuffix(_MINOR) for name in self._names])

    def add(self, rows: Sequence[msgspec.Struct]) -> None:
        for row in rows:
            digits = exponent(getattr(row, "currency", ""))
            self._writer.writerow([_cell(name, getattr(row, name), digits) for name in self._names])

    def csv(self) -> bytes:
        return self._out.getvalue().encode()


def csv_response(name: str, content: bytes) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _cell(name: str, value: Any, digits: int) -> str:
    if value is None:
        return ""
    if name.endswith(_MINOR):
        return decimal(value, digits)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def decimal(minor: int, digits: int) -> str:
    """An amount of minor units, of which `digits` stand after the point."""
    if not digits:
        return str(minor)
    text = str(abs(minor)).rjust(digits + 1, "0")
    return f"{'-' if minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"
