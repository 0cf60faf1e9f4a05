"""Laws of a hub: exact resume, healing, slow readers, limits, lifecycle. With both brokers where
the broker matters."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import msgspec
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from realtime import HubSettings, Position
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.client import Verdict
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.model import Delta
from realtime.reader import Subscriber
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
)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def publisher(bus: MemoryBus) -> MemoryBroker:
    return MemoryBroker(bus)


@pytest.fixture
async def hub(ledger: Ledger, bus: MemoryBus) -> AsyncIterator[Hub]:
    async with hub_on(ledger, MemoryBroker(bus)) as running:
        yield running


def with_settings(**changes: float) -> HubSettings:
    return msgspec.structs.replace(SETTINGS, **changes)


# Following


async def test_two_hubs_and_one_publisher_show_the_same(make_broker: MakeBroker, ledger: Ledger):
    publisher = make_broker()
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
    readers = []
    for _ in range(1000):
        context = hub.reader(Subscriber(CHANNEL, "127.0.0.1"), None, lambda: None)
        readers.append((context, context.__enter__()))
    frames = await asyncio.gather(*(reader.next() for _, reader in readers))
    assert len({id(frame) for frame in frames}) == 1
    assert ledger.loads == 1
    assert (hub.metrics.snapshot_misses, hub.metrics.snapshot_hits) == (1, 999)
    for context, _ in readers:
        context.__exit__(None, None, None)
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


# Slow readers


async def test_a_slow_reader_gets_one_merged_delta_when_it_comes_back(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as fast, follow(hub) as slow:
        await slow.reaches(ledger[CHANNEL])
        slow.paused.clear()
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, 0)])))
        await fast.reaches(ledger[CHANNEL])
        received = len(slow.kinds)
        for number in range(40):
            await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(number % 3, 1)])))
            await asyncio.sleep(0.005)
        await fast.reaches(ledger[CHANNEL])
        assert len(slow.kinds) == received
        slow.paused.set()
        await slow.reaches(ledger[CHANNEL])
        new = [kind for kind in slow.kinds[received:] if kind != "heartbeat"]
        assert new == ["delta", "delta"], (
            "the frame that it was stuck with, and all the rest in one"
        )
    assert hub.metrics.conflations >= 1


async def test_a_reader_that_takes_nothing_is_cut_and_the_others_are_not(
    ledger: Ledger, bus: MemoryBus
):
    settings = with_settings(reader_stall_s=0.3)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub:  # noqa: SIM117
        async with follow(hub) as fast, follow(hub) as stuck:
            await stuck.reaches(ledger[CHANNEL])
            stuck.paused.clear()
            await eventually(lambda: stuck.reader.ended, within_s=3)
            assert not fast.reader.ended
    assert hub.metrics.stalled == 1


# Lifecycle


async def test_a_channel_closes_a_while_after_its_last_reader(hub: Hub, ledger: Ledger):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
    assert ledger.loads == 1, "still open for the second reader"
    await eventually(lambda: hub.metrics.channels == 0, within_s=3)
    ledger[CHANNEL].commit([(0, 1)])
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
    assert ledger.loads == 2


async def test_draining_says_bye_with_different_times_and_refuses_new_readers(
    hub: Hub, ledger: Ledger
):
    retries = set()
    async with follow(hub) as first, follow(hub) as second, follow(hub) as third:
        clients = [first, second, third]
        for client in clients:
            await client.reaches(ledger[CHANNEL])
        draining = asyncio.create_task(hub.drain())
        for client in clients:
            await asyncio.wait_for(client.ended.wait(), 1)
            assert client.verdicts[-1] is Verdict.BYE
            retries.add(client.follower.retry_ms)
            assert SETTINGS.retry_min_ms <= client.follower.retry_ms <= SETTINGS.retry_max_ms
        with pytest.raises(ReaderRefused, match="draining"):
            hub.reader(Subscriber(CHANNEL, "a"), None, lambda: None).__enter__()
        assert not draining.done()
    await asyncio.wait_for(draining, 1)
    assert len(retries) > 1


async def test_draining_cuts_those_who_do_not_go(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(drain_timeout_s=0.1)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as stuck:
        await stuck.reaches(ledger[CHANNEL])
        stuck.paused.clear()
        await eventually(lambda: stuck.reader.stalled_s(asyncio.get_running_loop().time()) > 0)
        await asyncio.wait_for(hub.drain(), 1)
        assert stuck.reader.ended


async def test_an_old_connection_is_asked_to_come_back(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(reader_age_max_s=0.2)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as client:
        await asyncio.wait_for(client.ended.wait(), 3)
        assert client.kinds[-1] == "bye"


@pytest.mark.parametrize(
    ("bound", "other"),
    [
        ({"readers_max": 2}, Subscriber("other", "z", "z")),
        ({"readers_per_address_max": 2}, Subscriber("other", "home", "z")),
        ({"readers_per_credential_max": 2}, Subscriber("other", "z", "me")),
        ({"channels_max": 1}, Subscriber("other", "z", "z")),
    ],
)
async def test_every_bound_holds_and_is_freed_again(
    ledger: Ledger, bus: MemoryBus, bound: dict[str, float], other: Subscriber
):
    subscriber = Subscriber(CHANNEL, "home", "me")
    async with hub_on(ledger, MemoryBroker(bus), with_settings(**bound)) as hub:
        async with follow(hub, subscriber=subscriber), follow(hub, subscriber=subscriber):
            with pytest.raises(ReaderRefused) as refused:
                hub.reader(other, None, lambda: None).__enter__()
            assert f"{refused.value.reason}" in next(iter(bound))
            assert refused.value.retry_ms > 0
        async with follow(hub, subscriber=other) as client:
            await client.reaches(ledger[CHANNEL])
    assert hub.metrics.refused == 1


async def test_closing_a_credential_ends_its_streams_only(hub: Hub, ledger: Ledger):
    mine, other = Subscriber(CHANNEL, "a", "mine"), Subscriber(CHANNEL, "a", "other")
    async with follow(hub, subscriber=mine) as revoked, follow(hub, subscriber=other) as kept:
        await revoked.reaches(ledger[CHANNEL])
        assert hub.close_credential("mine") == 1
        await asyncio.wait_for(revoked.ended.wait(), 1)
        assert not kept.ended.is_set()


async def test_a_revoked_credential_loses_its_streams_within_ten_seconds(
    ledger: Ledger, bus: MemoryBus
):
    settings = with_settings(review_interval_s=0.1, review_timeout_s=0.1, review_grace_s=0.5)
    asked: list[str] = []
    answers: dict[str, bool | None] = {"a": True, "b": True}

    def subscriber(credential: str) -> Subscriber:
        async def authorize() -> bool:
            asked.append(credential)
            answer = answers[credential]
            if answer is None:
                raise ConnectionRefusedError("nobody there to ask")
            return answer

        return Subscriber(CHANNEL, "home", credential, authorize)

    async with hub_on(ledger, MemoryBroker(bus), settings) as hub:  # noqa: SIM117
        async with (
            follow(hub, subscriber=subscriber("a")) as a1,
            follow(hub, subscriber=subscriber("a")) as a2,
            follow(hub, subscriber=subscriber("b")) as b,
        ):
            await eventually(lambda: asked.count("b") == 3)
            assert asked.count("a") <= 4, "one question per credential, not per reader"
            answers["a"] = False
            await asyncio.wait_for(asyncio.gather(a1.ended.wait(), a2.ended.wait()), 1)
            assert not b.ended.is_set()
            answers["b"] = None
            await asyncio.sleep(0.3)
            assert not b.ended.is_set(), "whoever cannot be checked stays for the grace time"
            await asyncio.wait_for(b.ended.wait(), 2)
    assert hub.metrics.revoked == 3


def test_reviews_finish_within_ten_seconds_under_any_settings():
    with pytest.raises(ValueError, match="10"):
        HubSettings(review_interval_s=8, review_timeout_s=3)
    assert HubSettings().review_interval_s + HubSettings().review_timeout_s <= 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"flush_interval_min_ms": 60},
        {"retry_min_ms": 9999},
        {"readers_max": 0},
        {"poll_interval_s": -1},
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        HubSettings(**wrong)


async def test_metrics_are_what_happened(hub: Hub, ledger: Ledger, publisher: MemoryBroker):
    registry = CollectorRegistry()
    registry.register(hub.metrics)
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, 1)])))
        await client.reaches(ledger[CHANNEL])
        text = generate_latest(registry).decode()
    for line in (
        "realtime_readers 1.0",
        "realtime_channels 1.0",
        "realtime_degraded 0.0",
        "realtime_deliveries_total 2.0",
        "realtime_messages_total 1.0",
        "realtime_snapshot_misses_total 1.0",
        "realtime_lag_seconds_count 1.0",
    ):
        assert f"{line}\n" in text
    lag_ms = hub.metrics.lag_ms(0.5)
    assert lag_ms is not None
    assert lag_ms <= 1000
