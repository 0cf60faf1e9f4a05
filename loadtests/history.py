"""What clients asked, were told and saw: one file of JSON lines per client.

A line is an `Invoke`, the `End` of one, or a `Seen` frame of a stream. Times are the machine's
monotonic clock, so the lines of all clients on one machine can be ordered. An invocation without
an end, or one whose answer got lost, is `unknown`: it may have happened or not, for ever.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

Result = Literal["ok", "fail", "unknown"]
Kind = Literal["hold", "change", "release", "checkout", "pay", "order", "scan"]


class Invoke(msgspec.Struct, tag_field="e", tag="invoke", omit_defaults=True):
    """A client is about to ask. `ask`: what the request says; `key`: its Idempotency-Key."""

    t: float
    op: int
    kind: Kind
    event: str
    who: str
    ask: dict[str, Any]
    key: str = ""


class End(msgspec.Struct, tag_field="e", tag="end", omit_defaults=True):
    """What came of it. `status`: of the last answer, 0 where none came."""

    t: float
    op: int
    result: Result
    status: int = 0
    answer: dict[str, Any] = {}


class Seen(msgspec.Struct, tag_field="e", tag="seen", omit_defaults=True):
    """A frame, and the state that the client had after it.

    `before`: the version before the frame, -1 for none; `v`: after it; `p`: what a delta said it
    starts from; `changed`: [seat, state] of a delta; `unsold`: seats that were sold and are not
    any more; `digest`: of the whole state at `v`, empty where the frame changed nothing. A `read`
    is an answer of GET /seats.
    """

    t: float
    event: str
    frame: Literal["snapshot", "delta", "heartbeat", "resync", "bye", "read"]
    verdict: str
    epoch: int = 0
    before: int = -1
    v: int = -1
    p: int = -1
    changed: list[tuple[int, int]] = []
    unsold: list[int] = []
    digest: str = ""


Line = Invoke | End | Seen

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


class Recorder:
    """One client's log. Each line is written out at once, so that a crash loses none."""

    def __init__(self, folder: Path, client: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.client = client
        self._file = (folder / f"{client}.jsonl").open("ab", buffering=0)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def invoke(self, kind: Kind, event: str, who: str, ask: dict[str, Any], key: str = "") -> int:
        """Returns the number to `end` it with."""
        op = next(self._numbers)
        self.write(Invoke(time.monotonic(), op, kind, event, who, ask, key))
        return op

    def end(self, op: int, result: Result, status: int, answer: dict[str, Any]) -> None:
        self.write(End(time.monotonic(), op, result, status, answer))

    def write(self, line: Line) -> None:
        with self._lock:
            self._file.write(_encode(line) + b"\n")

    def close(self) -> None:
        self._file.close()


class Op(msgspec.Struct):
    """One request from first attempt to last answer. `ended` is infinite where it is unknown."""

    client: str
    op: int
    kind: Kind
    event: str
    who: str
    key: str
    ask: dict[str, Any]
    invoked: float
    ended: float = float("inf")
    result: Result = "unknown"
    status: int = 0
    answer: dict[str, Any] = {}

    @property
    def where(self) -> str:
        """Where to look: file, operation, time."""
        return f"{self.client}.jsonl op {self.op} ({self.kind} at {self.invoked:.3f})"


class History(msgspec.Struct):
    """All clients' logs: `seen` by client, in the order in which it saw them."""

    ops: list[Op]
    seen: dict[str, list[Seen]]

    def of(self, kind: Kind, result: Result | None = None) -> Iterator[Op]:
        return (op for op in self.ops if op.kind == kind and result in (None, op.result))


def read(folder: Path) -> History:
    """The logs in `folder`, by time of invocation. Raises msgspec.DecodeError on a damaged line;
    a last line that was cut off is left out."""
    ops: list[Op] = []
    seen: dict[str, list[Seen]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        client = path.stem
        open_ops: dict[int, Op] = {}
        for line in _lines(path):
            match line:
                case Invoke():
                    op = Op(
                        client, line.op, line.kind, line.event, line.who, line.key, line.ask, line.t
                    )
                    open_ops[op.op] = op
                    ops.append(op)
                case End():
                    op = open_ops.pop(line.op)
                    op.result, op.status, op.answer = line.result, line.status, line.answer
                    if line.result != "unknown":
                        op.ended = line.t
                case Seen():
                    seen.setdefault(client, []).append(line)
    ops.sort(key=lambda op: op.invoked)
    return History(ops, seen)


def _lines(path: Path) -> Iterator[Line]:
    whole = path.read_bytes().split(b"\n")[:-1]
    for line in whole:
        yield _decode(line)
