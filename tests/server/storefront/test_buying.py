"""From the list of seats to the ticket with forms alone."""

import datetime as dt
from collections.abc import Callable

import httpx

from tests.fixtures.product import Event, Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Visitor, document, form, forms, words
from tests.server.support import Buyer, Organizer, end_in, ok, pay, rows, state_of, until

AVAILABLE, HELD, SOLD = 0, 1, 2


def _list(event: Event, section: int = 0) -> str:
    return f"/e/{event.slug}?view=list&section={event.geometry.sections[section].key}"


async def _tickets(visitor: Visitor, order_path: str) -> httpx.Response:
    async def shown() -> httpx.Response | None:
        page = await visitor.get(order_path)
        return page if document(page).xpath("//a[starts-with(@href, '/t/')]") else None

    return await until(shown)


async def _to_checkout(visitor: Visitor, event: Event, *seats: int) -> str:
    chosen = form(await visitor.get(_list(event)), "/hold")
    held = await visitor.send(chosen, seat=[str(seat) for seat in seats])
    assert held.status_code == 303, words(held)
    return held.headers["location"]


async def _to_payment(visitor: Visitor, checkout: str) -> str:
    """The provider's page for the hold."""
    typed = await visitor.send(
        form(await visitor.get(checkout)), name="Ada", email="ada@buyer.example"
    )
    assert typed.status_code == 303, words(typed)
    return typed.headers["location"]


