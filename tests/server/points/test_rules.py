"""How many points: exact to the last one."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from server.orgs.settings_models import PointsRule
from server.points import rules
from server.points.models import Standing

amounts = st.integers(0, 10**9)


@given(
    amounts, amounts, st.integers(1, 10**6), st.integers(1, 10**4), st.none() | amounts,
    st.sampled_from([1, 10, 100]),
)  # fmt: skip
def test_an_order_uses_no_more_than_there_are_and_are_needed_and_no_fewer_than_it_must(
    balance: int, due_minor: int, worth_minor: int, least: int, most: int | None, coin: int
) -> None:
    most = most or None
    rule = PointsRule(True, worth_minor=worth_minor, per_order_min=least, per_order_max=most)
    usable, off_minor = rules.usable(rule, balance, due_minor, coin)
    assert usable == 0 or least <= usable <= min(balance, most or balance)
    assert off_minor <= due_minor
    assert off_minor % coin == 0
    assert (usable - 1) * worth_minor < off_minor <= usable * worth_minor or not usable
    points = rules.needed(rule, due_minor)
    assert (points - 1) * worth_minor < due_minor <= points * worth_minor or not due_minor


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_what_goes_back_in_parts_gives_back_all_with_the_last(used: int, parts: list[int]) -> None:
    gone, before = 0, used
    for part in parts:
        gone += part
        of = Standing(uuid.UUID(int=0), False, True, 0, sum(parts), gone)
        kept = rules.kept(used, of)
        assert 0 <= kept <= before
        before = kept
    assert before == 0


@given(amounts, st.integers(0, 10**6), st.integers(1, 10**9))
def test_points_are_earned_in_proportion_rounded_down_and_only_for_what_is_bought(
    paid_minor: int, points: int, per_minor: int
) -> None:
    bought = Standing(uuid.UUID(int=0), False, True, paid_minor, 1, 0)
    earned = rules.earned(points, per_minor, bought)
    assert 0 <= paid_minor * points - earned * per_minor < per_minor
    ended = Standing(uuid.UUID(int=0), False, False, paid_minor, 1, 0)
    assert (rules.earned(points, per_minor, ended), rules.kept(points, ended)) == (0, 0)
