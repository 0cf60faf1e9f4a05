"""Laws of real connections: SSE and WebSocket through uvicorn."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime import SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON, Position
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.client import Verdict
from tests.realtime.serving import Server, Stream, binary_websocket, serving, sse, websocket
from tests.realtime.support import (
    CHANNEL,
    FAT_CELLS,
    PATIENCE_S,
    Ledger,
    encode,
    ends,
    eventually,
    with_settings,
)

KINDS = pytest.mark.parametrize("open_stream", [sse, websocket, binary_websocket])
OpenStream = Callable[..., Any]


@pytest.fixture
async def server(ledger: Ledger, bus: MemoryBus) -> AsyncIterator[Server]:
    async with serving(ledger, MemoryBroker(bus)) as running:
        yield running


# Following


async def test_all_kinds_carry_the_same_feed(
    server: Server, ledger: Ledger, publisher: MemoryBroker
):
    truth = ledger[CHANNEL]
    async with sse(server) as one, websocket(server) as two, binary_websocket(server) as three:
        clients = (one, two, three)
        for client in clients:
            await client.reaches(truth)
        for number in range(5):
            await publisher.publish(CHANNEL, encode(truth.commit([(number, 1)])))
            for client in clients:
                await client.reaches(truth)
        for client in clients:
            await client.receives("heartbeat")
        states = [[m for m in client.messages if m.type != "heartbeat"] for client in clients]
    assert states[0] == states[1] == states[2]
    assert [m.id for m in states[0]] == [f"1:{version}" for version in range(6)]


async def test_a_stream_tells_proxies_to_leave_it_alone(server: Server):
    async with sse(server) as stream:
        headers = stream.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert "no-cache" in headers["cache-control"]
    assert headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in headers


async def test_a_stream_begins_at_once_with_a_comment_and_a_time_to_come_back(
    server: Server, ledger: Ledger
):
    ledger.down = True  # nothing else to say yet
    url = f"http://127.0.0.1:{server.port}/sse/{CHANNEL}"
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        http.stream("GET", url) as response,
    ):
        first = await anext(response.aiter_raw())
    lines = first.decode().splitlines()
    assert lines[0].startswith(":")
    assert lines[1].startswith("retry: ")


async def test_head_answers_without_a_reader(server: Server):
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.head(f"http://127.0.0.1:{server.port}/sse/{CHANNEL}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert server.hub.metrics.readers == 0


@KINDS
async def test_a_client_that_goes_is_forgotten(server: Server, open_stream: OpenStream):
    for _ in range(3):
        async with open_stream(server) as stream:
            await stream.receives("snapshot")
            assert server.hub.metrics.readers == 1
        await eventually(lambda: server.hub.metrics.readers == 0)


# Resuming


async def _resumes(stream: Stream, ledger: Ledger) -> list[str]:
    await stream.reaches(ledger[CHANNEL])
    assert not {Verdict.GAP, Verdict.DIVERGED} & set(stream.verdicts)
    return [kind for kind in stream.kinds if kind != "heartbeat"]


@KINDS
async def test_a_query_resumes_with_one_merged_delta(
    server: Server, ledger: Ledger, open_stream: OpenStream
):
    truth = ledger[CHANNEL]
    for number in range(9):
        truth.commit([(number % 3, number)])
    since = Position(1, 4)
    client = Stream(since, list(truth.history[since]))
    async with open_stream(server, query=f"?since={since}", stream=client) as stream:
        assert await _resumes(stream, ledger) == ["delta"]


async def test_the_last_event_id_of_a_reconnecting_browser_is_newer_than_its_url(
    server: Server, ledger: Ledger
):
    truth = ledger[CHANNEL]
    for number in range(9):
        truth.commit([(number % 3, number)])
    since = Position(1, 7)
    client = Stream(since, list(truth.history[since]))
    headers = {"Last-Event-ID": str(since)}
    async with sse(server, query="?since=1:2", headers=headers, stream=client) as stream:
        assert await _resumes(stream, ledger) == ["delta"]
        assert stream.messages[0].data["p"] == 7


@pytest.mark.parametrize("value", ["1:99", "9:1", "nonsense", "1:1;DROP", "-1:-1", "1" * 4000])
async def test_a_position_that_cannot_be_gets_a_snapshot(
    server: Server, ledger: Ledger, value: str
):
    ledger[CHANNEL].commit([(0, 1)])
    async with sse(server, headers={"Last-Event-ID": value}) as stream:
        assert (await _resumes(stream, ledger))[-1] == "snapshot"


# What a WebSocket client may say


async def test_a_client_starts_again_from_where_it_says(server: Server, ledger: Ledger):
    truth = ledger[CHANNEL]
    for number in range(5):
        truth.commit([(0, number)])
    async with websocket(server) as stream:
        await stream.receives("snapshot")
        assert stream.socket is not None
        await stream.socket.send('{"since":"1:3"}')
        delta = await stream.receives("delta")
        assert (delta.data["p"], delta.data["v"]) == (3, 5)
        await stream.socket.send('{"since":null}')
        await stream.receives("snapshot", times=2)


async def test_a_ping_is_answered_by_a_fresh_heartbeat(ledger: Ledger, bus: MemoryBus):
    quiet = with_settings(heartbeat_interval_s=60)
    async with serving(ledger, MemoryBroker(bus), quiet) as server:
        async with websocket(server) as stream:
            await stream.receives("snapshot")
            assert stream.socket is not None
            times: list[int] = []
            for number in (1, 2):
                await stream.socket.send(json.dumps({"ping": number}))
                times.append((await stream.receives("heartbeat", times=number)).data["t"])
                await asyncio.sleep(0.2)
        assert times[1] - times[0] >= 150


@pytest.mark.parametrize(
    "said",
    [
        "", "hello", "{}", "[]", "null", '{"since":5}', '{"since":"1:1","ping":1}',
        '{"hold":[1]}', '{"since":"1:1","x":1}', b'{"ping":1}', '{"ping":1.5}',
        '{"since":"' + "1" * 300 + '"}', "[" * 250, "\U0001f600",
    ],
)  # fmt: skip
async def test_anything_else_closes_with_1008(server: Server, said: str | bytes):
    async with websocket(server) as stream:
        await stream.receives("snapshot")
        assert stream.socket is not None
        await stream.socket.send(said)
        await asyncio.wait_for(stream.socket.wait_closed(), PATIENCE_S)
        assert stream.socket.close_code == 1008
    await eventually(lambda: server.hub.metrics.readers == 0)


async def test_a_client_that_talks_too_much_is_closed_with_1008(server: Server):
    async with websocket(server) as stream:
        await stream.receives("snapshot")
        assert stream.socket is not None
        with suppress(ConnectionClosed):
            for number in range(1000):
                await stream.socket.send(json.dumps({"ping": number}))
                await asyncio.sleep(0.001)
        assert stream.socket.close_code == 1008
        assert stream.kinds.count("heartbeat") < 20


async def test_a_foreign_origin_is_turned_away(server: Server):
    with pytest.raises(InvalidStatus) as refused:
        async with websocket(server, origin="http://evil.example"):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (["other", SUBPROTOCOL_JSON], SUBPROTOCOL_JSON),
        ([SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON], SUBPROTOCOL_BINARY),
    ],
)
async def test_the_subprotocol_is_agreed(
    server: Server, offered: list[str] | None, chosen: str | None
):
    async with websocket(server, subprotocols=offered) as stream:
        assert stream.socket is not None
        assert stream.socket.subprotocol == chosen
        await stream.receives("snapshot")


async def test_an_unknown_subprotocol_is_turned_away(server: Server):
    with pytest.raises(InvalidStatus) as refused:
        async with websocket(server, subprotocols=["graphql-ws"]):
            pass
    assert refused.value.response.status_code == 400


# Bounds


async def test_one_address_has_a_limited_number_of_streams(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(readers_per_address_max=2)
    async with serving(ledger, MemoryBroker(bus), settings) as server:
        url = f"http://127.0.0.1:{server.port}/sse/{CHANNEL}"
        async with sse(server), websocket(server), httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(url)).status_code == 429
            with pytest.raises(InvalidStatus) as refused:
                async with websocket(server):
                    pass
            assert refused.value.response.status_code == 429
            assert int(refused.value.response.headers["Retry-After"]) >= 1
            async with sse(server, query="?address=elsewhere") as other:
                await other.receives("snapshot")
        await eventually(lambda: server.hub.metrics.readers == 0)
        async with sse(server) as again:
            await again.receives("snapshot")


@KINDS
async def test_a_closed_credential_loses_its_stream(server: Server, open_stream: OpenStream):
    async with open_stream(server, query="?key=mine") as stream, sse(server) as other:
        await stream.receives("snapshot")
        server.hub.close_credential("mine")
        await ends(stream.ended)
        assert stream.kinds[-1] == "bye"
        assert not other.ended.is_set()


def frozen(server: Server, path: str, *headers: str) -> socket.socket:
    """A client that asks for a stream and never reads it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", server.port))
    lines = [f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]
    client.sendall("\r\n".join(lines).encode())
    client.setblocking(False)
    return client


UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@pytest.mark.parametrize(("path", "headers"), [("/sse/fat", ()), ("/ws/fat", UPGRADE)])
@pytest.mark.parametrize("tuned", [True, False])
async def test_a_frozen_reader_is_cut_and_harms_nobody(
    ledger: Ledger,
    bus: MemoryBus,
    publisher: MemoryBroker,
    path: str,
    headers: tuple[str, ...],
    tuned: bool,
):
    settings = with_settings(reader_stall_s=1.0)
    plain: dict[str, Any] = {} if tuned else {"http": "httptools", "ws": "websockets-sansio"}
    truth = ledger["fat"]
    async with serving(ledger, MemoryBroker(bus), settings, **plain) as server:  # noqa: SIM117
        async with sse(server, "fat") as other:
            await other.reaches(truth)
            with frozen(server, path, *headers):
                await eventually(lambda: server.hub.metrics.readers == 2)
                number = 0

                async def stir() -> None:
                    nonlocal number
                    number += 1
                    changes = [(key, number) for key in range(FAT_CELLS)]
                    await publisher.publish("fat", encode(truth.commit(changes)))
                    await other.reaches(truth)

                for _ in range(100):
                    await stir()
                    if server.hub.metrics.stalled:
                        break
                await eventually(lambda: server.hub.metrics.stalled == 1, within_s=4)
                await eventually(lambda: server.hub.metrics.readers == 1)
                if tuned:
                    await eventually(lambda: len(server.server_state.connections) == 1)
                await stir()
            assert {Verdict.GAP, Verdict.DIVERGED} & set(other.verdicts) == set()


