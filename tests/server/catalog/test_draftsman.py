"""Reading the files of strangers costs those who sell nothing, and ends in time."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from server.catalog import draftsman as module
from server.catalog.drafting import Drafted, MakeDraft, Refused, Source
from server.catalog.draftsman import Draftsman
from server.kernel.errors import Overloaded
from tests.server.catalog.venue import hall
from tests.server.support import until

SMALL = MakeDraft(Source(hall({"A": 2})), [], "map:1")
LARGE = MakeDraft(Source(files("seatmap.samples").joinpath("arena.svg").read_bytes()), [], "map:1")


@pytest.fixture
async def draftsman() -> AsyncIterator[Draftsman]:
    async with Draftsman() as working:
        yield working


def pid_of(draftsman: Draftsman) -> int:
    process = draftsman._process
    assert process is not None
    return process.pid


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_what_takes_too_long_is_refused_and_the_next_one_is_read(
    draftsman: Draftsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(await draftsman.perform(SMALL), Drafted)
    first = pid_of(draftsman)
    monkeypatch.setattr(module, "TASK_MAX_S", 0.3)
    refused = await draftsman.perform(LARGE)
    assert isinstance(refused, Refused)
    assert "simplify" in refused.detail
    assert not is_there(first)
    monkeypatch.undo()
    assert isinstance(await draftsman.perform(SMALL), Drafted)


async def test_a_reader_that_dies_takes_one_file_with_it(draftsman: Draftsman) -> None:
    await draftsman.perform(SMALL)
    task = asyncio.create_task(draftsman.perform(LARGE))
    await asyncio.sleep(0.2)
    os.kill(pid_of(draftsman), 9)
    assert isinstance(await task, Refused)
    assert isinstance(await draftsman.perform(SMALL), Drafted)


async def test_who_gives_up_leaves_no_answer_to_the_next(draftsman: Draftsman) -> None:
    await draftsman.perform(SMALL)
    task = asyncio.create_task(draftsman.perform(LARGE))
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    read = await draftsman.perform(SMALL)
    assert isinstance(read, Drafted)
    assert read.counts.seats == 2


async def test_few_wait_and_the_others_are_told_to_come_back(
    draftsman: Draftsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    waiting = [asyncio.create_task(draftsman.perform(SMALL)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await draftsman.perform(SMALL)
    assert all(isinstance(read, Drafted) for read in await asyncio.gather(*waiting))


async def test_the_reader_knows_no_secret_and_goes_when_it_has_nothing_to_do(
    draftsman: Draftsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "nobody may know")
    monkeypatch.setattr(module, "IDLE_MAX_S", 0.05)
    await draftsman.perform(SMALL)
    first = pid_of(draftsman)
    assert b"JWT_SECRET" not in environment_of(first)

    async def gone() -> bool:
        return not is_there(first)

    await until(gone)
    assert isinstance(await draftsman.perform(SMALL), Drafted)
    assert pid_of(draftsman) != first


async def test_a_reader_whose_web_process_is_gone_ends_itself() -> None:
    """Nobody is left to end it, and what it reads takes for ever."""
    endless = (
        "import time; from server.catalog import draftsman as d; "
        "d.TASK_MAX_S, d.ALONE_MAX_S = 1, 0; d.perform = lambda task: time.sleep(60); d.work()"
    )
    task = msgspec.msgpack.encode(SMALL)
    reader = await asyncio.create_subprocess_exec(sys.executable, "-c", endless, stdin=PIPE)
    await reader.communicate(len(task).to_bytes(4) + task)
    assert reader.returncode == -signal.SIGALRM
