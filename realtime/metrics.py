"""What a hub counts: plain integers on the hot path, turned into Prometheus' families only
when they are scraped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

LAG_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def quantile_ms(lag_counts: Sequence[int], quantile: float) -> int | None:
    """Upper bound of the bucket that holds the quantile (0..1), of the last one that has a bound
    where it has none; None without observations. `lag_counts`: per bound, and of what is above."""
    rank = quantile * sum(lag_counts)
    seen = 0
    for bound, count in zip((*LAG_BOUNDS_MS, LAG_BOUNDS_MS[-1]), lag_counts, strict=True):
        seen += count
        if count and seen >= rank:
            return bound
    return None


_COUNTERS = {
    "deliveries": "Snapshots and deltas handed to readers",
    "conflations": "Deliveries that stood for several flushes: the reader was slow, or away",
    "resyncs": "Readers whose state was void",
    "snapshot_hits": "Snapshots answered from the cache",
    "snapshot_misses": "Snapshots encoded",
    "messages": "Messages from the broker",
    "messages_poisoned": "Messages that could not be read or applied",
    "gaps": "Reads of the truth because something was missing",
    "source_errors": "Reads of the truth that failed",
    "refused": "Readers refused because of a limit",
    "stalled": "Readers dropped because they took nothing",
    "revoked": "Readers closed because their credential was",
}


class Metrics(Collector):
    """Register it with a prometheus_client registry. Single-threaded, like the hub."""

    def __init__(self) -> None:
        self.readers = 0
        self.channels = 0
        self.degraded = True  # until the broker is heard of
        self.deliveries = 0
        self.conflations = 0
        self.resyncs = 0
        self.snapshot_hits = 0
        self.snapshot_misses = 0
        self.messages = 0
        self.messages_poisoned = 0
        self.gaps = 0
        self.source_errors = 0
        self.refused = 0
        self.stalled = 0
        self.revoked = 0
        self.lag_counts = [0] * (len(LAG_BOUNDS_MS) + 1)
        self._lag_sum_ms = 0

    def observe_lag(self, lag_ms: int) -> None:
        """Publication of a change, right after its commit, -> written to the last socket that takes
        it; clocks that differ give 0, not less."""
        lag_ms = max(0, lag_ms)
        self.lag_counts[bisect_left(LAG_BOUNDS_MS, lag_ms)] += 1
        self._lag_sum_ms += lag_ms

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("realtime_readers", "Open streams", value=self.readers)
        yield GaugeMetricFamily("realtime_channels", "Open channels", value=self.channels)
        yield GaugeMetricFamily(
            "realtime_degraded", "1 while updates may be late", value=int(self.degraded)
        )
        for name, text in _COUNTERS.items():
            yield CounterMetricFamily(f"realtime_{name}", text, value=getattr(self, name))
        yield HistogramMetricFamily(
            "realtime_lag_seconds",
            "Publication of a change to the last socket that takes it",
            buckets=self._buckets(),
            sum_value=self._lag_sum_ms / 1000,
        )

    def _buckets(self) -> list[tuple[str, float]]:
        buckets: list[tuple[str, float]] = []
        total = 0
        for bound, count in zip(LAG_BOUNDS_MS, self.lag_counts, strict=False):
            total += count
            buckets.append((str(bound / 1000), total))
        buckets.append(("+Inf", total + self.lag_counts[-1]))
        return buckets
