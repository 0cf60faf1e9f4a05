"""The team: who may add and change whom, and that one owner stays."""

import asyncio
import uuid

import httpx
import pytest

from server.kernel.db import Database
from server.kernel.tenancy import Across
from server.orgs.invitations import Invitations
from server.orgs.member_models import Letter
from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant, by_partner, join, new_user
from tests.server.support import locking, ok, patient, problem, rows, until_waiting


@pytest.fixture
async def tenant(house: Product, client: httpx.AsyncClient) -> Tenant:
    return await Tenant.sign_up(house, client)


async def _letter(product: Product, invitation_id: str) -> Letter | None:
    """What the mail says, as whoever writes it gets it."""
    db = await Database.open(product.database_url, connections_max=1)
    async with db.tx(across=Across.PLATFORM) as tx:
        invitations = Invitations(db, product.environ["JWT_SECRET"])
        letter = await invitations.letter(tx, uuid.UUID(invitation_id))
        assert letter == await invitations.letter(tx, uuid.UUID(invitation_id))
    await db.close()
    return letter


async def _email(product: Product, user_id: uuid.UUID) -> str:
    ((email,),) = await rows(product, "SELECT email FROM users WHERE id = $1", user_id)
    return email


async def _invited(tenant: Tenant, email: str, role: str = "staff") -> Letter:
    answer = await tenant.call("POST", "/v1/invitations", {"email": email, "role": role})
    letter = await _letter(tenant.product, ok(answer, 201)["id"])
    assert letter is not None
    return letter


async def test_the_matrix_of_roles_is_the_databases(tenant: Tenant) -> None:
    matrix = {
        row["role"]: row["permissions"]
        for row in ok(await tenant.call("GET", "/v1/roles"))["items"]
    }
    assert set(matrix) == {"owner", "admin", "staff", "scanner", "finance"}
    assert all(set(permissions) <= set(matrix["owner"]) for permissions in matrix.values())
    assert "member:manage" in matrix["admin"]
    assert "member:manage" not in matrix["staff"]


async def test_an_admin_adds_staff_and_staff_cannot(tenant: Tenant, house: Product) -> None:
    admin, staff = await join(house, tenant.id, "admin"), await join(house, tenant.id, "staff")
    stranger = await new_user(house)
    wish = {"email": "new@people.example", "role": "staff"}
    ok(await tenant.call("POST", "/v1/invitations", wish, by=admin), 201)
    for nobody in (staff, stranger):
        refused = await tenant.call("POST", "/v1/invitations", wish, by=nobody)
        problem(refused, 403, "forbidden")
    roles = {
        member["role"] for member in ok(await tenant.call("GET", "/v1/members", by=staff))["items"]
    }
    assert roles == {"owner", "admin", "staff"}


async def test_only_an_owner_makes_or_unmakes_an_owner(tenant: Tenant, house: Product) -> None:
    admin, staff = await join(house, tenant.id, "admin"), await join(house, tenant.id, "staff")
    to_owner = {"role": "owner"}
    problem(
        await tenant.call("PATCH", f"/v1/members/{admin}", to_owner, by=admin), 403, "forbidden"
    )
    problem(
        await tenant.call("DELETE", f"/v1/members/{tenant.owner_id}", by=admin), 403, "forbidden"
    )
    wish = {"email": "o@people.example", "role": "owner"}
    problem(await tenant.call("POST", "/v1/invitations", wish, by=admin), 403, "forbidden")
    by_key = {"X-API-Key": (await tenant.mint())["key"]}
    answer = await tenant.call("PATCH", f"/v1/members/{staff}", to_owner, headers=by_key)
    problem(answer, 403, "forbidden")
    ok(await tenant.call("PATCH", f"/v1/members/{staff}", {"role": "admin"}, by=admin))
    ok(await tenant.call("PATCH", f"/v1/members/{staff}", to_owner))
    entry = (await tenant.log(subject=f"user:{staff}"))[0]
    assert entry["data"] == {"before": {"role": "admin"}, "after": {"role": "owner"}}


async def test_the_last_owner_stays(tenant: Tenant, house: Product) -> None:
    me = f"/v1/members/{tenant.owner_id}"
    problem(await tenant.call("DELETE", me), 409, "last-owner")
    problem(await tenant.call("PATCH", me, {"role": "staff"}), 409, "last-owner")
    other = await join(house, tenant.id, "owner")
    answers = await asyncio.gather(
        tenant.call("PATCH", f"/v1/members/{other}", {"role": "staff"}),
        tenant.call("PATCH", me, {"role": "staff"}, by=other),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])
    owners = "SELECT count(*) FROM organization_members WHERE org_id = $1 AND role = 'owner'"
    assert [row[0] for row in await rows(house, owners, tenant.id)] == [1]


async def test_who_is_removed_is_out_at_once(tenant: Tenant, house: Product) -> None:
    staff = await join(house, tenant.id, "staff")
    ok(await tenant.call("GET", "/v1/orgs/current", by=staff))
    assert (await tenant.call("DELETE", f"/v1/members/{staff}")).status_code == 204
    problem(await tenant.call("GET", "/v1/orgs/current", by=staff), 403, "forbidden")
    problem(await tenant.call("DELETE", f"/v1/members/{staff}"), 404, "not-found")


