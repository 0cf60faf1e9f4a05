"""A hold becomes an order: priced, with what comes beside places, and asked what is asked."""

import uuid
from collections import Counter
from collections.abc import Sequence

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.checkout import discounts, extras, sql
from server.checkout.discount_models import Discount, DiscountRefused
from server.checkout.models import (
    DEFAULT_LANGUAGE,
    EMAIL,
    Answer,
    Answered,
    CheckoutInvalid,
    CheckoutRequest,
    Deposit,
    DraftWish,
    Order,
    OrderStatus,
    ProductWanted,
    QuotedLine,
    QuoteView,
    TaxLine,
)
from server.inventory import choices
from server.inventory.models import Hold, TicketTypeRefused
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.points import service as points
from server.points.models import PointsOffer
from server.pricing.models import Priced, Quote
from server.pricing.service import quote


class Wanted(msgspec.Struct, frozen=True):
    """What is bought with a hold, by whom."""

    products: Sequence[ProductWanted]
    discount_code: str | None
    email: str = ""
    points: int = 0


async def price(
    tx: Tx, hold: Hold, event: Event, places: Places, wanted: Wanted, *, claims: bool
) -> tuple[Quote, Discount | None]:
    """What the hold costs with all that. `claims`: for an order, so that the stock of products and
    the uses of the code are locked until `tx` ends. Writes nothing.

    Raises CheckoutInvalid, ProductSoldOut, DiscountRefused, PointsRefused.
    """
    found = None
    if wanted.discount_code is not None and wanted.discount_code.strip():
        found = await discounts.valid(
            tx, event, wanted.discount_code, hold.buyer_id, wanted.email, claims=claims
        )
    wares = await extras.take(tx, event.id, wanted.products, claims=claims)
    pools = {pool.pool_id: pool.quantity for pool in hold.pools}
    chosen = await choices.of_hold(tx, hold.id, event)
    priced = quote(
        event,
        places,
        hold.seat_idxs,
        pools,
        hold.created_at,
        chosen,
        wares,
        discounts.reduction_of(found) if found else None,
        await points.worth(tx, event, hold.buyer_id, wanted.points),
    )
    points.check(event, priced.points_minor)
    if found is not None and not priced.reduction_minor:
        raise DiscountRefused(f"{found.code} makes none of these tickets cheaper", code=found.code)
    return priced, found


def check_counts(priced: Quote, event: Event) -> None:
    """Raises TicketTypeRefused for too few or too many of a type in one order."""
    counts: Counter[uuid.UUID] = Counter()
    for line in priced.lines:
        counts[line.ticket_type_id] += line.quantity
    for type_id, count in counts.items():
        of = event.prices.types[type_id]
        least, most = of.per_order_min, of.per_order_max
        if least is not None and count < least:
            detail = f"{of.name} is sold from {least} in one order on, not {count}"
        elif most is not None and count > most:
            detail = f"at most {most} of {of.name} in one order, not {count}"
        else:
            continue
        raise TicketTypeRefused(detail, ticket_type_id=type_id)


def answered(event: Event, answers: Sequence[Answer]) -> list[Answered]:
    """Each question of the event that was answered, with its words of now. Raises CheckoutInvalid
    for one that the event does not ask, or that was answered with what is not an option of it."""
    said = {answer.question_id: answer.text.strip() for answer in answers}
    unknown = set(said) - {question.id for question in event.questions}
    if unknown:
        detail = f"answers: the event does not ask {', '.join(sorted(unknown))}"
        raise CheckoutInvalid(detail, field="answers")
    found = []
    for question in event.questions:
        text = said.get(question.id, "")
        if not text:
            continue
        if question.options and text not in question.options:
            detail = f"choose one of {', '.join(question.options)}: {question.text}"
            raise CheckoutInvalid(detail, field="answers", question_id=question.id)
        found.append(Answered(question.id, question.text, text))
    return found


