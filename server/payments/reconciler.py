"""Proves that all money that came in is places sold, or money back: from the providers' own lists
and from the database. What only had not been heard of is put right; the rest is for a person, and
is written down while it is open (`gaps`).
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from server.kernel import context, logs
from server.kernel.db import Database
from server.kernel.errors import DomainError
from server.kernel.tenancy import Across
from server.payments import gaps, sql_reconciler
from server.payments.applying import apply
from server.payments.gap_models import Booked, Gap, GapKind
from server.payments.models import Charge, EventKind, Provider, ProviderEvent, ProviderUnavailable
from server.payments.providers import Providers
from server.payments.states import CAPTURED

BATCH = 100
CLOCKS_APART = dt.timedelta(hours=1)
"""By so much a provider's clock may differ from ours."""
GRACE = dt.timedelta(minutes=5)
"""What is younger may be on its way."""

_log = logs.get(__name__)


async def compare(db: Database, providers: Providers, since: dt.datetime) -> AsyncIterator[Gap]:
    """Every gap of what was begun since then. A provider that does not answer raises
    ProviderUnavailable after what the others had to say; what is open of it stays so."""
    silent: ProviderUnavailable | None = None
    sources = {name: _of_provider(db, one, since) for name, one in providers.items()}
    for source, found in (sources | {gaps.BOOKS: _of_books(db, since)}).items():
        begun = await gaps.now(db)
        try:
            async for gap in found:
                yield gap if gap.is_mended else await gaps.keep(db, gap)
        except ProviderUnavailable as error:
            silent = silent or error
        else:
            await gaps.compared(db, source, since, begun)
    if silent is not None:
        raise silent


async def _of_books(db: Database, since: dt.datetime) -> AsyncIterator[Gap]:
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        found = await sql_reconciler.ORDER_GAPS.all(tx, since, GRACE)
    for row in found:
        yield Gap(
            row.kind, row.org_id, None, None, row.order_id, "", row.ours_minor, row.theirs_minor,
            row.currency, row.happened_at,
        )  # fmt: skip


async def _of_provider(db: Database, provider: Provider, since: dt.datetime) -> AsyncIterator[Gap]:
    seen: Counter[uuid.UUID] = Counter()
    batch: list[Charge] = []
    async for charge in provider.list_since(since - CLOCKS_APART):
        batch.append(charge)
        if len(batch) == BATCH:
            async for gap in _compare(db, provider, batch, seen):
                yield gap
            batch = []
    async for gap in _compare(db, provider, batch, seen):
        yield gap
    last = since, uuid.UUID(int=0)
    while True:
        # A charge is never older than the payment that it is of.
        async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
            booked = await sql_reconciler.CAPTURED_SINCE.all(
                tx, provider.name, last[0], GRACE, last[1], BATCH
            )
        for payment in booked:
            if not seen[payment.id]:
                yield _gap(
                    "capture_unknown", payment, "", payment.amount_minor, 0, payment.created_at
                )
        if len(booked) < BATCH:
            return
        last = booked[-1].created_at, booked[-1].id


async def _compare(
    db: Database, provider: Provider, charges: Sequence[Charge], seen: Counter[uuid.UUID]
) -> AsyncIterator[Gap]:
    ids = [charge.payment_id for charge in charges if charge.payment_id is not None]
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        booked = {row.id: row for row in await sql_reconciler.BOOKED.all(tx, provider.name, ids)}
    young = dt.datetime.now(dt.UTC) - GRACE
    for charge in charges:
        payment = booked.get(charge.payment_id) if charge.payment_id is not None else None
        if payment is None:
            if left_minor := charge.amount_minor - (charge.refunded_minor or 0):
                yield Gap(
                    "charge_of_nobody", None, provider.name, charge.payment_id, None,
                    charge.provider_ref, 0, left_minor, charge.currency, charge.created_at,
                )  # fmt: skip
            continue
        seen[payment.id] += 1
        if seen[payment.id] > 1:
            if charge.refunded_minor != charge.amount_minor:
                yield _gap(
                    "charged_twice", payment, charge.provider_ref, payment.amount_minor,
                    charge.amount_minor, charge.created_at,
                )  # fmt: skip
            continue
        async for gap in _compare_one(db, payment, charge):
            if not (gap.is_mended and charge.created_at > young):
                yield gap


async def _compare_one(db: Database, payment: Booked, charge: Charge) -> AsyncIterator[Gap]:
    ref, at = charge.provider_ref, charge.created_at
    if charge.amount_minor != payment.amount_minor:
        yield _gap("amount_differs", payment, ref, payment.amount_minor, charge.amount_minor, at)
        return
    if payment.status not in CAPTURED:
        mended = await _hear(db, payment, charge, "captured", charge.amount_minor)
        yield _gap("capture_missed", payment, ref, 0, charge.amount_minor, at, is_mended=mended)
    if charge.refunded_minor is None:
        return
    outside_minor = charge.refunded_minor - payment.returned_minor - payment.owed_minor
    if outside_minor > 0:
        mended = await _hear(db, payment, charge, "refunded", charge.refunded_minor)
        yield _gap(
            "refund_missed", payment, ref, payment.returned_minor, charge.refunded_minor, at,
            is_mended=mended,
        )  # fmt: skip
    elif charge.refunded_minor < payment.returned_minor:
        yield _gap(
            "refund_unknown", payment, ref, payment.returned_minor, charge.refunded_minor, at
        )


async def _hear(
    db: Database, payment: Booked, charge: Charge, kind: EventKind, amount_minor: int
) -> bool:
    """As if the provider's webhook had come."""
    context.begin("reconciler", str(payment.order_id))
    context.act_for(payment.org_id)
    page_ref = payment.provider_ref or charge.provider_ref
    event = ProviderEvent(kind, payment.id, page_ref, amount_minor, _charge_ref(payment, charge))
    try:
        async with db.tx() as tx:
            await apply(tx, payment.provider, payment.id, event)
    except DomainError as error:
        _log.warning("not put right", payment_id=str(payment.id), error=error.detail)
        return False
    return True


def _charge_ref(payment: Booked, charge: Charge) -> str | None:
    return charge.provider_ref if charge.provider_ref != payment.provider_ref else None


def _gap(
    kind: GapKind, payment: Booked, ref: str, ours_minor: int, theirs_minor: int,
    happened_at: dt.datetime, *, is_mended: bool = False,
) -> Gap:  # fmt: skip
    return Gap(
        kind, payment.org_id, payment.provider, payment.id, payment.order_id, ref, ours_minor,
        theirs_minor, payment.currency, happened_at, is_mended,
    )  # fmt: skip
