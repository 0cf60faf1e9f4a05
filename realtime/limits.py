"""How many readers there may be: in all, from one address, with one credential."""

from __future__ import annotations

from collections import Counter

from realtime.metrics import Metrics
from realtime.reader import Subscriber
from realtime.settings import HubSettings


class ReaderRefused(Exception):
    """No stream now. `reason`: "draining", or the bound that is reached: "readers",
    "address", "credential", "channels". Worth another try after `retry_ms`."""

    def __init__(self, reason: str, retry_ms: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_ms = retry_ms


class Limits:
    """Counts readers; memory only for keys that have some."""

    def __init__(self, settings: HubSettings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._addresses: Counter[str] = Counter()
        self._credentials: Counter[str] = Counter()

    def reached(self, subscriber: Subscriber) -> str | None:
        """The bound that forbids one more reader for this subscriber, or None."""
        settings, credential = self._settings, subscriber.credential
        if self._metrics.readers >= settings.readers_max:
            return "readers"
        if self._addresses[subscriber.address] >= settings.readers_per_address_max:
            return "address"
        if credential and self._credentials[credential] >= settings.readers_per_credential_max:
            return "credential"
        return None

    def count(self, subscriber: Subscriber, by: int) -> None:
        """A reader came (1) or went (-1)."""
        self._metrics.readers += by
        self._add(self._addresses, subscriber.address, by)
        if subscriber.credential:
            self._add(self._credentials, subscriber.credential, by)

    @staticmethod
    def _add(counter: Counter[str], key: str, by: int) -> None:
        counter[key] += by
        if not counter[key]:
            del counter[key]
