"""What is to be paid, and what goes back of it, is what providers take, in every currency."""

import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.kernel.money import coin, payable
from server.orgs.charges import Charges
from server.payments.adapters.amounts import to_provider
from server.payments.adapters.stripe_amounts import to_stripe
from server.pricing.amounts import Amounts, paid_back, part_of
from server.pricing.models import Quote, QuoteLine, Reduction
from server.pricing.service import sum_up
from tests.server.pricing.test_charges import AMOUNTS, CHARGES, ITEMS, LINES, REDUCTIONS

CURRENCIES = st.sampled_from(["IDR", "MGA", "KWD", "TND", "JPY", "ISK", "EUR"])
THREE_DIGITS = ("KWD", "TND")


def _is_taken(amount_minor: int, currency: str) -> bool:
    """By Stripe, and by Xendit, which knows one of these currencies; else PaymentRefused."""
    if currency == "IDR":
        to_provider(amount_minor, currency, 0)
    return to_stripe(amount_minor, currency) % (10 if currency in THREE_DIGITS else 1) == 0


@st.composite
def quotes(draw: st.DrawFn) -> tuple[Quote, int]:
    """Of an event's places and products at whatever prices, fees, taxes, codes and points. With
    what it would be without code and points."""
    currency = draw(CURRENCIES)
    charges = replace(draw(CHARGES), coin=coin(currency))

    def all_in(of: Any, charges: Charges) -> Any:
        return replace(of, unit_price_minor=charges.all_in(of.unit_price_minor))

    lines = [all_in(of, charges) for of in draw(LINES)]
    items = [all_in(of, charges.without_fee) for of in draw(ITEMS)]
    full_minor = sum(of.total_minor for of in [*lines, *items])
    return sum_up(currency, charges, lines, items, draw(REDUCTIONS), draw(AMOUNTS)), full_minor


@given(quotes())
def test_every_total_can_be_paid_and_its_rows_sum_to_it(of: tuple[Quote, int]) -> None:
    quote, full_minor = of
    for amount_minor in (full_minor, quote.total_minor, quote.reduction_minor, quote.points_minor):
        assert _is_taken(amount_minor, quote.currency)
    assert quote.total_minor == full_minor - quote.discount_minor
    assert quote.discount_minor == sum(row.discount_minor for row in quote.priced)
    for row in quote.priced:
        assert _is_taken(row.total_minor, quote.currency)
        assert 0 <= row.parts.fee_minor + row.parts.tax_minor <= row.total_minor


@given(quotes(), st.booleans(), st.data())
def test_what_goes_back_can_be_paid_back(
    of: tuple[Quote, int], keeps_fee: bool, data: st.DataObject
) -> None:
    quote, least = of[0], coin(of[0].currency)
    for row in quote.priced:
        rest, left = _amounts(row), row.quantity
        while left:
            wanted = data.draw(st.integers(1, left))
            part = part_of(rest, row.unit_price_minor, left, wanted, least)
            back = paid_back(part, least, keeps_fee=keeps_fee)
            assert _is_taken(part.total_minor, quote.currency)
            assert _is_taken(back.total_minor, quote.currency)
            kept_minor = part.total_minor - back.total_minor
            assert 0 <= back.tax_minor <= back.total_minor <= part.total_minor
            fee_minor = part.fee_minor if keeps_fee else 0
            tax_minor = part.tax_minor - paid_back(part, keeps_fee=keeps_fee).tax_minor
            assert 0 <= kept_minor - fee_minor - tax_minor < least, "the host keeps less than one"
            rest, left = rest.less(part), left - wanted
        assert rest.total_minor == 0


def _amounts(row: Any) -> Amounts:
    return Amounts(row.total_minor, row.parts.fee_minor, row.parts.tax_minor, row.discount_minor)


@given(CHARGES, CURRENCIES, AMOUNTS, AMOUNTS)
def test_a_price_is_rounded_to_the_nearest_that_can_be_paid_and_never_to_nothing(
    charges: Charges, currency: str, one: int, other: int
) -> None:
    least = coin(currency)
    rounding = replace(charges, coin=least)
    for price in (one, other):
        exact, paid = charges.all_in(price), rounding.all_in(price)
        assert bool(paid) == bool(price)
        assert 2 * abs(paid - exact) <= least or paid == least
        assert paid == payable(paid, least)
    low, high = sorted((one, other))
    assert rounding.all_in(low) <= rounding.all_in(high), "a dearer place never costs less"


def test_an_amount_off_is_rounded_down_and_a_share_of_a_price_to_the_nearest() -> None:
    dinars = Charges(taxes=[], coin=coin("KWD"))
    line = QuoteLine(
        quantity=2, unit_price_minor=dinars.all_in(10_005), seat_idx=None, pool_id=uuid.uuid4(),
        label="", section="", ticket_type_id=uuid.uuid4(), ticket_type="",
    )  # fmt: skip
    assert line.total_minor == 20_020

    def off(reduction: Reduction, points_minor: int = 0) -> tuple[int, int]:
        of = sum_up("KWD", dinars, [line], [], reduction, points_minor)
        return of.reduction_minor, of.points_minor

    assert off(Reduction(amount_minor=1_239)) == (1_230, 0)
    assert off(Reduction(amount_minor=9)) == (0, 0)
    assert off(Reduction(basis_points=1_250)) == (2_500, 0), "an eighth is 1,251.25 a ticket"
    assert off(Reduction(basis_points=10_000), 55) == (20_020, 0)
    assert off(Reduction(amount_minor=20_000), 55) == (20_000, 20)
    assert off(Reduction(amount_minor=10), 15) == (10, 10)
