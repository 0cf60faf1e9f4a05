"""A reader on a WebSocket: the same frames as on SSE, as text messages.

A client may send `{"since": "epoch:version"}` (null = from a snapshot) to start again, and
`{"ping": n}`, answered by a heartbeat; anything else closes the connection with 1008.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.connection import reader_on
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.protocol import SUBPROTOCOL_JSON, Position
from realtime.reader import Reader, Subscriber
from realtime.settings import HubSettings

_POLICY_VIOLATION = 1008
_SERVICE_RESTART = 1012


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
    if offered and SUBPROTOCOL_JSON not in offered:
        await websocket.send_denial_response(Response(status_code=400))
        return
    since = Position.parse(websocket.query_params.get("since"))
    try:
        with reader_on(websocket.scope, hub, subscriber, since) as reader:
            await websocket.accept(SUBPROTOCOL_JSON if offered else None)
            await _stream(websocket, reader, hub.settings)
    except ReaderRefused as refused:
        status = 429 if refused.reason in ("address", "credential") else 503
        headers = {"Retry-After": str(-(-refused.retry_ms // 1000))}
        await websocket.send_denial_response(Response(status_code=status, headers=headers))


async def _stream(websocket: WebSocket, reader: Reader, settings: HubSettings) -> None:
    listener = _Listener(reader, settings)
    listening = asyncio.create_task(listener.listen(websocket))
    try:
        while (frame := await reader.next()) is not None:
            await websocket.send_text(frame.text)
        if not listener.peer_gone:
            await websocket.close(_POLICY_VIOLATION if listener.violated else _SERVICE_RESTART)
    except WebSocketDisconnect:
        pass
    finally:
        listening.cancel()


class _Listener:
    """What the client says. Ends the reader when it goes away or breaks the rules."""

    def __init__(self, reader: Reader, settings: HubSettings) -> None:
        self._reader = reader
        self._bytes_max = settings.client_message_bytes_max
        self._per_s_max = settings.client_messages_per_s_max
        self._allowance = float(self._per_s_max)
        self._heard_at = reader.channel.loop.time()
        self.violated = False
        self.peer_gone = False

    async def listen(self, websocket: WebSocket) -> None:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                self.peer_gone = True
                break
            if not self._obey(message.get("text")):
                self.violated = True
                break
        self._reader.leave()

    def _obey(self, text: str | None) -> bool:
        if text is None or len(text) > self._bytes_max or not self._within_rate():
            return False
        try:
            message = msgspec.json.decode(text, type=_Message)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return False
        if (message.since is msgspec.UNSET) == (message.ping is msgspec.UNSET):
            return False
        if isinstance(message.since, msgspec.UnsetType):
            self._reader.owe_heartbeat()
        else:
            self._reader.seek(Position.parse(message.since))
        return True

    def _within_rate(self) -> bool:
        now_s = self._reader.channel.loop.time()
        self._allowance += (now_s - self._heard_at) * self._per_s_max
        self._allowance = min(self._allowance, self._per_s_max) - 1
        self._heard_at = now_s
        return self._allowance >= 0
