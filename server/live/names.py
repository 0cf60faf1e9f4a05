"""Channel and topic names, and the message that carries a change between processes."""

import uuid
from typing import Literal

import msgspec

from realtime import Delta, Nudge

Kind = Literal["seats", "sales", "scans", "queue"]
KINDS: tuple[Kind, ...] = ("seats", "sales", "scans", "queue")

PREFIX = "realtime:"
STREAM_OF = {"seats": "inventory", "sales": "inventory", "scans": "scans", "queue": "queue"}
"""Which of the event's clocks gives a channel its version; `queue` is the waiting room's own."""


class Message(msgspec.Struct):
    """One commit on its way through Redis: `stream` moved from version `p` to `v` of epoch `e`.

    `s`: [seat index, status]; `g`: [pool index, places left]; `t`: unix ms at publication;
    `mapped`: the event has another map since, and everything is to be read anew.
    """

    stream: str
    e: int
    p: int
    v: int
    t: int
    s: list[tuple[int, int]] = []
    g: list[tuple[int, int]] = []
    mapped: bool = False


def channel_of(event_id: uuid.UUID, kind: Kind) -> str:
    return f"{event_id}/{kind}"


def split(channel: str) -> tuple[uuid.UUID, Kind]:
    """Raises ValueError for what `channel_of` did not write."""
    event_id, _, kind = channel.partition("/")
    if kind not in KINDS:
        raise ValueError(channel)
    return uuid.UUID(event_id), kind  # type: ignore[return-value]


def topic_of(event_id: uuid.UUID) -> str:
    """The broker's topic of all of an event's channels; in Redis it stands behind PREFIX."""
    return f"event:{event_id}"


class LiveCodec:
    """Seats travel in the message; the other channels are told to look."""

    def topic(self, channel: str) -> str:
        return topic_of(split(channel)[0])

    def decode(self, channel: str, body: bytes) -> Delta | Nudge | None:
        message = msgspec.json.decode(body, type=Message)
        kind = split(channel)[1]
        if message.stream != STREAM_OF[kind]:
            return None
        if kind == "seats" and not message.mapped:
            return Delta(message.e, message.p, message.v, (message.s, message.g), message.t)
        return Nudge(message.e, message.v, message.t)
