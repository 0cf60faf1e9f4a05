"""What every page carries: its headers, its cookies, the files it loads."""

import datetime as dt
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from server.embedded import free_port
from server.embedded.child import end
from server.storefront import routes as storefront
from server.storefront.assets import DIST, Assets
from server.storefront.pages import Pages
from server.storefront.services import ProblemKind
from tests.fixtures.nursery import nursery
from tests.fixtures.product import READY_TIMEOUT_S, Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import OWN, Visitor, document, form, words
from tests.server.support import Buyer, end_in, until


async def _pages(house: Product, ada: Visitor, owner: Buyer) -> dict[str, httpx.Response]:
    """One of each page, errors among them."""
    event = house.event()
    order = await owner.buy(event, [0])
    hold, over = await owner.hold_ok(event, [1]), await owner.hold_ok(event, [2])
    await end_in(house, over["id"], -1)
    pages = {
        path: await ada.get(path)
        for path in (
            "/", f"/e/{event.slug}", f"/e/{event.slug}?view=list", "/e/none", "/me/tickets",
            f"/checkout/{hold['id']}", f"/checkout/{over['id']}", f"/orders/{order['id']}",
            order["tickets"][0]["url"], "/sign-in", "/docs", "/none", "/?after=none",
        )
    }  # fmt: skip
    async with visitors.operator(house) as worker, visitors.scanner(event, house) as door:
        pages["organizer"] = await worker.get("/organizer")
        pages["sales"] = await worker.get(f"/organizer/events/{event.id}")
        pages["places"] = await worker.get(f"/organizer/events/{event.id}/places")
        pages["maps"] = await worker.get("/organizer/maps")
        pages["editor"] = await worker.get(f"/organizer/maps/{event.id}")
        pages["board"] = board = await door.get(f"/board/{event.id}")
        pages["refused"] = await door.send(form(board, str(event.id)), token="none")
    return pages


