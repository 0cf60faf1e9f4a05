"""An organization that gives points, and buyers who have some."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from server.kernel.ids import uuid7
from tests.fixtures.product import Product
from tests.server.support import Buyer, Organizer, ok, rows

RULE = {"is_on": True, "earned": 1, "per_minor": 100, "worth_minor": 7, "per_order_min": 10}


@pytest.fixture
def owner(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


@pytest.fixture
async def rule(owner: Organizer) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Sets the organization's rule: `RULE` but for what is said."""
    before = ok(await owner.call("GET", "/v1/settings"))

    async def to(**changes: Any) -> None:
        ok(await owner.call("PUT", "/v1/settings", before | {"points": RULE | changes}))

    await to()
    yield to
    ok(await owner.call("PUT", "/v1/settings", before))


@pytest.fixture
def member(house: Product, client: httpx.AsyncClient) -> Callable[..., Awaitable[Buyer]]:
    """A buyer with an account, and so many points."""

    async def signed_in(points: int = 0) -> Buyer:
        buyer, user_id = Buyer(house, client), uuid7()
        buyer.headers = house.buyer(user_id)
        await rows(
            house,
            """INSERT INTO users (id, realm, email, name, password_hash)
               VALUES ($1, 'buyer', $2, 'Ada', '!')""",
            user_id,
            f"{user_id.hex}@people.example",
        )
        if points:
            await rows(
                house,
                """WITH account AS (INSERT INTO point_accounts (id, org_id, user_id, balance)
                                    VALUES ($1, 'house', $2, $3) RETURNING id)
                   INSERT INTO point_ledger (id, org_id, account_id, kind, points)
                   SELECT gen_random_uuid(), 'house', id, 'adjusted', $3 FROM account""",
                uuid7(),
                user_id,
                points,
            )
        return buyer

    return signed_in
