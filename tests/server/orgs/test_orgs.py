"""An organization's life: signed up, set up, approved, suspended, and what it may do meanwhile."""

import asyncio
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant, new_user
from tests.server.support import locking, ok, patient, problem, until_waiting


async def test_who_signs_up_owns_a_pending_organization_and_sets_it_up(
    house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    wish = {"name": "  Café Zürich! "}
    headers = house.account(user_id) | {"Idempotency-Key": "sign-up"}
    org = ok(await client.post("/v1/orgs", json=wish, headers=headers), 201)
    assert ok(await client.post("/v1/orgs", json=wish, headers=headers), 201) == org
    assert (org["name"], org["approval"], org["billing"]) == ("Café Zürich!", "pending", "trial")
    assert org["slug"].startswith("cafe-zurich-")
    (mine,) = ok(await client.get("/v1/orgs", headers=house.account(user_id)))["items"]
    assert (mine["org_id"], mine["role"]) == (org["id"], "owner")
    current = ok(await client.get("/v1/orgs/current", headers=house.account(user_id)))
    assert current == org
    ok(await client.get("/v1/maps", headers=house.account(user_id)))


async def test_an_address_is_of_one_organization(house: Product, client: httpx.AsyncClient) -> None:
    headers = house.account(await new_user(house))
    wish = {"name": "One", "slug": f"one-{str(await new_user(house))[-8:]}"}
    ok(await client.post("/v1/orgs", json=wish, headers=headers), 201)
    problem(await client.post("/v1/orgs", json=wish, headers=headers), 409, "org-exists")
    for slug in ("-a", "A", "a b", "", "x" * 64):
        bad = await client.post("/v1/orgs", json=wish | {"slug": slug}, headers=headers)
        problem(bad, 400, "bad-request")


async def test_one_person_has_so_many_organizations_waiting(
    house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    headers = house.account(user_id)

    async def sign_up() -> httpx.Response:
        return await client.post("/v1/orgs", json={"name": "W"}, headers=headers)

    for _ in range(4):
        ok(await sign_up(), 201)
    async with locking(house, "SELECT 1 FROM users WHERE id = $1 FOR UPDATE", user_id):
        at_once = asyncio.gather(*(patient(sign_up) for _ in range(2)))
        await until_waiting(house, 2)
    assert sorted(answer.status_code for answer in await at_once) == [201, 409]
    problem(await sign_up(), 409, "limit-reached")


async def test_staff_decides_and_the_log_keeps_why(
    house: Product, client: httpx.AsyncClient
) -> None:
    tenant = await Tenant.sign_up(house, client, approved=False)
    problem(await tenant.review("suspend", "x"), 409, "review-refused")
    problem(await tenant.review("reinstate"), 409, "review-refused")
    problem(await tenant.review("reject"), 400, "bad-request")
    assert ok(await tenant.review("reject", "no imprint"))["approval_note"] == "no imprint"
    told = problem(await tenant.call("GET", "/v1/orgs/current"), 403, "forbidden")
    assert "no imprint" in told["detail"]
    assert ok(await tenant.review("approve"))["approval"] == "approved"
    assert ok(await tenant.review("suspend", "fraud"))["approval"] == "suspended"
    problem(await tenant.review("approve"), 409, "review-refused")
    assert ok(await tenant.review("reinstate"))["approval"] == "approved"
    entries = await tenant.log(subject=f"org:{tenant.id}")
    assert [entry["action"] for entry in entries] == [*["org.reviewed"] * 4, "org.created"]
    assert entries[1]["data"] == {
        "before": {"approval": "approved"},
        "after": {"approval": "suspended", "note": "fraud"},
    }
    assert entries[1]["actor"] == f"staff:{house.staff_id}"


async def test_billing_and_fee_are_the_platforms_to_set(
    house: Product, client: httpx.AsyncClient
) -> None:
    tenant = await Tenant.sign_up(house, client)
    path, staff = f"/v1/staff/orgs/{tenant.id}", house.credential("staff")

    async def put(what: str, body: dict[str, Any]) -> httpx.Response:
        return await client.put(f"{path}/{what}", json=body, headers=staff)

    org = ok(await put("billing", {"billing": "past_due"}))
    assert (org["billing"], org["approval"]) == ("past_due", "approved")
    org = ok(await put("fee", {"per_ticket_minor": 150}))
    assert (org["fee_per_ticket_minor"], org["fee_basis_points"]) == (150, 0)
    org = ok(await put("fee", {"basis_points": 250}))
    assert (org["fee_per_ticket_minor"], org["fee_basis_points"]) == (0, 250)
    both = {"per_ticket_minor": 1, "basis_points": 1}
    problem(await put("fee", both), 400, "bad-request")
    assert ok(await tenant.call("GET", "/v1/orgs/current"))["fee_basis_points"] == 250
    problem(await client.put("/v1/staff/orgs/nobody/fee", json={}, headers=staff), 404, "not-found")
