"""The verbs of the gateway.

Every verb is synchronous: it checks, appends to the journal and changes the ledger with no await
in between, so the event loop runs them one after the other. Whoever answers a caller, or sends
a webhook, first awaits `journal.durable()`: nobody ever learns of a state that a crash could undo.
"""

import heapq
import math
from collections.abc import Callable
from hashlib import sha256

import msgspec

from .journal import Journal
from .knobs import Knobs
from .ledger import Ledger
from .models import (
    Captured,
    Charge,
    Declined,
    Delivered,
    Entry,
    Event,
    EventData,
    EventType,
    GatewayError,
    MakeRefund,
    OpenSession,
    Plan,
    Refund,
    Refunded,
    Refused,
    SavedAnswer,
    Session,
    SessionExpired,
    SessionOpened,
)
from .money import EXPONENTS

SESSION_TTL_S = 86_400


class Key(msgspec.Struct, frozen=True):
    """An idempotency key with the fingerprint of the request that first used it."""

    key: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, path: str, command: OpenSession | MakeRefund) -> "Key":
        """The fingerprint covers path and parameters, not white space or member order."""
        return cls(key, sha256(path.encode() + b"\n" + msgspec.json.encode(command)).hexdigest())


class Gateway:
    """Sessions, charges and refunds over one journal.

    `clock` gives unix seconds, `new_id(prefix)` an unguessable id; `owe(event_id, copies,
    not_before)` is called for each event, to be delivered once the journal has it.
    """

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        *,
        base_url: str,
        knobs: Knobs,
        clock: Callable[[], float],
        new_id: Callable[[str], str],
        owe: Callable[[str, int, float], None],
    ) -> None:
        self.journal = journal
        self.ledger = ledger
        self.base_url = base_url
        self.knobs = knobs
        self.clock = clock
        self._new_id = new_id
        self._owe = owe
        self._deadlines = [(s.expires_at, s.id) for s in ledger.sessions.rows if s.status == "open"]
        heapq.heapify(self._deadlines)

    # ------------------------------------------------------------ reads

    def saved(self, key: Key) -> SavedAnswer | None:
        """The answer kept under the key. Raises GatewayError 422 when another request used it."""
        answer = self.ledger.answers.get(key.key)
        if answer is not None and answer.fingerprint != key.fingerprint:
            raise GatewayError(
                422,
                "idempotency_key_reused",
                "This idempotency key was first used with other parameters.",
            )
        return answer

    def session(self, session_id: str) -> Session:
        """The session as of now, expired if its time is over. Raises GatewayError 404."""
        if session_id not in self.ledger.sessions:
            raise GatewayError(404, "session_not_found", "There is no such session.")
        session = self.ledger.sessions[session_id]
        if session.status == "open" and self.clock() >= session.expires_at:
            self._expire(session)
        return session

    def view(self, session: Session) -> dict[str, object]:
        """The session as the API shows it: its fields, `url` of a page, and `refunded_minor`."""
        charge_id = session.charge_id
        refunded = self.ledger.charges[charge_id].refunded_minor if charge_id else 0
        url = f"{self.base_url}/pay/{session.id}" if session.client_secret is None else None
        return {**msgspec.to_builtins(session), "url": url, "refunded_minor": refunded}

    # ------------------------------------------------------------ verbs

    def open_session(self, command: OpenSession, key: Key) -> SavedAnswer:
        """Open a payment page, or an intent. Raises GatewayError 422 for a currency or time that
        cannot be."""
        now = self._now()
        if command.currency not in EXPONENTS:
            raise GatewayError(422, "invalid_request", "`currency` is not an ISO 4217 code.")
        expires_at = command.expires_at if command.expires_at is not None else now + SESSION_TTL_S
        if expires_at <= self.clock():
            raise GatewayError(422, "invalid_request", "`expires_at` is not in the future.")
        session_id = self._new_id("pi" if command.flow == "intent" else "ps")
        session = Session(
            id=session_id,
            status="open",
            amount_minor=command.amount_minor,
            currency=command.currency,
            reference=command.reference,
            description=command.description,
            return_url=command.return_url,
            cancel_url=command.cancel_url,
            webhook_url=command.webhook_url,
            created=now,
            expires_at=expires_at,
            client_secret=(
                self._new_id(f"{session_id}_secret") if command.flow == "intent" else None
            ),
        )
        answer = _answer(key, 201, self.view(session))
        self._record(SessionOpened(session, answer))
        heapq.heappush(self._deadlines, (session.expires_at, session.id))
        return answer

    def capture(self, session: Session, wanted: Plan) -> str | None:
        """Take the money, once: the event's id, or None when the session was paid before.

        `wanted.not_before` is relative, seconds from now. Raises GatewayError 410 when expired.
        """
        if session.status == "complete":
            return None
        self._require_open(session)
        now = self._now()
        charge = Charge(
            id=self._new_id("ch"),
            session_id=session.id,
            reference=session.reference,
            amount_minor=session.amount_minor,
            currency=session.currency,
            created=now,
        )
        event = self._event("payment.captured", session, charge_id=charge.id)
        self._record(Captured(charge, event, self._plan(wanted)))
        return event.id

    def decline(self, session: Session, wanted: Plan) -> str:
        """Refuse the payer's card; the session stays open. The event's id. Raises like capture."""
        if session.status == "complete":
            raise GatewayError(409, "session_complete", "This payment has been made already.")
        self._require_open(session)
        event = self._event("payment.failed", session)
        self._record(Declined(event, self._plan(wanted)))
        return event.id

    def refund(self, command: MakeRefund, key: Key) -> SavedAnswer:
        """Give money back, never more than was captured and is left. Raises GatewayError 404.

        A refusal (422) is kept under the key like a success: the same request stays refused.
        """
        session = self.session(command.session_id)
        charge = self.ledger.charges[session.charge_id] if session.charge_id else None
        left_minor = charge.amount_minor - charge.refunded_minor if charge else 0
        if charge is None or command.amount_minor > left_minor:
            refusal = GatewayError(
                422,
                "refund_exceeds_captured",
                "More than what was captured and not yet refunded.",
                refundable_minor=left_minor,
            )
            answer = _answer(key, refusal.status, refusal.body())
            self._record(Refused(answer))
            return answer
        refund = Refund(
            id=self._new_id("rf"),
            status="succeeded",
            session_id=session.id,
            charge_id=charge.id,
            reference=session.reference,
            amount_minor=command.amount_minor,
            currency=session.currency,
            reason=command.reason,
            created=self._now(),
        )
        event = self._event("payment.refunded", session, charge_id=charge.id, refund=refund)
        answer = _answer(key, 201, msgspec.to_builtins(refund))
        self._record(Refunded(refund, event, self._plan(Plan(1, 0)), answer))
        return answer

    def cancel(self, session: Session) -> None:
        """Close the page. Cancelling twice is no error. Raises GatewayError 409 when paid."""
        if session.status == "complete":
            raise GatewayError(409, "session_complete", "This payment has been made already.")
        if session.status == "open":
            self._expire(session)

    def expire_due(self) -> None:
        """Close every page whose time is over."""
        now = self.clock()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, session_id = heapq.heappop(self._deadlines)
            self.session(session_id)

    def accepted(self, event_id: str) -> None:
        """Note that a receiver accepted one copy of the event."""
        self._record(Delivered(event_id, self.clock()))

    # ------------------------------------------------------------ how

    def _record(self, entry: Entry) -> None:
        self.journal.append(entry)
        self.ledger.apply(entry)
        match entry:
            case Captured() | Declined() | Refunded() | SessionExpired():
                self._owe(entry.event.id, entry.plan.copies, entry.plan.not_before)
            case _:
                pass

    def _expire(self, session: Session) -> None:
        event = self._event("session.expired", session)
        self._record(SessionExpired(event, self._plan(Plan(1, 0))))

    def _require_open(self, session: Session) -> None:
        if session.status == "expired":
            raise GatewayError(410, "session_expired", "This payment page has expired.")

    def _plan(self, wanted: Plan) -> Plan:
        return self.knobs.plan(Plan(wanted.copies, self.clock() + wanted.not_before))

    def _now(self) -> int:
        # Lists are read by time: a clock set back must not hide new rows behind old ones.
        return max(math.floor(self.clock()), self.ledger.created_max)

    def _event(
        self,
        type_: EventType,
        session: Session,
        charge_id: str | None = None,
        refund: Refund | None = None,
    ) -> Event:
        return Event(
            id=self._new_id("evt"),
            type=type_,
            created=self._now(),
            data=EventData(
                session_id=session.id,
                charge_id=charge_id,
                reference=session.reference,
                amount_minor=refund.amount_minor if refund else session.amount_minor,
                currency=session.currency,
                refund_id=refund.id if refund else msgspec.UNSET,
                refunded_minor=(
                    self.ledger.charges[refund.charge_id].refunded_minor + refund.amount_minor
                    if refund
                    else msgspec.UNSET
                ),
            ),
        )


def _answer(key: Key, status: int, body: object) -> SavedAnswer:
    return SavedAnswer(key.key, key.fingerprint, status, msgspec.Raw(msgspec.json.encode(body)))