def check_complete(event: Event, order: Order) -> None:
    """Raises CheckoutInvalid where something is missing that must be said before it is paid."""
    if not EMAIL.fullmatch(order.email):
        raise CheckoutInvalid("this is not an e-mail address", field="email")
    if not order.name:
        raise CheckoutInvalid("tell us your name", field="name")
    answers = msgspec.convert(order.answers, list[Answered])  # a row has them as they are stored
    said = {answer.question_id for answer in answers}
    for question in event.questions:
        if question.is_required and question.id not in said:
            detail = f"answer the question: {question.text}"
            raise CheckoutInvalid(detail, field="answers", question_id=question.id)


async def write(
    tx: Tx,
    hold: Hold,
    event: Event,
    wish: DraftWish | CheckoutRequest,
    priced: Quote,
    found: Discount | None,
    status: OrderStatus,
    draft: Order | None = None,
) -> Order:
    """The order with its lines, items and taxes: a new one, or `draft`, of which nothing but its
    row is left (`sql.CLEAR`). `found`: the discount that it has. Its points are used when its
    payment begins."""
    order_id = draft.id if draft else uuid7()
    order = await sql.WRITE_ORDER.first(
        tx, order_id, hold.org_id, hold.event_id, hold.id, hold.buyer_id, wish.email,
        wish.name.strip(), priced.currency, priced.total_minor, priced.fee_minor,
        priced.tax_minor, priced.discount_minor,
        msgspec.to_builtins(answered(event, wish.answers)), hold.expires_at,
        wish.language or DEFAULT_LANGUAGE, status, wish.accepts_alternative,
    )  # fmt: skip
    assert order is not None
    lines, taxes = priced.lines, priced.taxes
    await sql.INSERT_LINES.run(
        tx,
        order.org_id,
        order.id,
        order.event_id,
        *hold.legs,
        sorted(uuid7() for _ in lines),  # lines are read in the order of their ids
        [line.seat_idx for line in lines],
        [line.pool_id for line in lines],
        [line.quantity for line in lines],
        [line.label for line in lines],
        [line.section for line in lines],
        [line.unit_price_minor for line in lines],
        [line.discount_minor for line in lines],
        [line.parts.fee_minor for line in lines],
        [line.parts.tax_minor for line in lines],
        [line.ticket_type_id for line in lines],
        [line.ticket_type for line in lines],
    )
    await extras.insert(tx, order.org_id, order.id, priced.items)
    if taxes:
        await sql.INSERT_TAXES.run(
            tx,
            order.id,
            order.org_id,
            list(range(len(taxes))),
            [of.tax.name for of in taxes],
            [of.tax.rate_ppm for of in taxes],
            [of.tax.is_included for of in taxes],
            [of.amount_minor for of in taxes],
        )
    if found is not None:
        await discounts.redeem(tx, order.org_id, order.id, found, priced.reduction_minor)
    await points.attach(tx, event, order.id, order.buyer_id, priced.points_minor)
    return order


def view(priced: Quote, offer: PointsOffer | None, deposit: Deposit | None) -> QuoteView:
    return QuoteView(
        currency=priced.currency,
        lines=[_line(line, line.label, line.ticket_type) for line in priced.lines],
        products=[_line(item, item.name, "") for item in priced.items],
        taxes=[
            TaxLine(of.tax.name, of.tax.rate_ppm, of.tax.is_included, of.amount_minor)
            for of in priced.taxes
        ],
        fee_minor=priced.fee_minor,
        tax_minor=priced.tax_minor,
        discount_minor=priced.discount_minor,
        total_minor=priced.total_minor,
        points_minor=priced.points_minor,
        points=offer,
        deposit=deposit,
    )


def _line(of: Priced, label: str, ticket_type: str) -> QuotedLine:
    return QuotedLine(
        label=label,
        ticket_type=ticket_type,
        quantity=of.quantity,
        unit_price_minor=of.unit_price_minor,
        discount_minor=of.discount_minor,
        fee_minor=of.parts.fee_minor,
        tax_minor=of.parts.tax_minor,
        total_minor=of.total_minor,
    )
