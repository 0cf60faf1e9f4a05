"""Laws of a hub towards the truth: exact resume, healing, degraded states. With both brokers where
the broker matters."""

from __future__ import annotations

import asyncio
import random

import msgspec
import pytest

from realtime import Position
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.client import Verdict
from realtime.hub import Hub
from realtime.model import Delta
from realtime.protocol import Frame
from realtime.reader import Reader, Subscriber
from tests.realtime.conftest import MakeBroker
from tests.realtime.support import (
    CELLS,
    CHANNEL,
    SETTINGS,
    Ledger,
    Wire,
    encode,
    eventually,
    follow,
    hub_on,
    with_settings,
)

# Following


async def test_two_hubs_and_one_publisher_show_the_same(make_broker: MakeBroker, ledger: Ledger):
    publisher, ledger.polled_in_vain = make_broker(), True
    async with hub_on(ledger, make_broker()) as one, hub_on(ledger, make_broker()) as two:  # noqa: SIM117
        async with follow(one) as first, follow(one) as second, follow(two) as third:
            for client in (first, second, third):
                await client.reaches(ledger[CHANNEL])
            for number in range(200):
                delta = ledger[CHANNEL].commit([(number % 3, number)])
                await publisher.publish(CHANNEL, encode(delta))
            for client in (first, second, third):
                await client.reaches(ledger[CHANNEL])
                assert set(client.verdicts) <= {Verdict.APPLIED, Verdict.IGNORED}
                assert client.kinds.count("snapshot") == 1
    assert ledger.reads == 0, "nothing was missing, so nobody asked"


async def test_the_first_change_after_quiet_goes_at_once(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        await asyncio.sleep(0.1)
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, 1)])))
        for _ in range(6):
            await asyncio.sleep(0)
        assert client.position == ledger[CHANNEL].position


async def test_changes_in_a_row_are_sent_as_one_delta_a_tick(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        for number in range(300):
            await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, number)])))
            await asyncio.sleep(0)
        await client.reaches(ledger[CHANNEL])
        assert client.kinds.count("delta") <= 30


async def test_channels_of_one_topic_each_hear_its_messages(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    channels = ["club/left", "club/right"]
    async with follow(hub, channels[0]) as left, follow(hub, channels[1]) as right:
        for client, channel in ((left, channels[0]), (right, channels[1])):
            await client.reaches(ledger[channel])
        for truth in (ledger[channels[0]], ledger[channels[1]]):
            delta = truth.commit([(0, 5)])
        await publisher.publish("club", encode(delta))
        for client, channel in ((left, channels[0]), (right, channels[1])):
            await client.reaches(ledger[channel])
    assert ledger.reads == 0


async def test_a_nudge_makes_the_hub_ask(hub: Hub, ledger: Ledger, publisher: MemoryBroker):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        ledger[CHANNEL].commit([(3, 3)])
        position = ledger[CHANNEL].position
        await publisher.publish(CHANNEL, msgspec.json.encode(Wire(*position)))
        await client.reaches(ledger[CHANNEL], within_s=0.3)
    assert ledger.loads == 1


async def test_a_channel_that_is_dear_to_read_is_read_at_its_own_pace(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    truth = ledger["dear"]
    async with follow(hub, "dear") as client:
        await client.reaches(truth)
        await asyncio.sleep(0.45)
        began_s = asyncio.get_running_loop().time()
        for number in range(40):
            truth.commit([(number % 3, number)])
            await publisher.publish("dear", msgspec.json.encode(Wire(*truth.position)))
            await asyncio.sleep(0.02)
        await client.reaches(truth, within_s=1)
        took_s = asyncio.get_running_loop().time() - began_s
    assert 2 <= ledger.reads <= 2 + took_s / 0.4, "the first change at once, the others together"


# Resuming


async def test_resuming_answers_with_one_merged_delta_from_any_version(hub: Hub, ledger: Ledger):
    truth = ledger[CHANNEL]
    for number in range(20):
        truth.commit([(number % 5, number)])
    for version in range(21):
        since = Position(1, version)
        async with follow(hub, since=since, state=truth.history[since]) as client:
            await client.reaches(truth)
            wanted = [] if version == 20 else ["delta"]
            assert [kind for kind in client.kinds if kind != "heartbeat"] == wanted
            assert Verdict.GAP not in client.verdicts


@pytest.mark.parametrize("since", [Position(1, 99), Position(2, 1), Position(0, 0)])
async def test_a_position_from_the_future_or_another_epoch_gets_a_snapshot(
    hub: Hub, ledger: Ledger, since: Position
):
    ledger[CHANNEL].commit([(0, 1)])
    async with follow(hub, since=since, state=[7] * CELLS) as client:
        await client.reaches(ledger[CHANNEL])
        assert client.kinds[:2] == ["resync", "snapshot"]
    assert hub.metrics.resyncs == 1


async def test_a_thousand_reconnecting_readers_cost_one_load_and_one_snapshot(
    hub: Hub, ledger: Ledger
):
    subscriber = Subscriber(CHANNEL, "127.0.0.1")
    readers = [hub.admit(subscriber, None, lambda: None) for _ in range(1000)]

    async def first_snapshot(reader: Reader) -> Frame | None:
        while (frame := await reader.next()) is not None and frame.kind == "heartbeat":
            pass
        return frame

    frames = await asyncio.gather(*(first_snapshot(reader) for reader in readers))
    assert len({id(frame) for frame in frames}) == 1
    assert ledger.loads == 1
    assert (hub.metrics.snapshot_misses, hub.metrics.snapshot_hits) == (1, 999)
    for reader in readers:
        hub.dismiss(reader)
    assert hub.metrics.readers == 0


# Healing


async def test_a_crashed_publisher_is_healed_within_two_seconds(hub: Hub, ledger: Ledger):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        ledger[CHANNEL].commit([(0, 1)])  # and dies before publishing
        await client.reaches(ledger[CHANNEL], within_s=2.0)
        assert Verdict.GAP not in client.verdicts
    assert ledger.loads == 1, "a gap is asked for, not loaded"


async def test_a_lost_message_is_healed_by_the_next_one(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        ledger[CHANNEL].commit([(0, 1)])
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(1, 1)])))
        await client.reaches(ledger[CHANNEL], within_s=0.5)
    assert ledger.reads == 1


