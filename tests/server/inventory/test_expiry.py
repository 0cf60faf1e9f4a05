"""A hold is over at `expires_at` by the database's clock, swept or not."""

import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.fixtures.feed import Feed, SeatsFold
from tests.fixtures.product import Product
from tests.server.support import Buyer, end_in, ok, problem, rows, state_of, until

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def no_sweeper(house: Product) -> Iterator[None]:
    house.stop("worker")
    yield
    house.start("worker")


async def test_places_are_back_on_every_screen_within_two_seconds(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer, fold = house.event(), new_buyer(), SeatsFold()
    async with Feed(f"{house.base_urls[1]}/v1/events/{event.id}/stream", fold) as feed:
        await feed.until(lambda: feed.version == 0)
        hold = await buyer.hold_ok(event, [1, 2], {"gallery": 3})
        await feed.until(lambda: fold.seats[1:3] == [1, 1] and fold.pools[1] == 77)
        await end_in(house, hold["id"], 1.5)
        await feed.until(lambda: fold.seats[1:3] == [0, 0] and fold.pools[1] == 80, 1.5 + 2)
        assert await state_of(client, event) == (fold.seats, fold.pools)
    over = ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
    assert over["status"] == "expired"
    assert over["expires_at"] <= over["server_time"]


@pytest.mark.usefixtures("no_sweeper")
async def test_an_unswept_hold_is_over_all_the_same(house: Product, new_buyer: NewBuyer) -> None:
    event = house.event(capacities={"gallery": 3})
    buyer, next_buyer = new_buyer(), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 3})
    problem(await next_buyer.hold(event, [1]), 409, "seats-taken")
    await end_in(house, hold["id"], 0)
    assert ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))["status"] == "expired"
    assert ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"] == []
    problem(await buyer.checkout(hold["id"]), 409, "hold-over")
    problem(await buyer.change(hold["id"], {"extend": True}), 409, "hold-over")
    taken = await next_buyer.hold_ok(event, [1], {"gallery": 2})
    grown = await next_buyer.change(taken["id"], {"add": {"seats": [2]}})
    assert [seat["idx"] for seat in ok(grown)["seats"]] == [1, 2]


async def test_a_late_sweep_leaves_the_next_buyer_alone(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(capacities={"gallery": 3})
    house.stop("worker")
    try:
        old = await new_buyer().hold_ok(event, [1, 2, 3], {"gallery": 2})
        await end_in(house, old["id"], 0)
        await new_buyer().hold_ok(event, [2], {"gallery": 3})
        assert (await state_of(client, event))[1][1] == 0, "never less than none"
    finally:
        house.start("worker")

    async def swept() -> bool:
        return (await state_of(client, event))[0][1:4] == [0, 1, 0]

    await until(swept)
    assert (await state_of(client, event))[1][1] == 0
    ended = await rows(house, "SELECT status FROM holds WHERE id = $1", uuid.UUID(old["id"]))
    assert ended[0][0] == "expired"
