"""Realms of the platform: partners, staff, services; each fails closed."""

import asyncio
import uuid
from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request

from server import problems
from server.kernel.db import Database
from server.kernel.errors import NotConfigured
from server.kernel.tenancy import Across
from server.orgs import service as orgs
from server.orgs.platform import PartnerRealm
from tests.fixtures.product import ORG_ID, Product
from tests.fixtures.services import server_command
from tests.server.orgs.people import Tenant, by_partner, new_user
from tests.server.support import Buyer, ok, problem, rows


async def test_a_partner_brings_an_organization_under_its_own_id(client: httpx.AsyncClient) -> None:
    org_id = f"Company:{uuid.uuid4().hex[:8]}~1.2_3"
    path = f"/v1/partner/orgs/{org_id}"
    answers = await asyncio.gather(
        *(client.put(path, json={"name": "Brought"}, headers=by_partner()) for _ in range(8))
    )
    first = ok(answers[0])
    assert (first["id"], first["approval"], first["partner"]) == (org_id, "approved", "acme")
    assert all(ok(answer) == first for answer in answers)
    renamed = await client.put(path, json={"name": "Otherwise"}, headers=by_partner())
    assert ok(renamed)["name"] == "Brought", "it is there: making sure changes nothing"
    listed = ok(await client.get("/v1/partner/orgs?page_size=100", headers=by_partner()))
    assert org_id in [org["id"] for org in listed["items"]]


async def test_a_partner_drives_its_organization_by_keys_and_no_other(
    house: Product, client: httpx.AsyncClient
) -> None:
    path = f"/v1/partner/orgs/p-{uuid.uuid4().hex[:8]}"
    ok(await client.put(path, json={"name": "Headless"}, headers=by_partner()))
    keys = f"{path}/api-keys"
    minted = ok(await client.post(keys, json={"name": "all"}, headers=by_partner()), 201)
    by_key = {"X-API-Key": minted["key"]}
    ok(await client.get("/v1/orgs/current", headers=by_key))
    problem(await client.get("/v1/partner/orgs", headers=by_key), 401, "unauthenticated")
    problem(await client.get("/v1/orgs/current", headers=by_partner()), 401, "unauthenticated")
    assert [key["id"] for key in ok(await client.get(keys, headers=by_partner()))["items"]] == [
        minted["id"]
    ]
    for foreign in (keys, path):
        problem(await client.get(foreign, headers=by_partner("umbrella")), 404, "not-found")
    taken = await client.put(path, json={"name": "Mine"}, headers=by_partner("umbrella"))
    problem(taken, 409, "org-exists")
    house_org = await client.put(
        f"/v1/partner/orgs/{ORG_ID}", json={"name": "Mine"}, headers=by_partner()
    )
    problem(house_org, 409, "org-exists")
    gone = await client.delete(f"{keys}/{minted['id']}", headers=by_partner())
    assert gone.status_code == 204
    problem(await client.get("/v1/orgs/current", headers=by_key), 401, "unauthenticated")


@pytest.mark.parametrize("org_id", ["a b", "x" * 65, "%C3%A9", "a%0Ab"])
async def test_an_id_that_no_path_can_hold_is_refused(
    client: httpx.AsyncClient, org_id: str
) -> None:
    answer = await client.put(
        f"/v1/partner/orgs/{org_id}", json={"name": "x"}, headers=by_partner()
    )
    problem(answer, 400, "bad-request")


async def test_a_wrong_master_key_is_401_and_none_set_is_503(
    house: Product, client: httpx.AsyncClient
) -> None:
    for headers in ({}, {"X-Partner-Key": "guess"}, {"X-Partner-Key": ""}, house.operator()):
        answer = await client.get("/v1/partner/orgs", headers=headers)
        problem(answer, 401, "unauthenticated")
    nobodys = Request({"type": "http", "headers": [(b"x-partner-key", b"guess")]})
    with pytest.raises(NotConfigured) as refused:
        await PartnerRealm({}).authenticate(nobodys)
    assert problems.respond(refused.value).status_code == 503


async def test_a_service_reads_for_the_organization_that_it_names(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event(price_minor=2_000)
    order = await new_buyer().buy(event, [1, 2])
    path, headers = f"/v1/network/events/{event.id}/sales", house.credential("service")
    told = ok(await client.get(path, headers=headers))
    assert (told["orders"], told["sold"], told["revenue_minor"]) == (1, 2, order["total_minor"])
    assert sum(section["revenue_minor"] for section in told["sections"]) == order["total_minor"]
    for wrong in ({}, {"X-Org": ""}, {"X-Org": "a b"}, {"X-Org": "nobody"}):
        key = {"X-Internal-API-Key": headers["X-Internal-API-Key"]}
        problem(await client.get(path, headers=key | wrong), 400, "bad-request")
    other = await Tenant.sign_up(house, client)
    problem(await client.get(path, headers=headers | {"X-Org": other.id}), 404, "not-found")
    for wrong in (house.operator(), headers | {"X-Internal-API-Key": "x"}, by_partner()):
        problem(await client.get(path, headers=wrong), 401, "unauthenticated")


async def test_the_first_of_the_staff_is_named_on_the_command_line(
    house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    ((email,),) = await rows(house, "SELECT email FROM users WHERE id = $1", user_id)

    await asyncio.to_thread(
        server_command, "staff", email.upper(), "support", environment=house.environ
    )
    ok(await client.get("/v1/staff/orgs", headers=house.account(user_id)))


async def test_staff_is_who_the_database_says_now(
    house: Product, client: httpx.AsyncClient
) -> None:
    tenant = await Tenant.sign_up(house, client, approved=False)
    helper_id = await new_user(house, "helper")
    path, headers = f"/v1/staff/orgs/{tenant.id}", house.account(helper_id)

    async def become(role: str | None) -> None:
        db = await Database.open(house.database_url, connections_max=1)
        async with db.tx(across=Across.PLATFORM) as tx:
            await orgs.set_staff(tx, helper_id, role)  # type: ignore[arg-type]
        await db.close()

    async def approve() -> httpx.Response:
        return await client.post(f"{path}/reviews", json={"verdict": "approve"}, headers=headers)

    problem(await client.get(path, headers=headers), 403, "forbidden")
    problem(await client.get(path), 401, "unauthenticated")
    problem(await client.get(path, headers=tenant.headers()), 403, "forbidden")
    await become("support")
    assert ok(await client.get(path, headers=headers))["approval"] == "pending"
    ok(await client.get(f"{path}/audit", headers=headers))
    problem(await approve(), 403, "forbidden")
    await become("superadmin")
    assert ok(await approve())["approval"] == "approved"
    await become(None)
    problem(await client.get(path, headers=headers), 403, "forbidden")
    key = await tenant.mint()
    by_key = {"X-API-Key": str(key["key"])}
    problem(await client.get(path, headers=by_key), 401, "unauthenticated")
