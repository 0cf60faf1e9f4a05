"""The form of the door display: a ticket comes in once, and no accident turns its owner away."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.fixtures.product import Event, Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import form, forms, words
from tests.server.support import Buyer, rows


async def _ticket(new_buyer: Callable[[], Buyer], event: Event, seat: int = 0) -> dict[str, Any]:
    return (await new_buyer().buy(event, [seat]))["tickets"][0]


async def _scans(house: Product, event: Event) -> list[tuple[str, str]]:
    found = await rows(
        house, "SELECT result, gate FROM scans WHERE event_id = $1 ORDER BY version", event.id
    )
    return [(row["result"], row["gate"]) for row in found]


@asynccontextmanager
async def _locked(house: Product, ticket_id: str) -> AsyncIterator[None]:
    """Somebody keeps the ticket's row, so that nobody can use it for now."""
    connection = await asyncpg.connect(house.database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM tickets WHERE id = $1 FOR UPDATE", ticket_id)
            yield
    finally:
        await connection.close()


async def test_the_same_form_again_shows_the_same_admission(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    ticket = await _ticket(new_buyer, event)
    async with visitors.scanner(event, house) as door:
        blank = form(await door.get(f"/board/{event.id}?gate=North"), str(event.id))
        first = await door.send(blank, token=ticket["scan_token"])
        reloaded = await door.send(blank, token=ticket["scan_token"])
        for answer in (first, reloaded):
            assert answer.status_code == 200
            assert f"Admitted {ticket['label']}" in words(answer)
        assert await _scans(house, event) == [("admitted", "North")]

        next_one = form(first, str(event.id))
        assert next_one.fields["key"] != blank.fields["key"]
        assert next_one.fields["gate"] == ["North"]
        second = await door.send(next_one, token=ticket["scan_token"])
        assert second.status_code == 409
        assert f"Not admitted {ticket['label']}: this ticket has been used, at " in words(second)
        assert [result for result, _ in await _scans(house, event)] == ["admitted", "duplicate"]


async def test_a_slip_is_undone_on_the_page_that_made_it(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    ticket = await _ticket(new_buyer, event)
    async with visitors.scanner(event, house) as door:
        blank = form(await door.get(f"/board/{event.id}?gate=North"), str(event.id))
        undo = form(await door.send(blank, token=ticket["scan_token"]), "&undo")
        first, answer = await door.send(undo), await door.send(undo)
        for undone in (first, answer):
            assert undone.status_code == 200
            assert f"Undone {ticket['label']}" in words(undone)
        assert await _scans(house, event) == [("admitted", "North"), ("undone", "North")]
        again = form(
            await door.send(form(answer, str(event.id)), token=ticket["scan_token"]), "&undo"
        )
        await rows(
            house, "UPDATE scans SET scanned_at = now() - interval '1 hour' WHERE event_id = $1",
            event.id,
        )  # fmt: skip
        late = await door.send(again)
        assert late.status_code == 409
        assert "Not undone An admission can be undone for 120 seconds" in words(late)


async def test_an_old_form_checks_another_ticket(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    tickets = [await _ticket(new_buyer, event, seat) for seat in (0, 1)]
    async with visitors.scanner(event, house) as door:
        blank = form(await door.get(f"/board/{event.id}"), str(event.id))
        for ticket in tickets:
            answer = await door.send(blank, token=f" {ticket['scan_token']}\t")
            assert f"Admitted {ticket['label']}" in words(answer)


async def test_what_is_no_ticket_of_this_event_is_not_admitted(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event, elsewhere = house.event(), house.event()
    foreign = await _ticket(new_buyer, elsewhere)
    async with visitors.scanner(event, house) as door:
        page = await door.get(f"/board/{event.id}")
        for token, told in (
            (foreign["scan_token"], "for another event"),
            ("x" * 5_000, "not one of our tickets"),
            ("<script>", "not one of our tickets"),
        ):
            page = await door.send(form(page, str(event.id)), token=token)
            assert page.status_code == 409
            assert "Not admitted" in words(page)
            assert told in words(page)
        empty = await door.send(form(page, str(event.id)), token=" ")
        assert "dmitted" not in words(empty)
    assert len(await _scans(house, event)) == 3


async def test_a_door_that_got_no_answer_is_told_to_check_again_and_counts_once(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    ticket = await _ticket(new_buyer, event)
    async with visitors.scanner(event, house) as door:
        blank = form(await door.get(f"/board/{event.id}?gate=South"), str(event.id))
        async with _locked(house, ticket["id"]):
            unsure = await door.send(blank, token=ticket["scan_token"])
        assert unsure.status_code == 503
        assert "We do not know: check again" in words(unsure)
        assert "admitted" not in words(unsure).lower()
        (again,) = forms(unsure)
        for _ in range(2):
            answer = await door.send(again)
            assert f"Admitted {ticket['label']}" in words(answer)
    assert await _scans(house, event) == [("admitted", "South")]


async def test_two_doors_with_one_ticket_admit_it_once(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    ticket = await _ticket(new_buyer, event)
    said = []
    for _ in range(2):
        async with visitors.scanner(event, house) as door:
            blank = form(await door.get(f"/board/{event.id}"), str(event.id))
            said.append((await door.send(blank, token=ticket["scan_token"])).status_code)
    assert said == [200, 409]


async def test_the_link_of_a_new_key_opens_the_door_on_another_phone(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    ticket = await _ticket(new_buyer, event)
    async with visitors.operator(house) as owner, visitors.Visitor(house) as phone:
        page = await owner.get(f"/organizer/events/{event.id}/doors")
        new = next(f for f in forms(page) if "name" in f.fields)
        minted = await owner.send(new, name="Side door")
        (link,) = visitors.document(minted).xpath("//a[contains(@href, '/sign-in?token=')]/@href")
        opened = await phone.get(link)
        assert opened.headers["location"] == f"/board/{event.id}"
        blank = form(await phone.get(opened.headers["location"]), str(event.id))
        admitted = await phone.send(blank, token=ticket["scan_token"])
        assert f"Admitted {ticket['label']}" in words(admitted)
