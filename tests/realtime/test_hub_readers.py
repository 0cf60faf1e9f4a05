"""Laws of a hub towards its readers: slow ones, limits, revocation, lifecycle, metrics."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from realtime import HubSettings
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.client import Verdict
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.metrics import LAG_BOUNDS_MS, quantile_ms
from realtime.reader import Subscriber
from tests.realtime.support import (
    CHANNEL,
    PATIENCE_S,
    SETTINGS,
    Ledger,
    encode,
    ends,
    eventually,
    follow,
    hub_on,
    with_settings,
)

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
            await eventually(lambda: stuck.reader.ended)
            assert not fast.reader.ended
    assert hub.metrics.stalled == 1


async def test_a_reader_that_has_nothing_to_take_is_not_stuck(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(reader_stall_s=0.1, heartbeat_interval_s=60)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as idle:
        await idle.reaches(ledger[CHANNEL])
        await asyncio.sleep(2.2)  # housekeeping looks every second
        assert not idle.reader.ended


# Lifecycle


async def test_a_channel_closes_a_while_after_its_last_reader(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
    async with follow(hub) as client:
        await client.reaches(ledger[CHANNEL])
    assert ledger.loads == 1, "still open for the second reader"
    await eventually(lambda: hub.metrics.channels == 0)
    await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, 1)])))
    await asyncio.sleep(0.05)
    assert hub.metrics.messages == 0, "nobody here wants to hear of it"
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
            await ends(client.ended)
            assert client.verdicts[-1] is Verdict.BYE
            retries.add(client.follower.retry_ms)
            assert SETTINGS.retry_min_ms <= client.follower.retry_ms <= SETTINGS.retry_max_ms
        with pytest.raises(ReaderRefused, match="draining"):
            hub.admit(Subscriber(CHANNEL, "a"), None, lambda: None)
        assert not draining.done()
    await asyncio.wait_for(draining, PATIENCE_S)
    assert len(retries) > 1


async def test_draining_cuts_those_who_do_not_go(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(drain_timeout_s=0.1)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as stuck:
        await stuck.reaches(ledger[CHANNEL])
        stuck.paused.clear()
        await eventually(lambda: stuck.reader.stalled_s(asyncio.get_running_loop().time()) > 0)
        await asyncio.wait_for(hub.drain(), PATIENCE_S)
        assert stuck.reader.ended


async def test_an_old_connection_is_asked_to_come_back(ledger: Ledger, bus: MemoryBus):
    settings = with_settings(reader_age_max_s=0.2)
    async with hub_on(ledger, MemoryBroker(bus), settings) as hub, follow(hub) as client:
        await ends(client.ended)
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
                hub.admit(other, None, lambda: None)
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
        await ends(revoked.ended)
        assert not kept.ended.is_set()


async def test_a_revoked_credential_loses_its_streams_within_ten_seconds(
    ledger: Ledger, bus: MemoryBus
):
    settings = with_settings(review_interval_s=0.1, review_timeout_s=0.1, review_grace_s=1.5)
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
            await asyncio.gather(ends(a1.ended, 5), ends(a2.ended, 5))
            assert not b.ended.is_set()
            answers["b"] = None
            reviews = asked.count("b")
            await eventually(lambda: asked.count("b") >= reviews + 2)
            assert not b.ended.is_set(), "whoever cannot be checked stays for the grace time"
            await ends(b.ended, 4)
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
        for number in (1, 2):
            await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(0, number)])))
            await client.reaches(ledger[CHANNEL])
        text = generate_latest(registry).decode()
    for line in (
        "realtime_readers 1.0",
        "realtime_channels 1.0",
        "realtime_degraded 0.0",
        "realtime_deliveries_total 3.0",
        "realtime_messages_total 2.0",
        "realtime_snapshot_misses_total 1.0",
        "realtime_lag_seconds_count 2.0",
    ):
        assert f"{line}\n" in text
    lag_ms = quantile_ms(hub.metrics.lag_counts, 0.5)
    assert lag_ms is not None
    assert lag_ms <= 1000


def test_a_quantile_of_the_lag_is_the_bound_of_its_bucket():
    counts = [0] * (len(LAG_BOUNDS_MS) + 1)
    assert quantile_ms(counts, 0.5) is None
    counts[0], counts[3], counts[-1] = 50, 48, 2
    assert [quantile_ms(counts, q) for q in (0.0, 0.5, 0.51, 0.98)] == [1, 1, 10, 10]
    assert quantile_ms(counts, 0.99) == LAG_BOUNDS_MS[-1]
