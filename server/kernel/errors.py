"""The one family of errors a caller may cause or must handle.

An error carries facts, never a status code: `server.problems` maps each class to an RFC 9457
problem, and a test proves that the map is total.
"""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """`detail` says what was wrong and what to do; `facts` are JSON members of the problem.
    `decides`: asked again with the same Idempotency-Key, the same is answered."""

    decides = True

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class BadRequest(DomainError):
    """The request does not decode into what the route takes."""


class ContentTooLarge(DomainError):
    """The body is larger than the server takes."""


class NotFound(DomainError):
    """There is no such thing, or it is not the caller's to know of."""


class Unauthenticated(DomainError):
    """No credential of the realm that the route asks for, or one that is not valid."""


class Forbidden(DomainError):
    """A valid credential that does not allow this."""


class IdempotencyKeyReused(DomainError):
    """The key was used before with another body."""


class Overloaded(DomainError):
    """A bounded queue is full; `retry_after_s` says when to come back."""

    decides = False


class NotConfigured(DomainError):
    """This deployment does not offer it: the setting that would is empty."""


class RateLimited(DomainError):
    """Too many requests of this kind from one address or with one credential; `retry_after_s`."""


class DatabaseUnavailable(DomainError):
    """The database did not answer: the outcome is unknown and a retry with the same key is safe."""

    decides = False


def retold(kind: type[DomainError], detail: str, facts: Mapping[str, Any]) -> DomainError:
    """A refusal as it was told before, from what was kept of it; its facts are attributes too."""
    refusal = kind.__new__(kind)
    DomainError.__init__(refusal, detail, **facts)
    vars(refusal).update(facts)
    return refusal
