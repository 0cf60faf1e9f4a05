"""The navigation shows each person the pages that open for them, and no other."""

import pytest

from server.storefront import menus
from tests.fixtures.product import ORG_ID, Product
from tests.server.storefront import visitors
from tests.server.support import rows


def _paths(groups: list[menus.Group]) -> set[str]:
    return {entry.path for group in groups for entry in group.entries}


async def _permissions(house: Product, role: str) -> set[str]:
    asked = "SELECT permission FROM role_permissions WHERE role = $1"
    return {row[0] for row in await rows(house, asked, role)}


@pytest.mark.parametrize("role", ["staff", "finance", "scanner"])
async def test_an_entry_is_shown_to_whom_its_page_opens_for(house: Product, role: str) -> None:
    event = house.event()
    everything, own = await _permissions(house, "owner"), await _permissions(house, role)
    there = _paths(menus.areas(everything, "", "")) | _paths(
        menus.event_pages(everything, "", event.id)
    )
    shown = _paths(menus.areas(own, "", "")) | _paths(menus.event_pages(own, "", event.id))
    async with visitors.operator(house, visitors.new_user(house, **{ORG_ID: role})) as visitor:
        opened = {path for path in there if (await visitor.get(path)).status_code == 200}
        assert opened == shown
        home = visitors.document(await visitor.get("/organizer"))
        linked = {a.get("href") for a in home.iterfind(".//nav[@id='areas']//a")}
        assert linked == _paths(menus.areas(own, "", ""))
        # The way to an event from there: a door has no sales to look at.
        cards = {a.get("href") for a in home.iterfind(".//main//a[@class='eventcard']")}
        start = f"/board/{event.id}" if role == "scanner" else f"/organizer/events/{event.id}"
        assert start in cards


async def test_the_current_page_and_its_group_are_marked(house: Product) -> None:
    event = house.event()
    at = f"/organizer/events/{event.id}"
    async with visitors.operator(house) as owner:
        page = visitors.document(await owner.get(f"{at}/refunds"))
    marked = {
        (" ".join(a.text_content().split()), a.get("aria-current"))
        for a in page.iterfind(".//nav//a[@aria-current]")
    }
    assert marked == {("Events", "true"), ("Orders", "true"), ("Refunds", "page")}
