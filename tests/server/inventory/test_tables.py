"""Tables by their mode and rows without single seats, over HTTP: for new holds and changed ones."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.catalog.geometry import Places
from server.inventory.seating import Block, Seating
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, ok, problem, rows, state_of

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


def _chairs(event: Event, table_idx: int) -> list[int]:
    first, count = event.geometry.tables[table_idx].seats
    return list(range(first, first + count))


async def _version(client: httpx.AsyncClient, event: Event) -> int:
    return ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]


async def test_a_table_is_held_as_its_mode_says(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    modes = {"front": ("whole", None), "rear": ("at_least", 3)}
    event, buyer = house.event(table_modes=modes), new_buyer()
    whole, at_least = _chairs(event, 0), _chairs(event, 5)
    for seats in (whole[:3], whole[1:], at_least[:2], [*whole, at_least[0]]):
        problem(await buyer.hold(event, seats), 422, "table-refused")
    told = problem(await buyer.hold(event, whole[:3]), 422, "table-refused")
    assert [(table["table_idx"], table["mode"]) for table in told["tables"]] == [(0, "whole")]
    hold = await buyer.hold_ok(event, whole)
    for wish in (
        {"remove": {"seats": whole[:1]}},
        {"add": {"seats": at_least[:2]}},
        {"add": {"seats": _chairs(event, 1)[:4]}, "remove": {"seats": whole}},
    ):
        problem(await buyer.change(hold["id"], wish), 422, "table-refused")
    ok(await buyer.change(hold["id"], {"add": {"seats": at_least[:3]}}))
    ok(await buyer.change(hold["id"], {"add": {"seats": at_least[3:4]}}))
    problem(
        await buyer.change(hold["id"], {"remove": {"seats": at_least[:2]}}), 422, "table-refused"
    )
    swap = {"add": {"seats": _chairs(event, 1)}, "remove": {"seats": [*whole, *at_least[:4]]}}
    changed = ok(await buyer.change(hold["id"], swap))
    assert [seat["idx"] for seat in changed["seats"]] == _chairs(event, 1)
    taken = {at for at, state in enumerate((await state_of(client, event))[0]) if state}
    assert taken == set(_chairs(event, 1))


async def test_the_last_chairs_of_a_table_may_be_fewer_if_they_go_together(
    house: Product, new_buyer: NewBuyer
) -> None:
    event = house.event(table_modes={"rear": ("at_least", 3)})
    chairs = _chairs(event, 5)
    await new_buyer().hold_ok(event, chairs[:6])
    problem(await new_buyer().hold(event, chairs[6:7]), 422, "table-refused")
    hold = await new_buyer().hold_ok(event, chairs[6:])
    assert len(hold["seats"]) == 2


async def test_from_one_moment_on_a_table_is_sold_otherwise_everywhere(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Told to one web process, it is so at the other with its very next hold."""
    event = house.event()
    path = f"{house.base_urls[1]}/v1/events/{event.id}/holds"
    ok(await new_buyer().call("POST", path, {"seats": _chairs(event, 1)[:1]}), 201)
    chairs = _chairs(event, 0)
    whole = ok(await organizer.set_table(event, 0, {"mode": "whole"}))
    assert whole == {"table_idx": 0, "name": "1", "mode": "whole", "chairs_min": None}
    for url in (path, f"/v1/events/{event.id}/holds"):
        refused = await new_buyer().call("POST", url, {"seats": chairs[:2]})
        problem(refused, 422, "table-refused")
    some = {"mode": "at_least", "chairs_min": 2}
    ok(await organizer.set_table(event, 0, some))
    refused = await new_buyer().call("POST", path, {"seats": chairs[:1]})
    problem(refused, 422, "table-refused")
    held = ok(await new_buyer().call("POST", path, {"seats": chairs[:2]}), 201)
    assert len(held["seats"]) == 2
    shown = ok(await client.get(f"/v1/events/{event.id}"))["tables"][0]
    assert (shown["mode"], shown["chairs_min"]) == ("at_least", 2)


async def test_a_change_of_a_hold_is_decided_by_the_tables_mode_of_now(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, _chairs(event, 1)[:2])
    ok(await organizer.set_table(event, 0, {"mode": "whole"}))
    wish = {"add": {"seats": _chairs(event, 0)[:2]}}
    path = f"{house.base_urls[1]}/v1/holds/{hold['id']}"
    problem(await buyer.call("PATCH", path, wish), 422, "table-refused")


async def test_a_table_is_not_moved_while_somebody_holds_a_chair_of_it(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, _chairs(event, 0)[:2])
    version = await _version(client, event)
    refused = await organizer.set_table(event, 0, {"mode": "whole"})
    assert problem(refused, 409, "table-held")["seats"] == _chairs(event, 0)[:2]
    assert await _version(client, event) == version
    ok(await organizer.set_table(event, 1, {"mode": "whole"}))
    assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).status_code == 204
    ok(await organizer.set_table(event, 0, {"mode": "whole"}))
    sold = await buyer.buy(event, _chairs(event, 0))
    assert len(sold["tickets"]) == 6
    ok(await organizer.set_table(event, 0, {"mode": "chairs"}))


async def test_a_table_moves_once_per_key_and_not_to_where_it_is(
    house: Product, client: httpx.AsyncClient, organizer: Organizer
) -> None:
    event = house.event()
    for _ in range(2):
        ok(await organizer.set_table(event, 0, {"mode": "chairs"}))
        assert await _version(client, event) == 0
    for _ in range(3):
        ok(await organizer.set_table(event, 0, {"mode": "whole"}, key=f"{event.id}"))
        ok(await organizer.set_table(event, 0, {"mode": "whole"}))
    assert await _version(client, event) == 1
    told = await rows(
        house,
        "SELECT 1 FROM outbox_events WHERE type = 'catalog.table.changed' AND subject = $1",
        f"event:{event.id}",
    )
    assert len(told) == 1


