"""Money is conserved whatever happens to orders, and none moves as no order may.

Orders of one event are paid, late or twice told of, paid back in parts, disputed, cancelled with
their event; providers' webhooks come in any order, and reactions whenever they like. The gateway's
own ledger says what was taken and given back. Some buyers have points, which pay and are earned:
their ledger always says what the orders say. Settlements and reports say it once all is quiet.
MACHINE_EXAMPLES makes it longer.
"""

import asyncio
import os
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.catalog.term_models import DepositTerms, EventTerms
from server.catalog.terms import Terms
from server.checkout.models import (
    CheckoutRequest,
    DraftRequest,
    DraftWish,
    OrderStatus,
    PaymentWish,
)
from server.checkout.share_models import Division, Payer
from server.inventory import verbs
from server.kernel.errors import DomainError
from server.outbox import relay
from server.payments import refunding
from server.payments.adapters.sandbox import SandboxProvider
from server.payments.applying import apply
from server.payments.models import ProviderEvent, RefundRefused, WebhookTooEarly
from server.payments.sandbox.models import GatewayError, Plan
from server.refunds import balances
from server.refunds.cancelling import Cancellations
from server.refunds.models import CancellationWish, PartWish, RefundWish
from tests.fixtures.services import Services
from tests.server.inventory.engine import ORG_ID, Page, Stage, wish
from tests.server.refunds import ledger_books, point_books
from tests.server.refunds.order_books import BOOKS, book_of, reachable
from tests.server.refunds.till import Till, another_page, reactions_of

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "8"))
STEPS = 30
PRICE_MINOR = 999
WHO: dict[str, Any] = {"email": "a@buyer.example", "name": "A"}
ADAPTER = SandboxProvider("http://127.0.0.1:9", "secret", "secret")


nths = st.integers(0, 7)


