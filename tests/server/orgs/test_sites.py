"""Settings, branding and domains: an organization sells, looks and is found as it decided."""

import uuid
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.orgs.documents import contrast, ink_on
from tests.fixtures.product import ORG_ID, Product
from tests.server.orgs.names import answering
from tests.server.orgs.people import Tenant
from tests.server.storefront.visitors import document, words
from tests.server.support import ok, problem

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
async def tenant(house: Product, client: httpx.AsyncClient) -> Tenant:
    return await Tenant.sign_up(house, client)


async def _prove(house: Product, call: Any, domain: str) -> None:
    claimed = ok(await call("POST", "/v1/domains", {"domain": domain}), 201)
    async with answering(house.dns_port, {claimed["txt_name"]: [claimed["txt_value"]]}):
        ok(await call("POST", f"/v1/domains/{domain}/verifications"))


async def test_settings_are_defaults_until_they_are_settled(tenant: Tenant) -> None:
    before = ok(await tenant.call("GET", "/v1/settings"))
    assert (before["currency"], before["fee_bearer"], before["taxes"]) == ("EUR", "buyer", [])
    assert before["checkout"]["hold_ttl_s"] == 600
    wish = {
        "currency": "CAD",
        "fee_bearer": "organizer",
        "taxes": [{"name": "GST", "rate_ppm": 50_000}, {"name": "QST", "rate_ppm": 99_750}],
        "checkout": {"seats_per_buyer_max": 6},
    }
    after = ok(await tenant.call("PUT", "/v1/settings", wish))
    assert ok(await tenant.call("GET", "/v1/settings")) == after
    assert after["checkout"]["seats_per_buyer_max"] == 6
    entry = (await tenant.log())[0]
    assert entry["action"] == "org.settings_set"
    assert entry["data"] == {"before": before, "after": after}
    for wrong in (
        {"currency": "euro"},
        {"taxes": [{"name": "x", "rate_ppm": 1_000_001}]},
        {"checkout": {"hold_ttl_s": 4}},
        {"fees": 1},
    ):
        problem(await tenant.call("PUT", "/v1/settings", wrong), 400, "bad-request")


@given(st.integers(0, 0xFFFFFF))
def test_on_any_colour_text_can_be_read(color: int) -> None:
    name = f"#{color:06x}"
    assert contrast(name, ink_on(name)) >= 4.5
    assert contrast(name, name) == 1


async def test_text_that_nobody_can_read_is_refused(tenant: Tenant) -> None:
    pale = {"color": "#ffc53d", "ink": "#ffffff"}
    told = problem(await tenant.call("PUT", "/v1/branding", pale), 422, "branding-refused")
    assert told["contrast"] < 4.5
    problem(await tenant.call("PUT", "/v1/branding", {"ink": "#000000"}), 422, "branding-refused")
    problem(await tenant.call("PUT", "/v1/branding", {"color": "red"}), 400, "bad-request")
    wish = {"display_name": "The Venue", "color": "#1d4ed8", "ink": "#ffffff"}
    branding = ok(await tenant.call("PUT", "/v1/branding", wish))
    assert ok(await tenant.call("GET", "/v1/branding")) == branding