@pytest.mark.parametrize(
    ("table_idx", "wish", "status", "slug"),
    [
        ("99", {"mode": "whole"}, 404, "not-found"),
        ("-1", {"mode": "whole"}, 404, "not-found"),
        ("x", {"mode": "whole"}, 404, "not-found"),
        ("9" * 30, {"mode": "whole"}, 404, "not-found"),
        ("0", {"mode": "sofa"}, 400, "bad-request"),
        ("0", {"mode": "at_least"}, 400, "bad-request"),
        ("0", {"mode": "whole", "chairs_min": 2}, 400, "bad-request"),
        ("0", {"mode": "at_least", "chairs_min": 7}, 400, "bad-request"),
        ("0", {"mode": "at_least", "chairs_min": 0}, 400, "bad-request"),
    ],
)
async def test_a_table_is_moved_to_a_mode_that_there_is(
    house: Product,
    organizer: Organizer,
    table_idx: str,
    wish: dict[str, Any],
    status: int,
    slug: str,
) -> None:
    path = f"/v1/events/{house.event().id}/tables/{table_idx}"
    problem(await organizer.call("PUT", path, wish), status, slug)


async def test_a_hold_and_a_move_at_once_are_never_both(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Two chairs are held at one web process while the table becomes whole at the other."""
    event = house.event()
    path = f"/v1/events/{event.id}"
    outcomes: set[tuple[int, int]] = set()
    for table_idx in range(16):
        first, second = house.base_urls if table_idx % 4 < 2 else house.base_urls[::-1]
        hold = new_buyer().call(
            "POST", f"{first}{path}/holds", {"seats": _chairs(event, table_idx)[:2]}
        )
        move = organizer.call("PUT", f"{second}{path}/tables/{table_idx}", {"mode": "whole"})
        if table_idx % 2:
            held, moved = await asyncio.gather(hold, move)
        else:
            moved, held = await asyncio.gather(move, hold)
        outcomes.add((held.status_code, moved.status_code))
    assert outcomes <= {(201, 409), (422, 200)}


# ---------------------------------------------------------------- single seats


def _row(event: Event) -> Block:
    """A stretch of seats of one price, nobody's neighbours beyond."""
    seating = Seating(Places(event.geometry))
    return next(
        block
        for block in seating.blocks
        if block.table < 0
        and block.end - block.start >= 9
        and len(set(seating.zones[block.start : block.end])) == 1
        and not any(seating.access.get(seat) for seat in range(block.start, block.end))
    )


async def test_strict_refuses_each_choice_that_leaves_a_single_seat(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre", orphan_rule="strict"), new_buyer()
    at = _row(event).start
    for seats, left in (
        ([at + 1], [at]),
        ([at, at + 2], [at + 1]),
        ([at + 1, at + 3], [at, at + 2]),
    ):
        assert problem(await buyer.hold(event, seats), 409, "single-seat-left")["seats"] == left
    hold = await buyer.hold_ok(event, [at, at + 1])
    for wish, left in (
        ({"remove": {"seats": [at]}}, [at]),
        ({"add": {"seats": [at + 3]}}, [at + 2]),
        ({"add": {"seats": [at + 2, at + 3]}, "remove": {"seats": [at]}}, [at]),
    ):
        refused = await buyer.change(hold["id"], wish)
        assert problem(refused, 409, "single-seat-left")["seats"] == left
    ok(await buyer.change(hold["id"], {"add": {"seats": [at + 2]}}))
    ok(await buyer.change(hold["id"], {"remove": {"seats": [at + 2]}}))
    ok(await buyer.change(hold["id"], {"extend": True}))
    # Leaves nobody alone: the neighbour is somebody's.
    await new_buyer().hold_ok(event, [at + 2, at + 3])
    taken = {seat for seat, state in enumerate((await state_of(client, event))[0]) if state}
    assert taken == {at, at + 1, at + 2, at + 3}


async def test_lenient_refuses_only_what_could_be_chosen_better(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = (
        house.event("theatre", orphan_rule="lenient", seats_per_hold_max=100),
        new_buyer(),
    )
    row = _row(event)
    refused = await buyer.hold(event, [row.start + 1])
    assert problem(refused, 409, "single-seat-left")["seats"] == [row.start]
    # Three free seats and two are wanted: whichever they are, one is left.
    await buyer.hold_ok(event, list(range(row.start + 3, row.end)))
    await new_buyer().hold_ok(event, [row.start, row.start + 1])


async def test_a_refusal_by_a_rule_is_remembered_under_its_key(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre", orphan_rule="strict"), new_buyer()
    at = _row(event).start
    hold = await buyer.hold_ok(event, [at, at + 1])
    other = new_buyer()
    taken = await other.hold_ok(event, [at + 2, at + 3, at + 4])
    wish = {"add": {"seats": [at + 2]}}
    first = problem(await buyer.change(hold["id"], wish, key="k"), 409, "seats-taken")
    assert first.pop("seats") == [at + 2]
    assert (await other.call("DELETE", f"/v1/holds/{taken['id']}")).status_code == 204
    again = problem(await buyer.change(hold["id"], wish, key="k"), 409, "seats-taken")
    assert again.pop("seats") == [at + 2]
    assert first | {"request_id": ""} == again | {"request_id": ""}
    single = {"remove": {"seats": [at]}}
    for _ in range(2):
        problem(await buyer.change(hold["id"], single, key="s"), 409, "single-seat-left")
    problem(await buyer.change(hold["id"], wish, key="s"), 422, "idempotency-key-reused")
