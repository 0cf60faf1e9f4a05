"""How many answers of which status each route gave, and how soon.

Plain numbers of the event loop's thread, put into Prometheus' form when it asks: its own counters
take a lock for each number, and cost ten times as much.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _Route:
    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.buckets = [0] * (len(BUCKETS_S) + 1)
        self.seconds = 0.0


class Traffic(Collector):
    def __init__(self) -> None:
        self._routes: dict[str, _Route] = {}

    def count(self, name: str, status: int, seconds: float) -> None:
        """An answer began `seconds` after its request."""
        route = self._routes.get(name)
        if route is None:
            route = self._routes[name] = _Route()
        route.statuses[status] += 1
        route.buckets[bisect_left(BUCKETS_S, seconds)] += 1
        route.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "fullhouse_http_requests", "Answers by route and status", labels=("route", "status")
        )
        times = HistogramMetricFamily(
            "fullhouse_http_seconds",
            "Time to the first byte of the answer, seconds",
            labels=("route",),
        )
        bounds = [*(str(bound) for bound in BUCKETS_S), "+Inf"]
        for name, route in self._routes.items():
            for status, count in route.statuses.items():
                requests.add_metric((name, str(status)), count)
            # Prometheus' buckets hold all that was faster, too.
            buckets = list(zip(bounds, accumulate(route.buckets), strict=True))
            times.add_metric((name,), buckets, route.seconds)
        yield requests
        yield times


TRAFFIC = Traffic()
REGISTRY.register(TRAFFIC)
