"""The portal's pages without scripts: founding, planning, publishing, team, keys, looks, rules."""

import uuid

import httpx

from tests.fixtures.product import ORG_ID, Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Form, Visitor, document, forms, words
from tests.server.support import ok, rows

PNG = b"\x89PNG\r\n\x1a\n"
BEGINS = "2031-05-01T20:00"


def form(page: httpx.Response, ending: str = "") -> Form:
    """The page's only form of its own, or the one whose action ends so."""
    own = [found for found in forms(page) if found.action != "/sign-out"]
    (found,) = [each for each in own if each.action.endswith(ending)]
    return found


async def _follow(visitor: Visitor, page: httpx.Response) -> httpx.Response:
    assert page.status_code == 303, words(page)
    return await visitor.get(page.headers["location"])


async def _founder(visitor: Visitor) -> httpx.Response:
    """Founds an organization; the checklist."""
    page = await _follow(visitor, await visitor.get("/organizer"))
    refused = await visitor.send(form(page), name="", country="XX", currency="euros")
    assert refused.status_code == 422
    told = document(refused).xpath("//*[@aria-invalid]/@name")
    assert told == ["name", "country", "currency"]
    page = form(refused)
    sent = await visitor.send(page, name="Tiny Hall", country="CA", currency="CAD")
    return await _follow(visitor, sent)


async def _draft(visitor: Visitor) -> httpx.Response:
    """From the checklist to the prices of a draft, on a sample map."""
    page = await visitor.get("/organizer/events/new")
    named = {"name": "Cellar", "city": "Toronto", "country": "CA"}
    refused = await visitor.send(form(page, "/venue"), **named)
    assert "Clocks differ in this country" in words(refused)
    named["timezone"] = "America/Toronto"
    page = await _follow(visitor, await visitor.send(form(refused, "/venue"), **named))
    sample = [f for f in forms(page) if f.action.startswith("/organizer/events/new/map")][-1]
    page = await _follow(visitor, await visitor.send(sample, sample="club"))
    assert "On the venue's clock, America/Toronto." in words(page)
    refused = await visitor.send(form(page), name="A Night", starts_at="2020-01-01T20:00")
    assert "This lies in the past." in words(refused)
    sent = await visitor.send(form(refused), name="A Night", starts_at=BEGINS)
    return await _follow(visitor, sent)


async def test_from_an_account_to_a_published_event_by_forms_alone(house: Product) -> None:
    founder_id = visitors.new_user(house)
    async with (
        visitors.operator(house, founder_id) as founder,
        visitors.operator(house, house.staff_id) as staff,
    ):
        checklist = await _founder(founder)
        assert "Our staff looks at it." in words(checklist)
        page = await _draft(founder)
        at = page.url.path.removesuffix("/prices")
        prices = next(f for f in forms(page) if any(n.startswith("price:") for n in f.fields))
        zones = [name for name in prices.fields if name.startswith("price:")]
        assert len(zones) == 5
        refused = await founder.send(prices, **dict.fromkeys(zones, "12.345"))
        assert "Write an amount of CAD like 25.50." in words(refused)
        prices = next(f for f in forms(refused) if zones[0] in f.fields)
        page = await _follow(founder, await founder.send(prices, **dict.fromkeys(zones, "12.50")))
        assert "CA$12.50" in words(page)
        assert "until then nobody can buy" in words(page)
        publish = next(f for f in forms(page) if "revision" in f.fields)
        page = await _follow(founder, await founder.send(publish, act="publish"))
        assert "once your organization is approved" in words(page)
        (row,) = await rows(
            house,
            """SELECT org_id, status, starts_at FROM events WHERE id = $1""",
            uuid.UUID(at.rpartition("/")[2]),
        )
        assert (row[1], row[2].isoformat()) == ("published", "2031-05-02T00:00:00+00:00")

        waiting = await staff.get("/staff")
        review = next(f for f in forms(waiting) if f.fields.get("org") == [row[0]])
        refused = await staff.send(review, verdict="reject")
        assert "Tell the organization why you reject it." in words(refused)
        assert (await staff.send(review, verdict="approve")).status_code == 303
        slug = document(page).xpath("//a[starts-with(@href, '/e/')]/@href")[0]
        async with Visitor(house) as buyer:
            assert "A Night" in words(await buyer.get(slug))


