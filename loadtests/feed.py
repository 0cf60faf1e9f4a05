"""One screen: follows an event's seats over SSE or WebSocket, reconnects, and logs what it saw.

Blocking, on plain sockets: a thread each in the simulation, a green thread each under Locust.
"""

import base64
import contextlib
import http.client
import socket
import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from loadtests.history import Recorder, Seen
from loadtests.laws.streams import digest
from realtime.cells import fmix32
from realtime.client import Follower, Message, SseDecoder, Verdict, decode_text
from realtime.protocol import SUBPROTOCOL_JSON

SILENCE_MAX_S = 15.0
"""Heartbeats come every 5 s: a stream that is silent for longer is dead."""
RETRY_S = 0.2
SOLD = 2

Via = Literal["sse", "ws"]


class SeatState:
    """The fold of the seats channel: one byte per seat, the places left per standing area."""

    def __init__(self) -> None:
        self.states = bytearray()
        self.available: list[int] = []
        self.unsold: list[int] = []
        self._sum = 0

    def snapshot(self, data: dict[str, Any]) -> None:
        before = self.states
        self.states = _unpack(data["n"], data["s"])
        self.available = list(data["g"])
        values = [*self.states, *self.available]
        self._sum = sum(value * fmix32(at + 1) for at, value in enumerate(values) if value)
        self.unsold = [at for at, state in enumerate(before) if state == SOLD != self.states[at]]

    def delta(self, data: dict[str, Any]) -> None:
        self.unsold = []
        for at, state in data["s"]:
            if self.states[at] == SOLD != state:
                self.unsold.append(at)
            self._sum += (state - self.states[at]) * fmix32(at + 1)
            self.states[at] = state
        for at, left in data["g"]:
            self._sum += (left - self.available[at]) * fmix32(len(self.states) + at + 1)
            self.available[at] = left

    def checksum(self) -> int:
        return self._sum & 0xFFFFFFFF

    def digest(self) -> str:
        return digest(self.states, self.available)


_FOUR_SEATS = [bytes(byte >> at & 3 for at in (0, 2, 4, 6)) for byte in range(256)]


def _unpack(count: int, packed: str | list[tuple[int, int, int]]) -> bytearray:
    if isinstance(packed, str):
        four = map(_FOUR_SEATS.__getitem__, base64.b64decode(packed))
        return bytearray(b"".join(four)[:count])
    states = bytearray(count)
    for start, length, state in packed:
        states[start : start + length] = bytes([state]) * length
    return states


class Screen:
    """`base_urls`: tried in turn. `on_frame` is called after each frame with what it meant."""

    def __init__(
        self,
        base_urls: list[str],
        event_id: str,
        via: Via,
        recorder: Recorder,
        on_frame: Callable[[Message, Seen], None] = lambda _message, _seen: None,
    ) -> None:
        self.state = SeatState()
        self.follower = Follower(self.state)
        self.frames = 0
        self.losses = 0
        self._base_urls, self._event_id, self._via = base_urls, event_id, via
        self._recorder, self._on_frame = recorder, on_frame
        self._stopped = False
        self._hang_up: Callable[[], object] = lambda: None

    @property
    def version(self) -> int:
        """Of the state on the screen; -1 while there is none."""
        return self.follower.position.version if self.follower.position else -1

    def stop(self) -> None:
        """Ends `run` now."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._hang_up()

    def run(self) -> None:
        """Follow until stopped, whatever breaks."""
        attempt = 0
        while not self._stopped:
            base_url = self._base_urls[attempt % len(self._base_urls)]
            attempt += 1
            messages = self._sse(base_url) if self._via == "sse" else self._websocket(base_url)
            try:
                for message in messages:
                    verdict = self._take(message)
                    if self._stopped or verdict in (Verdict.GAP, Verdict.DIVERGED, Verdict.BYE):
                        break
            except (OSError, EOFError, ValueError, http.client.HTTPException, WebSocketException):
                self.losses += 1
            finally:
                messages.close()
            if not self._stopped:
                time.sleep(max(RETRY_S, self.follower.retry_ms / 1000))

    def _take(self, message: Message) -> Verdict:
        before = self.version
        verdict = self.follower.feed(message)
        self.frames += 1
        seen = Seen(time.monotonic(), self._event_id, message.type, verdict.value, before=before)
        position = self.follower.position
        if verdict is Verdict.APPLIED and position is not None:
            seen.epoch, seen.v = position
            seen.unsold, seen.digest = self.state.unsold, self.state.digest()
            if message.type == "delta":
                seen.p, seen.changed = message.data["p"], message.data["s"]
        self._recorder.write(seen)
        self._on_frame(message, seen)
        return verdict

    def _sse(self, base_url: str) -> Generator[Message]:
        to = urlsplit(base_url)
        link = http.client.HTTPConnection(to.hostname or "", to.port, timeout=SILENCE_MAX_S)
        headers = {"Accept": "text/event-stream"}
        if self.follower.position is not None:
            headers["Last-Event-ID"] = str(self.follower.position)
        try:
            link.connect()
            self._hang_up = partial(link.sock.shutdown, socket.SHUT_RDWR)
            link.request("GET", f"/v1/events/{self._event_id}/stream", headers=headers)
            response = link.getresponse()
            if response.status != 200:
                raise ConnectionError(f"{response.status} for a stream")
            decoder = SseDecoder()
            while chunk := response.read1(65_536):
                yield from decoder.feed(chunk)
        finally:
            link.close()

    def _websocket(self, base_url: str) -> Generator[Message]:
        since = self.follower.position
        query = f"?since={since}" if since is not None else ""
        url = f"ws{base_url.removeprefix('http')}/v1/events/{self._event_id}/ws{query}"
        subprotocols = [Subprotocol(SUBPROTOCOL_JSON)]
        with connect(url, subprotocols=subprotocols, proxy=None, close_timeout=1) as link:
            self._hang_up = partial(link.socket.shutdown, socket.SHUT_RDWR)
            while True:
                yield decode_text(link.recv(timeout=SILENCE_MAX_S))


def reload(body: bytes, event_id: str) -> tuple[Seen, SeatState]:
    """What GET /seats answered: a line for the log, and the state."""
    data = msgspec.json.decode(body)
    state = SeatState()
    state.snapshot(data)
    version, known = data["v"], state.digest()
    seen = Seen(time.monotonic(), event_id, "read", "applied", data["e"], v=version, digest=known)
    return seen, state
