"""The wire: positions and frames, in the encodings of SSE and WebSocket.

A frame is built once and its encodings are cached on it, so that every reader at the
same position is sent the same bytes object.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import msgspec

Kind = Literal["snapshot", "delta", "heartbeat", "resync", "bye"]

SUBPROTOCOL_JSON = "fullhouse.v1.json"
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
    """One message to readers. `data` is JSON without line breaks, UTF-8.

    `position` is what a reader that has applied the frame is at (snapshot and delta only).
    `retry_ms` goes out as SSE's own `retry:` field too, so that a plain EventSource obeys it.
    """

    __slots__ = ("_sse", "_text", "data", "kind", "position", "retry_ms")

    def __init__(
        self,
        kind: Kind,
        data: bytes,
        position: Position | None = None,
        retry_ms: int | None = None,
    ) -> None:
        self.kind: Kind = kind
        self.data = data
        self.position = position
        self.retry_ms = retry_ms
        self._sse: bytes | None = None
        self._text: str | None = None

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


RESYNC = Frame("resync", b"{}")
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
    return Frame("heartbeat", msgspec.json.encode(data))


def bye(retry_ms: int) -> Frame:
    """`{"retry_ms": n}`: the server ends this stream; come back after n ms."""
    return Frame("bye", b'{"retry_ms":%d}' % retry_ms, retry_ms=retry_ms)


def sse_prelude(retry_ms: int) -> bytes:
    """First bytes of a stream: makes proxies pass the headers on, and sets the time after
    which a browser whose connection broke without a `bye` comes back."""
    return b": open\nretry: %d\n\n" % retry_ms
