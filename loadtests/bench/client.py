"""256 buyers at their sockets, cheaper than any server: `python -m loadtests.bench.client`.

Reads one Order as JSON from standard input, writes one Outcome to standard output. One thread, one
epoll, requests encoded before the first is sent, one request in flight per connection. It parses
of an answer what it must: status, length, and of a refusal whether it names the seat.
"""

import gc
import random
import re
import select
import socket
import sys
import time
from collections.abc import Iterator

import msgspec

from loadtests.bench.figures import percentile_ms

_HEAD = re.compile(rb"HTTP/1\.1 (\d+)[^\r]*\r\n(?:[^\r]+\r\n)*?content-length: (\d+)\r\n", re.I)
_HEAD_END = b"\r\n\r\n"
STILL_S = 10.0
"""A server that answers nobody for so long is taken for dead."""
PAUSE_S = 0.0005
"""Between two looks at the sockets. Who sleeps at them on the same machine is woken by each answer,
and the server pays for that, a tenth of its time; a client elsewhere costs it nothing."""


class Order(msgspec.Struct):
    """`tokens`: one buyer and connection each; `seats`: wanted in this order; what is asked in the
    first `warm_up_s` is not counted."""

    ports: list[int]
    event_id: str
    tokens: list[str]
    seats: list[int]
    seconds: float
    warm_up_s: float


class Outcome(msgspec.Struct):
    """`held`: answered 201; `refused`: 409, of which `unnamed` did not say the seat; `others` by
    status: all these with the warm-up. `answers`, in `window_s`: what was asked after it."""

    held: int
    answers: int
    refused: int
    unnamed: int
    others: dict[str, int]
    window_s: float
    p50_ms: float | None
    p99_ms: float | None
    cpu_s: float


class _Link:
    """One buyer's connection."""

    __slots__ = ("asked_at", "received", "seat", "sock", "start")

    def __init__(self, port: int, event_id: str, token: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.start = (
            f"POST /v1/events/{event_id}/holds HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        ).encode()
        self.received = b""
        self.asked_at = 0.0
        self.seat = -1


class Storm:
    def __init__(self, order: Order) -> None:
        self._order = order
        self._requests = _requests(order.seats)
        self._begins = self._ends = 0.0
        self._last = 0.0
        self._held = self._refused = self._unnamed = 0
        self._others: dict[str, int] = {}
        self._times: list[float] = []

    def run(self) -> Outcome:
        """Raises ConnectionError where the server closes a connection or answers nobody."""
        order = self._order
        links: dict[int, _Link] = {}
        poll = select.epoll()
        for at, token in enumerate(order.tokens):
            link = _Link(order.ports[at % len(order.ports)], order.event_id, token)
            links[link.sock.fileno()] = link
            poll.register(link.sock, select.EPOLLIN)
        gc.disable()
        cpu_before = time.process_time()
        self._begins = time.perf_counter() + order.warm_up_s
        self._ends = self._begins + order.seconds
        waiting = sum(self._ask(link) for link in links.values())
        while waiting:
            time.sleep(PAUSE_S)
            ready = poll.poll(STILL_S)
            if not ready:
                raise ConnectionError(f"no answer within {STILL_S:.0f} s")
            for descriptor, _ in ready:
                link = links[descriptor]
                if self._is_answered(link) and not self._ask(link):
                    waiting -= 1
        cpu_s = time.process_time() - cpu_before
        return Outcome(
            held=self._held,
            answers=len(self._times),
            refused=self._refused,
            unnamed=self._unnamed,
            others=self._others,
            window_s=max(1e-9, self._last - self._begins),
            p50_ms=percentile_ms(self._times, 0.5),
            p99_ms=percentile_ms(self._times, 0.99),
            cpu_s=cpu_s,
        )

    def _ask(self, link: _Link) -> bool:
        """Send the next request. False where there is none, or the time is up."""
        now = time.perf_counter()
        request = next(self._requests, None)
        if request is None or now >= self._ends:
            return False
        link.seat, tail = request
        link.asked_at = now
        link.sock.sendall(link.start + tail)
        return True

    def _is_answered(self, link: _Link) -> bool:
        received = link.sock.recv(65_536)
        if not received:
            raise ConnectionError("the server closed a connection")
        if link.received:
            received = link.received + received
        end = received.find(_HEAD_END)
        head = _HEAD.match(received) if end >= 0 else None
        if head is None or len(received) < end + len(_HEAD_END) + int(head[2]):
            link.received = received
            return False
        link.received = b""
        now = time.perf_counter()
        status = head[1]
        if status == b"201":
            self._held += 1
        elif status == b"409":
            self._refused += 1
            self._unnamed += b'"seats":[%d]' % link.seat not in received
        else:
            name = status.decode()
            self._others[name] = self._others.get(name, 0) + 1
        if link.asked_at >= self._begins:
            self._times.append(now - link.asked_at)
            self._last = now
        return True


def _requests(seats: list[int]) -> Iterator[tuple[int, bytes]]:
    """(seat, what its request has beyond the connection's part), each with a key of its own."""
    run = random.randbytes(8).hex()
    encoded = []
    for seat in seats:
        body = b'{"seats":[%d]}' % seat
        head = f"Idempotency-Key: {run}-{len(encoded):08}\r\nContent-Length: {len(body)}\r\n\r\n"
        encoded.append((seat, head.encode() + body))
    return iter(encoded)


def main() -> int:
    outcome = Storm(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)).run()
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
