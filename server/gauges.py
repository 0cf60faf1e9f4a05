"""What a process counts about itself, and what should be zero in the whole deployment."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from server.hooks import delivering as hooks
from server.hooks.models import HookBacklog
from server.kernel.errors import DatabaseUnavailable
from server.kernel.tenancy import Across
from server.notify import service as notify
from server.outbox import service as outbox
from server.parts import Parts
from server.payments import gaps
from server.payments import service as payments
from server.settlement import income


class Gauges(Collector):
    """`refresh` before each scrape; a database that does not answer leaves its gauges out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._shared: list[tuple[str, str, int]] = []
        self._gaps: dict[str, int] = {}
        self._ages_s: dict[str, float] = {}
        self._behind: Sequence[HookBacklog] = []

    async def refresh(self) -> None:
        try:
            async with self._parts.db.tx(read_only=True, across=Across.PLATFORM) as tx:
                backlog, trouble = await outbox.backlog(tx), await payments.trouble(tx)
                mails, untold = await notify.trouble(tx), await income.failed(tx)
                open_gaps, compared = await gaps.counts(tx), await gaps.comparisons(tx)
                self._behind = await hooks.backlog(tx)
        except DatabaseUnavailable:
            self._shared, self._gaps, self._ages_s, self._behind = [], {}, {}, []
            return
        # A provider that was switched off is not compared any more, and not missed.
        sources = {*self._parts.payments.providers, gaps.BOOKS}
        self._gaps = open_gaps
        self._ages_s = {one.source: one.age_s for one in compared if one.source in sources}
        self._shared = [
            ("outbox_unpublished", "Events not yet in the event log", backlog.unpublished),
            ("outbox_parked", "Events whose reaction failed for good", backlog.parked),
            ("payments_unsettled", "Captured 5 minutes ago, no answer", trouble.unsettled),
            ("refunds_late", "Refunds not done after 5 minutes", trouble.refunds_late),
            ("mails_late", "Mails not sent after 10 minutes", mails.late),
            ("mails_dead", "Mails of 30 days that were given up", mails.dead),
            ("income_failed", "Settlements the finance system never took", untold),
            ("refunds_failed", "Refunds that the provider refused", trouble.refunds_failed),
            ("webhooks_late", "Webhooks not applied after 5 minutes", trouble.webhooks_late),
            ("webhooks_dead", "Webhooks that were given up", trouble.webhooks_dead),
        ]

    def collect(self) -> Iterator[Metric]:
        combiner = self._parts.inventory.combiner
        for name, text, value in (
            ("hold_requests", "Hold requests decided", combiner.requests),
            ("hold_batches", "Transactions that decided them", combiner.batches),
            ("hold_refusals", "Hold requests refused: places taken", combiner.refusals),
            ("db_retries", "Exclusive transactions tried again", self._parts.db.retries),
        ):
            yield CounterMetricFamily(f"fullhouse_{name}", text, value=value)
        for name, text, value in self._shared:
            yield GaugeMetricFamily(f"fullhouse_{name}", text, value=value)
        hooks_due = {one.org_id: one.due for one in self._behind}
        hooks_late_s = {one.org_id: one.late_s for one in self._behind}
        for name, text, label, values in (
            ("money_gaps", "Where money and what it is for do not match", "kind", self._gaps),
            ("money_compared_age_seconds", "Since it was last compared", "source", self._ages_s),
            ("hooks_due", "Deliveries to endpoints, not tried yet", "org_id", hooks_due),
            ("hooks_late_seconds", "Their longest wait for us", "org_id", hooks_late_s),
        ):
            family = GaugeMetricFamily(f"fullhouse_{name}", text, labels=[label])
            for named, value in values.items():
                family.add_metric([named], value)
            yield family
