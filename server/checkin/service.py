"""A scan: one transaction that lets a ticket in once and keeps what was seen at the door."""

import uuid

import msgspec

from server import audit
from server.checkin import sql
from server.checkin.models import (
    UNDO_S,
    Admission,
    GateCount,
    OwnAdmission,
    Scan,
    ScanOutcome,
    ScanRequest,
    TicketAlreadyUsed,
    TicketNotValid,
    TicketUnknown,
    TooLateToUndo,
    Undone,
    UndoRequest,
)
from server.identity.models import Scanner
from server.inventory import clock
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import DomainError, NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import switches
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.tickets import service as tickets
from server.tickets.codes import Codes
from server.tickets.models import Ticket

SHOWN_MAX = 50
UNKNOWN_LABEL = "Unknown code"


class Checkin:
    def __init__(self, db: Database, codes: Codes) -> None:
        self._db, self._codes = db, codes

    async def scan(self, scanner: Scanner, wish: ScanRequest, key: Key | None) -> Admission:
        """Let a ticket in, once. Raises TicketAlreadyUsed, TicketNotValid, TicketUnknown,
        FeatureOff."""
        async with self._db.tx() as tx:
            outcome = await idempotency.once(tx, key, ScanOutcome)
            if outcome is None:
                await switches.must_be_on_now(tx, "scanning", scanner.org_id, scanner.event_id)
                outcome = await self._scan(tx, scanner, wish)
                await idempotency.remember(tx, key, outcome)
        failpoint("scan.committed")
        refusal = _refusal(outcome)
        if refusal is not None:
            raise refusal
        scan = outcome.scan
        return Admission(scan.result, scan.id, scan.label, scan.name, scan.gate, scan.scanned_at)

    async def undo(self, scanner: Scanner, wish: UndoRequest, key: Key | None) -> Undone:
        """Whom this key has let in by mistake is outside again, all of these or none.

        Raises TooLateToUndo, and NotFound for what is no admission of this very key.
        """
        scan_ids = sorted(set(wish.scan_ids))

        async def act(tx: Tx) -> Undone:
            admitted = await sql.LOCK_ADMISSIONS.all(
                tx, scan_ids, scanner.event_id, scanner.key_id, UNDO_S
            )
            if len(admitted) < len(scan_ids):
                raise NotFound("this key has let nobody in by such a scan")
            slips = [of for of in admitted if not of.is_undone]
            if not all(of.is_recent for of in slips):
                raise TooLateToUndo(
                    f"an admission can be undone for {UNDO_S} seconds", undo_s=UNDO_S
                )
            # All of them before the clock: who pays tickets back at this moment has them, and waits
            # for that. One that was given back meanwhile stays what it is.
            for ticket_id in sorted(of.ticket_id for of in slips):
                await tickets.unuse(tx, ticket_id)
            labels = [await _tell(tx, scanner, of) for of in slips]
            await sql.UNDO.run(tx, scan_ids)
            return Undone(len(slips), labels)

        return await idempotency.settled(self._db, key, Undone, act)

    async def _scan(self, tx: Tx, scanner: Scanner, wish: ScanRequest) -> ScanOutcome:
        read = self._codes.read(wish.token)
        ticket = await tickets.find(tx, read.ticket_id) if read else None
        if ticket is None:
            return ScanOutcome(await _record(tx, scanner, wish.gate, "refused", None), "unknown")
        if ticket.event_id != scanner.event_id:
            return ScanOutcome(
                await _record(tx, scanner, wish.gate, "refused", None), "other_event"
            )
        if await tickets.use(tx, ticket.id):
            return ScanOutcome(await _record(tx, scanner, wish.gate, "admitted", ticket))
        ticket = await tickets.find(tx, ticket.id)
        assert ticket is not None
        if ticket.status == "used":
            scan = await _record(tx, scanner, wish.gate, "duplicate", ticket)
            return ScanOutcome(scan, "used", ticket.used_at)
        return ScanOutcome(await _record(tx, scanner, wish.gate, "refused", ticket), "not_valid")


async def admit(tx: Tx, scanner: Scanner, ticket: Ticket, gate: str) -> Scan:
    """Let a ticket in that `tx` has locked, and that is valid, without its code."""
    used = await tickets.use(tx, ticket.id)
    assert used, "a locked ticket stays what it is"
    return await _record(tx, scanner, gate, "admitted", ticket)


async def _tell(tx: Tx, scanner: Scanner, of: OwnAdmission) -> str:
    """Doors and the organization, of who is outside again. Returns the label of their place."""
    ticket = await tickets.find(tx, of.ticket_id)
    assert ticket is not None, "tickets are never deleted"
    await _record(tx, scanner, of.gate, "undone", ticket)
    await audit.record(
        tx, scanner.org_id, "admission.undone", subject=f"ticket:{ticket.id}",
        data={"event_id": str(scanner.event_id), "label": ticket.label, "gate": of.gate},
    )  # fmt: skip
    return ticket.label


async def _record(tx: Tx, scanner: Scanner, gate: str, result: str, ticket: Ticket | None) -> Scan:
    version = (await clock.bump(tx, scanner.event_id, "scans")).version
    scan = await sql.INSERT.first(
        tx, uuid7(), scanner.org_id, scanner.event_id, version, ticket.id if ticket else None,
        result, ticket.label if ticket else UNKNOWN_LABEL, ticket.holder_name if ticket else "",
        gate.strip() or "Main", scanner.key_id,
    )  # fmt: skip
    assert scan is not None
    await outbox.append(
        tx,
        Fact(
            type="checkin.ticket.scanned",
            org_id=scanner.org_id,
            subject=f"ticket:{ticket.id}" if ticket else f"scan:{scan.id}",
            data=msgspec.to_builtins(scan),
        ),
    )
    return scan


def _refusal(outcome: ScanOutcome) -> DomainError | None:
    scan = outcome.scan
    facts = {"scan_id": scan.id, "label": scan.label, "name": scan.name, "gate": scan.gate}
    if outcome.reason == "used":
        return TicketAlreadyUsed(
            "this ticket has been used", first_scanned_at=outcome.first_scanned_at, **facts
        )
    if outcome.reason == "not_valid":
        return TicketNotValid("this ticket was refunded or replaced", **facts)
    if outcome.reason == "other_event":
        return TicketNotValid("this ticket is for another event", **facts)
    if outcome.reason == "unknown":
        return TicketUnknown("this code is not one of our tickets", **facts)
    return None


class Board(msgspec.Struct):
    """What a display shows at `version` of the scans clock; scans newest first."""

    version: int
    scans: list[Scan]
    counts: list[GateCount]
    tickets: int


async def board(db: Database, event_id: uuid.UUID, since: int = 0) -> Board | None:
    """Scans after `since`, at most SHOWN_MAX; None where the event has no inventory."""
    async with db.tx(read_only=True, across=Across.FEED) as tx:
        version = await clock.now(tx, event_id, "scans")
        if version is None:
            return None
        return Board(
            version=version,
            scans=await sql.SINCE.all(tx, event_id, since, SHOWN_MAX),
            counts=await sql.COUNTS.all(tx, event_id),
            tickets=await tickets.count_live(tx, event_id),
        )
