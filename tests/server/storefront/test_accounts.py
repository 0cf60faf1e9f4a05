"""Accounts by their pages, in a browser without scripting."""

import re
import time

import httpx
import pytest
from pyotp.hotp import HOTP

from server.identity.models import Realm
from server.storefront.accounts import device_words
from tests.fixtures.product import Product
from tests.server.identity.people import PASSWORD, Person
from tests.server.storefront.visitors import Visitor, document, form, forms, words
from tests.server.support import ok, rows

REALMS: list[tuple[Realm, str, str]] = [
    ("operator", "", "/organizer"),
    ("buyer", "/me", "/me/tickets"),
]


class _Home:
    """One person's browser, in one realm."""

    def __init__(self, house: Product, visitor: Visitor, realm: Realm, at: str) -> None:
        self.visitor, self.at = visitor, at
        self.person = Person(house, visitor.client, realm)
        visitor.client.headers["X-Forwarded-For"] = self.person.address

    async def get(self, path: str) -> httpx.Response:
        return await self.visitor.get(self.at + path)

    async def join(self) -> None:
        """Through the pages, with the link of the mail."""
        page = form(await self.get("/register"), "/register")
        sent = await self.visitor.send(page, email=self.person.email, name="Ada", password=PASSWORD)
        assert "mail with a link" in words(sent)
        token = await self.person.link("register")
        opened = await self.get(f"/verify?token={token}")
        assert opened.headers["cache-control"] == "no-store"
        done = await self.visitor.send(form(opened, "/verify"), password=PASSWORD)
        assert done.status_code == 303

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        page = form(await self.get("/sign-in"), "/sign-in")
        return await self.visitor.send(page, email=self.person.email, password=password)


