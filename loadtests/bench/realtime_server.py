"""The feed alone, as a server to be measured: one channel of seats, fanned out by our hub.

    python -m loadtests.bench.realtime_server SEATS REST_MIN_MS REST_MAX_MS [REDIS_URL]

With a REDIS_URL it sends what is published there; without one it makes its own changes, each as
soon as the last has gone to everybody (`flood`). Prints its port, then answers commands, one a
line: `flood`, `stop`, `stats`, `stuck`.
"""

import asyncio
import contextlib
import random
import socket
import struct
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import msgspec
import uvicorn
import uvloop
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from realtime import Delta, HubSettings, Position
from realtime.broker import Broker, Listener
from realtime.broker_redis import RedisBroker
from realtime.garbage import settle
from realtime.hub import Hub
from realtime.reader import Subscriber
from realtime.sse import FeedResponse
from realtime.uvicorn_protocols import StreamHttpProtocol, StreamWebSocketProtocol
from realtime.websocket import serve
from server.inventory.state import State
from server.live.seats import SeatsModel

CHANNEL = "bench"
POOLS = 2
COUNTED = ("readers", "deliveries", "conflations", "snapshot_misses", "resyncs", "stalled")
SO_MEMINFO = 55
STUCK_BYTES = 12_000
SEATS_PER_CHANGE = 5
"""A hold of five seats: about 120 bytes as a server-sent event, like the messages of the peer."""


class Message(msgspec.Struct):
    p: int
    v: int
    s: list[tuple[int, int]]
    g: list[tuple[int, int]]


def change(version: int, seats: int, dice: random.Random) -> Message:
    """What version does to the seats: the absolute states of some of them."""
    told = [(at, dice.randrange(4)) for at in sorted(dice.sample(range(seats), SEATS_PER_CHANGE))]
    return Message(version - 1, version, told, [(version % POOLS, dice.randrange(500))])


class Truth:
    """Everything that was published, as the database of the channel."""

    def __init__(self, seats: int) -> None:
        self._seats = seats
        self._log: list[Delta] = []

    def decode(self, channel: str, body: bytes) -> Delta:
        told = msgspec.json.decode(body, type=Message)
        delta = Delta(1, told.p, told.v, (told.s, told.g))
        self._log.append(delta)
        return delta

    def topic(self, channel: str) -> str:
        return channel

    async def load(self, channel: str) -> SeatsModel:
        model = SeatsModel(1, self._seats, POOLS, State(0, uuid.UUID(int=0), 0, [], []))
        for delta in self._log:
            model.apply(delta)
        return model

    async def changes(self, channel: str, since: int) -> None:
        return None  # `load` knows everything

    def rest_s(self, channel: str) -> float:
        return 0.0

    async def versions(self, channels: Sequence[str]) -> Mapping[str, Position]:
        return {}


class Flood:
    """A broker whose every message follows the one before as soon as all readers have that."""

    def __init__(self, seats: int) -> None:
        self._seats, self._dice = seats, random.Random(1)
        self._listener: Listener | None = None
        self._flooding: asyncio.Task[None] | None = None
        self.version = 0

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        listener.up()

    async def stop(self) -> None:
        self.halt()

    async def publish(self, topic: str, body: bytes) -> None:
        raise NotImplementedError

    async def subscribe(self, topic: str) -> None: ...

    async def unsubscribe(self, topic: str) -> None: ...

    def begin(self, hub: Hub) -> None:
        self._flooding = asyncio.create_task(self._flood(hub))

    def halt(self) -> None:
        if self._flooding is not None:
            self._flooding.cancel()

    async def _flood(self, hub: Hub) -> None:
        assert self._listener is not None
        while True:
            self.version += 1
            body = msgspec.json.encode(change(self.version, self._seats, self._dice))
            self._listener.message(CHANNEL, body)
            while not hub.settled(CHANNEL, self.version):  # noqa: ASYNC110 - each turn counts
                await asyncio.sleep(0)


def application(hub: Hub) -> ASGIApp:
    """Nothing around the feed: it is what is measured."""
    subscriber = Subscriber(CHANNEL, "bench")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await FeedResponse(Request(scope), hub, subscriber)(scope, receive, send)
        else:
            websocket = WebSocket(scope, receive, send)
            await serve(websocket, hub, subscriber, origin_allowed=lambda origin: True)

    return answer


@contextlib.asynccontextmanager
async def served(hub: Hub) -> AsyncIterator[int]:
    config = uvicorn.Config(
        application(hub), port=0, http=StreamHttpProtocol, ws=StreamWebSocketProtocol,
        ws_per_message_deflate=False, log_level="warning", lifespan="off", backlog=8192,
        access_log=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def main(seats: int, rest_ms: tuple[int, int], redis_url: str | None) -> None:
    settings = HubSettings(
        flush_interval_min_ms=rest_ms[0],
        flush_interval_max_ms=rest_ms[1],
        readers_max=20_000,
        readers_per_address_max=20_000,
        reader_stall_s=600,
        drain_timeout_s=0.5,
    )
    truth, flood = Truth(seats), Flood(seats)
    broker: Broker = RedisBroker(redis_url) if redis_url else flood
    async with Hub(truth, truth, broker, settings) as hub, served(hub) as port:
        settle()
        print(port, flush=True)
        await _obey(hub, flood)


async def _obey(hub: Hub, flood: Flood) -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    commands: dict[str, Callable[[], dict[str, int] | None]] = {
        "flood": lambda: flood.begin(hub),
        "stop": flood.halt,
        "stats": lambda: None,
        "stuck": lambda: stuck(hub),
    }
    while line := await lines.readline():
        told = commands[line.decode().strip()]()
        if told is None:
            told = {name: getattr(hub.metrics, name) for name in COUNTED}
        print(msgspec.json.encode(told).decode(), flush=True)


def stuck(hub: Hub) -> dict[str, int]:
    """Readers that hold bytes they do not take, and the most that one of them holds: what the
    transport still has to write, and what the kernel keeps on our side. Source: sock_diag(7)."""
    held: list[int] = []
    for reader in hub.readers(CHANNEL):
        if reader.outlet is not None:
            transport = reader.outlet.transport
            sock = transport.get_extra_info("socket")
            memory = struct.unpack("9I", sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))
            received, _, _, _, reserved, queued, *_ = memory
            held.append(received + reserved + queued + transport.get_write_buffer_size())
    return {"readers": sum(kept > STUCK_BYTES for kept in held), "bytes_max": max(held, default=0)}


if __name__ == "__main__":
    _, seats, rest_min_ms, rest_max_ms, *more = sys.argv
    uvloop.run(main(int(seats), (int(rest_min_ms), int(rest_max_ms)), more[0] if more else None))
