"""However a line is paid back in parts, the parts are the whole, to the last minor unit."""

from hypothesis import given
from hypothesis import strategies as st

from server.pricing.amounts import Amounts, paid_back, part_of, spread, sum_of


@st.composite
def lines(draw: st.DrawFn) -> tuple[Amounts, int, int]:
    """A line's amounts, its unit price and its quantity, as the table's constraints allow them."""
    quantity = draw(st.integers(1, 30))
    unit = draw(st.integers(0, 20_000) | st.integers(0, 3))
    discount = draw(st.integers(0, unit * quantity))
    total = unit * quantity - discount
    fee = draw(st.integers(0, total))
    tax = draw(st.integers(0, total - fee) | st.just(total - fee))
    return Amounts(total, fee, tax, discount), unit, quantity


@given(line=lines(), data=st.data())
def test_parts_add_up_to_the_whole_and_each_is_sane(
    line: tuple[Amounts, int, int], data: st.DataObject
) -> None:
    rest, unit, left = line
    whole, parts = rest, []
    while left:
        wanted = data.draw(st.integers(1, left))
        part = rest if wanted == left else part_of(rest, unit, left, wanted)
        assert part.total_minor == unit * wanted - part.discount_minor
        parts.append(part)
        rest, left = rest.less(part), left - wanted
        for amounts in (part, rest):
            fields = (amounts.fee_minor, amounts.tax_minor, amounts.net_minor)
            assert min(*fields, amounts.total_minor, amounts.discount_minor) >= 0
    assert sum_of(parts) == whole


@given(line=lines(), data=st.data())
def test_a_part_is_its_share_within_a_unit(
    line: tuple[Amounts, int, int], data: st.DataObject
) -> None:
    whole, unit, quantity = line
    wanted = data.draw(st.integers(1, quantity))
    part = part_of(whole, unit, quantity, wanted)
    assert abs(part.total_minor - whole.total_minor * wanted / quantity) <= 1
    for name in ("fee_minor", "tax_minor"):
        share = getattr(whole, name) * wanted / quantity
        assert abs(getattr(part, name) - share) <= 3, name


@given(line=lines())
def test_a_fee_that_stays_stays_with_its_tax_and_nothing_else(
    line: tuple[Amounts, int, int],
) -> None:
    of = line[0]
    assert paid_back(of, keeps_fee=False) == of
    back = paid_back(of, keeps_fee=True)
    kept = of.less(back)
    if of.fee_minor:
        assert (back.fee_minor, kept.fee_minor) == (0, of.fee_minor)
        assert kept.total_minor == kept.fee_minor + kept.tax_minor
        # The same rate on what goes back as on all of it, rounded down.
        base = of.net_minor + of.fee_minor
        assert back.tax_minor * base <= of.tax_minor * of.net_minor < (back.tax_minor + 1) * base
    else:
        assert back == of


@given(amount=st.integers(0, 1_000), room=st.lists(st.integers(-5, 400), max_size=6))
def test_an_amount_is_spread_over_payments_in_proportion(amount: int, room: list[int]) -> None:
    shares = spread(amount, room)
    there = [max(0, minor) for minor in room]
    assert sum(shares) == min(amount, sum(there))
    assert all(0 <= share <= minor for share, minor in zip(shares, there, strict=True))
    given = min(amount, sum(there))
    for share, minor in zip(shares, there, strict=True):
        assert abs(share * sum(there) - given * minor) <= sum(there), "to a minor unit"
    # Of a currency whose smallest notes are a hundred: nobody takes less.
    coins = spread(100 * amount, [100 * minor for minor in room], 100)
    assert coins == [100 * share for share in shares]