async def test_staff_pages_are_for_staff(house: Product) -> None:
    async with visitors.operator(house) as owner, Visitor(house) as stranger:
        assert (await owner.get("/staff")).status_code == 403
        assert (
            await owner.post("/staff", {"org": ORG_ID, "verdict": "suspend"})
        ).status_code == 403
        assert (await stranger.get("/staff")).headers["location"].startswith("/sign-in")


async def test_staff_see_a_webhook_that_was_given_up_and_try_it_again(house: Product) -> None:
    webhook_id, event_id = uuid.uuid4(), f"evt_{uuid.uuid4().hex}"
    await rows(
        house,
        """INSERT INTO webhook_inbox
             (id, provider, provider_event_id, kind, body, status, last_error)
           VALUES ($1, 'sandbox', $2, 'payment.captured', '{}', 'dead', 'the books were closed')""",
        webhook_id,
        event_id,
    )
    async with visitors.operator(house, house.staff_id) as staff:
        page = await staff.get("/staff/webhooks")
        assert event_id in words(page)
        assert "the books were closed" in words(page)
        form = next(f for f in forms(page) if f.fields.get("webhook") == [str(webhook_id)])
        assert (await staff.send(form)).status_code == 303
        assert (await staff.send(form)).status_code == 303  # sent twice, done once
    done = "SELECT count(*) FROM audit_log WHERE action = 'webhook.replayed' AND subject = $1"
    assert (await rows(house, done, f"webhook:{webhook_id}"))[0][0] == 1
    await rows(house, "DELETE FROM webhook_inbox WHERE id = $1", webhook_id)


async def test_what_was_changed_meanwhile_is_not_overwritten(house: Product) -> None:
    event = house.event()
    at = f"/organizer/events/{event.id}/details"
    async with visitors.operator(house) as owner:
        first, second = form(await owner.get(at)), form(await owner.get(at))
        assert (await owner.send(first, summary="One")).status_code == 303
        refused = await owner.send(second, summary="Other")
        assert "Somebody has changed the event meanwhile" in words(refused)
        assert (await owner.send(form(refused), summary="Other")).status_code == 303
        setup = f"/organizer/events/{event.id}/setup"
        assert "Other" in words(await owner.get(setup))
        archive = [f for f in forms(await owner.get(setup)) if "revision" in f.fields][-1]
        refused = await owner.send(archive, act="unpublish")
        assert refused.status_code == 409
        assert "its sale has begun" in words(refused).lower()
        archive = [f for f in forms(refused) if "revision" in f.fields][-1]
        copied = await owner.send(archive, act="duplicate")
        assert copied.headers["location"].endswith("/details")
        twice = await owner.send(archive, act="duplicate")
        assert twice.headers["location"] == copied.headers["location"]


async def test_a_time_to_choose_that_is_no_whole_minute_stays_as_it_is(house: Product) -> None:
    event = house.event(hold_ttl_s=90)
    at = f"/organizer/events/{event.id}/details"
    kept = "SELECT hold_ttl_s, payment_ttl_s FROM events WHERE id = $1"
    async with visitors.operator(house) as owner:
        page = form(await owner.get(at))
        assert (page.fields["hold_minutes"], page.fields["payment_minutes"]) == (["1:30"], ["10"])
        saved = await _follow(owner, await owner.send(page, summary="Same"))
        assert "Saved." in words(saved)
        assert tuple((await rows(house, kept, event.id))[0]) == (90, 600)
        page = form(await owner.get(at))
        for typed in ("0:59", "60:01", "2.5", "1:60", "soon", ""):
            refused = await owner.send(page, hold_minutes=typed)
            wrong = document(refused).xpath("//*[@aria-invalid]")
            assert [(one.get("name"), one.get("value")) for one in wrong] == [
                ("hold_minutes", typed)
            ]
        assert (await owner.send(page, hold_minutes="60:00")).status_code == 303
        assert tuple((await rows(house, kept, event.id))[0]) == (3_600, 600)


async def test_a_form_that_is_sent_twice_acts_once(house: Product) -> None:
    async with visitors.operator(house) as owner:
        page = form(await owner.get("/organizer/venues"), "/venues")
        named = {"name": f"Hall {uuid.uuid4().hex[:6]}", "city": "Graz", "country": "AT"}
        for _ in range(2):
            assert (await owner.send(page, **named)).status_code == 303
        listed = words(await owner.get("/organizer/venues"))
        assert listed.count(named["name"]) == 1


