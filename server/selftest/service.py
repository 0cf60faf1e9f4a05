"""Buy a ticket of nobody's, use it, pay it back; and leave nothing behind that shows or counts."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx

from server import audit
from server.catalog import publishing
from server.catalog import service as catalog
from server.catalog.service import Catalog, NewEvent
from server.checkin.models import ScanRequest
from server.checkin.service import Checkin
from server.checkout.models import CheckoutRequest, CheckoutStarted
from server.checkout.service import Checkout
from server.identity.models import Scanner
from server.inventory import state
from server.inventory import verbs as inventory
from server.inventory.models import AVAILABLE, HoldRequest, HoldView
from server.inventory.service import Inventory
from server.kernel import context, idempotency, logs
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import DomainError, NotConfigured
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import documents
from server.payments import service as payments
from server.payments.models import ProviderNotOffered, UnknownProvider
from server.payments.service import Payments
from server.refunds.cancelling import Cancellations
from server.refunds.models import CancellationWish, RefundWish
from server.refunds.service import Refunds
from server.selftest import sql
from server.selftest.models import SelfTest
from server.selftest.steps import StepFailed, Steps, Unwell
from server.tickets import drawing
from server.tickets.models import TicketView
from server.tickets.service import Tickets

PROVIDER = "sandbox"
BUYER_EMAIL = "self-test@fullhouse.invalid"
NAME = "Self-test"
PRICE_MINOR = 1_000
SEAT = 0
HOLD_TTL_S = 120
LEFT_AFTER_S = 300.0
"""What has not been cleaned up by then was left by a process that died."""
LOOK_EVERY_S = 0.05
DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80">
<rect id="stage" x="20" y="4" width="200" height="12"/>
<circle data-section="stalls" data-row="A" data-seat="1" cx="110" cy="50" r="4"/>
<circle data-section="stalls" data-row="A" data-seat="2" cx="122" cy="50" r="4"/>
</svg>"""

_log = logs.get(__name__)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class House:
    """All that takes part in a sale."""

    db: Database
    catalog: Catalog
    inventory: Inventory
    checkout: Checkout
    payments: Payments
    tickets: Tickets
    checkin: Checkin
    refunds: Refunds
    cancellations: Cancellations


class SelfTests:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self, org_id: str, key: Key | None) -> SelfTest:
        """Simulate an order of the organization's. Raises NotConfigured where the platform has no
        sandbox, ProviderNotOffered where the organization does not offer it."""

        async def prepare() -> Work[SelfTest]:
            await self.must_have_sandbox(org_id)
            told = await _Run(self._house, org_id).all()

            async def act(tx: Tx) -> SelfTest:
                data = {"has_passed": told.has_passed, "problem": told.problem}
                await audit.record(tx, org_id, "self_test.run", subject=f"org:{org_id}", data=data)
                return told

            return act

        return await idempotency.prepared(self._house.db, key, SelfTest, prepare)

    async def must_have_sandbox(self, org_id: str) -> None:
        """Raises as `run` does."""
        try:
            await self._house.payments.accounts.choose(org_id, PROVIDER)
        except UnknownProvider:
            detail = "a self-test pays in the sandbox, which is not switched on: set SANDBOX_URL"
            raise NotConfigured(detail) from None
        except ProviderNotOffered as error:
            detail = "a self-test pays in the sandbox: offer it among your payments first"
            raise ProviderNotOffered(detail, **error.facts) from None


