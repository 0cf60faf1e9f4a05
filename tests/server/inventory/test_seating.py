"""Single seats and tables: what a choice leaves behind, against rules written out at length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog.models import OrphanRule, TableMode
from server.inventory.models import SingleSeatLeft, TableRefused
from tests.server.inventory.houses import Drawn, Spec, modes_of, scenes

ROW_OF_SIX = Spec([(0, 0, False)] * 6, is_table=False)
TABLE_OF_SIX = Spec([(0, 0, False)] * 6, is_table=True)


def _choice(data: st.DataObject, drawn: Drawn) -> list[int]:
    """Any seats, taken ones too: whoever asks does not know."""
    return data.draw(st.lists(st.integers(0, drawn.count - 1), unique=True, max_size=6))


@settings(max_examples=300, deadline=None)
@given(scene=scenes(), data=st.data())
def test_singles_are_the_seats_that_were_not_alone_and_are_now(
    scene: tuple[Drawn, bytearray], data: st.DataObject
) -> None:
    drawn, states = scene
    seats = _choice(data, drawn)
    assert drawn.house.singles_left(states, seats) == drawn.singles(states, seats)


@settings(max_examples=300, deadline=None)
@given(scene=scenes(), data=st.data())
def test_strict_refuses_every_single_and_lenient_those_that_another_choice_avoids(
    scene: tuple[Drawn, bytearray], data: st.DataObject
) -> None:
    drawn, states = scene
    house, seats = drawn.house, _choice(data, drawn)
    singles = drawn.singles(states, seats)
    assert house.refuses_single(states, seats, "off") == []
    assert house.refuses_single(states, seats, "strict") == singles
    expected = [single for single in singles if _is_avoidable(drawn, states, seats, single)]
    assert house.refuses_single(states, seats, "lenient") == expected


def _is_avoidable(drawn: Drawn, states: bytearray, seats: list[int], single: int) -> bool:
    """Whether as many neighbours among the same free seats would leave nobody alone there."""
    row = next((row for row in drawn.rows if single in row), None)
    if row is None:
        return False
    run: list[int] = []
    for seat in row:
        if states[seat] == 0 and not drawn.bits(seat) & 3:
            run.append(seat)
        elif single in run:
            break
        else:
            run = []
    here = [seat for seat in seats if seat in run]
    zones = {drawn.zones[seat] for seat in here}
    may_be_restricted = any(drawn.bits(seat) for seat in here)
    others = [seat for seat in range(drawn.count) if states[seat] == 0 and seat not in run]
    windows = [run[at : at + len(here)] for at in range(len(run) - len(here) + 1)]
    return any(
        not set(drawn.singles(states, [*window, *others])) & set(run)
        for window in windows
        if all(drawn.zones[seat] in zones for seat in window)
        and (may_be_restricted or not any(drawn.bits(seat) for seat in window))
    )


@pytest.mark.parametrize(
    ("taken", "seats", "strict", "lenient"),
    [
        ([], [0, 1], [], []),
        ([], [1, 2], [0], [0]),
        ([], [0, 2], [1], [1]),
        ([], [0, 1, 2, 3, 4], [5], []),  # five of six leave one wherever they sit
        ([], [1, 2, 3, 4], [0, 5], [0, 5]),
        ([0, 1], [3, 4], [2, 5], [2, 5]),
        ([3, 4, 5], [0, 1], [2], []),  # two of three
        ([0, 2], [1], [], []),  # the gap itself
        ([0, 2], [3], [], []),
        ([0, 2, 3], [4], [5], []),
        ([0, 3], [1, 4], [2, 5], []),  # one of each pair
    ],
)
def test_a_row_of_six(
    taken: list[int], seats: list[int], strict: list[int], lenient: list[int]
) -> None:
    house = Drawn([ROW_OF_SIX]).house
    states = bytearray(6)
    for seat in taken:
        states[seat] = 2
    assert house.refuses_single(states, seats, "strict") == strict
    assert house.refuses_single(states, seats, "lenient") == lenient


@pytest.mark.parametrize("other", [(1, 0, False), (0, 4, False)])
def test_lenient_asks_nobody_to_take_dearer_or_worse_seats(other: tuple[int, int, bool]) -> None:
    row = Spec([other, (0, 0, False), (0, 0, False), other], is_table=False)
    house = Drawn([row]).house
    assert house.refuses_single(bytearray(4), [1], "strict") == [0]
    assert house.refuses_single(bytearray(4), [1], "lenient") == []


def test_at_a_table_who_is_alone_is_who_has_nobody_at_it() -> None:
    house = Drawn([TABLE_OF_SIX]).house
    assert house.singles_left(bytearray(6), [1, 2, 4]) == []
    assert house.singles_left(bytearray(6), [0, 1, 2, 4, 5]) == [3]


def test_a_wheelchair_place_is_nobodys_neighbour_and_never_alone() -> None:
    row = Spec([(0, bits, False) for bits in (0, 0, 1, 2, 0, 0)], is_table=False)
    house = Drawn([row]).house
    assert house.singles_left(bytearray(6), [3]) == []
    assert house.singles_left(bytearray(6), [0]) == [1]


@settings(max_examples=300, deadline=None)
@given(scene=scenes(), data=st.data())
def test_a_table_is_refused_where_too_few_of_its_chairs_are_taken(
    scene: tuple[Drawn, bytearray], data: st.DataObject
) -> None:
    drawn, states = scene
    seats, modes = _choice(data, drawn), data.draw(modes_of(drawn))
    expected: list[TableMode] = []
    for at, mode in modes.items():
        chairs = drawn.tables[at]
        mine = [chair for chair in chairs if chair in seats]
        if mode.mode == "whole":
            enough = mine == chairs
        else:
            last = all(states[chair] != 0 for chair in chairs if chair not in mine)
            enough = len(mine) >= (mode.chairs_min or 0) or last
        if mine and not enough:
            expected.append(mode)
    assert drawn.house.table_refusals(states, seats, modes) == expected


def test_a_hold_grows_to_a_whole_table_and_may_not_shrink_from_it() -> None:
    house = Drawn([ROW_OF_SIX, TABLE_OF_SIX]).house
    whole = {0: TableMode(0, "7", "whole")}
    states = bytearray(12)
    assert house.table_refusals(states, [0, *range(6, 12)], whole) == []
    assert house.table_refusals(states, [0, *range(7, 12)], whole) == [whole[0]]
    four = {0: TableMode(0, "7", "at_least", 4)}
    assert house.table_refusals(states, [6, 7, 8], four) == [four[0]]
    for chair in (9, 10, 11):
        states[chair] = 2
    assert house.table_refusals(states, [6, 7, 8], four) == []  # the last three, together
    assert house.table_refusals(states, [6, 7], four) == [four[0]]


@pytest.mark.parametrize("rule", ["off", "lenient", "strict"])
def test_nothing_is_refused_of_nothing(rule: OrphanRule) -> None:
    house = Drawn([ROW_OF_SIX]).house
    assert house.refuses_single(bytearray(6), [], rule) == []
    assert house.table_refusals(bytearray(6), [], {}) == []


def test_a_refusal_says_which_seats_and_how_the_tables_are_sold() -> None:
    single = SingleSeatLeft([4])
    assert single.facts == {"seats": [4]}
    tables = [TableMode(0, "7", "whole"), TableMode(2, "9", "at_least", 3)]
    refused = TableRefused(tables)
    assert refused.facts == {"tables": tables}
    assert refused.detail.startswith("table 7 is sold whole, table 9 is sold from 3 chairs on:")