async def test_a_team_is_invited_and_invitations_are_taken_back(house: Product) -> None:
    async with visitors.operator(house) as owner:
        page = await owner.get("/organizer/team")
        invite = next(f for f in forms(page) if "email" in f.fields)
        refused = await owner.send(invite, email="nobody")
        assert "Write an address like" in words(refused)
        email = f"{uuid.uuid4().hex[:10]}@people.example"
        invited = await _follow(owner, await owner.send(invite, email=email, role="staff"))
        assert email in words(invited)
        assert "The invitation is on its way." in words(invited)
        revoke = next(f for f in forms(invited) if f.fields.get("act") == ["revoke"])
        listed = document(invited).xpath("//button[@name='invitation']/@value")[0]
        after = await _follow(owner, await owner.send(revoke, invitation=listed))
        assert email not in words(after)
    async with Visitor(house) as guest:
        page = await guest.get("/invitation?token=none")
        assert page.headers["cache-control"] == "no-store"
        refused = await guest.send(form(page), name="Bo", password="four quiet words here")
        assert "does not work any more" in words(refused)


async def test_keys_are_shown_once_and_revoked(house: Product) -> None:
    event = house.event()
    async with visitors.operator(house) as owner:
        for path in ("/organizer/keys", f"/organizer/events/{event.id}/doors"):
            name = f"Key {uuid.uuid4().hex[:6]}"
            page = await owner.get(path)
            new = next(f for f in forms(page) if "name" in f.fields)
            minted = await owner.send(new, name=name)
            assert minted.headers["cache-control"] == "no-store"
            secret = document(minted).find_class("keytext")[0].text
            assert (
                document(await owner.send(new, name=name)).find_class("keytext")[0].text == secret
            )
            again = await owner.get(path)
            assert name in words(again)
            assert secret not in again.text
            button = document(again).xpath(f"//button[@aria-label='Revoke {name}']")[0]
            fields = {"key": form_key(again), "revoke": button.get("value")}
            assert (await owner.post(path, fields)).status_code == 303
            assert f"Revoke {name}" not in (await owner.get(path)).text


def form_key(page: httpx.Response) -> str:
    return str(document(page).xpath("//input[@name='key']/@value")[0])


async def test_looks_that_cannot_be_read_are_refused_beside_their_field(house: Product) -> None:
    org_id = visitors.new_org(house)
    owner_id = visitors.new_user(house, **{org_id: "owner"})
    async with visitors.operator(house, owner_id) as owner:
        page = await owner.get("/organizer/branding")
        looks = next(f for f in forms(page) if "color" in f.fields)
        refused = await owner.send(looks, color="#ffcc00", ink="#ffffff")
        assert document(refused).xpath("//*[@id='ink-wrong']")
        looks = next(f for f in forms(refused) if "color" in f.fields)
        page = await _follow(owner, await owner.send(looks, color="#ffcc00", ink=""))
        assert "Saved." in words(page)
        assert "contrast of" in words(page)
        assert document(page).xpath("//img") == []
        sent = await owner.client.put("/v1/branding/logo", content=PNG, headers=visitors.OWN)
        page = await owner.get("/organizer/branding")
        [logo] = document(page).xpath("//img/@src")
        assert logo == ok(sent)["url"]
        assert "Saved." not in words(page)
        claim = next(f for f in forms(page) if f.fields.get("domain") == [""])
        domain = f"{uuid.uuid4().hex[:8]}.venue.example"
        page = await _follow(owner, await owner.send(claim, domain=domain, act="claim"))
        assert f"_fullhouse-challenge.{domain}" in words(page)

        page = await owner.get("/organizer/settings")
        tax = {"tax_name:0": "VAT", "tax_share:0": "a fifth"}
        refused = await owner.send(form(page), **tax, terms_url="http://no")
        assert sorted(document(refused).xpath("//*[@aria-invalid]/@name")) == [
            "tax_share:0", "terms_url",
        ]  # fmt: skip
        tax["tax_share:0"] = "20"
        page = await _follow(owner, await owner.send(form(refused), **tax, terms_url=""))
        assert "Saved." in words(page)
        log = words(await owner.get("/organizer/log"))
        for action in ("org.branding_set", "domain.claimed", "org.settings_set"):
            assert action in log
