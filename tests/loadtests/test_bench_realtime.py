"""The feed's load client counts what is wrong, and finds nothing wrong with ours."""

import contextlib
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from loadtests.bench import realtime, realtime_product
from loadtests.bench.realtime_rig import Crowd
from realtime.cells import fmix32
from tests.server.support import PATIENCE_S

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")

COUNTED = ("frames", "messages", "gaps", "divergences", "duplicates")
SNAPSHOT = b'{"e":1,"v":5,"n":4,"s":[[0,1,2]],"g":[7]}'
TRUE_SUM = sum(value * fmix32(key + 1) for key, value in ((0, 2), (4, 7))) & 0xFFFFFFFF


def event(kind: bytes, data: bytes, position: bytes = b"") -> bytes:
    told = b"event: %b\nid: %b\ndata: %b\n\n" % (kind, position, data)
    return b"%x\r\n%b\r\n" % (len(told), told)


class Liar(threading.Thread):
    """Answers every connection with a snapshot and then something else."""

    def __init__(self, then: bytes) -> None:
        super().__init__(daemon=True)
        self._then = then
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.asked: list[bytes] = []
        self.has_told = threading.Event()

    def run(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            with contextlib.suppress(ConnectionError):  # the screen has seen enough
                self.asked.append(link.recv(4096))
                link.sendall(head + event(b"snapshot", SNAPSHOT, b"1:5"))
                time.sleep(0.1)  # so that the screen has been right for a moment
                link.sendall(self._then)
            self.has_told.set()

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Crowd, Liar]]:
    """One screen that is told `request.param` after a snapshot of version 5."""
    liar = Liar(request.param)
    liar.start()
    with Crowd(liar.port, "/sse", "sse", 1, folds=True) as crowd:
        crowd.open()
        yield crowd, liar
    liar.close()


def delta(prev: int, version: int) -> bytes:
    data = b'{"p":%d,"v":%d,"s":[[1,1]],"g":[[0,6]]}' % (prev, version)
    return event(b"delta", data, b"1:%d" % version)


def heartbeat(version: int, checksum: int) -> bytes:
    return event(b"heartbeat", b'{"t":1,"v":%d,"c":%d}' % (version, checksum))


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        (delta(5, 6), {"frames": 1, "messages": 1}),
        (delta(3, 8), {"frames": 1, "messages": 3}),
        (delta(7, 8), {"gaps": 1}),
        (heartbeat(6, 0), {"gaps": 1}),
        (heartbeat(5, TRUE_SUM), {}),
        (heartbeat(5, TRUE_SUM ^ 1), {"divergences": 1}),
        (heartbeat(4, 1), {"divergences": 1}),
    ],
    indirect=["told"],
)
def test_a_screen_counts_what_it_was_told(told: tuple[Crowd, Liar], counted: dict[str, int]):
    (screen, liar), found = told, Counter[str]()
    assert liar.has_told.wait(PATIENCE_S)
    time.sleep(0.3)  # what it should not count it would have by now
    deadline = time.monotonic() + PATIENCE_S
    while True:
        marked = screen.ask("mark")
        found.update({name: marked[name] for name in COUNTED})
        is_back = len(liar.asked) > 1 or not counted.get("gaps")
        if is_back and all(found[name] >= count for name, count in counted.items()):
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    for name in COUNTED:
        if counted.get(name):
            assert found[name] >= counted[name]
        else:
            assert not found[name], name
    if counted.get("gaps"):
        assert b"since=1:5" in liar.asked[1], "it asks again from where it is"


@pytest.mark.parametrize("wire", ["sse", "text", "binary"])
def test_the_feed_is_right_while_it_is_flooded(wire: str):
    told = realtime.beside(realtime.QUICK, None, wire, 50)
    assert told["per_cpu_s"] > 0


def test_the_product_is_right_while_screens_are_cut_and_pause():
    told = realtime_product.truth(60, 10_000)
    assert told["deliveries"] >= 10_000
    assert (told["gaps"], told["divergences"], told["duplicates"]) == (0, 0, 0)
    assert told["reconnects"] > 0
