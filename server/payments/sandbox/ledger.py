"""The gateway's state, a pure fold of journal entries: the same lines give the same ledger."""

from bisect import bisect_left
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from .models import (
    Captured,
    Charge,
    Delivered,
    Entry,
    Event,
    Plan,
    Refund,
    Refunded,
    Refused,
    SavedAnswer,
    Session,
    SessionExpired,
    SessionOpened,
)


class _Row(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def created(self) -> int: ...


RowT = TypeVar("RowT", bound=_Row)


class Timeline(Generic[RowT]):
    """Rows in the order in which they were made; `created` never decreases along it."""

    def __init__(self) -> None:
        self.rows: list[RowT] = []
        self._position: dict[str, int] = {}

    def add(self, row: RowT) -> None:
        self._position[row.id] = len(self.rows)
        self.rows.append(row)

    def __getitem__(self, row_id: str) -> RowT:
        """Raises KeyError."""
        return self.rows[self._position[row_id]]

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._position

    def page(self, since: int, after: str | None, limit: int) -> list[RowT]:
        """Up to `limit` rows with `created` >= `since`, following row `after`. Raises KeyError."""
        start = bisect_left(self.rows, since, key=lambda row: row.created)
        if after is not None:
            start = max(start, self._position[after] + 1)
        return self.rows[start : start + limit]


class Pending(Struct):
    """An event whose receiver has not accepted every copy yet."""

    event: Event
    plan: Plan
    accepted: int = 0


class Account(Struct):
    """Everything that moved under one reference. Money kept is captured - refunded."""

    reference: str
    currency: str
    captured_minor: int
    refunded_minor: int
    charges: list[Charge]


class Ledger:
    """Sessions, charges, refunds, events and saved answers."""

    def __init__(self) -> None:
        self.sessions: Timeline[Session] = Timeline()
        self.charges: Timeline[Charge] = Timeline()
        self.refunds: Timeline[Refund] = Timeline()
        self.events: Timeline[Event] = Timeline()
        self.sessions_by_reference: dict[str, Timeline[Session]] = {}
        self.pending: dict[str, Pending] = {}
        self.answers: dict[str, SavedAnswer] = {}
        self.created_max = 0

    def apply(self, entry: Entry) -> None:
        """Fold one entry in. Raises KeyError where it names something that was never recorded."""
        match entry:
            case SessionOpened(session, answer):
                self._note_time(session.created)
                self.sessions.add(session)
                self.sessions_by_reference.setdefault(session.reference, Timeline()).add(session)
                self.answers[answer.key] = answer
            case Refused(answer):
                self.answers[answer.key] = answer
            case Delivered(event_id):
                self._accept(event_id)
            case _:
                self._move(entry)
                self._owe(entry.event, entry.plan)

    def accounts(self) -> dict[str, Account]:
        """Reference -> what was captured and refunded under it; one currency per reference."""
        accounts: dict[str, Account] = {}
        for charge in self.charges.rows:
            account = accounts.setdefault(
                charge.reference, Account(charge.reference, charge.currency, 0, 0, [])
            )
            account.captured_minor += charge.amount_minor
            account.refunded_minor += charge.refunded_minor
            account.charges.append(charge)
        return accounts

    def _move(self, entry: Entry) -> None:
        match entry:
            case Captured(charge):
                self.charges.add(charge)
                session = self.sessions[charge.session_id]
                session.status, session.charge_id = "complete", charge.id
            case Refunded(refund, answer=answer):
                self.refunds.add(refund)
                charge = self.charges[refund.charge_id]
                charge.refunds.append(refund)
                charge.refunded_minor += refund.amount_minor
                self.answers[answer.key] = answer
            case SessionExpired(event):
                self.sessions[event.data.session_id].status = "expired"
            case _:
                pass  # a decline moves nothing: the payer may try again

    def _owe(self, event: Event, plan: Plan) -> None:
        self._note_time(event.created)
        self.events.add(event)
        if plan.copies:
            self.pending[event.id] = Pending(event, plan)

    def _accept(self, event_id: str) -> None:
        pending = self.pending.get(event_id)
        if pending is None:  # a copy beyond the plan: the process died before noting the last one
            return
        pending.accepted += 1
        if pending.accepted >= pending.plan.copies:
            del self.pending[event_id]

    def _note_time(self, created: int) -> None:
        self.created_max = max(self.created_max, created)
