"""The waiting room without scripts: an organizer opens it, people stand in line and come in."""

from lxml import html

from tests.fixtures.product import Product
from tests.server.storefront import visitors
from tests.server.support import until


async def test_people_come_in_by_the_turns_that_an_organizer_sets(house: Product) -> None:
    event = house.event()
    page, line = f"/e/{event.slug}", f"/e/{event.slug}/line"
    room = f"/organizer/events/{event.id}/waiting-room"
    async with (
        visitors.operator(house) as organizer,
        visitors.Visitor(house) as ada,
        visitors.Visitor(house) as bob,
    ):
        assert "Everybody chooses places at once" in (await organizer.get(room)).text
        wrong = {
            "": "how many may come in a minute", "per_minute=0": "from 1 to 100,000",
            "per_minute=many": "from 1 to 100,000", "pass_minutes=121": "from 1 to 120",
        }  # fmt: skip
        for typed, told in wrong.items():
            name, _, value = typed.partition("=")
            fields = {"is_on": "yes", "at_once_max": "", "pass_minutes": "5"} | {name: value}
            refused = await organizer.post(room, fields)
            assert refused.status_code == 422
            assert told in refused.text
            marked = html.fromstring(refused.text).xpath("//*[@aria-invalid]")
            assert [(one.get("name"), one.get("value")) for one in marked] == (
                [(name, value)] if name else []
            )
        opened = await organizer.post(
            room, {"is_on": "yes", "per_minute": "", "at_once_max": "1", "pass_minutes": "5"}
        )
        assert (opened.status_code, opened.headers["location"]) == (303, room)

        for visitor in (ada, bob):
            assert "People come in by turns" in (await visitor.get(page)).text
            foreign = await visitor.post(line, headers={"Sec-Fetch-Site": "cross-site"})
            assert foreign.status_code == 403
            assert (await visitor.post(line)).headers["location"] == page
        assert "Hold the best" in (await ada.get(page)).text
        waiting = await bob.get(page)
        assert "people are before you" in waiting.text
        assert "Your turn comes within 5 minutes." in waiting.text
        assert (await bob.post(f"{page}/hold", {"best": "1"})).headers["location"] == page
        shown = html.fromstring((await organizer.get(room)).text)
        assert shown.xpath("//dl[@class='figures']//dd/text()") == ["1", "1"]

        assert (await ada.post(f"{line}/leave")).headers["location"] == "/"

        async def bobs_turn() -> bool:
            return "Hold the best" in (await bob.get(page)).text

        await until(bobs_turn)
        held = await bob.post(f"{page}/hold", {"best": "1"})
        assert held.headers["location"].startswith("/checkout/")
        await bob.post(f"{line}/leave")
        assert "You hold 1 place" in (await bob.get(f"{page}?view=list")).text
        await organizer.post(room, {"is_on": "no", "pass_minutes": "5"})
        assert "Hold the best" in (await ada.get(page)).text