@pytest.mark.parametrize(("path", "headers"), [("/sse/fat", ()), ("/ws/fat", UPGRADE)])
async def test_no_frame_queues_up_behind_one_that_is_stuck(
    server: Server,
    ledger: Ledger,
    publisher: MemoryBroker,
    path: str,
    headers: tuple[str, ...],
):
    truth = ledger["fat"]
    async with sse(server, "fat") as other:
        snapshot_bytes = len((await other.receives("snapshot")).data["x"]) * 2 + 1000
        with frozen(server, path, *headers):
            await eventually(lambda: server.hub.metrics.readers == 2)
            for number in range(1, 60):
                changes = [(key, number) for key in range(300)]
                await publisher.publish("fat", encode(truth.commit(changes)))
                await other.reaches(truth)
            connections: Any = server.server_state.connections
            held_bytes = [c.transport.get_write_buffer_size() for c in connections]
            assert max(held_bytes) <= snapshot_bytes


async def test_a_half_open_websocket_is_gone_in_two_pings(ledger: Ledger, bus: MemoryBus):
    pings: dict[str, Any] = {"ws_ping_interval": 0.3, "ws_ping_timeout": 0.3}
    async with (
        serving(ledger, MemoryBroker(bus), **pings) as server,
        websocket(server) as alive,
    ):
        with frozen(server, f"/ws/{CHANNEL}", *UPGRADE):
            await eventually(lambda: server.hub.metrics.readers == 2)
            await eventually(lambda: server.hub.metrics.readers == 1, within_s=2)
        await asyncio.sleep(0.7)
        assert not alive.ended.is_set(), "a client that answers stays"


# Lifecycle


async def test_a_server_that_stops_sends_everybody_away_first(ledger: Ledger, bus: MemoryBus):
    async with (
        serving(ledger, MemoryBroker(bus)) as server,
        sse(server) as one,
        websocket(server) as two,
    ):
        for stream in (one, two):
            await stream.receives("snapshot")
        server.should_exit = True
        for stream in (one, two):
            await ends(stream.ended)
            assert stream.verdicts[-1] is Verdict.BYE
            assert stream.follower.retry_ms > 0
        assert two.socket is not None
        assert two.socket.close_code == 1012
