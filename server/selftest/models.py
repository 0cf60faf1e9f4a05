"""What a self-test answers."""

from typing import Literal

import msgspec

StepName = Literal[
    "event_made", "held", "checked_out", "payment_opened", "paid", "webhook_received", "confirmed",
    "ticket_issued", "ticket_scanned", "refunded", "seat_free", "cleaned",
]  # fmt: skip


class Step(msgspec.Struct):
    """`took_ms`: how long it took, or was waited for."""

    name: StepName
    took_ms: int
    has_held: bool


class SelfTest(msgspec.Struct):
    """The steps that were taken, in their order; what follows one that failed is not tried, but for
    `cleaned`. `problem`: which step failed and what to look at; null where all held."""

    has_passed: bool
    problem: str | None
    took_ms: int
    steps: list[Step]