async def clean_left(db: Database, cancellations: Cancellations) -> int:
    """Clean up after processes that died. Returns how many events there were."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        left = await sql.LEFT.all(tx, LEFT_AFTER_S)
    for row in left:
        context.act_for(row.org_id)
        try:
            await cancellations.cancel(row.org_id, row.id, row.revision, CancellationWish(), None)
        except DomainError as error:
            _log.warning("self-test not cleaned", event_id=str(row.id), error=error.detail)
    return len(left)


class _Run:
    """One self-test, from its event to nothing."""

    def __init__(self, house: House, org_id: str) -> None:
        self._house, self._org_id = house, org_id
        self._buyer_id, self._event_id = uuid7(), uuid7()
        self._steps = Steps()

    async def all(self) -> SelfTest:
        """Whatever fails is told, not raised."""
        try:
            async with self._steps.take("event_made"):
                self._event_id = await self._open()
            try:
                await self._order()
            finally:
                async with self._steps.take("cleaned"):
                    await self._house.cancellations.cancel(
                        self._org_id, self._event_id, 0, CancellationWish(), None
                    )
        except StepFailed:
            pass
        return self._steps.told()

    async def _order(self) -> None:
        house, take = self._house, self._steps.take
        async with take("held"):
            wish = HoldRequest(seats=[SEAT])
            hold = await house.inventory.hold(self._event_id, self._buyer_id, wish, None)
        async with take("checked_out"):
            started = await self._check_out(hold)
        order_id, page_url = started.order.id, started.redirect_url
        assert page_url is not None, "asked for"
        async with httpx.AsyncClient() as browser:
            async with take("payment_opened"):
                _expect(await browser.get(page_url), 200)
            async with take("paid"):
                _expect(await browser.post(page_url, data={"outcome": "succeed"}), 303)
        async with take("webhook_received"):
            await _until(lambda: self._webhook_came(order_id))
        async with take("confirmed"):
            await _until(lambda: self._is_confirmed(order_id))
        async with take("ticket_issued"):
            ticket = (await _until(lambda: self._tickets(order_id)))[0]
        async with take("ticket_scanned"):
            await self._scan(ticket)
        async with take("refunded"):
            wish = RefundWish(overrides=True, note=NAME)
            await house.refunds.refund(self._org_id, order_id, wish, None)
            await _until(lambda: self._is_paid_back(order_id))
        async with take("seat_free"):
            await _until(self._is_free)

    async def _open(self) -> uuid.UUID:
        """An event that sells two seats, to whoever knows its id."""
        house, org_id = self._house, self._org_id
        async with house.db.tx(read_only=True) as tx:
            settings = await documents.settings_of(tx, org_id)
            map_id = await sql.HOUSE.value(tx, org_id)
        drawn = None
        if map_id is None:
            drawn = await asyncio.to_thread(publishing.read_drawing, DRAWING)
            geometry = drawn[0]
        else:
            geometry = (await house.catalog.places(map_id)).geometry
        async with house.db.tx() as tx:
            if drawn:
                venue_id = await catalog.create_venue(tx, org_id, NAME, NAME, "ZZ")
                await publishing.publish_map(tx, org_id, venue_id, NAME, DRAWING, *drawn)
            else:
                venue_id = await sql.VENUE.value(tx, map_id, org_id)
            now = dt.datetime.now(dt.UTC)
            event = NewEvent(
                org_id=org_id,
                venue_id=venue_id,
                slug=f"self-test-{self._buyer_id.hex}",
                name=NAME,
                summary="",
                starts_at=now + dt.timedelta(days=1),
                timezone="UTC",
                currency=settings.currency,
                prices_minor={zone.key: PRICE_MINOR for zone in geometry.zones},
                hold_ttl_s=HOLD_TTL_S,
                status="self_test",
            )
            event_id = await catalog.create_event(tx, event, geometry)
            await inventory.open_event(tx, org_id, event_id, geometry)
        return event_id

    async def _check_out(self, hold: HoldView) -> CheckoutStarted:
        details = CheckoutRequest(hold_id=hold.id, email=BUYER_EMAIL, name=NAME, provider=PROVIDER)
        started = await self._house.checkout.start(self._buyer_id, details, None)
        if started.order.status != "pending":
            raise Unwell(f"the order is {started.order.status}, and not pending")
        return started

    async def _webhook_came(self, order_id: uuid.UUID) -> bool:
        async with self._house.db.tx(read_only=True) as tx:
            payment = await payments.of_order(tx, order_id)
            assert payment is not None, "checked out before"
            return bool(await sql.WEBHOOK_CAME.value(tx, PROVIDER, str(payment.id)))

    async def _is_confirmed(self, order_id: uuid.UUID) -> bool:
        order = await self._house.checkout.find(order_id)
        if order.status not in ("pending", "confirmed"):
            raise Unwell(f"the order is {order.status}: {order.note}")
        return order.status == "confirmed"

    async def _tickets(self, order_id: uuid.UUID) -> list[TicketView]:
        return (await self._house.tickets.order_of(order_id, self._buyer_id)).tickets

    async def _scan(self, ticket: TicketView) -> None:
        """As a door reads it, of the code that is on paper."""
        drawing.qr_svg(ticket.scan_token)
        door = Scanner(uuid7(), self._org_id, self._event_id)
        admission = await self._house.checkin.scan(door, ScanRequest(ticket.scan_token), None)
        if admission.result != "admitted":
            raise Unwell(f"the door says {admission.result}")

    async def _is_paid_back(self, order_id: uuid.UUID) -> bool:
        refunds = (await self._house.refunds.of_order(self._org_id, order_id)).items
        if any(refund.status == "failed" for refund in refunds):
            raise Unwell("the gateway refused the refund")
        return all(refund.status == "succeeded" for refund in refunds)

    async def _is_free(self) -> bool:
        now = await state.read(self._house.db, self._event_id, -1)
        assert now is not None, "the event was opened"
        return all(seat.status == AVAILABLE for seat in now.seats if seat.seat_idx == SEAT)


async def _until(looked: Callable[[], Awaitable[Found]]) -> Found:
    """What `looked` finds once it finds something: the step that waits has a bound of its own."""
    while not (found := await looked()):  # noqa: ASYNC110 - it asks the database
        await asyncio.sleep(LOOK_EVERY_S)
    return found


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise Unwell(f"the gateway answered {answer.status_code}, and not {status}")