@pytest.mark.parametrize(("realm", "at", "home"), REALMS)
async def test_from_registering_to_a_second_factor_and_back_by_pages(
    house: Product, realm: Realm, at: str, home: str
) -> None:
    async with Visitor(house) as visitor, Visitor(house) as other:
        here, there = _Home(house, visitor, realm, at), _Home(house, other, realm, at)
        there.person.email = here.person.email
        await here.join()
        page = await here.get("/account")
        assert page.status_code == 200
        assert here.person.email in words(page)
        wrong = await there.sign_in("not what was chosen")
        assert (wrong.status_code, "wrong" in words(wrong)) == (401, True)
        assert (await there.sign_in()).headers["location"] == home
        page = await here.get("/account")
        revoke = [f for f in forms(page) if f.action == f"{at}/account/sessions"][-1]
        await visitor.post(revoke.action, {"session": "others"})
        assert (await there.get("/account")).headers["location"].startswith(f"{at}/sign-in")
        begun = await visitor.send(form(page, "/account/factor"), password=PASSWORD)
        secret = re.sub(r"\s", "", document(begun).findtext(".//code"))
        assert document(begun).find(".//img").get("src").startswith("data:image/svg+xml")
        confirm = form(begun, "/factor/confirm")
        refused = await visitor.send(confirm, code="000000")
        assert refused.status_code == 401
        code = HOTP(secret).at(int(time.time() // 30))
        done = await visitor.send(form(refused, "/factor/confirm"), code=code)
        recovery = [code.text for code in document(done).findall(".//code")]
        assert len(recovery) == 10
        asked = await there.sign_in()
        assert "Enter your code" in words(asked)
        again = await other.send(form(asked, "/sign-in/code"), code="000000")
        signed_in = await other.send(form(again, "/sign-in/code"), code=recovery[0])
        assert signed_in.headers["location"] == home
        page = await there.get("/account")
        off = await other.send(
            form(page, "/factor/disable"),
            password=PASSWORD,
            code=HOTP(secret).at(int(time.time() // 30) + 1),
        )
        assert "Two-step sign-in is off" in words(off)


@pytest.mark.parametrize(("realm", "at"), [each[:2] for each in REALMS])
async def test_what_is_wrong_with_a_registration_stands_beside_its_field(
    house: Product, realm: Realm, at: str
) -> None:
    async with Visitor(house) as visitor:
        here = _Home(house, visitor, realm, at)
        page = form(await here.get("/register"), "/register")
        right = {"email": here.person.email, "name": "Ada", "password": PASSWORD}
        for field, typed in (("name", " "), ("email", "nobody"), ("password", "aaaaaaaaaaaa")):
            refused = await visitor.send(page, **right | {field: typed})
            assert refused.status_code in (400, 422)
            [wrong] = document(refused).xpath("//*[@aria-invalid]")
            assert (wrong.get("name"), "autofocus" in wrong.attrib) == (field, True)
            assert document(refused).get_element_by_id(f"{field}-wrong").text_content()
            assert typed == " " or (typed in refused.text) == (field != "password")
            assert PASSWORD not in refused.text
        sent = await visitor.send(form(refused, "/register"), **right)
        assert "mail with a link" in words(sent)


@pytest.mark.parametrize(("realm", "at", "home"), REALMS)
async def test_a_forgotten_password_is_set_anew_by_pages(
    house: Product, realm: Realm, at: str, home: str
) -> None:
    async with Visitor(house) as visitor:
        here = _Home(house, visitor, realm, at)
        await here.join()
        page = form(await here.get("/forgot"), "/forgot")
        await visitor.send(page, email=here.person.email)
        token = await here.person.link("reset")
        asked = form(await here.get(f"/reset?token={token}"), "/reset")
        short = await visitor.send(asked, password="short")
        assert (short.status_code, "at least 12" in words(short)) == (422, True)
        done = await visitor.send(asked, password="a new one entirely")
        assert "Your new password is set" in words(done)
        assert (await here.get("/account")).status_code == 303
        assert (await here.sign_in("a new one entirely")).headers["location"] == home
        changed = await visitor.send(
            form(await here.get("/account"), "/account/password"),
            password="a new one entirely",
            new_password="and yet another one",
        )
        assert "Your password is changed" in words(changed)


@pytest.mark.parametrize(("realm", "at", "home"), REALMS)
async def test_an_address_is_changed_and_taken_back_by_pages(
    house: Product, realm: Realm, at: str, home: str
) -> None:
    """The link is opened where nobody is signed in: it comes back to the link after that."""
    async with Visitor(house) as visitor, Visitor(house) as other:
        here, there = _Home(house, visitor, realm, at), _Home(house, other, realm, at)
        await here.join()
        old, new = here.person.email, there.person.email
        asking = form(await here.get("/account"), "/account/email")
        refused = await visitor.send(asking, email=new, password="not what was chosen")
        assert (refused.status_code, "password is wrong" in words(refused)) == (401, True)
        [alert] = document(refused).xpath("//*[@role='alert']")
        assert alert.xpath("ancestor::section/@aria-labelledby") == ["email"]
        sent = await visitor.send(form(refused, "/account/email"), email=new, password=PASSWORD)
        assert "mail with a link" in words(sent)
        undo = f"/account/email/undo?token={await here.person.link('email-undo')}"
        link = f"/account/email/confirm?token={await there.person.link('email')}"
        there.person.email = old
        page = form(await other.get((await there.get(link)).headers["location"]), "/sign-in")
        back = await other.send(page, email=old, password=PASSWORD)
        assert back.headers["location"] == at + link
        done = await other.send(form(await there.get(link), "/account/email/confirm"))
        assert new in words(done)
        assert "Every other session has ended" in words(done)
        assert (await here.get("/account")).status_code == 303
        again = await there.get(link)
        over = await other.send(form(again, "/account/email/confirm"))
        assert (over.status_code, "used before" in words(over)) == (410, True)
        kept = form(await here.get(undo), "/account/email/undo")
        told = await visitor.send(kept, password="a new one entirely")
        assert "Sign in with them" in words(told)
        assert (await there.get("/account")).status_code == 303
        assert (await here.sign_in("a new one entirely")).headers["location"] == home


@pytest.mark.parametrize(("realm", "at", "home"), REALMS)
async def test_a_token_that_ended_is_renewed_on_the_way_and_nobody_notices(
    house: Product, realm: Realm, at: str, home: str
) -> None:
    """Pages, calls of scripts and forms alike; until the session is revoked."""
    cookie = "fh_buyer" if realm == "buyer" else "fh_operator"
    async with Visitor(house) as visitor:
        here = _Home(house, visitor, realm, at)
        await here.join()
        api = "/v1/buyers/sessions" if realm == "buyer" else "/v1/auth/sessions"
        seen = {visitor.client.cookies[f"{cookie}_refresh"]}
        for path in (f"{at}/account", api):
            visitor.client.cookies.delete(cookie)
            answer = await visitor.get(path)
            assert answer.status_code == 200, path
            names = {line.partition("=")[0] for line in answer.headers.get_list("set-cookie")}
            assert names == {cookie, f"{cookie}_refresh"}
            seen.add(visitor.client.cookies[f"{cookie}_refresh"])
        assert len(seen) == 3
        assert "set-cookie" not in (await visitor.get(api)).headers
        visitor.client.cookies.set(cookie, "ended")
        page = await here.get("/account")
        assert page.status_code == 200
        out = await visitor.send(form(page, "/sign-out"))
        assert out.status_code == 303
        assert f"{cookie}_refresh" not in visitor.client.cookies
        assert (await here.get("/account")).status_code == 303


async def test_a_buyer_who_signs_in_keeps_the_places_of_this_browser(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as visitor:
        here = _Home(house, visitor, "buyer", "/me")
        await here.join()
        await visitor.send(form(await here.get("/account"), "/sign-out"))
        await visitor.get(f"/e/{event.slug}")
        held = await visitor.client.post(
            f"/v1/events/{event.id}/holds", json={"seats": [0]}, headers=visitor.buyer
        )
        hold = ok(held, 201)
        await here.sign_in()
        assert (await visitor.get(f"/checkout/{hold['id']}")).status_code == 200
        # The account's token stays as short as it is, whatever page of a guest is opened.
        named = house.tokens.named("buyer", visitor.client.cookies["fh_buyer"])
        assert named.session_id is not None
        assert named.ends - time.time() < 1_000


async def test_a_refresh_cookie_that_is_over_leaves_a_guest(house: Product) -> None:
    event = house.event()
    async with Visitor(house) as visitor:
        here = _Home(house, visitor, "buyer", "/me")
        await here.join()
        await rows(
            house,
            """UPDATE sessions SET revoked_at = now() FROM users u
               WHERE u.id = user_id AND email = $1""",
            here.person.email,
        )
        visitor.client.cookies.delete("fh_buyer")
        assert (await visitor.get(f"/e/{event.slug}")).status_code == 200
        assert "fh_buyer_refresh" not in visitor.client.cookies
        assert house.tokens.named("buyer", visitor.client.cookies["fh_buyer"]).session_id is None


async def test_a_foreign_page_sends_no_form_of_accounts(house: Product) -> None:
    async with Visitor(house) as visitor:
        for at in ("", "/me"):
            for path in ("sign-in", "sign-in/code", "register", "verify", "forgot", "reset",
                         "account/password", "account/sessions", "account/factor",
                         "account/email", "account/email/confirm",
                         "account/email/undo"):  # fmt: skip
                answer = await visitor.post(
                    f"{at}/{path}", {}, headers={"Origin": "https://evil.example"}
                )
                assert answer.status_code == 403, path


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge on Windows"),
        ("python-httpx/0.28", "python-httpx"),
        ("", "Unknown program"),
    ],
)  # fmt: skip
def test_a_session_is_called_what_people_call_their_device(sent: str, said: str) -> None:
    assert device_words(sent) == said