class Machine(RuleBasedStateMachine):
    stage: Stage
    runner: asyncio.Runner

    @initialize()
    def open(self) -> None:
        self.till = Till()
        self.here = self.stage.instances[0]
        self.here.payments.providers[Page.name] = self.till  # type: ignore[index]
        self.event_id, self.members = self._run(self._open())
        self.cancellations = Cancellations(self.here.db, self.here.catalog)
        self.statuses: dict[uuid.UUID, OrderStatus] = {}
        self.links: list[str] = []
        self.heard = reactions_of(self.here)

    async def _open(self) -> tuple[uuid.UUID, list[uuid.UUID]]:
        members = await point_books.members(self.stage)
        event_id = await self.stage.event(price_minor=PRICE_MINOR)
        terms = EventTerms(deposit=DepositTerms(4_000, 7))
        await Terms(self.here.db, self.here.catalog).replace(ORG_ID, event_id, terms, None)
        return event_id, members

    def _run(self, work: Any) -> Any:
        return self.runner.run(work)

    def _try(self, work: Any) -> Any:
        try:
            return self._run(work)
        except DomainError:
            return None

    def _rows(self, sql: str, *arguments: object) -> list[Any]:
        return self._run(self.stage.rows(sql, *arguments))

    def _payments(self, condition: str = "true") -> list[Any]:
        return self._rows(
            f"""SELECT p.* FROM payments p JOIN orders o ON o.id = p.order_id
                WHERE o.event_id = $1 AND {condition} ORDER BY p.id""",
            self.event_id,
        )

    # ------------------------------------------------------------ buying

    def _buyer(self, member: int, points: int) -> tuple[uuid.UUID, int]:
        """A guest for -1; with as many points as there are, up to `points`."""
        buyer_id = uuid.uuid4() if member < 0 else self.members[member]
        return buyer_id, min(points, self._run(point_books.balance(self.stage, buyer_id)))

    def _hold(self, buyer_id: uuid.UUID, seats: set[int], standing: int = 0) -> Any:
        pools = {self.stage.pools(self.event_id)[0]: standing} if standing else {}
        wanted = wish(sorted(seats), pools)
        return self._try(self.here.inventory.hold(self.event_id, buyer_id, wanted, None))

    @rule(
        seats=st.sets(st.integers(0, 5), max_size=3),
        standing=st.integers(0, 3),
        elsewhere=st.booleans(),
        member=st.integers(-1, 1),
        points=st.sampled_from([0, 40, 150, 300, 600]),
    )
    def buy(
        self, seats: set[int], standing: int, elsewhere: bool, member: int, points: int
    ) -> None:
        """A guest, or with as many points of a member as there are up to `points`."""
        buyer_id, points = self._buyer(member, points)
        held = self._hold(buyer_id, seats, standing)
        if held is not None:
            details = CheckoutRequest(
                **WHO, hold_id=held.id, provider=Page.name, points=points,
                accepts_alternative=elsewhere,
            )  # fmt: skip
            self._try(self.here.checkout.start(buyer_id, details, None))

    @rule(
        seats=st.sets(st.integers(0, 5), min_size=1, max_size=3),
        parts=st.integers(0, 3),
        member=st.integers(-1, 1),
        points=st.sampled_from([0, 40, 150, 300]),
        anew=st.none() | st.sampled_from([0, 40, 300]),
        is_spent=st.booleans(),
        is_cancelled=st.booleans(),
    )
    def buy_together(
        self, seats: set[int], parts: int, member: int, points: int, anew: int | None,
        is_spent: bool, is_cancelled: bool,
    ) -> None:  # fmt: skip
        """A draft, with points or without, that one pays after all (`parts` 0 or 1), or several do,
        or nobody. `anew`: so many points after all; `is_spent`: its buyer orders something else
        with the same points meanwhile."""
        buyer_id, points = self._buyer(member, points)
        held = self._hold(buyer_id, seats)
        if held is None:
            return
        details = DraftRequest(**WHO, hold_id=held.id, points=points)
        if (order := self._try(self.here.drafts.make(buyer_id, details, None))) is None:
            return
        if anew is not None:
            changed = DraftWish(**WHO, points=min(points, anew))
            self._run(self.here.drafts.change(buyer_id, order.id, changed, None))
        if is_spent:
            self.buy(set(), 1, False, member, points)
        if parts < 2:
            pays = PaymentWish(Page.name)
            self._try(self.here.drafts.confirm(buyer_id, order.id, pays, None))
        else:
            division = Division(equal=parts)
            shares = self._try(self.here.shares.divide(buyer_id, order.id, division, None))
            for share in shares.items if shares else []:
                self.links.append(share.url.rpartition("/")[2])
                self.open_a_share(-1)
        if is_cancelled:
            self._try(self.here.drafts.cancel(buyer_id, order.id, None))

    @rule(seats=st.sets(st.integers(0, 5), min_size=1, max_size=3))
    def buy_with_a_deposit(self, seats: set[int]) -> None:
        buyer_id = uuid.uuid4()
        held = self._hold(buyer_id, seats)
        if held is not None:
            details = DraftRequest(**WHO, hold_id=held.id)
            order = self._run(self.here.drafts.make(buyer_id, details, None))
            division = Division(deposit=True)
            shares = self._run(self.here.shares.divide(buyer_id, order.id, division, None))
            self.links += [share.url.rpartition("/")[2] for share in shares.items]
            self.open_a_share(-2)

    @rule(nth=nths)
    def the_rest_is_overdue(self, nth: int) -> None:
        sql = """SELECT id FROM orders WHERE event_id = $1 AND balance_due_at IS NOT NULL
                   AND status IN ('confirmed', 'partially_refunded') ORDER BY id"""
        if orders := self._rows(sql, self.event_id):
            over = "UPDATE orders SET balance_due_at = now() - interval '1 day' WHERE id = $1"
            self._rows(over, orders[nth % len(orders)]["id"])
            self._end_deposits()

    def _end_deposits(self) -> None:
        self._run(balances.end_due(self.here.db, self.here.catalog))

    @rule(nth=nths)
    def open_a_share(self, nth: int) -> None:
        """Whose page may be open already."""
        if self.links:
            payer = Payer("B", "b@payer.example", Page.name)
            self._try(self.here.shares.pay(self.links[nth % len(self.links)], payer))

    @rule(nth=nths)
    def pay(self, nth: int) -> None:
        """The gateway takes the money; nobody has heard of it."""
        sessions = [s for s in self.till.ledger.sessions.rows if s.status == "open"]
        if sessions:
            self.till.gateway.capture(sessions[nth % len(sessions)], Plan(1, 0))

    @rule(nth=nths)
    def open_another_page(self, nth: int) -> None:
        """Of an order that has one already: it may be paid twice."""
        sql = """SELECT id, total_minor, currency FROM orders
                 WHERE event_id = $1 AND total_minor > 0 ORDER BY id"""
        if orders := self._rows(sql, self.event_id):
            order = orders[nth % len(orders)]
            self._run(another_page(self.here, order["id"], order["total_minor"]))

    @rule(nth=nths, times=st.integers(1, 2))
    def tell(self, nth: int, times: int) -> None:
        """A webhook, perhaps of long ago."""
        told = self.till.ledger.events.rows
        if told:
            event = ADAPTER.read(msgspec.json.encode(told[-1 - nth % len(told)]))
            assert isinstance(event, ProviderEvent)
            for _ in range(times):
                self._apply(event)

    def _apply(self, event: ProviderEvent) -> None:
        async def work() -> None:
            async with self.here.db.tx() as tx:
                assert event.payment_id is not None
                await apply(tx, Page.name, event.payment_id, event)

        try:
            self._run(work())
        except WebhookTooEarly:
            return

    @rule()
    def react(self) -> None:
        while self._run(relay.react_some(self.here.db, self.heard)):
            pass
        failed = self._rows("SELECT type, last_error FROM outbox WHERE attempts > 0")
        assert [dict(row) for row in failed] == []

    @rule(nth=nths)
    def time_passes(self, nth: int) -> None:
        sql = """SELECT hold_id FROM orders
                 WHERE event_id = $1 AND status IN ('draft', 'pending') ORDER BY id"""
        if holds := self._rows(sql, self.event_id):
            hold_id = holds[nth % len(holds)]["hold_id"]
            self._run(self.stage.end_now(self.event_id, hold_id))
            self._run(verbs.sweep(self.here.db, self.event_id))
            self._run(self.here.checkout.expire_due())

    # ------------------------------------------------------------ giving back

    @rule(nth=nths, picks=st.sets(st.integers(0, 3)), quantity=st.none() | st.integers(1, 2))
    def refund(self, nth: int, picks: set[int], quantity: int | None) -> None:
        sql = "SELECT id FROM orders WHERE event_id = $1 ORDER BY id"
        if not (orders := self._rows(sql, self.event_id)):
            return
        order_id = orders[nth % len(orders)]["id"]
        sql = "SELECT id FROM order_lines WHERE order_id = $1 ORDER BY id"
        lines = [row["id"] for row in self._rows(sql, order_id)]
        parts = [PartWish(line, quantity) for at, line in enumerate(lines) if at in picks]
        self._try(self.here.refunds.refund(ORG_ID, order_id, RefundWish(parts), None))

    @rule(is_down=st.booleans())
    def pay_back(self, is_down: bool) -> None:
        self.till.is_down = is_down
        self._rows("UPDATE refunds SET next_attempt_at = now() WHERE status = 'pending'")
        providers = self.here.payments.providers
        self._run(refunding.refund_some(self.here.db, providers))

    @rule(nth=nths, amount_minor=st.integers(1, 3 * PRICE_MINOR))
    def pay_back_in_the_office(self, nth: int, amount_minor: int) -> None:
        free = """p.status IN ('captured', 'partially_refunded') AND NOT EXISTS (
                    SELECT FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'succeeded')"""
        if payments := self._payments(free):
            ref = payments[nth % len(payments)]["provider_ref"]
            try:
                self.till.give(ref, uuid.uuid4().hex, amount_minor)
            except RefundRefused:
                return
            self.tell(0, 1)

    @rule(nth=nths)
    def dispute(self, nth: int) -> None:
        if payments := self._payments("p.status IN ('captured', 'partially_refunded')"):
            self._dispute(payments[nth % len(payments)], "disputed")

    @rule(nth=nths, won=st.booleans())
    def end_a_dispute(self, nth: int, won: bool) -> None:
        if payments := self._payments("p.status = 'disputed'"):
            payment = payments[nth % len(payments)]
            if not won:
                charge = payment["amount_minor"] - payment["refunded_minor"]
                self.till.lost[payment["provider_ref"]] = charge
            self._dispute(payment, "dispute_won" if won else "dispute_lost")

    def _dispute(self, payment: Any, kind: Any) -> None:
        left = payment["amount_minor"] - payment["refunded_minor"]
        self._apply(ProviderEvent(kind, payment["id"], payment["provider_ref"], left))

    @precondition(lambda self: len(self.statuses) > 2)
    @rule()
    def cancel(self) -> None:
        sql = """SELECT revision FROM events e WHERE id = $1
                   AND NOT EXISTS (SELECT FROM event_cancellations WHERE event_id = e.id)"""
        for row in self._rows(sql, self.event_id):
            of = ORG_ID, self.event_id, row["revision"]
            self._run(self.cancellations.cancel(*of, CancellationWish(), None))

    @rule()
    def go_on_cancelling(self) -> None:
        self._rows("UPDATE event_cancellations SET next_batch_at = now()")
        self._run(self.cancellations.go_on())

    # ------------------------------------------------------------ looking

    @invariant()
    def no_order_moves_as_none_may(self) -> None:
        if hasattr(self, "event_id"):
            sql = "SELECT id, status FROM orders WHERE event_id = $1"
            for row in self._rows(sql, self.event_id):
                before: OrderStatus = self.statuses.get(row["id"], "draft")
                assert row["status"] in reachable(before), (before, row["status"])
                self.statuses[row["id"]] = row["status"]

    @invariant()
    def money_is_conserved(self) -> None:
        """captured = what is bought + what went back + what is owed + what waits for the rest of
        its order, for each order that was told of all that happened to it."""
        if not hasattr(self, "event_id"):
            return
        for row in self._rows(BOOKS, self.event_id):
            book = book_of(row)
            assert book["valid"] <= book["places"], book
            assert book["sold"] == book["seats"], book
            if not book["is_told"] or book["failed"]:
                continue
            waits = book["paid"] if book["is_pending"] else 0
            kept = book["captured"] - book["refunded"]
            rest = max(0, book["value"] - kept) if book["is_open"] else 0
            assert kept - book["value"] - waits + rest == book["owed"], book
            assert not waits or waits < book["total"], book
            assert book["paid"] == book["captured"] - book["refunded"], book
            assert book["valid"] in (0 if book["is_open"] else book["places"], 0), book

    @invariant()
    def points_are_what_orders_say(self) -> None:
        if not hasattr(self, "event_id"):
            return
        point_books.check(self._rows, self.event_id)

    def teardown(self) -> None:
        """Everything comes to rest: then the gateway's ledger is what the tables say."""
        if not hasattr(self, "event_id"):
            return
        for payment in self._payments("p.status = 'disputed'"):
            self._dispute(payment, "dispute_won")
        for _ in range(3):
            for nth in range(len(self.till.ledger.events.rows)):
                self.tell(nth, 1)
            self.react()
            self.go_on_cancelling()
            self._end_deposits()
            self.pay_back(False)
        self.react()
        self.no_order_moves_as_none_may()
        self.money_is_conserved()
        self.points_are_what_orders_say()
        self._run(ledger_books.check(self.stage, self.event_id))
        accounts = self.till.ledger.accounts()
        for payment in self._payments("p.status NOT IN ('pending', 'failed')"):
            account = accounts[str(payment["id"])]
            lost = self.till.lost.get(payment["provider_ref"], 0)
            assert account.captured_minor == payment["amount_minor"]
            assert account.refunded_minor + lost == payment["refunded_minor"]
        for row in self._rows(BOOKS, self.event_id):
            book = book_of(row)
            assert book["owed"] == 0 or book["failed"], book
            assert book["valid"] == (0 if book["is_open"] else book["places"]), book
            if book["captured"]:
                bought = ("confirmed", "partially_refunded")
                assert (self.statuses[row["id"]] in bought) == bool(book["places"]), book


@pytest.fixture(scope="module")
def machine(services: Services) -> Iterator[type[Machine]]:
    with services.database() as url, asyncio.Runner() as runner:
        stage = Stage(url, connections_max=6, instances=1)
        runner.run(stage.__aenter__())
        try:
            yield type("TheMachine", (Machine,), {"stage": stage, "runner": runner})
        finally:
            runner.run(stage.__aexit__())


@pytest.mark.timeout(600 + 10 * EXAMPLES)
def test_money_is_conserved_whatever_happens(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate, *([Phase.shrink] if "MACHINE_SHRINK" in os.environ else [])],
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_the_gateway_of_the_machine_refuses_what_it_does_not_have() -> None:
    till = Till()
    with pytest.raises((GatewayError, RefundRefused)):
        till.give("none", "key", 1)
