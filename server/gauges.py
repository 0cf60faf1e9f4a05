"""What a process counts about itself, for /metrics."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from server.parts import Parts


class Gauges(Collector):
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        combiner = self._parts.inventory.combiner
        for name, text, value in (
            ("fullhouse_hold_requests", "Hold requests decided", combiner.requests),
            ("fullhouse_hold_batches", "Transactions that decided them", combiner.batches),
            ("fullhouse_hold_refusals", "Hold requests refused: places taken", combiner.refusals),
            ("fullhouse_db_retries", "Exclusive transactions tried again", self._parts.db.retries),
        ):
            yield CounterMetricFamily(name, text, value=value)