async def test_forms_alone_lead_from_a_named_seat_to_its_ticket(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        page = await ada.get(_list(event))
        boxes = document(page).xpath("//input[@name='seat' and @value='1']")
        label = boxes[0].get("aria-label")
        checkout = await _to_checkout(ada, event, 1)
        assert (await state_of(client, event))[0][1] == HELD
        pool_name = f"pool:{event.pools['dance-floor']}"
        added = await ada.send(form(await ada.get(_list(event)), "/hold"), **{pool_name: "2"})
        assert added.headers["location"] == checkout, "places are added to the hold there is"

        payment = await _to_payment(ada, checkout)
        assert payment.startswith(house.gateway_url)
        order = (await ada.get(checkout)).headers["location"]
        waiting = await ada.get(order)
        assert "Waiting for your payment" in words(waiting)
        assert document(waiting).xpath("//noscript/meta[@http-equiv='refresh']")

        await pay(client, payment)
        done = await _tickets(ada, order)
        links = document(done).xpath("//a[starts-with(@href, '/t/')]/@href")
        assert len(links) == 3
        seen = [words(await ada.get(link)) for link in links]
        assert sum(label.split(", €")[0] in said for said in seen) == 1
        mine = await ada.get("/me/tickets")
        assert sorted(document(mine).xpath("//a[starts-with(@href, '/t/')]/@href")) == sorted(links)
        assert (await state_of(client, event))[0][1] == SOLD
        over = await ada.get(checkout)
        assert over.headers["location"] == order, "a hold that was sold leads to its order"

        yesterday = "UPDATE events SET starts_at = now() - interval '1 day' WHERE id = $1"
        await rows(house, yesterday, event.id)

        async def is_past() -> bool:
            page = await ada.get("/me/tickets")
            return "Past events" in words(page) and "/qr.svg" not in page.text

        assert await until(is_past)
        assert "/qr.svg" in (await ada.get(links[0])).text, "its own page shows its code"


async def test_seats_that_went_are_named_and_equal_ones_are_kept_instead(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event("theatre", hold_ttl_s=600)
    async with Visitor(house) as ada:
        page = await ada.get(_list(event))
        label = document(page).xpath("//input[@name='seat' and @value='2']/@aria-label")[0]
        await new_buyer().hold_ok(event, [2])
        for ending, held in (("/release", 1), ("/keep", 3)):
            refused = await ada.send(form(page, "/hold"), seat=["2", "3"])
            assert refused.status_code == 409
            assert f"{label.split(', €')[0]} was taken a moment ago" in words(refused)
            assert "Nothing was held" not in words(refused)
            assert len(document(refused).xpath("//*[@class='offer']//li")) == 2
            decided = await ada.send(form(refused, ending))
            assert decided.status_code == 303
            assert sum((await state_of(client, event))[0]) == held
        kept = await ada.get(decided.headers["location"])
        ends = document(kept).xpath("//@data-expires-at")[0]
        left = dt.datetime.fromisoformat(ends) - dt.datetime.now(dt.UTC)
        assert left > dt.timedelta(seconds=500), "they last as long as any hold"


async def test_where_nothing_equal_is_left_nothing_is_held(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, rival = house.event(), new_buyer()
    free = [at for at, state in enumerate((await state_of(client, event))[0]) if not state]
    async with Visitor(house) as ada:
        page = await ada.get(_list(event))
        for start in range(0, len(free), 20):
            await rival.hold_ok(event, free[start : start + 20])
        refused = await ada.send(form(page, "/hold"), seat=["2"])
        assert refused.status_code == 409
        assert "Nothing was held" in words(refused)

        async def shown() -> bool:
            again = await ada.get(_list(event))
            return not document(again).xpath("//input[@name='seat' and @value='2']")

        await until(shown)


async def test_a_form_that_names_nothing_or_nonsense_is_answered_in_words(house: Product) -> None:
    event = house.event()
    pool = f"pool:{event.pools['dance-floor']}"
    async with Visitor(house) as ada:
        chosen = form(await ada.get(_list(event)), "/hold")
        for typed, status in (
            ({}, 422),
            ({pool: ""}, 422),
            ({pool: "-1"}, 422),
            ({pool: "1000000"}, 409),
            ({"seat": "1000000"}, 409),
            ({"seat": "-1"}, 400),
            ({"seat": "one"}, 400),
            ({"seat": "9" * 5_000}, 400),
            ({"pool:none": "1"}, 400),
        ):
            answer = await ada.send(chosen, **typed)
            assert answer.status_code == status, (typed, answer.status_code)
            assert len(words(answer)) > 20
        assert "You hold" not in words(await ada.get(_list(event)))


async def test_details_that_cannot_be_right_are_asked_for_again(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        checkout = await _to_checkout(ada, event, 4)
        page = form(await ada.get(checkout))
        for name, email, told in (
            ("", "ada@buyer.example", "Tell us your name"),
            ("   ", "ada@buyer.example", "Tell us your name"),
            ("x" * 201, "ada@buyer.example", "at most 200 characters"),
            ("", "ada", "Tell us your name"),
            ("", "ada", "not an e-mail address"),
            ("Ada", "ada", "not an e-mail address"),
            ("Ada", "a@" + "x" * 300 + ".example", "not an e-mail address"),
        ):
            answer = await ada.send(page, name=name, email=email)
            assert answer.status_code == 422
            assert told in words(answer)
            assert form(answer).fields["email"] == [email], "what was typed is still there"


async def test_what_an_events_rules_refuse_is_said_in_words(house: Product) -> None:
    event = house.event(seats_per_order_max=2, table_modes={"rear": ("whole", None)})
    last_table = event.geometry.tables[9].seats[0]
    async with Visitor(house) as ada:
        chosen = form(await ada.get(_list(event)), "/hold")
        refused = await ada.send(chosen, seat=[str(last_table)])
        assert refused.status_code == 409
        assert "is sold whole" in words(refused)
        held = await ada.send(chosen, seat=["1", "2", "3"])
        page = await ada.get(held.headers["location"])
        details = {"name": "Ada", "email": "ada@buyer.example"}
        answer = await ada.send(form(page, held.headers["location"]), **details)
        assert answer.status_code == 422
        assert "At most 2 places in one order" in words(answer)


async def test_a_hold_being_paid_for_is_explained_and_can_be_given_back(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        checkout = await _to_checkout(ada, event, 6)
        payment = await _to_payment(ada, checkout)
        page = await ada.get(_list(event))
        assert "being paid for" in words(page)
        assert document(page).xpath(f"//a[@href='{checkout}']")[0].text_content() == "Pay now"
        refused = await ada.send(form(page, "/hold"), seat="7")
        assert refused.status_code == 409
        assert "being paid for" in words(refused)
        assert (await state_of(client, event))[0][6:8] == [HELD, AVAILABLE]

        order_page = await ada.get((await ada.get(checkout)).headers["location"])
        assert document(order_page).xpath(f"//a[@href='{payment}']")
        released = await ada.send(form(order_page, "/release"))
        assert released.headers["location"] == f"/e/{event.slug}"
        assert (await state_of(client, event))[0][6] == AVAILABLE
        again = await _to_checkout(ada, event, 7)
        assert again != checkout


async def test_only_its_buyer_gives_a_hold_back(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    hold = await new_buyer().hold_ok(event, [8])
    path = f"/checkout/{hold['id']}/release"
    for visitor, status in ((Visitor(house), 401), (visitors.buyer(house), 404)):
        async with visitor:
            assert (await visitor.post(path)).status_code == status
    assert (await state_of(client, event))[0][8] == HELD


async def test_a_browser_without_cookies_is_told_so(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        chosen = form(await ada.get(_list(event)), "/hold")
        ada.client.cookies.clear()
        answer = await ada.send(chosen, seat="0")
        assert answer.status_code == 401
        assert "cookie" in words(answer)
        assert "set-cookie" not in answer.headers, "or a foreign form could change who one is"
    assert (await state_of(client, event))[0][0] == AVAILABLE


async def test_a_payment_page_that_could_not_be_opened_is_offered_again(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        checkout = await _to_checkout(ada, event, 9)
        house.stop("gateway")
        try:
            failed = await ada.send(
                form(await ada.get(checkout)), name="Ada", email="ada@buyer.example"
            )
        finally:
            house.start("gateway")
            house.wait_ready("gateway")
        assert failed.status_code == 503
        assert "stay held" in words(failed)
        order = (await ada.get(checkout)).headers["location"]
        (retry,) = [each for each in forms(await ada.get(order)) if each.action == checkout]
        opened = await ada.send(retry)
        assert opened.status_code == 303
        await pay(client, opened.headers["location"])
        await _tickets(ada, order)


async def test_who_pays_together_with_others_is_asked_how_to_share(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        typed = form(await ada.get(await _to_checkout(ada, event, 1)))
        shared = await ada.send(typed, name="Ada", email="ada@buyer.example", act="share")
        assert shared.status_code == 303, words(shared)
        page = await ada.get(shared.headers["location"])
        assert shared.headers["location"].endswith("/shares")
        assert page.status_code == 200, words(page)


async def test_a_deposit_is_paid_from_the_checkout_and_the_rest_from_the_order(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, api = house.event(), Organizer(house, client)
    terms = f"/organizer/events/{event.id}/terms"
    async with visitors.operator(house) as owner:
        asked = form(await owner.get(terms), terms)
        wrong = await owner.send(asked, deposit="95", due_days_before="")
        assert wrong.status_code == 422
        saved = await owner.send(asked, deposit="25", due_days_before="7")
        assert saved.status_code == 303, words(saved)
    told = ok(await api.call("GET", f"/v1/events/{event.id}/terms"))
    assert told["deposit"] == {"basis_points": 2_500, "due_days_before": 7}
    async with Visitor(house) as ada:
        checkout = await _to_checkout(ada, event, 1)
        # Another process may know the event as it was for a few seconds.
        while "now, the rest later" not in words(page := await ada.get(checkout)):
            pass
        begun = await ada.send(form(page), name="Ada", email="ada@buyer.example", act="deposit")
        order = (await ada.get(checkout)).headers["location"]
        assert "Pay the deposit" in words(await ada.get(order))
        await pay(client, begun.headers["location"])

        async def sold() -> httpx.Response | None:
            page = await ada.get(order)
            return page if "Deposit paid" in words(page) else None

        [link] = document(await until(sold)).xpath("//a[text()='Pay the rest']/@href")
        page = await ada.get(link)
        assert "Your rest" in words(page)
        wrong = await ada.send(form(page), name="x" * 201, email="ada")
        assert wrong.status_code == 422
        assert [
            field.getparent().xpath("string(*[@class='wrong'])")[:12]
            for field in document(wrong).xpath("//*[@aria-invalid='true']")
        ] == ["Tell us your", "This is not "]
        rest = await ada.send(form(page), name="Ada", email="ada@buyer.example")
        desk = f"/organizer/orders/{order.rpartition('/')[2]}"
        async with visitors.operator(house) as owner:
            assert "Open, due until" in words(await owner.get(desk))
        await pay(client, rest.headers["location"])
        await _tickets(ada, order)
        assert "Paid, thank you" in words(await ada.get(link))


async def test_a_hold_that_ran_out_says_so(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        checkout = await _to_checkout(ada, event, 3)
        page = await ada.get(checkout)
        await end_in(house, checkout.rpartition("/")[2], -1)
        for over in (await ada.get(checkout), await ada.send(form(page), name="A", email="a@b.de")):
            assert over.status_code == 410
            assert "Time ran out" in words(over)
            assert document(over).xpath(f"//a[@href='/e/{event.slug}']")


async def test_the_best_seats_together_are_held_with_one_button(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with Visitor(house) as ada:
        best = form(await ada.get(f"/e/{event.slug}?view=list"), "/hold?best")
        held = await ada.send(best, best="4", best_zone="rear")
        assert held.status_code == 303, words(held)
        page = words(await ada.get(held.headers["location"]))
        assert all(f"Lounge, table 8, chair {chair}" in page for chair in range(1, 5)), page
        assert (await state_of(client, event))[0].count(HELD) == 4
    async with Visitor(house) as bob:
        best = form(await bob.get(f"/e/{event.slug}?view=list"), "/hold?best")
        refused = await bob.send(best, best="9", best_zone="rear")
        assert refused.status_code == 409
        assert "No 9 seats side by side" in words(refused)