async def test_an_invitation_is_accepted_once_by_who_has_the_address(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    email = await _email(house, user_id)
    letter = await _invited(tenant, email.upper(), "finance")
    assert (letter.email, letter.role, letter.org_name) == (email, "finance", "Tenant")
    body = {"token": letter.token}

    async def accept(who: uuid.UUID, **headers: str) -> httpx.Response:
        return await client.post(
            "/v1/invitations/acceptances", json=body, headers=house.account(who) | headers
        )

    problem(await accept(await new_user(house)), 403, "forbidden")
    answers = await asyncio.gather(*(accept(user_id) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    problem(await accept(user_id), 409, "invitation-over")
    joined = {
        member["email"]: member["role"]
        for member in ok(await tenant.call("GET", "/v1/members"))["items"]
    }
    assert joined[email] == "finance"
    again = await tenant.call("POST", "/v1/invitations", {"email": email, "role": "staff"})
    problem(again, 409, "member-exists")


async def test_an_invitation_makes_an_account_for_its_address(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    email = f"new-{uuid.uuid4().hex[:8]}@people.example"
    letter = await _invited(tenant, email)
    path = "/v1/invitations/registrations"
    body = {"token": letter.token, "name": "New", "password": "four quiet words here"}
    problem(await client.post(path, json=body | {"password": "short"}), 422, "password-refused")
    problem(await client.post(path, json=body | {"token": "x"}), 409, "invitation-over")
    assert ok(await client.post(path, json=body), 201)["org_id"] == tenant.id
    problem(await client.post(path, json=body), 409, "invitation-over")
    login = {"email": email, "password": "four quiet words here"}
    (org,) = ok(await client.post("/v1/auth/login", json=login))["orgs"]
    assert (org["org_id"], org["role"]) == (tenant.id, "staff")
    other = await Tenant.sign_up(house, client)
    second = await _invited(other, email)
    known = await client.post(path, json=body | {"token": second.token})
    problem(known, 409, "account-exists")


async def test_an_invitation_ends_when_taken_back_renewed_or_old(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    email = await _email(house, user_id)

    async def accept(token: str) -> httpx.Response:
        path, headers = "/v1/invitations/acceptances", house.account(user_id)
        return await client.post(path, json={"token": token}, headers=headers)

    first, second = await _invited(tenant, email), await _invited(tenant, email, "admin")
    problem(await accept(first.token), 409, "invitation-over")
    (waiting,) = ok(await tenant.call("GET", "/v1/invitations"))["items"]
    assert (waiting["email"], waiting["role"]) == (email, "admin")
    await rows(house, "UPDATE invitations SET expires_at = now() WHERE email = $1", email)
    problem(await accept(second.token), 409, "invitation-over")
    assert await _letter(house, waiting["id"]) is None
    third = await _invited(tenant, email)
    assert (await tenant.call("DELETE", f"/v1/invitations/{waiting['id']}")).status_code == 204
    problem(await accept(third.token), 409, "invitation-over")
    problem(await tenant.call("DELETE", f"/v1/invitations/{waiting['id']}"), 404, "not-found")


async def test_who_is_invited_again_while_they_accept_waits_for_one_answer(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    user_id = await new_user(house)
    wish = {"email": await _email(house, user_id), "role": "admin"}
    letter = await _invited(tenant, wish["email"])
    lock = "SELECT 1 FROM organizations WHERE id = $1 FOR UPDATE"
    async with locking(house, lock, tenant.id):
        inviting = asyncio.create_task(
            patient(lambda: tenant.call("POST", "/v1/invitations", wish))
        )
        await until_waiting(house, 1)
        path, headers = "/v1/invitations/acceptances", house.account(user_id)
        accepting = asyncio.create_task(
            patient(lambda: client.post(path, json={"token": letter.token}, headers=headers))
        )
        await until_waiting(house, 2)
    # A link that is renewed first is over, and who has joined first is not invited.
    answers = [(await inviting).status_code, (await accepting).status_code]
    assert answers in ([201, 409], [409, 201])


async def test_no_token_stands_in_the_database_or_the_event(tenant: Tenant, house: Product) -> None:
    letter = await _invited(tenant, f"t-{uuid.uuid4().hex}@people.example")
    for table in ("invitations", "audit_log", "outbox", "idempotency_keys"):
        for (row,) in await rows(house, f"SELECT t::text FROM {table} t"):
            assert letter.token not in row, table
    facts = await rows(house, "SELECT data FROM outbox WHERE type = 'orgs.member_invited'")
    assert facts


async def test_a_partner_makes_the_first_owner_by_key(
    house: Product, client: httpx.AsyncClient
) -> None:
    org_id = f"p-{uuid.uuid4().hex[:8]}"
    path = f"/v1/partner/orgs/{org_id}"
    ok(await client.put(path, json={"name": "Headless"}, headers=by_partner()))
    minted = ok(
        await client.post(f"{path}/api-keys", json={"name": "k"}, headers=by_partner()), 201
    )
    by_key = {"X-API-Key": minted["key"]}
    wish = {"email": "first@people.example", "role": "owner"}
    ok(await client.post("/v1/invitations", json=wish, headers=by_key), 201)
    await join(house, org_id, "owner")
    problem(await client.post("/v1/invitations", json=wish, headers=by_key), 403, "forbidden")
