"""Organizers take places off sale and put them back: all or nothing, once, seen by everybody."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.fixtures.feed import Feed, SeatsFold
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, end_in, ok, problem, rows, state_of

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


@pytest.fixture
async def other_org(house: Product) -> AsyncIterator[str]:
    """Another organization of the same operator."""
    org_id = uuid.uuid4().hex
    await rows(
        house,
        "INSERT INTO organizations (id, slug, name, approval) VALUES ($1, $1, $1, 'approved')",
        org_id,
    )
    member = "INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, 'owner')"
    await rows(house, member, org_id, house.operator_id)
    yield org_id
    await rows(house, "DELETE FROM organization_members WHERE org_id = $1", org_id)


@pytest.fixture
def no_sweeper(house: Product) -> Iterator[None]:
    house.stop("worker")
    yield
    house.start("worker")


async def _version(client: httpx.AsyncClient, event: Event) -> int:
    return ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]


async def _told(house: Product, event: Event) -> list[tuple[str, dict[str, Any]]]:
    found = await rows(
        house,
        """SELECT type, data FROM outbox_events WHERE subject = $1 AND type LIKE 'inventory.seat.%'
           ORDER BY position""",
        f"event:{event.id}",
    )
    return [(row["type"], json.loads(row["data"])) for row in found]


async def test_blocked_places_are_nobodys_until_they_are_unblocked(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer, fold = house.event(capacities={"gallery": 10}), new_buyer(), SeatsFold()
    async with Feed(f"{house.base_urls[1]}/v1/events/{event.id}/stream", fold) as feed:
        await feed.until(lambda: feed.version == 0)
        blocked = ok(await organizer.block(event, [3, 4], {"gallery": 7}))
        assert (blocked["version"], blocked["seats"], blocked["legs"]) == (1, [3, 4], [0, 0])
        await feed.until(lambda: fold.seats[3:5] == [3, 3] and fold.pools[1] == 3)
        assert await state_of(client, event) == (fold.seats, fold.pools)
        refused = problem(await buyer.hold(event, [2, 3], {"gallery": 4}), 409, "seats-taken")
        assert (refused["seats"], refused["pools"][0]["available"]) == ([3], 3)
        opened = ok(await organizer.block(event, [4], {"gallery": 2}, verb="unblocks"))
        assert (opened["version"], opened["seats"]) == (2, [4])
        await feed.until(lambda: fold.seats[3:5] == [3, 0] and fold.pools[1] == 5)
    await buyer.hold_ok(event, [4], {"gallery": 5})
    told = await _told(house, event)
    assert [kind for kind, _ in told] == ["inventory.seat.blocked", "inventory.seat.unblocked"]
    assert [data["version"] for _, data in told] == [1, 2]
    assert told[0][1]["pools"] == [{"pool_id": str(event.pools["gallery"]), "quantity": 7}]


async def test_an_organizer_sees_what_is_blocked_and_no_stranger_does(
    house: Product, organizer: Organizer, new_buyer: NewBuyer, other_org: str
) -> None:
    event, path = house.event(legs=2), "/v1/events/{}/blocks"
    ok(await organizer.block(event, [3, 4], {"gallery": 7}))
    ok(await organizer.block(event, [5], {"dance-floor": 2}, legs=(0, 0)))
    await new_buyer().hold_ok(event, [9], {"gallery": 1})
    blocked = ok(await organizer.call("GET", path.format(event.id)))
    assert (blocked["version"], blocked["seats"]) == (3, [3, 4]), "seat 5 is sold on the second leg"
    assert blocked["pools"] == [{"pool_id": str(event.pools["gallery"]), "quantity": 7}]
    organizer.headers["X-Org"] = other_org
    problem(await organizer.call("GET", path.format(event.id)), 404, "not-found")


async def test_a_refusal_names_what_is_held_or_sold_and_blocks_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(capacities={"gallery": 5, "dance-floor": 5}), new_buyer()
    await buyer.buy(event, [10])
    await buyer.hold_ok(event, [11], {"gallery": 3})
    ok(await organizer.block(event, [12]))
    before, version = await state_of(client, event), await _version(client, event)
    wish = {"gallery": 3, "dance-floor": 2}
    refused = problem(await organizer.block(event, [9, 10, 11, 12], wish), 409, "block-refused")
    gallery = {"pool_id": str(event.pools["gallery"]), "requested": 3, "available": 2}
    assert (refused["seats"], refused["pools"]) == ([10, 11], [gallery])
    answer = await organizer.block(event, [10, 11, 12], verb="unblocks")
    assert problem(answer, 409, "block-refused")["seats"] == [10, 11]
    assert (await state_of(client, event), await _version(client, event)) == (before, version)


async def test_what_is_so_already_changes_nothing_and_bumps_nothing(
    house: Product, client: httpx.AsyncClient, organizer: Organizer
) -> None:
    event = house.event()
    nothing = ok(await organizer.block(event, [1, 2], verb="unblocks"))
    assert (nothing["version"], nothing["seats"]) == (0, [])
    ok(await organizer.block(event, [1, 2]))
    again = ok(await organizer.block(event, [1, 2]))
    assert (again["version"], again["seats"]) == (1, [])
    more = ok(await organizer.block(event, [2, 3]))
    assert (more["version"], more["seats"]) == (2, [3])
    assert await _version(client, event) == 2
    assert len(await _told(house, event)) == 2


async def test_places_of_an_area_add_up_and_no_more_come_back_than_were_blocked(
    house: Product, client: httpx.AsyncClient, organizer: Organizer
) -> None:
    event = house.event(capacities={"gallery": 10})
    for quantity in (3, 4):
        ok(await organizer.block(event, pools={"gallery": quantity}))
    refused = problem(await organizer.block(event, pools={"gallery": 4}), 409, "block-refused")
    assert refused["pools"][0]["available"] == 3
    refused = await organizer.block(event, pools={"gallery": 8}, verb="unblocks")
    assert problem(refused, 409, "block-refused")["pools"][0]["available"] == 7
    ok(await organizer.block(event, pools={"gallery": 7}, verb="unblocks"))
    assert (await state_of(client, event))[1][1] == 10
    left = await rows(house, "SELECT count(*) FROM pool_claims WHERE event_id = $1", event.id)
    assert left[0][0] == 0


async def test_one_key_blocks_once_and_remembers_a_refusal(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(capacities={"gallery": 50}), new_buyer()
    first, *twins = await asyncio.gather(
        *(organizer.block(event, [1], {"gallery": 2}, key=f"{event.id}") for _ in range(5))
    )
    assert {twin.content for twin in twins} == {first.content}
    assert (await state_of(client, event))[1][1] == 48
    again = await organizer.block(event, [2], key=f"{event.id}")
    problem(again, 422, "idempotency-key-reused")
    hold = await buyer.hold_ok(event, [5])
    refused = await organizer.block(event, [5], key=f"{event.id} 5")
    ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
    assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).status_code == 204
    repeated = await organizer.block(event, [5], key=f"{event.id} 5")
    for answer in (refused, repeated):
        assert problem(answer, 409, "block-refused")["seats"] == [5]
    ok(await organizer.block(event, [5]))


async def test_what_the_event_does_not_have_is_not_blocked(
    house: Product, organizer: Organizer
) -> None:
    event = house.event()
    for answer in (
        await organizer.block(event, [9_999]),
        await organizer.block(event, [1, 1]),
        await organizer.block(event),
        await organizer.block(event, [1], legs=(0, 1)),
    ):
        problem(answer, 422, "selection-invalid")


async def test_only_who_may_manage_an_event_of_its_own_blocks(
    house: Product, client: httpx.AsyncClient, organizer: Organizer, other_org: str
) -> None:
    event = house.event()
    organizer.headers = organizer.headers | {"X-Org": other_org}
    problem(await organizer.block(event, [1]), 404, "not-found")
    problem(await organizer.set_table(event, 0, {"mode": "whole"}), 404, "not-found")
    for role, allowed in (("admin", 404), ("staff", 404), ("finance", 403), ("scanner", 403)):
        await rows(
            house, "UPDATE organization_members SET role = $2 WHERE org_id = $1", other_org, role
        )
        assert (await organizer.block(event, [1])).status_code == allowed, role
    assert sum((await state_of(client, event))[0]) == 0


async def test_blocks_and_holds_at_once_share_the_seats_out(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Through two web processes: each seat goes to whoever was first, whole requests only."""
    event = house.event(capacities={"gallery": 30})
    path = f"{house.base_urls[1]}/v1/events/{event.id}/blocks"
    place = {"pool_id": str(event.pools["gallery"]), "quantity": 2}
    asked = [
        *(new_buyer().hold(event, [at, at + 1], {"gallery": 2}) for at in range(0, 24, 2)),
        *(
            organizer.call("POST", path, {"seats": [at, at + 1], "pools": [place]})
            for at in range(1, 25, 2)
        ),
    ]
    answers = await asyncio.gather(*asked)
    seats, pools = await state_of(client, event)
    held = [at for at, answer in zip(range(0, 24, 2), answers, strict=False) if answer.is_success]
    blocked = [
        at for at, answer in zip(range(1, 25, 2), answers[12:], strict=True) if answer.is_success
    ]
    expected = dict.fromkeys((at + more for at in held for more in (0, 1)), 1)
    expected |= dict.fromkeys((at + more for at in blocked for more in (0, 1)), 3)
    assert {at: state for at, state in enumerate(seats) if state} == expected
    assert len(expected) == 2 * (len(held) + len(blocked))
    assert pools[1] == 30 - 2 * (len(held) + len(blocked))
    assert await _version(client, event) <= len(held) + len(blocked)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}


