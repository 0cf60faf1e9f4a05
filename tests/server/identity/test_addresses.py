"""Another e-mail address: two mailboxes and a password have a say; the older mailbox the last."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from pyotp.hotp import HOTP

from server.identity.models import Realm
from tests.fixtures.product import Product
from tests.server.identity.people import Person, new_email, token_of, until_refused
from tests.server.support import ok, problem, rows

REALMS: list[Realm] = ["operator", "buyer"]
NEW_PASSWORD = "a new one entirely"


async def _ask(person: Person, email: str, **more: Any) -> httpx.Response:
    body = {"email": email, "password": person.password, **more}
    return await person.post("email/change", body, signed_in=True)


async def _asked(person: Person) -> tuple[str, str, str]:
    """A new address, the token of the link there and that of the link to the old one."""
    email = new_email()
    ok(await _ask(person, email), 202)
    undo = await token_of(person.product, person.email, "email-undo")
    return email, await token_of(person.product, email, "email"), undo


async def _confirm(person: Person, token: str) -> httpx.Response:
    return await person.post("email/confirm", {"token": token}, signed_in=True)


async def _moved(person: Person) -> str:
    """The account has another address now; the token that takes it back."""
    email, take, undo = await _asked(person)
    assert (await _confirm(person, take)).status_code == 204
    person.email = email
    return undo


async def _undo(person: Person, token: str) -> httpx.Response:
    return await person.post("email/undo", {"token": token, "password": NEW_PASSWORD})


@pytest.mark.parametrize("realm", REALMS)
async def test_the_link_takes_the_new_address_once_and_ends_the_other_sessions(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    first = person.grant
    await person.login_ok()
    old = person.email
    email, take, _ = await _asked(person)
    await person.login_ok()  # as before, until the link is opened
    assert (await _confirm(person, take)).status_code == 204
    ok(await person.sessions())
    problem(await person.refresh(first["refresh_token"]), 401, "unauthenticated")
    problem(await person.login(), 401, "unauthenticated")
    problem(await _confirm(person, take), 410, "link-over")
    person.email = email.upper()
    assert (await person.login_ok())["user_id"] == first["user_id"]
    stranger = Person(house, client, realm)
    stranger.email = old
    await stranger.join()  # the old address is free again


@pytest.mark.parametrize("realm", REALMS)
async def test_the_old_mailbox_takes_the_address_back_with_a_new_password(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    owner = Person(house, client, realm)
    owner.email, owner.password = person.email, NEW_PASSWORD
    undo = await _moved(person)
    body = {"token": undo, "password": "short"}
    problem(await owner.post("email/undo", body), 422, "password-refused")
    assert (await _undo(owner, undo)).status_code == 204
    problem(await person.sessions(), 401, "unauthenticated")
    problem(await person.login(), 401, "unauthenticated")
    assert (await owner.login_ok())["user_id"] == person.grant["user_id"]
    problem(await _undo(owner, undo), 410, "link-over")


async def test_the_old_mailbox_stops_a_change_before_it_happens(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    _, take, undo = await _asked(person)
    assert (await _undo(person, undo)).status_code == 204
    person.password = NEW_PASSWORD
    await person.login_ok()
    problem(await _confirm(person, take), 410, "link-over")


async def test_the_oldest_mailbox_has_the_last_word(
    house: Product, client: httpx.AsyncClient
) -> None:
    """Who took an account and moved it on twice has mailboxes of their own, which are told, too."""
    person = await Person(house, client).join()
    owner = Person(house, client)
    owner.email, owner.password = person.email, NEW_PASSWORD
    first, second = await _moved(person), await _moved(person)
    _, waiting, third = await _asked(person)
    assert (await _undo(owner, first)).status_code == 204
    for token in (second, third):
        problem(await _undo(person, token), 410, "link-over")
    await owner.login_ok()
    problem(await _confirm(owner, waiting), 410, "link-over")


async def test_a_link_to_the_old_address_leaves_older_ones_open(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    owner = Person(house, client)
    owner.email, owner.password = person.email, NEW_PASSWORD
    first, second = await _moved(person), await _moved(person)
    assert (await _undo(person, second)).status_code == 204
    assert (await _undo(owner, first)).status_code == 204
    await owner.login_ok()


async def test_only_the_newest_wish_for_an_address_counts(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    _, first, _ = await _asked(person)
    email, second, _ = await _asked(person)
    problem(await _confirm(person, first), 410, "link-over")
    assert (await _confirm(person, second)).status_code == 204
    person.email = email
    await person.login_ok()


async def test_nobody_learns_from_asking_who_has_an_account(
    house: Product, client: httpx.AsyncClient
) -> None:
    """And whoever has the address meanwhile keeps it; the link is not spent on that."""
    person, other = await Person(house, client).join(), await Person(house, client).join()
    late = Person(house, client)
    taken, free = await _ask(person, other.email), await _ask(person, late.email)
    assert ok(taken, 202) == ok(free, 202)
    take = await late.link("email")
    await late.join()
    problem(await _confirm(person, take), 409, "account-exists")
    await person.login_ok()
    await late.login_ok()


async def test_an_address_that_is_another_accounts_by_now_is_not_taken_back(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    newcomer = Person(house, client)
    newcomer.email = person.email
    undo = await _moved(person)
    await newcomer.join()
    problem(await _undo(newcomer, undo), 409, "account-exists")
    await person.login_ok()


async def test_of_two_who_take_one_address_at_once_one_gets_it(
    house: Product, client: httpx.AsyncClient
) -> None:
    """Two accounts that move there, and one that begins there."""
    for _ in range(4):
        movers = [await Person(house, client).join() for _ in range(2)]
        newcomer, tokens = Person(house, client), []
        for mover in movers:
            ok(await _ask(mover, newcomer.email), 202)
            tokens.append(await newcomer.link("email"))
        ok(await newcomer.register(), 202)
        begin = await newcomer.link("register")
        answers = await asyncio.gather(
            *(_confirm(mover, token) for mover, token in zip(movers, tokens, strict=True)),
            newcomer.verify(begin),
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([201, 409, 409], [204, 409, 409])


async def test_asking_takes_the_password_and_the_second_factor(
    house: Product, client: httpx.AsyncClient
) -> None:
    person, email = await Person(house, client).join(), new_email()
    problem(await _ask(person, email, password="?"), 401, "unauthenticated")
    problem(await _ask(person, person.email.upper()), 400, "bad-request")
    problem(await _ask(person, "nowhere"), 400, "bad-request")
    enrolled = ok(await person.post("mfa/enrol", {"password": person.password}, signed_in=True))

    def code(steps: int) -> str:
        return HOTP(enrolled["secret"]).at(int(time.time() // 30) + steps)

    ok(await person.post("mfa/confirm", {"code": code(0)}, signed_in=True))
    told = problem(await _ask(person, email), 401, "unauthenticated")
    assert "second factor" in told["detail"]
    problem(await _ask(person, email, code="000000"), 401, "unauthenticated")
    assert not await rows(house, "SELECT FROM account_requests WHERE email = $1", email)
    ok(await _ask(person, email, code=code(1)), 202)


async def test_guessing_the_password_here_is_slowed_as_anywhere(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    person.password = "not what was chosen"
    statuses = await until_refused(lambda: _ask(person, new_email()))
    assert statuses[:5] == [401] * 5
    assert statuses[-1] == 429


async def test_nobodys_mailbox_is_filled_with_links(
    house: Product, client: httpx.AsyncClient
) -> None:
    victim = new_email()

    async def ask() -> httpx.Response:
        return await _ask(await Person(house, client).join(), victim)

    statuses = await until_refused(ask)
    assert statuses[:4] == [202] * 4
    assert statuses[-1] == 429


async def test_a_link_is_of_one_account_and_realm_and_time(
    house: Product, client: httpx.AsyncClient
) -> None:
    """A stranger whose address was typed by mistake has the link, and gets nothing by it."""
    person, stranger = await Person(house, client).join(), await Person(house, client).join()
    buyer = await Person(house, client, "buyer").join()
    email, take, undo = await _asked(person)
    for who in (stranger, buyer):
        problem(await _confirm(who, take), 410, "link-over")
    signed_out = await person.post("email/confirm", {"token": take})
    problem(signed_out, 401, "unauthenticated")
    problem(await _undo(buyer, undo), 410, "link-over")
    problem(await _undo(person, take), 410, "link-over")
    for wrong in ("", undo, person.grant["token"], take[:-9]):
        problem(await _confirm(person, wrong), 410, "link-over")
    await rows(
        house,
        "UPDATE account_requests SET expires_at = now() WHERE email = ANY($1)",
        [email, person.email],
    )
    problem(await _confirm(person, take), 410, "link-over")
    problem(await _undo(person, undo), 410, "link-over")


async def test_events_of_a_change_name_no_address_and_no_link(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    _, take, undo = await _asked(person)
    ok(await _ask(person, new_email()), 202)
    told = await rows(
        house,
        "SELECT type, data::text AS text FROM outbox WHERE subject = $1",
        f"account:{person.grant['user_id']}",
    )
    assert "identity.email.requested" in {row["type"] for row in told}
    kept = [*told, *await rows(house, "SELECT r::text AS text FROM account_requests r")]
    assert not any(token in row["text"] for row in kept for token in (take, undo))
    assert not any("@" in row["text"] for row in told)
