"""The wire: positions and frames, in the encodings of SSE and WebSocket.

A frame is built once and its encodings are cached on it, so that every reader at the
same position is sent the same bytes object.
"""

from __future__ import annotations

import re
import struct
from typing import Literal, NamedTuple

import msgspec

from realtime import binary

Kind = Literal["snapshot", "delta", "heartbeat", "resync", "bye"]

Encoding = Literal["sse", "text", "binary"]
"""How frames stand on a connection: events in HTTP chunks, WebSocket text, WebSocket binary."""

SUBPROTOCOL_JSON = "fullhouse.v1.json"
SUBPROTOCOL_BINARY = "fullhouse.v1.bin"
NUMBER_MAX = 2**53 - 1
"""Greatest epoch, version or time on the wire: browsers read numbers as doubles."""

_POSITION = re.compile(r"(0|[1-9][0-9]{0,15}):(0|[1-9][0-9]{0,15})")


class Position(NamedTuple):
    """A point in a channel's history.

    `epoch` changes only when the truth lost history (a backup was restored); `version`
    counts the channel's changes within it, 0 = nothing happened yet.
    """

    epoch: int
    version: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.version}"

    @staticmethod
    def parse(text: str | None) -> Position | None:
        """Read "epoch:version"; None for anything that `str(position)` cannot have written."""
        match = _POSITION.fullmatch(text) if text else None
        if match is None:
            return None
        position = Position(int(match[1]), int(match[2]))
        return position if max(position) <= NUMBER_MAX else None


class Frame:
    """One message to readers. `data` is JSON without line breaks, UTF-8; `packed` is the same as
    a binary message. A snapshot or a delta has one of the two, everything else has both.

    `position` is what a reader that has applied the frame is at (snapshot and delta only).
    `retry_ms` goes out as SSE's own `retry:` field too, so that a plain EventSource obeys it.
    """

    __slots__ = ("_sse", "_text", "_wires", "data", "kind", "packed", "position", "retry_ms")

    def __init__(
        self,
        kind: Kind,
        data: bytes = b"",
        position: Position | None = None,
        retry_ms: int | None = None,
        packed: bytes = b"",
    ) -> None:
        self.kind: Kind = kind
        self.data = data
        self.packed = packed
        self.position = position
        self.retry_ms = retry_ms
        self._sse: bytes | None = None
        self._text: str | None = None
        self._wires: dict[Encoding, bytes] = {}

    @property
    def sse(self) -> bytes:
        """The frame as one server-sent event (WHATWG HTML, 9.2.6)."""
        if self._sse is None:
            head = f"event: {self.kind}\n"
            if self.position is not None:
                head += f"id: {self.position}\n"
            if self.retry_ms is not None:
                head += f"retry: {self.retry_ms}\n"
            self._sse = b"%bdata: %b\n\n" % (head.encode(), self.data)
        return self._sse

    @property
    def text(self) -> str:
        """The frame as the payload of one WebSocket text message."""
        if self._text is None:
            id_ = f'"id":"{self.position}",' if self.position is not None else ""
            self._text = f'{{"type":"{self.kind}",{id_}"data":{self.data.decode()}}}'
        return self._text

    def wire(self, encoding: Encoding) -> bytes:
        """The very bytes for a connection, shared by all readers of the same encoding."""
        wire = self._wires.get(encoding)
        if wire is None:
            if encoding == "sse":
                wire = b"%x\r\n%b\r\n" % (len(self.sse), self.sse)  # an HTTP/1.1 chunk
            elif encoding == "text":
                wire = _websocket_frame(_TEXT, self.text.encode())
            else:
                wire = _websocket_frame(_BINARY, self.packed)
            self._wires[encoding] = wire
        return wire


_TEXT, _BINARY = 0x81, 0x82  # FIN and opcode


def _websocket_frame(head: int, payload: bytes) -> bytes:
    """A whole, uncompressed message from a server. Source: RFC 6455, 5.2."""
    length = len(payload)
    if length < 126:
        return bytes((head, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", head, 126, length) + payload
    return struct.pack("!BBQ", head, 127, length) + payload


RESYNC = Frame("resync", b"{}", packed=binary.varints([binary.RESYNC]))
"""Tells a reader that its state is void; a snapshot follows."""


def heartbeat(now_ms: int, version: int | None, checksum: int | None, *, degraded: bool) -> Frame:
    """`{"t": unix ms, "v": version, "c": checksum, "degraded": true}`.

    `v` and `c` are missing while no state is known, `c` also where the channel has no
    checksum; `degraded` is present only while updates may be late.
    """
    data: dict[str, int | bool] = {"t": now_ms}
    if version is not None:
        data["v"] = version
    if checksum is not None:
        data["c"] = checksum
    if degraded:
        data["degraded"] = True
    packed = binary.heartbeat(now_ms, version, checksum, degraded)
    return Frame("heartbeat", msgspec.json.encode(data), packed=packed)


def bye(retry_ms: int) -> Frame:
    """`{"retry_ms": n}`: the server ends this stream; come back after n ms."""
    data = b'{"retry_ms":%d}' % retry_ms
    return Frame("bye", data, retry_ms=retry_ms, packed=binary.bye(retry_ms))


def sse_prelude(retry_ms: int) -> bytes:
    """First bytes of a stream: makes proxies pass the headers on, and sets the time after
    which a browser whose connection broke without a `bye` comes back."""
    return b": open\nretry: %d\n\n" % retry_ms
