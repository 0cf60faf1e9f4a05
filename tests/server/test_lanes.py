"""Who is alone in a lane is alone there; the others share it; everybody comes in turn."""

import asyncio
import random

import pytest

from server.kernel.errors import Overloaded
from server.kernel.lanes import WAITERS_MAX, Lane
from tests.server.support import PATIENCE_S

VISITS = 500
SEED = random.randrange(1_000_000)


async def test_whoever_gives_up_the_others_come_in_turn_and_nobody_is_beside_who_is_alone() -> None:
    print(f"seed {SEED}")
    dice, lane = random.Random(SEED), Lane(1)
    inside: list[bool] = []
    let_in: list[int] = []
    were_alone: list[int] = []

    async def visit(nth: int, alone: bool, for_s: float) -> None:
        async with lane.inside(alone=alone):
            let_in.append(nth)
            were_alone.extend([nth] if alone else [])
            assert not any(inside), "somebody is alone here"
            assert not (alone and inside), "somebody is here"
            inside.append(alone)
            try:
                await asyncio.sleep(for_s)
            finally:
                inside.remove(alone)

    visits: list[asyncio.Task[None]] = []
    for nth in range(VISITS):
        alone, for_s = dice.random() < 0.3, dice.choice([0, 0, 0.001])
        visits.append(asyncio.create_task(visit(nth, alone, for_s)))
        if dice.random() < 0.3:
            await asyncio.sleep(dice.choice([0, 0.001]))
        if dice.random() < 0.3:
            dice.choice(visits).cancel()
    await asyncio.wait(visits)
    stayed = {nth for nth, one in enumerate(visits) if not one.cancelled()}
    assert [one.exception() for one in visits if not one.cancelled()] == [None] * len(stayed)
    assert 0 < len(stayed) < VISITS
    for nth in were_alone:
        at = let_in.index(nth)
        assert all(other < nth for other in let_in[:at]), "nobody who came later"
        assert all(other > nth for other in let_in[at + 1 :]), "everybody who came before"
    assert stayed <= set(let_in)
    async with asyncio.timeout(PATIENCE_S), lane.inside(alone=True):
        """Nobody is left behind."""


async def test_past_so_many_who_wait_the_next_is_told_to_come_back() -> None:
    lane = Lane(1)
    async with lane.inside(alone=True):
        waiting = [asyncio.create_task(_pass_through(lane)) for _ in range(WAITERS_MAX)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await _pass_through(lane)
    await asyncio.gather(*waiting)


async def _pass_through(lane: Lane) -> None:
    async with lane.inside(alone=False):
        pass
