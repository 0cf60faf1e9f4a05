"""The audit log: who changed what, append-only. Every domain writes it, its organization reads it.

A table of its own, not the outbox: that forgets after 30 days, goes out to everybody who listens,
and is updated as it is delivered. This one is kept, stays in the house, and refuses to change.
"""

from server.audit.service import record

__all__ = ["record"]