async def test_a_logo_is_an_image_at_an_address_of_its_own(
    tenant: Tenant, client: httpx.AsyncClient
) -> None:
    async def upload(content: bytes) -> httpx.Response:
        return await client.put("/v1/branding/logo", content=content, headers=tenant.headers())

    for wrong in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"RIFF----WAVE"):
        problem(await upload(wrong), 422, "branding-refused")
    problem(await upload(PNG + bytes(512 << 10)), 413, "content-too-large")
    first = ok(await upload(PNG))
    shown = await client.get(first["url"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert "immutable" in shown.headers["cache-control"]
    assert ok(await upload(PNG))["url"] != first["url"]
    problem(await client.get(first["url"]), 404, "not-found")
    assert (await tenant.call("DELETE", "/v1/branding/logo")).status_code == 204
    problem(await tenant.call("DELETE", "/v1/branding/logo"), 404, "not-found")


async def test_a_domain_is_whose_dns_says_so(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    domain = f"tickets.{uuid.uuid4().hex[:8]}.example"
    claimed = ok(await tenant.call("POST", "/v1/domains", {"domain": domain}), 201)
    assert ok(await tenant.call("POST", "/v1/domains", {"domain": domain}), 201) == claimed
    site, verify = f"/v1/site?domain={domain}", f"/v1/domains/{domain}/verifications"
    records: dict[str, list[str]] = {}
    async with answering(house.dns_port, records):
        problem(await tenant.call("POST", verify), 409, "domain-not-proven")
        records[claimed["txt_name"]] = ["something else"]
        problem(await tenant.call("POST", verify), 409, "domain-not-proven")
        problem(await client.get(site), 404, "not-found")
        rival = await Tenant.sign_up(house, client)
        theirs = ok(await rival.call("POST", "/v1/domains", {"domain": domain}), 201)
        records[claimed["txt_name"]] = [claimed["txt_value"], theirs["txt_value"]]
        assert ok(await tenant.call("POST", verify))["is_verified"] is True
        problem(await rival.call("POST", verify), 409, "domain-taken")
    assert ok(await client.get(site))["org_id"] == tenant.id
    assert (await tenant.call("DELETE", f"/v1/domains/{domain}")).status_code == 204
    problem(await client.get(site), 404, "not-found")
    for wrong in ("localhost", "a..b", "Venue.example", "-a.example", "127.0.0.1", "a.example/x"):
        problem(await tenant.call("POST", "/v1/domains", {"domain": wrong}), 400, "bad-request")


async def test_a_suspended_organization_has_no_storefront(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    domain = f"{uuid.uuid4().hex[:8]}.example"
    await _prove(house, tenant.call, domain)
    ok(await tenant.review("suspend", "x"))
    problem(await client.get(f"/v1/site?domain={domain}"), 404, "not-found")


async def test_the_storefront_at_a_domain_is_its_organizations_alone(
    tenant: Tenant, house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    mine, theirs = f"{uuid.uuid4().hex[:8]}.example", f"{uuid.uuid4().hex[:8]}.example"

    async def by_house(method: str, path: str, body: Any = None) -> httpx.Response:
        return await client.request(method, path, json=body, headers=house.operator())

    branding = {
        "display_name": "The Playhouse",
        "color": "#1d4ed8",
        "support_email": "box@play.example",
    }
    ok(await by_house("PUT", "/v1/branding", branding))
    await _prove(house, by_house, mine)
    await _prove(house, tenant.call, theirs)

    async def page(host: str, path: str) -> httpx.Response:
        return await client.get(path, headers={"Host": host, "Accept": "text/html"})

    front = await page(f"{mine}:8080", "/")
    assert front.status_code == 200
    assert "The Playhouse" in words(front)
    assert "--footlight: #1d4ed8; --on-footlight: #ffffff" in front.text
    links = document(front).xpath("//a[@class='eventcard']/@href")
    at = front
    while more := document(at).xpath("//a[text()='More events']/@href"):
        at = await page(mine, more[0])
        links += document(at).xpath("//a[@class='eventcard']/@href")
    assert f"/e/{event.slug}" in links
    assert document(front).xpath("//a[@href='mailto:box@play.example']")
    assert (await page(mine, f"/e/{event.slug}")).status_code == 200
    empty = await page(theirs, "/")
    assert "Tenant" in words(empty)
    assert document(empty).xpath("//a[@class='eventcard']") == []
    assert (await page(theirs, f"/e/{event.slug}")).status_code == 404
    assert "Fullhouse" in words(await page("unknown.example", "/"))
    assert ok(await client.get(f"/v1/site?domain={mine}"))["org_id"] == ORG_ID
    await by_house("PUT", "/v1/branding", {})
