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
from server.catalog.drafting import Drafted, MakeDraft, Source
from server.catalog.draftsman import Draftsman
from server.catalog.map_models import DrawingNotRead
from server.kernel.errors import Overloaded
from tests.server.catalog.venue import hall
from tests.server.support import until

ORG = "org_one"
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
    assert isinstance(await draftsman.perform(ORG, SMALL), Drafted)
    first = pid_of(draftsman)
    monkeypatch.setattr(module, "TASK_MAX_S", 0.3)
    with pytest.raises(DrawingNotRead, match="simplify"):
        await draftsman.perform(ORG, LARGE)
    assert not is_there(first)
    monkeypatch.undo()
    assert isinstance(await draftsman.perform(ORG, SMALL), Drafted)


async def test_a_reader_that_dies_takes_one_file_with_it(draftsman: Draftsman) -> None:
    await draftsman.perform(ORG, SMALL)
    task = asyncio.create_task(draftsman.perform(ORG, LARGE))
    await asyncio.sleep(0.2)
    os.kill(pid_of(draftsman), 9)
    with pytest.raises(DrawingNotRead):
        await task
    assert isinstance(await draftsman.perform(ORG, SMALL), Drafted)


async def test_who_gives_up_leaves_no_answer_to_the_next(draftsman: Draftsman) -> None:
    await draftsman.perform(ORG, SMALL)
    task = asyncio.create_task(draftsman.perform(ORG, LARGE))
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    read = await draftsman.perform(ORG, SMALL)
    assert isinstance(read, Drafted)
    assert read.counts.seats == 2


async def test_few_wait_and_the_others_are_told_to_come_back(
    draftsman: Draftsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    waiting = [asyncio.create_task(draftsman.perform(ORG, SMALL)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="too many drawings"):
        await draftsman.perform("another", SMALL)
    assert all(isinstance(read, Drafted) for read in await asyncio.gather(*waiting))


async def test_one_organization_leaves_places_to_the_others(draftsman: Draftsman) -> None:
    waiting = [
        asyncio.create_task(draftsman.perform(ORG, SMALL)) for _ in range(module.WAITING_EACH_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="of your organization"):
        await draftsman.perform(ORG, SMALL)
    assert isinstance(await draftsman.perform("another", SMALL), Drafted)
    await asyncio.gather(*waiting)
    assert isinstance(await draftsman.perform(ORG, SMALL), Drafted)


async def test_the_reader_knows_no_secret_and_goes_when_it_has_nothing_to_do(
    draftsman: Draftsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "nobody may know")
    monkeypatch.setattr(module, "IDLE_MAX_S", 0.05)
    await draftsman.perform(ORG, SMALL)
    first = pid_of(draftsman)
    assert b"JWT_SECRET" not in environment_of(first)

    async def gone() -> bool:
        return not is_there(first)

    await until(gone)
    assert isinstance(await draftsman.perform(ORG, SMALL), Drafted)
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
