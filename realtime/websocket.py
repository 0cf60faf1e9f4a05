"""A reader on a WebSocket: the same frames as on SSE, as text messages or, when the client
offers `fullhouse.v1.bin`, as compact binary ones (`binary.py`).

A client may send `{"since": "epoch:version"}` (null = from a snapshot) to start again, and
`{"ping": n}`, answered by a heartbeat; anything else closes the connection with 1008.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.connection import Attachment, interruption
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.protocol import SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON, Encoding, Position
from realtime.reader import Reader, Subscriber
from realtime.settings import HubSettings

_POLICY_VIOLATION = 1008
_SERVICE_RESTART = 1012

# By what the client offers, in its own order; one that offers nothing is told in text.
_ENCODINGS: dict[str | None, Encoding] = {
    SUBPROTOCOL_JSON: "text",
    SUBPROTOCOL_BINARY: "binary",
    None: "text",
}


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly one of the two."""

    since: str | msgspec.UnsetType | None = msgspec.UNSET
    ping: int | msgspec.UnsetType = msgspec.UNSET


async def serve(
    websocket: WebSocket,
    hub: Hub,
    subscriber: Subscriber,
    *,
    origin_allowed: Callable[[str | None], bool],
) -> None:
    """Stream `subscriber.channel` until either side ends it.

    A foreign origin is answered 403, a subprotocol that we do not speak 400, a reached limit 429
    (one address's or credential's) or 503; all before the connection is accepted.
    """
    if not origin_allowed(websocket.headers.get("origin")):
        await websocket.close(_POLICY_VIOLATION)
        return
    offered = websocket.scope["subprotocols"]
    chosen = next((name for name in offered if name in _ENCODINGS), None)
    if offered and chosen is None:
        await websocket.send_denial_response(Response(status_code=400))
        return
    since = Position.parse(websocket.query_params.get("since"))
    listener = _Listener(hub.settings)
    try:
        with Attachment(websocket.scope, hub, subscriber, since) as (reader, outlet):
            await websocket.accept(chosen)
            encoding = _ENCODINGS[chosen]
            if outlet is None:
                await _pump(websocket, reader, encoding, listener)
            else:
                reader.push(outlet, encoding, interruption())
                await listener.listen(websocket, reader)
        if not listener.peer_gone:
            await websocket.close(_POLICY_VIOLATION if listener.violated else _SERVICE_RESTART)
    except WebSocketDisconnect:
        pass
    except ReaderRefused as refused:
        status = 429 if refused.reason in ("address", "credential") else 503
        headers = {"Retry-After": str(-(-refused.retry_ms // 1000))}
        await websocket.send_denial_response(Response(status_code=status, headers=headers))


async def _pump(
    websocket: WebSocket, reader: Reader, encoding: Encoding, listener: _Listener
) -> None:
    """Where the transport is out of reach: a turn of this task per frame."""
    reader.packed = encoding == "binary"
    listening = asyncio.create_task(_listen_and_leave(websocket, reader, listener))
    try:
        while (frame := await reader.next()) is not None:
            if reader.packed:
                await websocket.send_bytes(frame.packed)
            else:
                await websocket.send_text(frame.text)
    finally:
        listening.cancel()


async def _listen_and_leave(websocket: WebSocket, reader: Reader, listener: _Listener) -> None:
    await listener.listen(websocket, reader)
    reader.leave()


class _Listener:
    """What the client says."""

    def __init__(self, settings: HubSettings) -> None:
        self._bytes_max = settings.client_message_bytes_max
        self._per_s_max = settings.client_messages_per_s_max
        self._allowance = float(self._per_s_max)
        self._heard_at = asyncio.get_running_loop().time()
        self.violated = False
        self.peer_gone = False

    async def listen(self, websocket: WebSocket, reader: Reader) -> None:
        """Until the client goes away or breaks the rules."""
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                self.peer_gone = True
                break
            if not self._obey(reader, message.get("text")):
                self.violated = True
                break

    def _obey(self, reader: Reader, text: str | None) -> bool:
        if text is None or len(text) > self._bytes_max or not self._within_rate():
            return False
        try:
            message = msgspec.json.decode(text, type=_Message)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return False
        if (message.since is msgspec.UNSET) == (message.ping is msgspec.UNSET):
            return False
        if isinstance(message.since, msgspec.UnsetType):
            reader.owe_heartbeat()
        else:
            reader.seek(Position.parse(message.since))
        return True

    def _within_rate(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        self._allowance += (now_s - self._heard_at) * self._per_s_max
        self._allowance = min(self._allowance, self._per_s_max) - 1
        self._heard_at = now_s
        return self._allowance >= 0
