"""The laws of a price: what is in it sums to it, whatever the fee, the taxes and the currency."""

import datetime as dt
import uuid

import asyncpg
import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.kernel.money import split
from server.orgs.charges import Charges, Former, epochs
from server.orgs.settings_models import Tax
from server.pricing.models import QuoteItem, QuoteLine, Reduction
from server.pricing.service import sum_up

AMOUNTS = st.integers(0, 10**9)
RATES = st.integers(0, 400_000)
TAXES = st.lists(st.builds(Tax, st.just("Tax"), RATES, st.booleans()), max_size=3)
ADDED = st.lists(st.builds(Tax, st.just("Tax"), RATES), max_size=3)
BEARERS = st.sampled_from(["buyer", "organizer"])
FLAT = st.builds(Charges, st.integers(0, 5_000), st.just(0), BEARERS, TAXES)
SHARE = st.builds(Charges, st.just(0), st.integers(0, 10_000), BEARERS, TAXES)
CHARGES = FLAT | SHARE
TYPES = [uuid.UUID(int=at) for at in range(1, 4)]
LINES = st.lists(
    st.builds(
        QuoteLine,
        quantity=st.integers(1, 50),
        unit_price_minor=AMOUNTS,
        seat_idx=st.none(),
        pool_id=st.uuids(),
        label=st.just(""),
        section=st.just(""),
        ticket_type_id=st.sampled_from(TYPES),
        ticket_type=st.just(""),
    ),
    max_size=6,
)
ITEMS = st.lists(
    st.builds(
        QuoteItem,
        quantity=st.integers(1, 20),
        unit_price_minor=AMOUNTS,
        product_id=st.uuids(),
        name=st.just(""),
    ),
    max_size=3,
)
REDUCTIONS = st.one_of(
    st.none(),
    st.builds(Reduction, st.integers(1, 10_000), st.none(), st.sets(st.sampled_from(TYPES))),
    st.builds(Reduction, st.none(), st.integers(1, 10**9), st.sets(st.sampled_from(TYPES))),
)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_a_split_sums_to_the_whole_and_each_part_is_its_share(
    amount: int, weights: list[int]
) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < sum(weights)


@given(st.integers(1, 10**9), st.integers(0, 5_000), st.integers(0, 10_000), st.booleans(), ADDED)
def test_of_an_all_in_price_the_organizer_has_exactly_the_price(
    price: int, flat: int, share: int, is_flat: bool, taxes: list[Tax]
) -> None:
    charges = Charges(flat if is_flat else 0, 0 if is_flat else share, "buyer", taxes)
    paid = charges.all_in(price)
    parts = charges.parts(paid)
    assert paid - parts.fee_minor - parts.tax_minor == price


@given(CHARGES, AMOUNTS, AMOUNTS)
def test_a_dearer_place_never_costs_less(charges: Charges, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert charges.all_in(low) <= charges.all_in(high)
    assert charges.all_in(0) == 0


@given(CHARGES, AMOUNTS, st.integers(1, 50))
def test_fee_and_taxes_are_in_what_was_paid(charges: Charges, paid: int, quantity: int) -> None:
    parts = charges.parts_of(paid, quantity)
    assert parts.fee_minor >= 0
    assert all(tax >= 0 for tax in parts.taxes_minor)
    assert parts.fee_minor + parts.tax_minor <= paid


@given(CHARGES, AMOUNTS)
def test_an_included_tax_is_not_added(charges: Charges, price: int) -> None:
    taxes = [Tax("VAT", tax.rate_ppm, True) for tax in charges.taxes]
    borne = Charges(charges.fee_per_ticket_minor, charges.fee_basis_points, "organizer", taxes)
    assert borne.all_in(price) == price


@given(CHARGES, LINES, ITEMS, REDUCTIONS, AMOUNTS)
def test_the_lines_sum_to_the_total_to_the_last_minor_unit(
    charges: Charges,
    lines: list[QuoteLine],
    items: list[QuoteItem],
    reduction: Reduction | None,
    points: int,
) -> None:
    full = sum(of.total_minor for of in [*lines, *items])
    done = sum_up("EUR", charges, lines, items, reduction, points)
    assert done.total_minor == full - done.discount_minor >= 0
    assert done.discount_minor == sum(of.discount_minor for of in done.priced)
    assert done.fee_minor == sum(of.parts.fee_minor for of in done.lines)
    assert done.tax_minor == sum(of.parts.tax_minor for of in done.priced)
    assert all(of.total_minor >= 0 for of in done.priced)
    assert done.points_minor == min(points, full - done.reduction_minor)
    if reduction is not None and reduction.ticket_type_ids:
        others = [of for of in done.lines if of.ticket_type_id not in reduction.ticket_type_ids]
        assert points or all(of.discount_minor == 0 for of in others)
    if reduction is not None and reduction.amount_minor is not None:
        assert done.reduction_minor <= reduction.amount_minor


async def test_the_database_makes_the_same_all_in_price(database_url: str) -> None:
    """Who looks for the cheapest event is told what its map shows."""
    cases: list[tuple[Charges, int]] = []

    @given(CHARGES, AMOUNTS)
    @example(Charges(fee_basis_points=500, taxes=[Tax("Tax", 110_000)]), 10**11)
    @settings(max_examples=200, database=None)
    def gather(charges: Charges, price: int) -> None:
        cases.append((charges, price))

    gather()
    connection = await asyncpg.connect(database_url)
    for of, price in cases:
        paid = await connection.fetchval(
            "SELECT all_in_minor($1, $2, $3, $4, $5)",
            price, of.fee_per_ticket_minor, of.fee_basis_points, of.fee_bearer,
            msgspec.json.encode(of.taxes).decode(),
        )  # fmt: skip
        assert paid == of.all_in(price), (of, price)
    await connection.close()


def test_canada_adds_two_taxes_and_europe_has_one_in_the_price() -> None:
    canada = Charges(150, 0, "buyer", [Tax("GST", 50_000), Tax("PST", 70_000)])
    assert canada.all_in(10_000) == 11_368  # 100 and 1.50, and 12 % of that
    assert canada.parts(11_368) == canada.parts_of(11_368, 1)
    assert (canada.parts(11_368).fee_minor, canada.parts(11_368).taxes_minor) == (150, [508, 710])
    europe = Charges(0, 500, "organizer", [Tax("VAT", 200_000, is_included=True)])
    assert europe.all_in(12_000) == 12_000
    assert (europe.parts(12_000).fee_minor, europe.parts(12_000).taxes_minor) == (500, [2_000])
    quebec = Charges(taxes=[Tax("GST", 50_000), Tax("QST", 99_750)])
    assert quebec.parts(quebec.all_in(10_000)).taxes_minor == [500, 998]


def test_a_hold_pays_by_what_was_settled_when_it_began() -> None:
    at = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    former = [
        Former(at + hour, is_of_event=False, charges={"fee_per_ticket_minor": 100}),
        Former(at + 2 * hour, is_of_event=True, charges={"fee_bearer": "organizer"}),
    ]
    found = epochs({"fee_per_ticket_minor": 300}, {"fee_bearer": "buyer"}, former, "EUR")
    told = [(until, of.fee_per_ticket_minor, of.fee_bearer) for until, of in found]
    assert told == [
        (at + hour, 100, "organizer"),
        (at + 2 * hour, 300, "organizer"),
        (None, 300, "buyer"),
    ]
