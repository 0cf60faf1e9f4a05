"""Everybody does everything at the same time, through two instances; then the history is judged.

INTERLEAVE_SECONDS makes it longer, INTERLEAVE_SEED repeats the dice.
"""

import asyncio
import itertools
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from loadtests import facts as truth
from loadtests import history as logs
from loadtests.checker import report
from loadtests.history import History, Recorder
from loadtests.laws import LAWS, clients, judge, money, owners, places, versions
from server.checkout.models import CheckoutRequest, MoveWish
from server.inventory.models import SeatsTaken
from server.refunds.models import RefundWish
from tests.server.inventory.engine import ORG_ID, Page, Stage, key_of, wish
from tests.server.inventory.scene import Scene

SECONDS = float(os.environ.get("INTERLEAVE_SECONDS", "4"))
SEED = int(os.environ.get("INTERLEAVE_SEED") or random.randrange(1_000_000))
ROUNDS_MAX = 12
"""Of SECONDS each: on a slow machine little happens in one."""
PEOPLE = 24
RUSHES = max(4, int(SECONDS))
OFTEN = {"hold": 8, "change": 5, "check out": 4, "release": 3, "repeat": 3, "capture": 2}
VERBS = ("hold", "change", "release", "checkout")
MODULES = {module.__name__ for module in (owners, places, versions, clients)}
JUDGED = [law for law in LAWS if law.__module__ in MODULES]
JUDGED.append(money.a_confirmed_order_has_all_its_tickets_and_no_other_order_has_any)
"""Nobody publishes events here, and the provider keeps no books."""


@pytest.mark.timeout(SECONDS * ROUNDS_MAX + 600)
async def test_whatever_happens_at_the_same_time_every_promise_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    print(f"INTERLEAVE_SEED={SEED} INTERLEAVE_SECONDS={SECONDS}")
    done: Counter[str] = Counter()
    async with Stage(database_url, seats=8, capacities=(6, 4), connections_max=16) as stage:
        scenes = await _scenes(stage, tmp_path / "logs")
        for nth_round in range(ROUNDS_MAX):
            deadline = time.monotonic() + SECONDS
            people = [
                _live(stage, scene, random.Random(f"{SEED}/{nth_round}/{nth}"), deadline, done)
                for nth, scene in zip(range(PEOPLE), itertools.cycle(scenes), strict=False)
            ]
            await asyncio.gather(*people)
            if _least(logs.read(tmp_path / "logs"), VERBS) > SECONDS and {*done} == {
                *scenes[0].acts
            }:
                break
        for scene in scenes:
            await scene.come_to_rest()
    await _judge(database_url, tmp_path, VERBS)
    print(dict(done))
    assert all(done[name] for name in scenes[0].acts)


async def test_a_rush_through_two_instances_gives_each_place_once(
    database_url: str, tmp_path: Path
) -> None:
    """Batches are decided ahead, on what others are just changing."""
    print(f"INTERLEAVE_SEED={SEED}")
    async with Stage(database_url, seats=90, capacities=(40, 25), connections_max=16) as stage:
        event_id = await stage.event(legs=2, hold_ttl_s=1)
        dice = random.Random(f"{SEED}/rush")
        scene = Scene(stage, event_id, Recorder(tmp_path / "logs", "rush"), dice, legs=2)
        for _ in range(RUSHES):
            await asyncio.gather(*(scene.hold(at) for at in stage.instances * 20))
            acts = [scene.hold] * 80 + [scene.change] * 10 + [scene.release] * 6
            acts += [scene.check_out] * 6 + [scene.repeat] * 8 + [scene.acts["sweep"]] * 2
            dice.shuffle(acts)
            await asyncio.gather(*(act(dice.choice(stage.instances)) for act in acts))
            await scene.start_over()
        await scene.come_to_rest()
        batches = [one.inventory.combiner.batches for one in stage.instances]
        requests = [one.inventory.combiner.requests for one in stage.instances]
    await _judge(database_url, tmp_path, ("hold",))
    assert sum(requests) > 2 * sum(batches), "they were decided together"