@pytest.mark.usefixtures("no_sweeper")
async def test_what_has_ended_by_the_databases_clock_can_be_blocked(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event = house.event(capacities={"gallery": 4})
    hold = await new_buyer().hold_ok(event, [1], {"gallery": 4})
    problem(await organizer.block(event, [1], {"gallery": 1}), 409, "block-refused")
    await end_in(house, hold["id"], 0)
    ok(await organizer.block(event, [1], {"gallery": 4}))
    seats, pools = await state_of(client, event)
    assert (seats[1], pools[1]) == (3, 0)


async def test_a_block_is_on_its_legs_only(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(legs=3, capacities={"gallery": 5}), new_buyer()
    path = f"/v1/events/{event.id}/holds"
    ok(await organizer.block(event, [1], {"gallery": 5}, legs=(1, 1)))
    gallery = [{"pool_id": str(event.pools["gallery"]), "quantity": 1}]
    refused = await buyer.call("POST", path, {"seats": [1], "pools": gallery, "legs": [0, 1]})
    told = problem(refused, 409, "seats-taken")
    assert (told["seats"], told["pools"][0]["available"]) == ([1], 0)
    for legs in ([0, 0], [2, 2]):
        wish = {"seats": [1], "pools": gallery, "legs": legs}
        ok(await buyer.call("POST", path, wish), 201)
    refused = await organizer.block(event, [1], {"gallery": 1}, legs=(0, 2))
    assert problem(refused, 409, "block-refused")["seats"] == [1]
    refused = await organizer.block(event, pools={"gallery": 1}, legs=(0, 1), verb="unblocks")
    assert problem(refused, 409, "block-refused")["pools"][0]["available"] == 0
    assert (await state_of(client, event))[0][1] == 1, "nowhere free any more"
    ok(await organizer.block(event, [1], {"gallery": 5}, legs=(1, 1), verb="unblocks"))
    ok(await buyer.call("POST", path, {"seats": [1], "pools": gallery, "legs": [1, 1]}), 201)
