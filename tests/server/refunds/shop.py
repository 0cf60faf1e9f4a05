"""Orders of one event and their money, where the worker does what it is told to, when it is."""

import uuid
from collections.abc import Sequence
from typing import Any

from server.catalog.term_models import DepositTerms, EventTerms
from server.catalog.terms import Terms
from server.checkout.models import CheckoutRequest, DraftRequest
from server.checkout.share_models import Division, Payer
from server.outbox import relay
from server.payments import refunding
from server.payments.applying import apply
from server.payments.models import EventKind, ProviderEvent
from server.refunds.models import PartWish, RefundWish
from tests.server.inventory.engine import ORG_ID, Instance, Page, Stage, wish
from tests.server.refunds import ledger_books
from tests.server.refunds.till import another_page, reactions_of

PRICE_MINOR = 1_000
WHO: dict[str, Any] = {"email": "a@buyer.example", "name": "A"}
ADA = Payer("Ada", "a@buyer.example", Page.name)


async def opened(stage: Stage, instance: int = 0) -> "Shop":
    """Of a new event, which takes deposits."""
    here, event_id = stage.instances[instance], await stage.event(price_minor=PRICE_MINOR)
    terms = EventTerms(deposit=DepositTerms(4_000, 7))
    await Terms(here.db, here.catalog).replace(ORG_ID, event_id, terms, None)
    return Shop(stage, event_id, here)


class Shop:
    def __init__(self, stage: Stage, event_id: uuid.UUID, here: Instance) -> None:
        self.stage, self.event_id, self.here = stage, event_id, here
        self.reactions = reactions_of(here)

    async def order(
        self, *seats: int, buyer_id: uuid.UUID | None = None, points: int = 0
    ) -> uuid.UUID:
        """Whose page is open; a guest's, where no member is named."""
        buyer_id = buyer_id or uuid.uuid4()
        hold_id = await self._hold(buyer_id, seats)
        details = CheckoutRequest(**WHO, hold_id=hold_id, provider=Page.name, points=points)
        return (await self.here.checkout.start(buyer_id, details, None)).order.id

    async def _hold(self, buyer_id: uuid.UUID, seats: Sequence[int]) -> uuid.UUID:
        return (await self.here.inventory.hold(self.event_id, buyer_id, wish(seats, {}), None)).id

    async def divided(self, division: Division, *seats: int) -> tuple[uuid.UUID, list[str]]:
        """An order of several shares, and what they are paid by."""
        buyer_id = uuid.uuid4()
        draft = DraftRequest(**WHO, hold_id=await self._hold(buyer_id, seats))
        order = await self.here.drafts.make(buyer_id, draft, None)
        shares = await self.here.shares.divide(buyer_id, order.id, division, None)
        return order.id, [share.url.rpartition("/")[2] for share in shares.items]

    async def page(self, order_id: uuid.UUID, token: str = "") -> uuid.UUID:
        """Another one, of a share or all of it. Returns the payment's id."""
        if token:
            await self.here.shares.pay(token, ADA)
        else:
            total = "SELECT total_minor FROM orders WHERE id = $1"
            minor = (await self.stage.rows(total, order_id))[0][0]
            await another_page(self.here, order_id, minor)
        return await self.newest(order_id)

    async def newest(self, order_id: uuid.UUID) -> uuid.UUID:
        latest = "SELECT id FROM payments WHERE order_id = $1 ORDER BY id DESC LIMIT 1"
        return (await self.stage.rows(latest, order_id))[0][0]

    async def tell(self, kind: EventKind, payment_id: uuid.UUID, amount_minor: int = 0) -> None:
        """A provider does; all of the payment where no amount is named."""
        [of] = await self.stage.rows("SELECT * FROM payments WHERE id = $1", payment_id)
        minor = amount_minor or of["amount_minor"]
        async with self.here.db.tx() as tx:
            said = ProviderEvent(kind, payment_id, of["provider_ref"], minor)
            await apply(tx, Page.name, payment_id, said)

    async def paid(self, order_id: uuid.UUID, token: str = "") -> uuid.UUID:
        """As `page`, and it is; nobody has reacted to that."""
        payment_id = await self.page(order_id, token)
        await self.tell("captured", payment_id)
        return payment_id

    async def bought(self, *seats: int) -> tuple[uuid.UUID, uuid.UUID]:
        """An order and its payment."""
        order_id = await self.order(*seats)
        payment_id = await self.newest(order_id)
        await self.tell("captured", payment_id)
        await self.react()
        return order_id, payment_id

    async def expire(self, order_id: uuid.UUID) -> None:
        """Unpaid in time."""
        holds = "SELECT hold_id FROM orders WHERE id = $1"
        hold_id = (await self.stage.rows(holds, order_id))[0][0]
        await self.stage.end_now(self.event_id, hold_id)
        await self.here.checkout.expire_due()

    async def refund(self, order_id: uuid.UUID, **some: Any) -> None:
        await self.here.refunds.refund(ORG_ID, order_id, RefundWish(**some), None)

    async def refund_a_line(self, order_id: uuid.UUID) -> None:
        lines = "SELECT id FROM order_lines WHERE order_id = $1 AND live ORDER BY id"
        line = (await self.stage.rows(lines, order_id))[0][0]
        await self.refund(order_id, parts=[PartWish(line)])

    async def pay_back(self, payment_id: uuid.UUID | None = None) -> None:
        """What is asked back, of one payment or all of them."""
        await self.stage.rows(
            """UPDATE refunds SET next_attempt_at = CASE WHEN payment_id = coalesce($1, payment_id)
                                    THEN now() ELSE now() + interval '1 day' END
               WHERE status = 'pending'""",
            payment_id,
        )
        await refunding.refund_some(self.here.db, self.here.payments.providers)

    async def react(self, *kinds: str) -> None:
        """To all that is told, or to these."""
        heard = {name: self.reactions[name] for name in kinds or self.reactions}
        while await relay.react_some(self.here.db, heard):
            pass
        failed = await self.stage.rows("SELECT type, last_error FROM outbox WHERE attempts > 0")
        assert [dict(row) for row in failed] == []

    async def worth(self, order_id: uuid.UUID) -> int | None:
        """Once all is quiet, and told alike by everybody; None for no sale."""
        for _ in range(3):
            await self.react()
            await self.pay_back()
        await self.react()
        await ledger_books.check(self.stage, self.event_id)
        total = "SELECT sum(gross_minor)::bigint FROM settlements WHERE order_id = $1"
        return (await self.stage.rows(total, order_id))[0][0]
