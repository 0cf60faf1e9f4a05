"""API keys: a program does what its key allows, for the key's organization, until it is revoked."""

import uuid

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant, join
from tests.server.support import ok, problem, rows


@pytest.fixture
async def tenant(house: Product, client: httpx.AsyncClient) -> Tenant:
    return await Tenant.sign_up(house, client)


def _by(minted: dict[str, object]) -> dict[str, str]:
    return {"X-API-Key": str(minted["key"])}


async def test_a_key_acts_for_its_organization_with_or_without_naming_it(tenant: Tenant) -> None:
    key = _by(await tenant.mint())
    for headers in (key, key | {"X-Org": tenant.id}):
        assert ok(await tenant.call("GET", "/v1/orgs/current", headers=headers))["id"] == tenant.id
    ok(await tenant.call("PATCH", "/v1/orgs/current", {"name": "By key"}, headers=key))
    entry = (await tenant.log(subject=f"org:{tenant.id}"))[0]
    assert entry["actor"].startswith("api_key:")
    assert entry["data"] == {"before": {"name": "Tenant"}, "after": {"name": "By key"}}


async def test_what_a_key_may_not_open_is_told_apart(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    path = "/v1/orgs/current"
    minted = await tenant.mint()
    key = _by(minted)
    other = await Tenant.sign_up(house, client)
    made_up = {"X-API-Key": "fhk_" + "x" * 32}
    problem(await tenant.call("GET", path, headers=made_up), 401, "unauthenticated")
    problem(await tenant.call("GET", path, headers={"X-API-Key": ""}), 401, "unauthenticated")
    foreign = key | {"X-Org": other.id}
    problem(await tenant.call("GET", path, headers=foreign), 403, "forbidden")
    both = key | house.account(tenant.owner_id)
    problem(await tenant.call("GET", path, headers=both), 400, "bad-request")
    bad = key | {"X-Org": "no such/id"}
    problem(await tenant.call("GET", path, headers=bad), 400, "bad-request")
    as_bearer = {"Authorization": f"Bearer {minted['key']}"}
    problem(await tenant.call("GET", path, headers=as_bearer), 401, "unauthenticated")

    ok(await tenant.review("suspend", "a chargeback"))
    told = problem(await tenant.call("GET", path, headers=key), 403, "forbidden")
    assert "a chargeback" in told["detail"]
    ok(await tenant.review("reinstate"))
    ok(await tenant.call("GET", path, headers=key))

    where = "/v1/api-keys/" + str(minted["id"])
    assert (await tenant.call("DELETE", where)).status_code == 204
    problem(await tenant.call("GET", path, headers=key), 401, "unauthenticated")
    problem(await tenant.call("DELETE", where), 404, "not-found")


async def test_a_key_ends_by_itself_when_it_says_so(tenant: Tenant, house: Product) -> None:
    key = await tenant.mint(expires_at="2126-01-01T00:00:00Z")
    ok(await tenant.call("GET", "/v1/orgs/current", headers=_by(key)))
    await rows(
        house, "UPDATE api_keys SET expires_at = now() WHERE id = $1", uuid.UUID(str(key["id"]))
    )
    gone = await tenant.call("GET", "/v1/orgs/current", headers=_by(key))
    problem(gone, 401, "unauthenticated")
    past = {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}
    problem(await tenant.call("POST", "/v1/api-keys", past), 400, "bad-request")


async def test_a_key_allows_what_it_was_given_and_never_more_than_its_minter(
    tenant: Tenant, house: Product
) -> None:
    narrow = _by(await tenant.mint(permissions=["org:read", "key:manage"]))
    ok(await tenant.call("GET", "/v1/orgs/current", headers=narrow))
    told = problem(await tenant.call("GET", "/v1/audit", headers=narrow), 403, "forbidden")
    assert "audit:read" in told["detail"]
    for permissions in (["audit:read"], None):
        wish = {"name": "wider", "permissions": permissions}
        answer = await tenant.call("POST", "/v1/api-keys", wish, headers=narrow)
        problem(answer, 403, "forbidden")
    wish = {"name": "as wide", "permissions": ["org:read"]}
    ok(await tenant.call("POST", "/v1/api-keys", wish, headers=narrow), 201)
    unknown = {"name": "x", "permissions": ["everything"]}
    problem(await tenant.call("POST", "/v1/api-keys", unknown), 400, "bad-request")
    staff = await join(house, tenant.id, "staff")
    problem(await tenant.call("POST", "/v1/api-keys", wish, by=staff), 403, "forbidden")
    problem(await tenant.call("GET", "/v1/api-keys", by=staff), 403, "forbidden")


async def test_a_key_is_shown_once_and_kept_as_a_hash(tenant: Tenant, house: Product) -> None:
    wish = {"name": "printer"}
    first = ok(await tenant.call("POST", "/v1/api-keys", wish, key="mint-1"), 201)
    again = ok(await tenant.call("POST", "/v1/api-keys", wish, key="mint-1"), 201)
    assert again == first
    problem(
        await tenant.call("POST", "/v1/api-keys", {"name": "y"}, key="mint-1"),
        422,
        "idempotency-key-reused",
    )
    (listed,) = ok(await tenant.call("GET", "/v1/api-keys"))["items"]
    assert listed["prefix"] == first["key"][:8]
    assert listed["last_used_at"] is None
    ok(await tenant.call("GET", "/v1/orgs/current", headers=_by(first)))
    (listed,) = ok(await tenant.call("GET", "/v1/api-keys"))["items"]
    assert listed["last_used_at"] is not None
    secret = first["key"].encode()
    for table in ("api_keys", "idempotency_keys", "audit_log", "outbox"):
        for (row,) in await rows(house, f"SELECT t::text::bytea FROM {table} t"):
            assert secret not in row, table
            assert secret.hex().encode() not in row, table


async def test_one_key_of_two_organizations_is_two_keys(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    """Whoever belongs to two may send the same Idempotency-Key in both."""
    here = await tenant.call("PATCH", "/v1/orgs/current", {"name": "New"}, key="rename")
    answer = await client.post(
        "/v1/orgs", json={"name": "B"}, headers=house.account(tenant.owner_id)
    )
    there_id = ok(answer, 201)["id"]
    there = house.account(tenant.owner_id) | {"X-Org": there_id}
    answer = await tenant.call(
        "PATCH", "/v1/orgs/current", {"name": "New"}, key="rename", headers=there
    )
    assert (ok(here)["id"], ok(answer)["id"]) == (tenant.id, there_id)
