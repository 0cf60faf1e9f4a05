"""How a self-test is told: each step with its time, and what to look at where one fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from server.kernel import logs
from server.kernel.errors import DomainError
from server.selftest.models import SelfTest, Step, StepName

STEP_MAX_S = 5.0
"""A step that takes longer has failed: in a healthy house each takes a fraction of a second."""

_LOOK: dict[StepName, tuple[str, str]] = {
    "event_made": ("Making an event", "whether PostgreSQL answers and is migrated: /readyz"),
    "held": ("Holding a seat", "the switches for ticketing and checkout, and PostgreSQL's load"),
    "checked_out": (
        "Checking out", "the switch for checkout, and whether the sandbox gateway runs: SANDBOX_URL"
    ),
    "payment_opened": (
        "Opening the payment page", "whether the address that the gateway gives can be reached"
    ),
    "paid": ("Paying at the sandbox gateway", "the gateway's own log"),
    "webhook_received": (
        "Hearing of the payment", "whether the gateway reaches us at BASE_URL, with the secret in "
        "SANDBOX_WEBHOOK_SECRET"
    ),
    "confirmed": (
        "Confirming the order", "whether a worker runs and what its log says, and whether webhooks "
        "wait or were given up: /staff/webhooks"
    ),
    "ticket_issued": (
        "Issuing the ticket", "the worker's log, and events that are parked: /staff/events"
    ),
    "ticket_scanned": ("Scanning the ticket", "the switch for scanning, and the signing keys"),
    "refunded": (
        "Paying back", "the switch for refunds, the worker's log, and the gateway's"
    ),
    "seat_free": ("Freeing the seat", "the worker's log"),
    "cleaned": (
        "Cleaning up", "PostgreSQL's load; the worker tries again within minutes"
    ),
}  # fmt: skip
"""What is done, and what to look at where it fails."""

_log = logs.get(__name__)


class StepFailed(Exception):
    """The steps that follow make no sense any more."""


class Unwell(Exception):
    """Something answered, and not as it does when all is well."""


class Steps:
    """Of one self-test."""

    def __init__(self) -> None:
        self._began, self._problem = time.monotonic(), ""
        self._taken: list[Step] = []

    @asynccontextmanager
    async def take(self, name: StepName) -> AsyncIterator[None]:
        """Whatever goes wrong within ends it. Raises StepFailed."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(STEP_MAX_S):
                yield
        except Exception as error:
            self._taken.append(Step(name, _ms_since(began), False))
            does, look = _LOOK[name]
            self._problem = self._problem or f"{does} failed: {_said(error)}. Look at {look}."
            _log.warning("self-test failed", step=name, error=repr(error))
            raise StepFailed from error
        self._taken.append(Step(name, _ms_since(began), True))

    def told(self) -> SelfTest:
        problem = self._problem or None
        return SelfTest(problem is None, problem, _ms_since(self._began), self._taken)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000)


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"it took longer than {STEP_MAX_S:.0f} s"
    if isinstance(error, DomainError):
        return error.detail.rstrip(".")
    if isinstance(error, Unwell):
        return str(error)
    if isinstance(error, httpx.HTTPError):
        return f"no answer ({type(error).__name__})"
    return f"something unforeseen ({type(error).__name__}), which the log has in full"
