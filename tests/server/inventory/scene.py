"""Everything that can happen to one event, done by whoever, to whatever is there; and logged.

Buyers, the organizer, the worker and the payment provider act on the same few holds and orders
through any of the stage's instances. What they asked and were told goes into the same logs as
those of HTTP clients, for the history checker.
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from loadtests.history import Kind, Recorder, Result
from server.checkout.models import CheckoutRequest, CheckoutStarted, MoveWish
from server.inventory import verbs
from server.inventory.models import (
    BlockRequest,
    HoldChange,
    HoldRequest,
    HoldView,
    PoolWish,
    Selection,
)
from server.kernel.errors import (
    DatabaseUnavailable,
    DomainError,
    IdempotencyKeyReused,
    Overloaded,
)
from server.payments import refunding
from server.payments.models import ProviderEvent
from server.refunds.models import RefundWish
from tests.server.inventory.engine import ORG_ID, Instance, Page, Stage, key_of

KEPT = 6
"""So many of the last holds and orders are acted on: few, so that acts meet."""

Act = Callable[[Instance], Awaitable[None]]


@dataclass
class Had:
    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    order_id: uuid.UUID | None = None


@dataclass
class Said:
    """A request as it was sent, to be sent again."""

    kind: Kind
    who: uuid.UUID
    key: str
    ask: dict[str, Any]
    send: Callable[[Instance], Awaitable[Any]]


@dataclass
class Scene:
    """One event. `acts` names all that can be done, each by the dice's choice of whom and what."""

    stage: Stage
    event_id: uuid.UUID
    recorder: Recorder
    dice: random.Random
    legs: int = 1
    had: list[Had] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pools = self.stage.pools(self.event_id)
        self.acts: dict[str, Act] = {
            "hold": self.hold,
            "change": self.change,
            "release": self.release,
            "check out": self.check_out,
            "capture": self.capture,
            "settle": self.settle,
            "issue": self.issue,
            "refund": self.refund,
            "reassign": self.reassign,
            "block": lambda at: self.block(at, opens=False),
            "unblock": lambda at: self.block(at, opens=True),
            "repeat": self.repeat,
            "sweep": self._sweep,
            "expire orders": lambda at: self._try(at.checkout.expire_due()),
        }

    # ---------------------------------------------------------------- buyers

    async def hold(self, at: Instance) -> None:
        seats, pools = self._places(3)
        if not seats and not pools:
            seats = [0]
        first = self.dice.randrange(self.legs)
        request = HoldRequest(
            seats=seats,
            pools=[PoolWish(pool, quantity) for pool, quantity in pools.items()],
            legs=(first, self.dice.randrange(first, self.legs)),
        )
        buyer_id, key = uuid.uuid4(), uuid.uuid4().hex
        ask = {"seats": seats, "pools": _texts(pools)}
        answer = await self._ask(
            at, Said("hold", buyer_id, key, ask, _sending(self.event_id, buyer_id, request, key))
        )
        if isinstance(answer, HoldView):
            self._keep(self.had, Had(answer.id, buyer_id))

    async def change(self, at: Instance) -> None:
        if (had := self._one()) is None:
            return
        add, more = self._places(2)
        remove, less = self._places(1)
        add = [seat for seat in add if seat not in remove]
        extend = self.dice.random() < 0.5
        wish = HoldChange(_selection(add, more), _selection(remove, less), extend)
        key = uuid.uuid4().hex
        sent = key_of(key, had.buyer_id, [str(had.hold_id), wish])
        ask = {"hold_id": str(had.hold_id), "add": add, "remove": remove, "extend": extend}
        ask |= {"add_pools": _texts(more), "remove_pools": _texts(less)}

        async def send(at: Instance) -> HoldView:
            return await at.inventory.change(had.hold_id, had.buyer_id, wish, sent)

        await self._ask(at, Said("change", had.buyer_id, key, ask, send))

    async def release(self, at: Instance) -> None:
        if (had := self._one()) is not None:
            await self._release(at, had.hold_id, had.buyer_id)

    async def _release(self, at: Instance, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
        async def send(at: Instance) -> None:
            await at.inventory.release(hold_id, buyer_id)

        await self._ask(at, Said("release", buyer_id, "", {"hold_id": str(hold_id)}, send))

    async def check_out(self, at: Instance) -> None:
        if (had := self._one()) is None:
            return
        wish = CheckoutRequest(
            hold_id=had.hold_id, email="a@buyer.example", name="A", provider=Page.name
        )
        key = uuid.uuid4().hex
        sent = key_of(key, had.buyer_id, wish)

        async def send(at: Instance) -> CheckoutStarted:
            return await at.checkout.start(had.buyer_id, wish, sent)

        ask = {"hold_id": str(had.hold_id)}
        answer = await self._ask(at, Said("checkout", had.buyer_id, key, ask, send))
        if isinstance(answer, CheckoutStarted):
            had.order_id = answer.order.id

    async def repeat(self, at: Instance) -> None:
        """What somebody asked before, once more, and through every instance at the same time."""
        if self.said:
            said = self.dice.choice(self.said)
            await asyncio.gather(*(self._ask(one, said) for one in (at, *self.stage.instances)))

    # ---------------------------------------------------------------- everybody else

    async def capture(self, at: Instance) -> None:
        if (payment := await self._payment("pending")) is not None:
            event = ProviderEvent(
                "captured", payment["id"], f"ref_{payment['id']}", payment["amount_minor"]
            )
            body = msgspec.json.encode(event)
            await self._try(at.payments.inbox.receive(Page.name, {}, body))
            await self._try(at.payments.inbox.process_some())

    async def settle(self, at: Instance) -> None:
        if (payment := await self._payment("captured")) is not None:
            await self._try(at.checkout.settle(payment["order_id"], payment["id"]))

    async def issue(self, at: Instance) -> None:
        if (had := self._ordered()) is not None:
            await self._try(at.tickets.issue(self.event_id, _order_of(had)))

    async def refund(self, at: Instance) -> None:
        if (had := self._ordered()) is None:
            return
        sql = "SELECT 1 FROM orders WHERE id = $1 AND status = 'confirmed'"
        if await self.stage.rows(sql, had.order_id):
            await self._try(at.refunds.refund(ORG_ID, _order_of(had), RefundWish(), None))

    async def reassign(self, at: Instance) -> None:
        if (had := self._ordered()) is None:
            return
        lines = await self.stage.rows(
            "SELECT id FROM order_lines WHERE order_id = $1 AND seat_idx IS NOT NULL", had.order_id
        )
        if lines:
            line_id, seat = self.dice.choice(lines)["id"], self.dice.randrange(self.stage.seats)
            wish = MoveWish([line_id], [seat])
            await self._try(at.tickets.reassign(ORG_ID, _order_of(had), wish, None))

    async def block(self, at: Instance, *, opens: bool) -> None:
        seats, pools = self._places(2)
        wanted = [PoolWish(pool, quantity) for pool, quantity in pools.items()]
        verb = at.management.unblock if opens else at.management.block
        await self._try(verb(ORG_ID, self.event_id, BlockRequest(seats, wanted), None))

    async def _sweep(self, at: Instance) -> None:
        await self._try(verbs.sweep(at.db, self.event_id))

    # ---------------------------------------------------------------- how

    def _places(self, most: int) -> tuple[list[int], dict[uuid.UUID, int]]:
        count = self.dice.randint(0, most)
        seats = sorted(self.dice.sample(range(self.stage.seats), count))
        pools = self.dice.sample(self.pools, self.dice.choice((0, 0, 1, 1, 2)))
        return seats, {pool: self.dice.randint(1, 2) for pool in pools}

    def _one(self) -> Had | None:
        return self.dice.choice(self.had) if self.had else None

    def _ordered(self) -> Had | None:
        ordered = [had for had in self.had if had.order_id]
        return self.dice.choice(ordered) if ordered else None

    async def _payment(self, status: str) -> Any:
        had = self._ordered()
        if had is None:
            return None
        sql = "SELECT id, order_id, amount_minor FROM payments WHERE order_id = $1 AND status = $2"
        return next(iter(await self.stage.rows(sql, had.order_id, status)), None)

    def _keep(self, kept: list[Any], one: Any) -> None:
        kept.append(one)
        del kept[:-KEPT]

    async def _ask(self, at: Instance, said: Said) -> Any:
        if said.key and said not in self.said:
            self._keep(self.said, said)
        op = self.recorder.invoke(said.kind, str(self.event_id), str(said.who), said.ask, said.key)
        try:
            answer = await said.send(at)
        except DomainError as error:
            unsure = isinstance(error, DatabaseUnavailable | Overloaded)
            result: Result = "unknown" if unsure else "fail"
            self.recorder.end(op, result, _status(error), _refusal(error))
            return error
        self.recorder.end(op, "ok", 200, _read(answer))
        return answer

    async def _try(self, act: Awaitable[Any]) -> None:
        try:
            await act
        except DomainError:
            return

    async def start_over(self) -> None:
        """Whatever is held, sold or blocked is on sale again."""
        at, event_id = self.stage.instances[0], self.event_id
        # An order whose money is on its way back is confirmed until it has arrived.
        sold = """SELECT id FROM orders o WHERE event_id = $1 AND status = 'confirmed'
                  AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.live)"""
        for order in await self.stage.rows(sold, event_id):
            await at.refunds.refund(ORG_ID, order["id"], RefundWish(), None)
        held = "SELECT id, buyer_id FROM holds WHERE event_id = $1 AND status = 'active'"
        for hold in await self.stage.rows(held, event_id):
            await self._release(at, hold["id"], hold["buyer_id"])
        seats = "SELECT seat_idx FROM seats WHERE event_id = $1 AND status = 3 AND leg = 0"
        pools = "SELECT id, blocked FROM pools WHERE event_id = $1 AND blocked > 0 AND leg = 0"
        shut = BlockRequest(
            [row["seat_idx"] for row in await self.stage.rows(seats, event_id)],
            [PoolWish(row["id"], row["blocked"]) for row in await self.stage.rows(pools, event_id)],
        )
        if shut.size:
            await at.management.unblock(ORG_ID, event_id, shut, None)

    async def come_to_rest(self) -> None:
        """Until no hold lasts, no money is open or owed, and sold places have their tickets."""
        at = self.stage.instances[0]
        event_id = self.event_id
        active = "SELECT 1 FROM holds WHERE event_id = $1 AND status = 'active' LIMIT 1"
        while await self.stage.rows(active, event_id):
            await self._sweep(at)
            await asyncio.sleep(0.05)
        captured = """SELECT p.id, p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
                      WHERE o.event_id = $1 AND p.status = 'captured' AND p.settled_at IS NULL"""
        for payment in await self.stage.rows(captured, event_id):
            await at.checkout.settle(payment["order_id"], payment["id"])
        await at.checkout.expire_due()
        while await refunding.refund_some(at.db, at.payments.payers):
            pass
        paid_back = """SELECT DISTINCT p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
                       WHERE o.event_id = $1 AND p.refunded_minor > 0"""
        for payment in await self.stage.rows(paid_back, event_id):
            await at.refunds.went_back(payment["order_id"])
        confirmed = "SELECT id FROM orders WHERE event_id = $1 AND status = 'confirmed'"
        for order in await self.stage.rows(confirmed, event_id):
            await at.tickets.issue(event_id, order["id"])


def _sending(
    event_id: uuid.UUID, buyer_id: uuid.UUID, request: HoldRequest, key: str
) -> Callable[[Instance], Awaitable[HoldView]]:
    sent = key_of(key, buyer_id, request)

    async def send(at: Instance) -> HoldView:
        return await at.inventory.hold(event_id, buyer_id, request, sent)

    return send


def _order_of(had: Had) -> uuid.UUID:
    assert had.order_id is not None
    return had.order_id


def _selection(seats: list[int], pools: dict[uuid.UUID, int]) -> Selection:
    return Selection(seats, [PoolWish(pool, quantity) for pool, quantity in pools.items()])


def _texts(pools: dict[uuid.UUID, int]) -> dict[str, int]:
    return {str(pool): quantity for pool, quantity in pools.items()}


def _read(answer: object) -> dict[str, Any]:
    if isinstance(answer, HoldView):
        return {
            "hold_id": str(answer.id),
            "version": answer.version,
            "seats": sorted(seat.idx for seat in answer.seats),
            "pools": {str(pool.pool_id): pool.quantity for pool in answer.pools},
        }
    if isinstance(answer, CheckoutStarted):
        order = answer.order
        return {
            "order_id": str(order.id),
            "total_minor": order.total_minor,
            "redirect_url": answer.redirect_url,
        }
    return {}


def _refusal(error: DomainError) -> dict[str, Any]:
    facts = msgspec.to_builtins({name: error.facts.get(name) for name in ("seats", "pools")})
    return {"type": type(error).__name__, **facts}


def _status(error: DomainError) -> int:
    return 422 if isinstance(error, IdempotencyKeyReused) else 409
