"""Sheets as PDF, set by Typst from `sheets/` and the fonts beside it, one after the other.

What a sheet says travels as JSON and is set as it is: a name that looks like code is a name.
"""

import asyncio
import datetime as dt
import re
from pathlib import Path
from typing import Any, Literal

import msgspec
import typst

from server.kernel.errors import Overloaded

Sheet = Literal["ticket", "receipt"]

WAITING_MAX = 64
_HERE = Path(__file__).parent
# Controls, and what turns the direction of text around: a seat must read as what it is.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Press:
    """Prints beside the event loop, in a thread: about 7 ms of one core for a ticket."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._compiler: typst.Compiler | None = None

    async def print(self, sheet: Sheet, data: msgspec.Struct, made_at: dt.datetime) -> bytes:
        """A PDF; the same, byte for byte, of the same data. Raises Overloaded."""
        if self._waiting >= WAITING_MAX:
            raise Overloaded("very many tickets are being printed: try again", retry_after_s=2)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._print, sheet, data, made_at)
        finally:
            self._waiting -= 1

    def _print(self, sheet: Sheet, data: msgspec.Struct, made_at: dt.datetime) -> bytes:
        if self._compiler is None:
            # Scripts that our own font lacks are set in what this machine has.
            fonts = typst.Fonts(font_paths=[str(_HERE / "fonts")])
            self._compiler = typst.Compiler(root=str(_HERE / "sheets"), font_paths=fonts)
        said = msgspec.json.encode(_seen(msgspec.to_builtins(data))).decode()
        made = self._compiler.compile(
            str(_HERE / "sheets" / f"{sheet}.typ"),
            format="pdf",
            sys_inputs={"data": said},
            timestamp=int(made_at.timestamp()),
        )
        assert isinstance(made, bytes)
        return made


def _seen(value: Any) -> Any:
    """The same without characters that nobody sees."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, dict):
        return {name: _seen(one) for name, one in value.items()}
    if isinstance(value, list) and value and not isinstance(value[0], int):
        return [_seen(one) for one in value]
    return value