async def test_messages_that_merely_overtake_each_other_cost_no_read(
    ledger: Ledger, bus: MemoryBus, publisher: MemoryBroker
):
    settings, ledger.polled_in_vain = with_settings(gap_wait_ms=60_000), True
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        await asyncio.sleep(2 * SETTINGS.mend_interval_min_ms / 1000)
        deltas = [ledger[CHANNEL].commit([(key, 1)]) for key in range(3)]
        for delta in reversed(deltas):
            await publisher.publish(CHANNEL, encode(delta))
            await asyncio.sleep(0.002)
        await client.reaches(ledger[CHANNEL])
    assert ledger.reads == 0


async def test_a_delta_that_no_model_takes_is_healed_at_once(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    truth = ledger[CHANNEL]
    async with follow(hub) as client:
        await client.reaches(truth)
        delta = truth.commit([(0, 1)])
        wrong = Delta(delta.epoch, delta.prev, delta.version, [(10**6, 1)])
        await publisher.publish(CHANNEL, encode(wrong))
        await client.reaches(truth, within_s=0.5)
        assert not {Verdict.GAP, Verdict.DIVERGED} & set(client.verdicts)


@pytest.mark.parametrize("seed", range(3))
async def test_loss_disorder_and_doubling_heal_within_two_seconds(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker, seed: int
):
    rng = random.Random(seed)
    waiting: list[bytes] = []
    async with follow(hub) as client:
        for _ in range(300):
            key, value = rng.randrange(CELLS), rng.randrange(100)
            waiting.append(encode(ledger[CHANNEL].commit([(key, value)])))
            if rng.random() < 0.6:
                body = waiting.pop(rng.randrange(len(waiting)))
                for _ in range(rng.choice([0, 1, 1, 1, 2])):
                    await publisher.publish(CHANNEL, body)
            if rng.random() < 0.1:
                await asyncio.sleep(rng.random() * 0.02)
        await client.reaches(ledger[CHANNEL], within_s=2.0)
        assert Verdict.DIVERGED not in client.verdicts


async def test_a_restored_backup_resyncs_readers(hub: Hub, ledger: Ledger):
    truth = ledger[CHANNEL]
    for number in range(5):
        truth.commit([(number, 1)])
    async with follow(hub) as client:
        await client.reaches(truth)
        truth.restore(3)
        await client.reaches(truth, within_s=2.0)
        assert client.kinds[-2:] == ["resync", "snapshot"] or "resync" in client.kinds


async def test_poison_never_stops_a_channel(hub: Hub, ledger: Ledger, publisher: MemoryBroker):
    truth = ledger[CHANNEL]
    async with follow(hub) as client:
        await client.reaches(truth)
        version = truth.version
        for body in (
            b"",
            b"\xff\xfe",
            b"null",
            b'{"e":1}',
            b'{"e":"1","v":2}',
            encode(Delta(1, version, version + 1, [(10**6, 1)])),  # fits, but no model takes it
            encode(Delta(1, 0, 10**15, [])),
            encode(Delta(7, 0, 1, [])),
            msgspec.json.encode(Wire(1, 10**15)),
        ):
            await publisher.publish(CHANNEL, body)
        await publisher.publish(CHANNEL, encode(truth.commit([(0, 9)])))
        await client.reaches(truth, within_s=2.0)
        await publisher.publish(CHANNEL, encode(truth.commit([(1, 9)])))
        await client.reaches(truth, within_s=0.5)
    assert hub.metrics.messages_poisoned >= 5


async def test_without_the_broker_streams_are_degraded_and_refresh_at_a_bounded_rate(
    hub: Hub, ledger: Ledger, bus: MemoryBus
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        await eventually(lambda: "heartbeat" in client.kinds)
        assert not client.follower.degraded
        bus.set_up(False)
        await eventually(lambda: client.follower.degraded, within_s=0.5)
        polls = ledger.polls
        for number in range(3):
            ledger[CHANNEL].commit([(0, number)])
            await client.reaches(ledger[CHANNEL], within_s=2.0)
        assert ledger.polls - polls <= 7
        assert hub.degraded
        bus.set_up(True)
        await eventually(lambda: not client.follower.degraded)


async def test_what_an_outage_of_the_broker_swallowed_is_there_right_after_it(
    hub: Hub, ledger: Ledger, bus: MemoryBus
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        bus.set_up(False)
        ledger[CHANNEL].commit([(0, 1)])
        bus.set_up(True)
        await client.reaches(ledger[CHANNEL], within_s=0.4)


async def test_a_channel_opens_without_the_broker(ledger: Ledger, bus: MemoryBus):
    bus.set_up(False)
    async with hub_on(ledger, MemoryBroker(bus)) as hub, follow(hub) as client:
        await client.reaches(ledger[CHANNEL], within_s=2.0)


async def test_without_the_source_streams_stay_open_and_say_so(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as old:
        await old.reaches(ledger[CHANNEL])
        ledger.down = True
        async with follow(hub, "other") as new:
            await eventually(lambda: old.follower.degraded and new.follower.degraded)
            assert new.position is None
            assert old.position is not None
            # The broker still carries what is contiguous.
            await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, 1)])))
            await old.reaches(ledger[CHANNEL], within_s=0.5)
            ledger.down = False
            await new.reaches(ledger["other"], within_s=2.0)
            await eventually(lambda: not (old.follower.degraded or new.follower.degraded))


async def test_a_broken_channel_degrades_itself_only(
    hub: Hub, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    load = ledger.load

    async def broken(channel: str):
        if channel == "broken":
            raise RuntimeError("row of nonsense")
        return await load(channel)

    monkeypatch.setattr(ledger, "load", broken)
    async with follow(hub) as good, follow(hub, "broken") as bad:
        await good.reaches(ledger[CHANNEL])
        await eventually(lambda: bad.follower.degraded)
        await eventually(lambda: good.kinds.count("heartbeat") >= 2)
        assert not good.follower.degraded
        monkeypatch.undo()
        await bad.reaches(ledger["broken"])


async def test_a_source_that_hangs_is_given_up_and_asked_again(
    ledger: Ledger, bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
):
    async def hang(_channel: str):
        await asyncio.sleep(60)

    monkeypatch.setattr(ledger, "load", hang)
    settings = with_settings(source_timeout_s=0.1)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as client:
        await eventually(lambda: client.follower.degraded)
        monkeypatch.undo()
        await client.reaches(ledger[CHANNEL])