async def test_a_refusal_asked_for_twice_at_the_same_moment_is_one_refusal(
    database_url: str,
) -> None:
    """Refusals change no place, so nothing keeps two of them apart but their key."""
    async with Stage(database_url) as stage:
        event_id, request = await stage.event(), wish([0], {})
        first, other = stage.instances
        held = uuid.uuid4()
        await first.inventory.hold(event_id, held, request, key_of("first", held, request))
        for nth in range(60):
            buyer_id = uuid.uuid4()
            key = key_of(f"{nth}", buyer_id, request)
            answers = await asyncio.gather(
                *(at.inventory.hold(event_id, buyer_id, request, key) for at in (first, other) * 3),
                return_exceptions=True,
            )
            assert {type(answer) for answer in answers} == {SeatsTaken}, answers


@pytest.mark.parametrize("other", ["refund", "reassign"])
async def test_tickets_issued_at_the_same_moment_are_of_the_order_as_it_is(
    database_url: str, other: str
) -> None:
    async with Stage(database_url, capacities=()) as stage:
        event_id = await stage.event()
        first, second = stage.instances
        for nth in range(25):
            buyer_id = uuid.uuid4()
            held = await first.inventory.hold(event_id, buyer_id, wish([nth % 2], {}), None)
            details = CheckoutRequest(
                hold_id=held.id, email="a@buyer.example", name="A", provider=Page.name
            )
            started = await first.checkout.start(buyer_id, details, None)
            order = started.order
            issued = first.tickets.issue(event_id, order.id)
            if other == "refund":
                await asyncio.gather(
                    issued, second.refunds.refund(ORG_ID, order.id, RefundWish(), None)
                )
            else:
                away = MoveWish([order.lines[0].id], [2 + nth % 2])
                moved = second.tickets.reassign(ORG_ID, order.id, away, None)
                await asyncio.gather(issued, moved)
            sold = await stage.rows(
                "SELECT seat_idx FROM seats WHERE event_id = $1 AND status = 2", event_id
            )
            valid = await stage.rows(
                "SELECT seat_idx FROM tickets WHERE event_id = $1 AND status = 'valid'", event_id
            )
            assert valid == sold
            if other == "reassign":
                await second.refunds.refund(ORG_ID, order.id, RefundWish(), None)


async def _scenes(stage: Stage, folder: Path) -> list[Scene]:
    """A free event, one that costs money, and a trip."""
    scenes = []
    for nth, (price_minor, legs) in enumerate([(0, 1), (2_500, 1), (0, 3)]):
        event_id = await stage.event(price_minor=price_minor, legs=legs, hold_ttl_s=1)
        dice = random.Random(f"{SEED}/{nth}")
        scenes.append(Scene(stage, event_id, Recorder(folder, f"scene-{nth}"), dice, legs))
    return scenes


async def _live(
    stage: Stage, scene: Scene, dice: random.Random, deadline: float, done: Counter[str]
) -> None:
    while time.monotonic() < deadline:
        [name] = dice.choices([*scene.acts], [OFTEN.get(name, 1) for name in scene.acts])
        await scene.acts[name](dice.choice(stage.instances))
        done[name] += 1


async def _judge(database_url: str, folder: Path, kinds: Sequence[str]) -> None:
    """`kinds`: what must have succeeded often, for the verdict to mean something."""
    (folder / "journal").mkdir()
    facts = await truth.read(database_url, folder / "journal")
    history = logs.read(folder / "logs")
    judgement = judge(facts, history, JUDGED)
    text = report(facts, history, judgement)
    print(text)
    assert judgement.count == 0, f"INTERLEAVE_SEED={SEED}\n{text}"
    assert _least(history, kinds) > SECONDS


def _least(history: History, kinds: Sequence[str]) -> int:
    """How often what succeeded least often of `kinds` did."""
    sure = Counter(op.kind for op in history.ops if op.result == "ok")
    return min(sure[kind] for kind in kinds)
