"""A client of a channel, sans I/O: feed it what a stream delivers, and it keeps the state,
or says what the connection must do. Also the decoders that a connection needs."""

from __future__ import annotations

import enum
from typing import Any, Protocol

import msgspec

from realtime import binary
from realtime.protocol import NUMBER_MAX, Kind, Position


class Message(msgspec.Struct, frozen=True):
    """One decoded frame. `data` is the parsed JSON."""

    type: Kind
    data: dict[str, Any]
    id: str | None = None


class Fold(Protocol):
    """The application's half of a client: how a state follows from frames."""

    def snapshot(self, data: dict[str, Any]) -> None:
        """Replace the state."""
        ...

    def delta(self, data: dict[str, Any]) -> None:
        """Advance the state."""
        ...

    def checksum(self) -> int | None:
        """Of the state now; None when the channel has none."""
        ...


class Unpack(Protocol):
    """The application's reading of its packed bodies (`model.Packed`): what the JSON of the same
    frame says, without epoch and versions. Raises ValueError or IndexError on anything else."""

    def snapshot(self, body: bytes) -> dict[str, Any]: ...

    def delta(self, body: bytes) -> dict[str, Any]: ...


class Verdict(enum.Enum):
    """What a message meant, and what the connection must do about it."""

    APPLIED = "applied"
    IGNORED = "ignored"  # old, or says nothing about the state
    GAP = "gap"  # reconnect, resuming from `Follower.position`
    DIVERGED = "diverged"  # the state was dropped: reconnect for a snapshot
    BYE = "bye"  # reconnect after `Follower.retry_ms`, resuming


class Follower:
    """True or aware that it is not: `position` is None while the state must not be shown."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.position: Position | None = None
        self.retry_ms = 0
        self.degraded = False

    def feed(self, message: Message) -> Verdict:
        """Take one message, in the order of arrival.

        Raises nothing on hostile content: it is DIVERGED.
        """
        try:
            return self._dispatch(message)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            return self._drop()

    def _dispatch(self, message: Message) -> Verdict:
        if message.type == "snapshot":
            return self._snapshot(message)
        if message.type == "delta":
            return self._delta(message)
        if message.type == "heartbeat":
            return self._heartbeat(message.data)
        if message.type == "resync":
            self.position = None
            return Verdict.IGNORED
        self.retry_ms = max(0, int(message.data["retry_ms"]))
        return Verdict.BYE

    def _snapshot(self, message: Message) -> Verdict:
        position = Position.parse(message.id)
        if position is None:
            return self._drop()
        self.position = None
        self.fold.snapshot(message.data)
        self.position = position
        return Verdict.APPLIED

    def _delta(self, message: Message) -> Verdict:
        position, mine = Position.parse(message.id), self.position
        if position is None:
            return self._drop()
        if mine is None or position.epoch != mine.epoch:
            return Verdict.GAP
        if position.version <= mine.version:
            return Verdict.IGNORED
        if int(message.data["p"]) > mine.version:
            return Verdict.GAP
        self.position = None
        self.fold.delta(message.data)
        self.position = position
        return Verdict.APPLIED

    def _heartbeat(self, data: dict[str, Any]) -> Verdict:
        self.degraded = bool(data.get("degraded"))
        version, checksum = data.get("v"), data.get("c")
        if version is None:
            return Verdict.IGNORED
        if self.position is None:
            return self._drop()  # the server believes that we have a state
        if not 0 <= version <= NUMBER_MAX or version < self.position.version:
            return self._drop()
        if version > self.position.version:
            return Verdict.GAP
        if checksum is not None and checksum != self.fold.checksum():
            return self._drop()
        return Verdict.IGNORED

    def _drop(self) -> Verdict:
        self.position = None
        return Verdict.DIVERGED


class SseDecoder:
    """Bytes of an event stream in, messages out. Source: WHATWG HTML, 9.2.6, of which the parts
    that `protocol.Frame.sse` writes: LF line ends, one `data` line."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Message]:
        """Raises ValueError on data that is not JSON."""
        *blocks, self._rest = (self._rest + chunk).split(b"\n\n")
        messages = (self._message(block) for block in blocks)
        return [message for message in messages if message is not None]

    @staticmethod
    def _message(block: bytes) -> Message | None:
        fields = dict(
            line.split(b": ", 1) for line in block.split(b"\n") if line and line[:1] != b":"
        )
        if b"data" not in fields:
            return None
        id_ = fields.get(b"id")
        return msgspec.convert(
            {
                "type": fields[b"event"].decode(),
                "id": None if id_ is None else id_.decode(),
                "data": msgspec.json.decode(fields[b"data"]),
            },
            Message,
        )


def decode_text(text: str | bytes) -> Message:
    """A WebSocket text message. Raises ValueError on anything that is not a frame."""
    return msgspec.json.decode(text, type=Message)


def decode_binary(message: bytes, unpack: Unpack | None = None) -> Message:
    """A WebSocket binary message, as the text message of the same frame would be read.

    `unpack` = None: the channel's bodies are JSON. Raises ValueError on anything else.
    """
    try:
        return _decode_binary(message, unpack)
    except IndexError as error:
        raise ValueError("message too short") from error


def _decode_binary(message: bytes, unpack: Unpack | None) -> Message:
    kind = message[0]
    if kind == binary.SNAPSHOT:
        (epoch, version), at = binary.read_varints(message, 1, 2)
        data = unpack.snapshot(message[at:]) if unpack else _json(message[at:])
        data = {"e": epoch, "v": version} | data
        return Message("snapshot", data, str(Position(epoch, version)))
    if kind == binary.DELTA:
        (epoch, prev, step), at = binary.read_varints(message, 1, 3)
        data = unpack.delta(message[at:]) if unpack else _json(message[at:])
        data = {"p": prev, "v": prev + step} | data
        return Message("delta", data, str(Position(epoch, prev + step)))
    if kind == binary.HEARTBEAT:
        return Message("heartbeat", binary.read_heartbeat(message))
    if kind == binary.RESYNC:
        return Message("resync", {})
    if kind == binary.BYE:
        return Message("bye", {"retry_ms": binary.read_varint(message, 1)[0]})
    raise ValueError(f"no frame of kind {kind}")


def _json(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body, type=dict[str, Any])
