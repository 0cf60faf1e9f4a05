"""Maps in the formats of others: pretix seating plans in and out, seats.io charts in.

`read(data, mapping=None)` takes the bytes of any of them, or of a drawing.
"""

from __future__ import annotations

import msgspec

from seatmap.formats import pretix, seatsio
from seatmap.mapping import Mapping
from seatmap.model import DrawingError, SeatMap
from seatmap.pipeline import parse
from seatmap.xml import BYTES_MAX

__all__ = ["pretix", "read", "seatsio"]


class _Kind(msgspec.Struct):
    """What tells the documents apart."""

    zones: msgspec.Raw = msgspec.Raw()
    size: msgspec.Raw = msgspec.Raw()
    subChart: msgspec.Raw = msgspec.Raw()
    subChartFloors: msgspec.Raw = msgspec.Raw()


def read(data: bytes, mapping: Mapping | None = None) -> SeatMap:
    """A seating plan, a chart or a drawing, whichever the bytes are.

    Raises DrawingError when they are none of these or pass a limit; a mapping is for drawings.
    """
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return parse(data, mapping)
    if len(data) > BYTES_MAX:
        raise DrawingError(f"the document is larger than {BYTES_MAX} bytes")
    try:
        kind = msgspec.json.decode(data, type=_Kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DrawingError(f"not readable as JSON: {error}") from None
    if bytes(kind.subChart) or bytes(kind.subChartFloors):
        return seatsio.read(data)
    if bytes(kind.zones) and bytes(kind.size):
        return pretix.read(data)
    raise DrawingError("this JSON is neither a seating plan nor a chart")
