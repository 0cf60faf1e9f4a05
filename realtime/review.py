"""Revocation: every credential with an open stream is asked about again, so that one which
was revoked loses its streams within `settings.REVOCATION_MAX_S`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from realtime.reader import Reader
from realtime.settings import HubSettings

logger = logging.getLogger(__name__)


class Review:
    """`revoke(reader)` ends a stream whose authorization is gone."""

    def __init__(self, settings: HubSettings, revoke: Callable[[Reader], None]) -> None:
        self._settings = settings
        self._revoke = revoke
        self._slots = asyncio.Semaphore(settings.reviews_max)

    async def round(self, readers: Iterable[Reader]) -> None:
        """Ask once per credential and channel; readers without `authorize` are public."""
        groups: dict[object, list[Reader]] = {}
        for reader in readers:
            subscriber = reader.subscriber
            if subscriber.authorize is not None:
                key = (
                    (subscriber.credential, subscriber.channel) if subscriber.credential else reader
                )
                groups.setdefault(key, []).append(reader)
        await asyncio.gather(*(self._review(group) for group in groups.values()))

    async def _review(self, readers: list[Reader]) -> None:
        authorized = await self._ask(readers[0])
        now_s = asyncio.get_running_loop().time()
        for reader in readers:
            if authorized:
                reader.verified_at = now_s
            elif authorized is False or self._unverified_too_long(reader, now_s):
                self._revoke(reader)

    async def _ask(self, reader: Reader) -> bool | None:
        """None when it cannot be told now."""
        authorize = reader.subscriber.authorize
        assert authorize is not None
        async with self._slots:
            try:
                async with asyncio.timeout(self._settings.review_timeout_s):
                    return bool(await authorize())
            except Exception as error:
                logger.warning("review: %s: %s", type(error).__name__, error)
                return None

    def _unverified_too_long(self, reader: Reader, now_s: float) -> bool:
        return now_s - reader.verified_at > self._settings.review_grace_s
