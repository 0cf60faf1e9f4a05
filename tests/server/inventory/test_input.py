"""Whatever is sent, the answer says what was wrong with it, and nothing breaks."""

from collections.abc import Callable

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, problem, state_of

NewBuyer = Callable[[], Buyer]
POOL = "00000000-0000-0000-0000-000000000001"

REFUSED: dict[str, tuple[bytes, int, str]] = {
    "unknown seat": (b'{"seats":[94]}', 422, "no such place"),
    "unknown pool": (b'{"pools":[{"pool_id":"%s","quantity":1}]}' % POOL.encode(), 422, "place"),
    "seat twice": (b'{"seats":[1,1]}', 422, "twice"),
    "empty": (b'{"seats":[],"pools":[]}', 422, "at least one"),
    "nothing": (b"{}", 422, "at least one"),
    "too many": (b'{"seats":[%s]}' % b",".join(b"%d" % at for at in range(21)), 422, "at most 20"),
    "far too many": (b'{"seats":[%s]}' % b",".join([b"1"] * 1_001), 400, "1000"),
    "negative": (b'{"seats":[-1]}', 400, "seats"),
    "2^63": (b'{"seats":[9223372036854775808]}', 400, "seats"),
    "10^400": (b'{"seats":[1%s]}' % (b"0" * 400), 400, "seats"),
    "fraction": (b'{"seats":[1.5]}', 400, "seats"),
    "NaN": (b'{"seats":[NaN]}', 400, "malformed"),
    "Infinity": (b'{"seats":[Infinity]}', 400, "malformed"),
    "text": (b'{"seats":["1"]}', 400, "seats"),
    "bool": (b'{"seats":[true]}', 400, "seats"),
    "null": (b'{"seats":null}', 400, "seats"),
    "no list": (b'{"seats":7}', 400, "seats"),
    "an array": (b"[]", 400, "object"),
    "zero places": (b'{"pools":[{"pool_id":"%s","quantity":0}]}' % POOL.encode(), 400, "quantity"),
    "places NUL": (b'{"pools":[{"pool_id":"\\u0000","quantity":1}]}', 400, "pool_id"),
    "unknown field": (b'{"seats":[1],"price":0}', 400, "price"),
    "no body": (b"", 400, "truncated"),
    "broken off": (b'{"seats":[1', 400, "truncated"),
    "two documents": (b'{"seats":[1]}{"seats":[2]}', 400, "malformed"),
    "not UTF-8": (b'{"seats":[1],"\xff":1}', 400, "body"),
    "lone surrogate": (b'{"seats":[1],"\\ud800":1}', 400, "body"),
    "deep": (b'{"seats":' + b"[" * 50_000, 400, "seats"),
    "deep and unknown": (b'{"x":' + b"[" * 50_000, 400, "x"),
    "large": (b'{"seats":[1]' + b" " * (2 << 20) + b"}", 413, "larger than 1048576 bytes"),
}


@pytest.fixture(scope="module")
def event(house: Product) -> Event:
    """One event for all that is refused before it changes anything."""
    return house.event()


@pytest.mark.parametrize("name", REFUSED)
async def test_a_selection_that_cannot_be_is_refused_clearly(
    event: Event, client: httpx.AsyncClient, new_buyer: NewBuyer, name: str
) -> None:
    body, status, said = REFUSED[name]
    answer = await new_buyer().call("POST", f"/v1/events/{event.id}/holds", body)
    slug = "bad-request" if status == 400 else str(answer.json()["type"]).removeprefix("/problems/")
    assert said in problem(answer, status, slug)["detail"]
    assert sum((await state_of(client, event))[0]) == 0


@pytest.mark.parametrize("name", [name for name, row in REFUSED.items() if row[1] == 400])
async def test_a_change_is_read_as_strictly(house: Product, new_buyer: NewBuyer, name: str) -> None:
    body, status, _ = REFUSED[name]
    buyer, event = new_buyer(), house.event()
    hold = await buyer.hold_ok(event, [90])
    answer = await buyer.change(hold["id"], b'{"add":%s}' % body)
    problem(answer, status, "bad-request")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_key_is_short_and_printable(event: Event, new_buyer: NewBuyer, key: str) -> None:
    problem(await new_buyer().hold(event, [1], key=key), 400, "bad-request")


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=1001",
        "page_size=x",
        "page_size=9223372036854775808",
        "next_token=x",
        "next_token=-1",
        "next_token=" + "9" * 5_000,
        "view=table",
        "status=gone",
        "channel=prices",
    ],
)
async def test_a_list_says_what_it_cannot_do(
    event: Event, client: httpx.AsyncClient, query: str
) -> None:
    path = "stream" if query.startswith("channel") else "seats"
    view = "" if "view" in query else "view=list&"
    answer = await client.get(f"/v1/events/{event.id}/{path}?{view}{query}")
    problem(answer, 400, "bad-request")


async def test_a_section_that_is_not_there_is_not_found(
    event: Event, client: httpx.AsyncClient
) -> None:
    answer = await client.get(f"/v1/events/{event.id}/seats?view=list&section=%00")
    problem(answer, 404, "not-found")
