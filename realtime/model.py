"""What an application supplies: the state of a channel, its truth, and its messages.

All of it is about opaque states; this package never looks into `Delta.data`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from realtime.protocol import Position


class Delta(msgspec.Struct, frozen=True):
    """What changed in (`prev`, `version`], as absolute values, never as increments.

    So a delta applies to any state at `prev <= mine < version`, overlapping or merged ones
    included. `data` is whatever the channel's model understands. `sent_ms` is the unix time
    at which it was published, for the lag metric.
    """

    epoch: int
    prev: int
    version: int
    data: Any
    sent_ms: int | None = None


class Nudge(msgspec.Struct, frozen=True):
    """Something changed up to `version`, but the message does not say what: ask the source."""

    epoch: int
    version: int
    sent_ms: int | None = None


class Model(Protocol):
    """The state of one channel at one position. Pure: no I/O, no clock."""

    @property
    def epoch(self) -> int: ...

    @property
    def version(self) -> int: ...

    def apply(self, delta: Delta) -> None:
        """Advance to `delta.version`; called only with prev <= version < delta.version.

        May raise anything on data it cannot take: the model is then thrown away and loaded anew.
        """
        ...

    def snapshot(self) -> bytes:
        """The whole state as the JSON `data` of a snapshot frame, in one line."""
        ...

    def delta(self, since: int) -> bytes | None:
        """One merged delta `since`..version as JSON `data` in one line, since < version.

        None when only a snapshot can answer, e.g. since this model's memory begins later.
        """
        ...

    def checksum(self) -> int | None:
        """Of the state now, for heartbeats; None when the channel has none."""
        ...


@runtime_checkable
class Packed(Protocol):
    """What a model may have besides: bodies for the binary subprotocol, smaller than JSON. They
    say the same, without epoch and versions, which stand before them (`binary.py`)."""

    def pack_snapshot(self) -> bytes: ...

    def pack_delta(self, since: int) -> bytes | None:
        """As `Model.delta`."""
        ...


class Source(Protocol):
    """The truth. Every call is one consistent read of the primary; any exception means
    "not now" and is tried again."""

    async def load(self, channel: str) -> Model:
        """The state now."""
        ...

    async def changes(self, channel: str, since: int) -> Delta | None:
        """All that changed after `since` as one delta with `prev <= since`; its version equals
        `since` when nothing did. None when this cannot be told: `load` follows."""
        ...

    def rest_s(self, channel: str) -> float:
        """Least time between two reads of a channel that is dear to read; 0 = no more than the
        hub keeps anyway."""
        ...

    async def versions(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """The positions of many channels in one cheap read; unknown channels are left out."""
        ...


class Codec(Protocol):
    """How a channel hears of its changes through the broker. Pure."""

    def topic(self, channel: str) -> str:
        """The broker's topic that carries this channel; several channels may share one."""
        ...

    def decode(self, channel: str, body: bytes) -> Delta | Nudge | None:
        """A message for `channel`; None when it does not concern it. May raise anything on a
        message it cannot read: it is then counted and skipped."""
        ...
