"""A process that reads drawings, one at a time, for the web process that started it.

Reading the file of a stranger may take seconds and hundreds of megabytes: here it takes neither
from those who sell. The draftsman has no credentials, bounds of its own, and is ended when it takes
too long; the next task starts another. It keeps the last drawings read, and goes when it has
nothing to do.

On its standard input come tasks, on its output results: four bytes of length, then MessagePack.
"""

import asyncio
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from types import TracebackType
from typing import Self

import msgspec

from server.catalog.drafting import Result, Task, perform
from server.catalog.map_models import DrawingNotRead
from server.kernel import logs
from server.kernel.errors import Overloaded

TASK_MAX_S = 30.0
ALONE_MAX_S = 10
"""It ends itself so long after TASK_MAX_S, where who should have done it is gone."""
IDLE_MAX_S = 300.0
WAITING_MAX = 8
WAITING_EACH_MAX = 3
"""Of one organization: it leaves places to the others."""
MEMORY_BYTES_MAX = 2 << 30
NICENESS = 10
_KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")

_log = logs.get(__name__)


class Draftsman:
    """Use as `async with Draftsman() as draftsman`; the process starts with the first task."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting: Counter[str] = Counter()
        self._process: Process | None = None
        self._leaving: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._dismiss()

    async def perform(self, org_id: str, task: Task) -> Result:
        """For an organization, in the order of asking.

        Raises Overloaded where too many wait, of all or of this organization; DrawingNotRead for
        what takes too long or too much memory.
        """
        if self._waiting[org_id] >= WAITING_EACH_MAX:
            raise Overloaded(
                f"{WAITING_EACH_MAX} drawings of your organization are being read: "
                "try again when one is done", retry_after_s=10,
            )  # fmt: skip
        if self._waiting.total() >= WAITING_MAX:
            raise Overloaded("too many drawings are being read: try again", retry_after_s=10)
        self._waiting[org_id] += 1
        try:
            async with self._turn:
                return await self._perform(msgspec.msgpack.encode(task))
        finally:
            self._waiting[org_id] -= 1
            self._waiting += Counter()  # forgets who waits no more

    async def _perform(self, task: bytes) -> Result:
        if self._leaving is not None:
            self._leaving.cancel()
        try:
            async with asyncio.timeout(TASK_MAX_S):
                result = await self._ask(task)
        except TimeoutError:
            await self._dismiss()
            raise DrawingNotRead(
                f"this drawing takes more than {TASK_MAX_S:.0f} s to read: simplify it"
            ) from None
        except (asyncio.IncompleteReadError, OSError) as error:
            # Ended by the bounds of its memory, most likely.
            _log.warning("a drawing was too much for its reader", error=repr(error))
            await self._dismiss()
            raise DrawingNotRead("this drawing is too large to be read") from error
        except BaseException:
            await self._dismiss()  # an answer that nobody waits for would be taken for the next
            raise
        self._leaving = asyncio.get_running_loop().call_later(IDLE_MAX_S, self._send_away)
        return result

    async def _ask(self, task: bytes) -> Result:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(task).to_bytes(4) + task)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(4))
        answer = await process.stdout.readexactly(size)
        return await asyncio.to_thread(msgspec.msgpack.decode, answer, type=Result)

    def _send_away(self) -> None:
        process = self._process
        if process is not None and not self._turn.locked():
            self._process = None
            assert process.stdin is not None
            process.stdin.close()

    async def _dismiss(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


async def _start() -> Process:
    environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.catalog.draftsman",
        stdin=PIPE, stdout=PIPE, env=environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip


def work() -> None:
    """Until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    os.nice(NICENESS)
    tasks, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no result
    decoder = msgspec.msgpack.Decoder(Task)
    while head := tasks.read(4):
        task = decoder.decode(tasks.read(int.from_bytes(head)))
        signal.alarm(round(TASK_MAX_S) + ALONE_MAX_S)
        result = msgspec.msgpack.encode(perform(task))
        signal.alarm(0)
        results.write(len(result).to_bytes(4) + result)
        results.flush()


if __name__ == "__main__":
    work()
