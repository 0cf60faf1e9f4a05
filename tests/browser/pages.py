"""What a person does on our pages, in a real Chromium."""

import datetime as dt
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    TimeoutError,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.fixtures.browser import FLAGS
from tests.fixtures.product import Event, Product
from tests.fixtures.services import ROOT

SHOTS = ROOT / "tests" / "browser" / "shots"
ACCESSIBLE = ROOT / "tests" / "browser" / "accessible.js"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
MARGIN_PX = 24
SOON_MS = 2_000
PATIENCE_MS = 60_000
"""For what comes, however slow the machine: who promises a time says it."""

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        launched.close()


def visitor(
    browser: Browser, *, phone: bool = False, script: bool = True, dark: bool = False
) -> Page:
    """A person with a browser of their own. Errors on the page fail the test."""
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: (_ for _ in ()).throw(AssertionError(str(error))))
    page.on("console", _no_complaint)
    return page


def _no_complaint(message: ConsoleMessage) -> None:
    """What the browser complains of; a refusal by the server (4xx) or a cut connection is none."""
    is_network = message.text.startswith(("Failed to load resource", "WebSocket connection"))
    assert message.type != "error" or is_network, message.text


def sign_in(page: Page, product: Product, to: str) -> None:
    """As the organization's owner, by a link that leads to the page `to`."""
    now, owner = dt.datetime.now(dt.UTC), str(product.operator_id)
    token, _ = product.tokens.sign("sign-in", owner, now, realm="operator")
    page.goto(f"{product.base_url}/sign-in?token={token}&next={to}")


def shot(page: Page, name: str) -> None:
    """A picture for people to look at; on a busy machine the browser may need a second try."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    try:
        page.screenshot(path=SHOTS / f"{name}.png")
    except Error:
        page.wait_for_timeout(500)
        page.screenshot(path=SHOTS / f"{name}.png")


class EventPage:
    """The live event page, driven through its map; `port`: of a proxy before the server."""

    def __init__(
        self, page: Page, product: Product, event: Event, *, port: int = 0, query: str = ""
    ) -> None:
        self.page, self._event = page, event
        base_url = f"http://127.0.0.1:{port}" if port else product.base_url
        self._url = f"{base_url}/e/{event.slug}{query}"
        self._seats_url = f"{product.base_url}/v1/events/{event.id}/seats?view=list&page_size=1000"

    def open(self) -> "EventPage":
        self.page.goto(self._url)
        expect(self.page.locator(".pulse")).to_have_text("Live")
        return self

    def click_seat(self, seat_idx: int) -> None:
        """Click where the whole house, as first shown, has this seat."""
        x, y = self._point(_seat_point(self._event, seat_idx))
        self.page.mouse.click(x, y)

    def hover_seat(self, seat_idx: int) -> str:
        """What the map says of a seat; nothing while a dialog stands before it."""
        x, y = self._point(_seat_point(self._event, seat_idx))
        self.page.mouse.move(x + 40, y + 40)
        self.page.mouse.move(x, y)
        try:
            return self.page.locator(".tip").inner_text(timeout=SOON_MS / 10)
        except TimeoutError:
            return ""

    def click_area(self, key: str) -> None:
        area = next(a for a in self._event.geometry.areas if a.key == key)
        x, y = self._point(area.at)
        self.page.mouse.click(x, y + 30)

    def hold(self) -> None:
        self.page.get_by_role("button", name=re.compile(r"^(Hold|Add to hold) \d")).click()
        expect(self.page.get_by_role("link", name="Check out")).to_be_visible()

    def expect_seat(self, seat_idx: int, words: str, *, within_ms: float = SOON_MS) -> None:
        """Wait until this visitor's own map says `words` of the seat."""
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=within_ms)
        said = ""
        while dt.datetime.now(dt.UTC) < deadline:
            said = self.hover_seat(seat_idx)
            if words in said:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"seat {seat_idx}: wanted {words!r}, the map says {said!r}")

    def pixel(self, seat_idx: int) -> tuple[int, ...]:
        """The colour that is drawn in the middle of a seat."""
        x, y = self._point(_seat_point(self._event, seat_idx))
        self.page.mouse.move(0, 0)
        clip: Any = {"x": x - 3, "y": y - 3, "width": 6, "height": 6}
        return tuple(self.page.screenshot(clip=clip))

    def _point(self, at: tuple[int, int]) -> tuple[float, float]:
        box = self.page.locator(".map").bounding_box()
        assert box is not None
        bx, by, bw, bh = self._event.geometry.box
        k = min((box["width"] - 2 * MARGIN_PX) / bw, (box["height"] - 2 * MARGIN_PX) / bh)
        x = box["x"] + box["width"] / 2 + (at[0] - (bx + bw / 2)) * k
        y = box["y"] + box["height"] / 2 + (at[1] - (by + bh / 2)) * k
        return x, y


def _seat_point(event: Event, seat_idx: int) -> tuple[int, int]:
    columns = event.geometry.seats
    return sum(columns.x[: seat_idx + 1]), sum(columns.y[: seat_idx + 1])


def expect_accessible(page: Page) -> None:
    """What a page must have so that everybody can use it: names, one heading, targets, contrast."""
    faults = page.evaluate(ACCESSIBLE.read_text())
    assert not faults, "\n".join(faults)


def pay(page: Page, outcome: str = "Pay now") -> None:
    """From the checkout form to the provider's page and back."""
    page.get_by_label("Name").fill("Ada Buyer")
    page.get_by_label("E-mail").fill("ada@buyer.example")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.get_by_role("button", name=re.compile(f"^{outcome}")).click()


def json_of(url: str, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(url, headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())
