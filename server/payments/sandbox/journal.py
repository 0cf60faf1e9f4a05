"""The money truth on disk: one file of JSON lines, appended, flushed, never rewritten.

Group commit: appends gather in memory while a thread writes and flushes the previous batch, so
hundreds of payments share one flush. `durable()` is the only promise: what was appended before
the call survives kill -9 and power loss once it returns.

    python -m server.payments.sandbox.journal DIR     charges and refunds per reference, JSON lines
"""

import asyncio
import fcntl
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from .ledger import Ledger
from .models import Entry

FILE_NAME = "journal.jsonl"

_decode = msgspec.json.Decoder(Entry).decode
_encode = msgspec.json.Encoder().encode


class JournalError(Exception):
    """The journal cannot be used: damaged before its end, or in use by another gateway."""


def read_journal(directory: str | os.PathLike[str]) -> Ledger:
    """The ledger that the journal in `directory` adds up to; empty where there is none.

    Reads only, also beside a running gateway. A torn last line (a write that was cut off, hence
    never acknowledged) is left out. Raises JournalError(file, line) for damage before the end.
    """
    path = Path(directory) / FILE_NAME
    return _fold(path, path.read_bytes() if path.exists() else b"")[0]


def _fold(path: Path, data: bytes) -> tuple[Ledger, int]:
    """(ledger, bytes that hold whole entries)."""
    ledger, good = Ledger(), 0
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            ledger.apply(_decode(line))
        except (msgspec.DecodeError, KeyError) as error:
            if number == len(lines) - 1 and not lines[-1]:
                break
            raise JournalError(f"{path}, line {number}: {error}") from error
        good += len(line) + 1
    return ledger, good


class Journal:
    """Appends entries and says when they are durable. Exactly one process holds it at a time."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer: list[bytes] = []
        self._appended = 0
        self._flushed = 0
        self._batch_flushed = asyncio.Event()
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> tuple["Journal", Ledger]:
        """The journal ready to append, with the ledger it adds up to. Raises JournalError.

        A torn last line is cut off first, or the next entry would be glued to it.
        """
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE_NAME
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(fd, path)
            ledger, good = _fold(path, path.read_bytes())
            os.ftruncate(fd, good)
            os.fsync(fd)
            _flush_folder(folder)
        except BaseException:
            os.close(fd)
            raise
        return cls(fd), ledger

    def append(self, entry: Entry) -> None:
        """Queue one entry; it is a promise only once `durable()` returned."""
        self._buffer.append(_encode(entry) + b"\n")
        self._appended += 1
        self._wake.set()

    async def durable(self) -> None:
        """Return when everything appended so far is on disk."""
        target = self._appended
        while self._flushed < target:
            await self._batch_flushed.wait()

    async def run(self) -> None:
        """Write batches for ever. A failed write ends the process: memory is ahead of the disk,
        and only a restart from what the disk really holds can tell what happened."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._buffer = self._buffer, []
            target = self._appended
            try:
                await loop.run_in_executor(self._disk, self._write, b"".join(batch))
            except OSError as error:
                print(f"sandbox gateway: the journal cannot be written: {error}", file=sys.stderr)
                sys.stderr.flush()
                os._exit(os.EX_IOERR)
            self._flushed = target
            flushed, self._batch_flushed = self._batch_flushed, asyncio.Event()
            flushed.set()

    def close(self) -> None:
        """Give the journal free; `durable()` first."""
        self._disk.shutdown()
        os.close(self._fd)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        os.fdatasync(self._fd)


_LOCK_WAIT_S = 2.0


def _lock(fd: int, path: Path) -> None:
    # A gateway killed a moment ago may still be leaving: its flush ends before its lock does.
    deadline = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise JournalError(f"{path} is in use by another gateway") from error
            time.sleep(0.05)


def _flush_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def main(arguments: list[str]) -> int:
    """Print one JSON line per reference: captured, refunded, charges with their refunds."""
    if len(arguments) != 1:
        print("usage: python -m server.payments.sandbox.journal DIR", file=sys.stderr)
        return os.EX_USAGE
    try:
        ledger = read_journal(arguments[0])
    except JournalError as error:
        print(error, file=sys.stderr)
        return os.EX_DATAERR
    for account in ledger.accounts().values():
        print(_encode(account).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
