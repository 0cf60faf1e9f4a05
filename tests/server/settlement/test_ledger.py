"""What money came and went back for a sale is in the ledger, in whatever order it becomes known."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.checkout.share_models import Division
from server.refunds import balances
from server.refunds.cancelling import Cancellations
from server.refunds.models import CancellationWish, PartWish
from server.settlement import split
from tests.server.inventory.engine import ORG_ID, Stage
from tests.server.refunds.ledger_books import gaps_of
from tests.server.refunds.shop import PRICE_MINOR, Shop, opened

OVERDUE = "UPDATE orders SET balance_due_at = now() - interval '1 day' WHERE id = $1"


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with Stage(database_url, instances=1) as stage:
        yield await opened(stage)


async def test_a_rest_that_comes_when_its_deposit_goes_back_makes_no_sale(shop: Shop) -> None:
    order_id, (deposit, rest) = await shop.divided(Division(deposit=True), 0, 1)
    await shop.paid(order_id, deposit)
    await shop.react()
    late = await shop.page(order_id, rest)
    await shop.stage.rows(OVERDUE, order_id)
    await balances.end_due(shop.here.db, shop.here.catalog)
    await shop.pay_back()
    await shop.react("payment.refunded")
    await shop.tell("captured", late)
    await shop.react()
    assert await shop.worth(order_id) is None


async def test_a_rest_that_nobody_has_answered_for_is_not_paid_back_as_if_it_were(
    shop: Shop,
) -> None:
    order_id, (deposit, rest) = await shop.divided(Division(deposit=True), 0)
    await shop.paid(order_id, deposit)
    await shop.react()
    await shop.paid(order_id, rest)
    await shop.refund(order_id)
    assert await shop.worth(order_id) is None


async def test_what_went_back_of_a_deposit_is_told_when_its_rest_makes_it_a_sale(
    shop: Shop,
) -> None:
    order_id, (deposit, rest) = await shop.divided(Division(deposit=True), 0)
    first = await shop.paid(order_id, deposit)
    await shop.react()
    await shop.tell("refunded", first, 100)
    await shop.react()
    await shop.paid(order_id, rest)
    assert await shop.worth(order_id) == 900


@pytest.mark.parametrize("first", ["excess", "part", "unsettled"])
async def test_of_an_order_that_was_paid_twice_the_second_payment_is_no_part_of_the_sale(
    shop: Shop, first: str
) -> None:
    """Whatever of it goes back before: the excess, a part of the order, or that part when nobody
    has answered for the second payment yet."""
    order_id, _ = await shop.bought(0, 1)
    twice = await shop.paid(order_id)
    if first != "unsettled":
        await shop.react("payment.captured")
    if first == "excess":
        await shop.pay_back(twice)
        await shop.react()
    await shop.refund_a_line(order_id)
    if first == "part":
        kept = "SELECT id FROM payments WHERE order_id = $1 AND id <> $2"
        await shop.pay_back((await shop.stage.rows(kept, order_id, twice))[0][0])
        await shop.react()
    assert await shop.worth(order_id) == PRICE_MINOR
    await shop.refund(order_id)
    assert await shop.worth(order_id) == 0


@pytest.mark.parametrize("is_answered", [True, False])
async def test_a_lost_dispute_of_one_of_two_payments_is_what_it_took(
    shop: Shop, is_answered: bool
) -> None:
    for seat, is_first in ((0, True), (1, False)):
        order_id, payment_id = await shop.bought(seat)
        twice = await shop.paid(order_id)
        if is_answered:
            await shop.react()
            await shop.pay_back()
        lost = payment_id if is_first or is_answered else twice
        await shop.tell("disputed", lost)
        await shop.tell("dispute_lost", lost)
        assert await shop.worth(order_id) == (0 if lost == payment_id else PRICE_MINOR)


async def test_what_is_paid_back_in_the_office_is_told_each_time(shop: Shop) -> None:
    order_id, payment_id = await shop.bought(0)
    for so_far in (100, 250, 1_000):
        await shop.tell("refunded", payment_id, so_far)
        assert await shop.worth(order_id) == PRICE_MINOR - so_far


async def test_what_went_back_before_its_order_was_settled_is_told_with_the_sale(
    shop: Shop,
) -> None:
    order_id = await shop.order(0)
    payment_id = await shop.newest(order_id)
    await shop.tell("captured", payment_id)
    await shop.tell("refunded", payment_id, 300)
    await shop.react("payment.refunded")
    assert await shop.worth(order_id) == 700


async def test_what_a_second_payment_brings_does_not_make_up_for_what_went_back(
    shop: Shop,
) -> None:
    order_id, payment_id = await shop.bought(0)
    await shop.tell("refunded", payment_id, 300)
    await shop.react()
    await shop.paid(order_id)
    assert await shop.worth(order_id) == 700


async def test_an_order_by_shares_is_a_sale_of_all_of_them_and_none_where_one_is_missing(
    shop: Shop,
) -> None:
    for seat, missing in ((0, False), (1, True)):
        order_id, (one, other) = await shop.divided(Division(equal=2), seat)
        await shop.paid(order_id, one)
        await shop.react()
        assert await shop.worth(order_id) is None
        if missing:
            late = await shop.page(order_id, other)
            await shop.expire(order_id)
            await shop.tell("captured", late)
            assert await shop.worth(order_id) is None
        else:
            await shop.paid(order_id)  # by a page of all of it
            assert await shop.worth(order_id) == PRICE_MINOR


async def test_a_late_payment_of_a_cancelled_event_is_in_no_sale(shop: Shop) -> None:
    sold, _ = await shop.bought(0)
    unpaid = await shop.order(1)
    late, twice = await shop.newest(unpaid), await shop.page(sold)
    cancellations = Cancellations(shop.here.db, shop.here.catalog)
    await cancellations.cancel(ORG_ID, shop.event_id, 1, CancellationWish(), None)
    await shop.tell("captured", late)
    await shop.react()
    await cancellations.go_on()
    await shop.pay_back()
    await shop.react()
    await shop.tell("captured", twice)
    assert await shop.worth(sold) == 0
    assert await shop.worth(unpaid) is None


async def test_two_refunds_that_are_done_at_one_moment_give_back_the_fee_as_decided(
    shop: Shop,
) -> None:
    """One keeps it, the other does not."""
    order_id, _ = await shop.bought(0, 1)
    for statement in (
        "UPDATE order_lines SET fee_minor = 100 WHERE order_id = $1",
        "UPDATE orders SET fee_minor = 200 WHERE id = $1",
        "UPDATE settlements SET fee_minor = 200, net_minor = net_minor - 200,"
        " host_minor = host_minor - 200 WHERE order_id = $1",
    ):
        await shop.stage.rows(statement, order_id)
    lines = "SELECT id FROM order_lines WHERE order_id = $1 ORDER BY id"
    for nth, [line] in enumerate(await shop.stage.rows(lines, order_id)):
        some = {"parts": [PartWish(line)], "note": "so", "overrides": True}
        await shop.refund(order_id, keeps_fees=bool(nth), **some)
    await shop.pay_back()
    assert await shop.worth(order_id) == 100
    fees = "SELECT sum(fee_minor)::bigint FROM settlements WHERE order_id = $1"
    assert (await shop.stage.rows(fees, order_id))[0][0] == 100


async def test_what_is_kept_beyond_what_an_order_costs_is_a_gap_of_our_own_books(
    shop: Shop,
) -> None:
    """As when a payment is taken for answered that is not; less its refunds, as they were
    decided."""
    order_id, _ = await shop.bought(0, 1)
    await shop.refund_a_line(order_id)
    assert await shop.worth(order_id) == PRICE_MINOR
    twice = await shop.paid(order_id)
    await shop.stage.rows("UPDATE payments SET settled_at = now() WHERE id = $1", twice)
    [(about, told)] = (await gaps_of(shop.stage, shop.event_id)).items()
    assert about == order_id
    assert f"ours_minor={3 * PRICE_MINOR}, theirs_minor={PRICE_MINOR}" in told


@given(
    gross=st.integers(1, 10**9),
    share_ppm=st.integers(0, 10**6),
    refunds=st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0, 1)), max_size=5),
    more=st.floats(0, 1),
)
def test_of_a_fee_goes_back_what_was_decided_and_the_rest_with_the_last_unit(
    gross: int, share_ppm: int, refunds: list[tuple[float, bool, float]], more: float
) -> None:
    part = gross * share_ppm // 10**6
    decided, left, left_part = [], gross, part
    for share, keeps, done in refunds:
        amount = int(left * share)
        its = min(left_part, amount * share_ppm // 10**6)
        left, left_part = left - amount, left_part - its
        if amount := amount - its * keeps:
            decided.append((amount, 0 if keeps else its, int(amount * done)))
    came_back = sum(done for _, _, done in decided)
    gone = came_back + int((gross - came_back) * more)
    told = split.part_gone(part, gross, gone, decided)
    assert sum(its * done // amount for amount, its, done in decided) <= told <= part
    if came_back < gross:
        assert split.part_gone(part, gross, gross, decided) == part
