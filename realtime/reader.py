"""A reader: who follows a channel, and how far it has come. A cursor, never a queue.

Its memory is constant however slow it is: when it can take something it is given the one
frame that leads from its cursor to the present.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realtime.protocol import RESYNC, Encoding, Frame, Position, bye

if TYPE_CHECKING:
    from realtime.channel import Channel
    from realtime.connection import Outlet


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who asks for which channel; the application has authorized it just now.

    `address` and `credential` (None = anonymous) are what connections are counted by.
    `authorize` is asked again every few seconds: False ends the stream, an exception means
    that it cannot be told now. Subscribers with the same credential and channel share an answer.
    """

    channel: str
    address: str
    credential: str | None = None
    authorize: Callable[[], Awaitable[bool]] | None = None


class Reader:
    """One stream. Its connection either lets the hub `push` frames into its transport, or takes
    them one by one with `next`; the hub wakes, closes and cuts it.

    `plain`: pushed, its connection takes bytes, and it has everything but what comes next: the
    channel then writes to it without asking further.
    """

    __slots__ = (
        "_abort",
        "_busy_since",
        "_bye",
        "_end",
        "_since",
        "_void",
        "_waiter",
        "beats",
        "channel",
        "cursor",
        "encoding",
        "ended",
        "expires_at",
        "outlet",
        "packed",
        "plain",
        "send",
        "subscriber",
        "verified_at",
    )

    def __init__(
        self,
        channel: Channel,
        subscriber: Subscriber,
        since: Position | None,
        *,
        now_s: float,
        expires_at: float,
        abort: Callable[[], object],
    ) -> None:
        self.channel = channel
        self.subscriber = subscriber
        self.expires_at = expires_at  # on the loop's clock, like all times here
        self.verified_at = now_s
        self._busy_since: float | None = now_s  # since when the connection took no new frame
        self.ended = False
        self._abort: Callable[[], object] | None = abort
        self._end: Callable[[], object] | None = None
        self._since = since
        self.cursor: int | None = None
        self._void = False
        self.beats = channel.beats
        self._bye: Frame | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.outlet: Outlet | None = None
        self.send: Callable[[bytes], int] | None = None
        self.encoding: Encoding = "text"
        self.packed = False
        self.plain = False

    def push(self, outlet: Outlet, encoding: Encoding, end: Callable[[], object]) -> None:
        """From now on frames are written to the outlet as they come. `end` is called, once, when
        this reader is over, after its last frame was written."""
        self.outlet = outlet
        self.send = outlet.send
        self.encoding = encoding
        self.packed = encoding == "binary"
        self._end = end
        self.wake()

    async def next(self) -> Frame | None:
        """The next frame, waiting for it; None when the stream is over."""
        loop = self.channel.loop
        while True:
            frame = self.take()
            if frame is not None or self.ended:
                self._busy_since = loop.time()
                return frame
            self._busy_since = None
            self._waiter = loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def take(self) -> Frame | None:
        """What this reader is to be sent now; None when it has everything.

        The frame counts as delivered: the cursor moves.
        """
        if self.ended:
            return None
        if self._bye is not None:
            self.ended = True
            return self._bye
        return self._take_state() or self._take_heartbeat()

    def _take_state(self) -> Frame | None:
        channel, position = self.channel, self.channel.feed.position
        if position is None:
            return None
        if self._since is not None:
            self._resume(self._since, position)
        if self._void:
            self._void = False
            channel.metrics.resyncs += 1
            return RESYNC
        frame = channel.feed.frame(self.cursor, self.packed)
        if frame is not None:
            channel.count_delivery(self.cursor)
            self.cursor = position.version
        return frame

    def _resume(self, since: Position, position: Position) -> None:
        self._since = None
        if since.epoch == position.epoch and since.version <= position.version:
            self.cursor = since.version
        else:
            self.void()

    def _take_heartbeat(self) -> Frame | None:
        if self.beats == self.channel.beats:
            return None
        self.beats = self.channel.beats
        return self.channel.heartbeat()

    def wake(self) -> None:
        """There may be something to take."""
        if self.outlet is not None:
            self._drain(self.outlet)
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def keep(self, wire: bytes, taken: int) -> None:
        """The connection took only the beginning of it."""
        assert self.outlet is not None
        self.outlet.keep(wire, taken)

    def block(self) -> None:
        """The connection takes nothing now; it will `wake` this reader."""
        self.plain = False

    def _drain(self, outlet: Outlet) -> None:
        while outlet.writable:
            frame = self.take()
            if frame is None:
                self.plain = self._since is None and not self.ended
                return
            outlet.write(frame.wire(self.encoding))
            if self.ended:
                self.leave()
                return

    def seek(self, since: Position | None) -> None:
        """Start again from `since`, None = from a snapshot: the client says so."""
        self._since = since
        self.cursor = None
        self.plain = False
        self.wake()

    def owe_heartbeat(self) -> None:
        """The client asked for a sign of life."""
        self.beats = -1
        self.wake()

    def void(self) -> None:
        """What the client holds is not this channel's state: resync, then a snapshot."""
        self._since = None
        self.cursor = None
        self._void = True
        self.plain = False

    def close(self, retry_ms: int) -> bool:
        """Say bye as soon as the connection takes it, then end. False if that was so already."""
        if self._bye is not None:
            return False
        self._bye = bye(retry_ms)
        self.plain = False
        self.wake()
        return True

    def leave(self) -> None:
        """The connection is over."""
        self.ended = True
        self.plain = False
        end, self._end = self._end, None
        if end is not None:
            end()
        self.wake()

    def forget(self) -> None:
        """The connection does something else now: nothing may be written to it any more."""
        self._end = self._abort = None
        self.leave()

    def abort(self) -> None:
        """End now, whatever the connection is waiting for."""
        self.leave()
        abort, self._abort = self._abort, None
        if abort is not None:
            abort()

    def stalled_s(self, now_s: float) -> float:
        """For how long the connection has taken nothing while there was something for it."""
        if self.outlet is not None:
            return self.outlet.stalled_s(now_s)
        return 0.0 if self._busy_since is None else now_s - self._busy_since
