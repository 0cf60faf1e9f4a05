"""Every bound of a hub, in one place."""

from __future__ import annotations

import msgspec

REVOCATION_MAX_S = 10.0
"""A revoked credential loses its stream within this time."""


class HubSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Raises ValueError when the bounds contradict each other."""

    # Pace of sending. The first change after quiet goes at once; then the channel rests as
    # long as the last fan-out took, within these limits, and sends what came as one delta.
    # 0 and 0: no rest, every change goes at once and alone while the fan-out keeps up.
    flush_interval_min_ms: int = 10
    flush_interval_max_ms: int = 50
    heartbeat_interval_s: float = 5.0

    # Healing. A gap waits `gap_wait_ms` for messages that merely overtook each other.
    poll_interval_s: float = 1.0
    gap_wait_ms: int = 50
    mend_interval_min_ms: int = 100
    mend_backoff_max_s: float = 1.0
    source_timeout_s: float = 3.0
    source_reads_max: int = 8

    # Memory.
    deltas_pending_max: int = 1024
    frames_cached_max: int = 64
    channels_max: int = 10_000
    channel_linger_s: float = 10.0

    # Readers.
    readers_max: int = 20_000
    readers_per_address_max: int = 2_000
    readers_per_credential_max: int = 50
    reader_stall_s: float = 20.0
    reader_age_max_s: float = 3600.0
    retry_min_ms: int = 200
    retry_max_ms: int = 3_000
    drain_timeout_s: float = 5.0

    # What a WebSocket client may send.
    client_message_bytes_max: int = 256
    client_messages_per_s_max: int = 4

    # Revocation: each credential is asked about again; one that cannot be checked (its
    # authority is down) keeps its streams for the grace time.
    review_interval_s: float = 5.0
    review_timeout_s: float = 3.0
    review_grace_s: float = 30.0
    reviews_max: int = 16

    def __post_init__(self) -> None:
        if not 0 <= self.flush_interval_min_ms <= self.flush_interval_max_ms:
            raise ValueError("flush_interval_min_ms must be in 0..flush_interval_max_ms")
        if not 0 < self.retry_min_ms <= self.retry_max_ms:
            raise ValueError("retry_min_ms must be in 1..retry_max_ms")
        if self.review_interval_s + self.review_timeout_s > REVOCATION_MAX_S:
            raise ValueError(f"reviews must finish within {REVOCATION_MAX_S} s")
        for name in self.__struct_fields__:
            if getattr(self, name) <= 0 and not name.startswith("flush_interval"):
                raise ValueError(f"{name} must be > 0")