async def test_every_page_forbids_foreign_and_inline_scripts_and_has_none(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    owner = new_buyer()
    async with visitors.buyer(house) as ada:
        owner.headers = ada.buyer
        pages = await _pages(house, ada, owner)
    for name, page in pages.items():
        policy = dict(
            part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
        )
        assert policy["default-src"] == "'self'", name
        assert "script-src" not in policy, name
        assert page.headers["x-content-type-options"] == "nosniff", name
        assert page.headers["referrer-policy"] == "same-origin", "addresses hold ticket codes"
        assert page.headers["cache-control"] == "private, no-cache", name
        root = document(page)
        for script in root.iter("script"):
            is_data = script.get("type") == "application/json"
            assert is_data or script.get("src", "").startswith("/assets/"), name
            assert is_data or not (script.text or "").strip(), name
        for element in root.iter():
            assert not [key for key in element.keys() if key.startswith("on")], name  # noqa: SIM118
        for link in root.xpath("//@href | //@src | //@action"):
            assert link.startswith(("/", "?", "#", "data:image/", house.base_url)), (name, link)
        assert root.get("lang") == "en", name
        assert len(root.findall(".//h1")) == 1, name
        assert root.findtext(".//title"), name


async def test_an_error_is_a_page_that_says_what_and_where_to_go(house: Product) -> None:
    async with Visitor(house) as visitor:
        for path, status in (("/none", 404), ("/e/none", 404), ("/?after=none", 400)):
            page = await visitor.get(path)
            assert page.status_code == status
            assert page.headers["x-request-id"] in words(page)
            assert document(page).xpath("//main//a[@href='/']")
        api = await visitor.client.get("/none", headers={"Accept": "application/json"})
        assert api.headers["content-type"] == "application/problem+json"
        missing = await visitor.get("/v1/none")
        assert missing.headers["content-type"] == "application/problem+json"


async def test_what_breaks_is_logged_without_the_ticket_code_in_the_address() -> None:
    async def nobodys(host: str) -> None:
        return None

    pages = Pages(Assets(), nobodys)

    async def breaks(request: Request) -> Response:
        raise RuntimeError("broken")

    app = Starlette(routes=[pages.get("/t/{code}", breaks)])
    transport = httpx.ASGITransport(app)
    with structlog.testing.capture_logs() as lines:
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            page = await client.get("/t/secret-code")
    assert page.status_code == 500
    assert "broke on our side" in words(page)
    assert "secret-code" not in page.text
    (line,) = lines
    assert line["route"] == "/t/{code}"
    assert "secret-code" not in repr({k: v for k, v in line.items() if k != "exc_info"})


async def test_the_type_of_a_problem_is_the_address_of_what_it_means() -> None:
    nothing: Any = MagicMock()  # what is made of it asks it nothing yet
    kind = ProblemKind("seats-taken", "Seats taken", 409, "Somebody has <one> of them.")

    async def nobodys(host: str) -> None:
        return None

    listed = storefront.routes(
        pages=Pages(Assets(), nobodys), db=nothing, tokens=nothing, sessions=nothing,
        accounts=nothing, catalog=nothing, admission=nothing, inventory=nothing,
        payments=nothing, checkout=nothing, tickets=nothing, transfers=nothing, letters=nothing,
        wallets=nothing, hooks=nothing, checkin=nothing, invitations=nothing, sites=nothing,
        planning=nothing, refunding=nothing, sharing=nothing, problems=[kind],
    )  # fmt: skip
    transport = httpx.ASGITransport(Starlette(routes=listed))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        page = await client.get("/problems/seats-taken")
        assert page.status_code == 200
        for told in (kind.title, kind.meaning, "status 409", "/problems/seats-taken"):
            assert told in words(page)
        assert (await client.get("/problems/none")).status_code == 404


def _flags(line: str) -> set[str]:
    return {part.strip() for part in line.split(";")[1:]} & {"HttpOnly", "Secure", "SameSite=lax"}


def _links(product: Product, scanner_key: str) -> list[str]:
    now = dt.datetime.now(dt.UTC)
    subjects = {"operator": str(product.operator_id), "scanner": scanner_key}
    tokens = [product.tokens.sign("sign-in", who, now, realm=r)[0] for r, who in subjects.items()]
    return [f"/sign-in?token={token}" for token in tokens]


async def test_cookies_are_kept_from_scripts_and_foreign_pages(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as visitor:
        for path in (f"/e/{event.slug}", *_links(house, event.scanner_key)):
            answer = await visitor.get(path)
            lines = answer.headers.get_list("set-cookie")
            assert lines
            assert all(_flags(line) == {"HttpOnly", "SameSite=lax"} for line in lines)
        assert set(visitor.client.cookies) == {
            "fh_buyer", "fh_operator", "fh_operator_refresh", "fh_scanner",
        }  # fmt: skip
        again = await visitor.get(f"/e/{event.slug}")
        assert "set-cookie" not in again.headers, "a young session is not renewed"


@pytest.fixture
def https_url(house: Product, tmp_path: Path) -> Iterator[str]:
    """A web process of the house that is called by https, behind a proxy."""
    port = free_port()
    environ = house.environ | {"PORT": str(port), "BASE_URL": "https://tickets.example"}
    child = nursery().start(["server", "serve"], tmp_path / "https.log", environ)
    yield f"http://127.0.0.1:{port}"
    end(child, signal.SIGTERM, READY_TIMEOUT_S)


async def test_cookies_of_an_https_site_travel_by_https_only(
    house: Product, https_url: str
) -> None:
    event = house.event()
    async with httpx.AsyncClient(base_url=https_url) as client:

        async def is_up() -> bool:
            try:
                return (await client.get("/health")).status_code == 200
            except httpx.HTTPError:
                return False

        await until(is_up, READY_TIMEOUT_S)
        answers = [await client.get(path) for path in (f"/e/{event.slug}", *_links(house, "any"))]
        answers.append(await client.post("/sign-out", headers=OWN))
        lines = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
        assert len(lines) == 7
        assert all(_flags(line) == {"HttpOnly", "Secure", "SameSite=lax"} for line in lines)


async def test_built_files_are_kept_for_ever_and_travel_compressed(house: Product) -> None:
    manifest = json.loads((DIST / "manifest.json").read_bytes())
    names = {chunk["file"] for chunk in manifest.values()}
    async with Visitor(house) as visitor:
        for name in names:
            file = await visitor.client.get(f"/assets/{name}")
            assert file.status_code == 200
            assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert file.content == (DIST / name).read_bytes()
            is_text = name.endswith((".js", ".css"))
            assert (file.headers.get("content-encoding") == "gzip") is is_text, name
            seen = {"If-None-Match": file.headers["etag"]}
            assert (await visitor.client.get(f"/assets/{name}", headers=seen)).status_code == 304
            plain = await visitor.client.get(
                f"/assets/{name}", headers={"Accept-Encoding": "identity"}
            )
            assert "content-encoding" not in plain.headers
            assert plain.content == file.content
        for name in ("none.js", "..%2fpackage.json", "%2e%2e/package.json", "manifest.json"):
            assert (await visitor.client.get(f"/assets/{name}")).status_code == 404


async def test_a_live_page_loads_what_was_built_for_it(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as visitor:
        page = document(await visitor.get(f"/e/{event.slug}"))
        wanted = page.xpath(
            "//script/@src | //link[@rel='stylesheet' or @rel='modulepreload']/@href"
        )
        assert len(wanted) >= 3
        for path in [*wanted, *page.xpath("//link[@rel='preload']/@href")]:
            assert (await visitor.client.get(path)).status_code == 200, path


async def test_a_page_travels_compressed_to_who_takes_it(house: Product) -> None:
    async with Visitor(house) as visitor:
        packed = await visitor.get("/docs")
        plain = await visitor.client.get("/docs", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert plain.text == packed.text
        assert "Accept-Encoding" in plain.headers["vary"]
