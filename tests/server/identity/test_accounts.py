"""Accounts: who has one is nobody else's to know, and nobody gets in by guessing."""

import asyncio
import hashlib
import ipaddress
import math
import statistics
import time

import httpx
import pytest
from argon2 import PasswordHasher

from server.identity.models import Realm
from tests.fixtures.product import Product
from tests.server.identity.people import PASSWORD, WAITED, WAITS_ON, Person, until_refused
from tests.server.support import locking, ok, patient, problem, rows, until_waiting

REALMS: list[Realm] = ["operator", "buyer"]
LOCK = "SELECT 1 FROM users WHERE email = $1 FOR UPDATE"


@pytest.mark.parametrize("realm", REALMS)
async def test_an_account_begins_with_the_link_and_the_password_together(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = Person(house, client, realm)
    ok(await person.register(), 202)
    problem(await person.login(), 401, "unauthenticated")
    token = await person.link("register")
    wrong = await person.verify(token, password="not what was chosen")
    problem(wrong, 401, "unauthenticated")
    grant = ok(await person.verify(token), 201)
    assert (grant.get("orgs") == []) == (realm == "operator")
    problem(await person.verify(token), 410, "link-over")
    assert (await person.login_ok())["user_id"] == grant["user_id"]


async def test_whose_address_it_is_decides_and_not_who_typed_it_first(
    house: Product, client: httpx.AsyncClient
) -> None:
    """A stranger registers an address; its owner registers too, and opens their own link."""
    stranger, owner = Person(house, client), Person(house, client)
    owner.email, owner.password = stranger.email, "words of the owner"
    ok(await stranger.register(), 202)
    strangers_link = await stranger.link("register")
    ok(await owner.register(), 202)
    ok(await owner.verify(), 201)
    problem(await stranger.verify(strangers_link), 410, "link-over")
    problem(await stranger.login(), 401, "unauthenticated")
    await owner.login_ok()


async def test_the_answer_does_not_tell_whether_an_address_has_an_account(
    house: Product, client: httpx.AsyncClient
) -> None:
    known, unknown = await Person(house, client).join(), Person(house, client)
    unknown.password = known.password
    answers = [
        (await known.register(), await unknown.register()),
        (
            await known.post("password/forgot", {"email": known.email}),
            await unknown.post("password/forgot", {"email": "nobody@people.example"}),
        ),
    ]
    for one, other in answers:
        assert ok(one, 202) == ok(other, 202)
    known.password = unknown.password = "not what was chosen"
    told = [problem(await who.login(), 401, "unauthenticated") for who in (known, unknown)]
    assert told[0]["detail"] == told[1]["detail"]


async def test_an_unknown_address_is_refused_as_slowly_as_a_wrong_password(
    house: Product, client: httpx.AsyncClient
) -> None:
    known = await Person(house, client).join()
    known.password = "not what was chosen"
    spent_s: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(5):
        for name, who in (("known", known), ("unknown", Person(house, client))):
            who.password = known.password
            began = time.perf_counter()
            problem(await who.login(), 401, "unauthenticated")
            spent_s[name].append(time.perf_counter() - began)
    fast, slow = sorted(statistics.median(times) for times in spent_s.values())
    assert slow < 3 * fast, spent_s


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("eleven char", "at least 12"),
        ("ababababababab", "different"),
        ("x" * 300 + "abcdefg", "at most 256"),
        ("EMAIL", "e-mail address"),
    ],
)
async def test_a_password_that_others_would_guess_is_refused_with_a_reason(
    house: Product, client: httpx.AsyncClient, password: str, told: str
) -> None:
    person = Person(house, client)
    person.password = person.email if password == "EMAIL" else password
    assert told in problem(await person.register(), 422, "password-refused")["detail"]


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@x.example", "ada@", "a b@x.example", "ada@x.example\r\nBcc: b@y.example", "a@b",
     "a,b@x.example", "<ada@x.example>", "a" * 250 + "@x.example", "\0@x.example"],
)  # fmt: skip
async def test_what_no_mail_could_reach_is_no_address(
    house: Product, client: httpx.AsyncClient, email: str
) -> None:
    person = Person(house, client)
    person.email = email
    problem(await person.register(), 400, "bad-request")


@pytest.mark.parametrize("realm", REALMS)
async def test_a_reset_link_works_once_and_ends_every_session(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    for _ in range(2):
        ok(await person.post("password/forgot", {"email": person.email.upper()}), 202)
    token = await person.link("reset")
    weak = await person.post("password/reset", {"token": token, "password": "short"})
    problem(weak, 422, "password-refused")
    body = {"token": token, "password": "a new one entirely"}
    assert (await person.post("password/reset", body)).status_code == 204
    problem(await person.post("password/reset", body), 410, "link-over")
    problem(await person.sessions(), 401, "unauthenticated")
    problem(await person.refresh(), 401, "unauthenticated")
    problem(await person.login(), 401, "unauthenticated")
    person.password = "a new one entirely"
    await person.login_ok()


async def test_a_link_of_one_kind_or_realm_or_time_opens_nothing_else(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    ok(await person.post("password/forgot", {"email": person.email}), 202)
    token = await person.link("reset")
    problem(await person.verify(token), 410, "link-over")
    as_buyer = Person(house, client, "buyer")
    body = {"token": token, "password": "a new one entirely"}
    problem(await as_buyer.post("password/reset", body), 410, "link-over")
    for wrong in ("", "x", person.grant["token"], token[:-9]):
        problem(await person.post("password/reset", body | {"token": wrong}), 410, "link-over")
    await rows(
        house,
        "UPDATE account_requests SET expires_at = now() WHERE email = $1 AND purpose = 'reset'",
        person.email,
    )
    problem(await person.post("password/reset", body), 410, "link-over")


async def test_a_changed_password_ends_the_other_sessions(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    first = person.grant
    await person.login_ok()
    body = {"password": person.password, "new_password": "a new one entirely"}
    wrong = await person.post("password/change", body | {"password": "?"}, signed_in=True)
    problem(wrong, 401, "unauthenticated")
    same = body | {"new_password": person.password}
    problem(await person.post("password/change", same, signed_in=True), 422, "password-refused")
    assert (await person.post("password/change", body, signed_in=True)).status_code == 204
    ok(await person.sessions())
    problem(await person.refresh(first["refresh_token"]), 401, "unauthenticated")
    person.password = "a new one entirely"
    await person.login_ok()


async def test_with_a_new_password_ends_what_was_begun_with_the_old_one(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    body = {"password": person.password, "new_password": "a new one entirely"}
    async with locking(house, LOCK, person.email) as owner:
        # Both have given the right password, and come too late with what they want for it.
        begun = [person.login, lambda: person.post("password/change", body, signed_in=True)]
        answering = asyncio.gather(*map(patient, begun))
        await until_waiting(house, 2)
        await owner.execute("UPDATE users SET password_hash = 'x' WHERE email = $1", person.email)
    for answer in await answering:
        problem(answer, 401, "unauthenticated")


async def test_a_password_is_changed_and_reset_at_once_one_after_the_other(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    ok(await person.post("password/forgot", {"email": person.email}), 202)
    change = {"password": person.password, "new_password": "a new one entirely"}
    reset = {"token": await person.link("reset"), "password": "another one entirely"}
    async with locking(house, LOCK, person.email):
        changing = asyncio.create_task(
            patient(lambda: person.post("password/change", change, signed_in=True))
        )
        await until_waiting(house, 1)
        resetting = asyncio.create_task(patient(lambda: person.post("password/reset", reset)))
        await until_waiting(house, 2)
    answers = [(await changing).status_code, (await resetting).status_code]
    assert answers in ([204, 410], [401, 204])


async def test_realms_have_accounts_of_their_own(house: Product, client: httpx.AsyncClient) -> None:
    """One address in both: other accounts, other passwords, and tokens that open one realm each."""
    operator, buyer = await Person(house, client).join(), Person(house, client, "buyer")
    buyer.email, buyer.password = operator.email, "a new one entirely"
    problem(await buyer.login(), 401, "unauthenticated")
    await buyer.join()
    assert buyer.grant["user_id"] != operator.grant["user_id"]
    await operator.login_ok()
    for path, who in (("/v1/auth/sessions", buyer), ("/v1/buyers/sessions", operator)):
        problem(await client.get(path, headers=who.headers), 401, "unauthenticated")
    problem(await client.get("/v1/me", headers=operator.headers), 401, "unauthenticated")
    guest = await client.get("/v1/buyers/sessions", headers=house.buyer())
    problem(guest, 401, "unauthenticated")


async def test_who_guesses_waits_longer_each_time_and_comes_in_when_they_are_right(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    right, person.password = person.password, "not what was chosen"
    statuses = await until_refused(person.login)
    assert statuses[:6] == [401] * 6
    assert statuses[-1] == 429
    await rows(house, WAITS_ON)
    refused = await person.login()
    told = problem(refused, 429, "too-many-attempts")
    assert 3_590 < told["retry_after_s"] <= 3_600 + 2 ** (len(statuses) - 7)
    assert int(refused.headers["retry-after"]) >= told["retry_after_s"] - 1
    person.password = right
    problem(await person.login(), 429, "too-many-attempts")
    # The owner, from elsewhere, is not kept out by a stranger.
    ok(await person.login(address="198.51.100.7"))
    await rows(house, WAITED)
    await person.login_ok()
    person.password = "not what was chosen"
    problem(await person.login(), 401, "unauthenticated")


async def test_a_hundred_guesses_at_once_are_a_hundred_guesses(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    person.password = "not what was chosen"
    began_s = time.monotonic()
    answers = await asyncio.gather(*(person.login() for _ in range(40)))
    statuses = [answer.status_code for answer in answers]
    # Five are free; then one each after 1, 2, 4 s.
    assert statuses.count(401) <= 6 + math.log2(1 + time.monotonic() - began_s), statuses
    assert set(statuses) <= {401, 429}


async def test_an_address_that_tries_many_accounts_waits_too(
    house: Product, client: httpx.AsyncClient
) -> None:
    guesser = Person(house, client)
    network = str(ipaddress.ip_network(f"{guesser.address}/64", strict=False))
    key = hashlib.sha256(f"address\0{network}".encode()).digest()
    await rows(house, "INSERT INTO attempts VALUES ($1, 40, now(), 'epoch')", key)
    for expected in (401, 429):
        guesser.email = f"other-{expected}@people.example"
        assert (await guesser.login()).status_code == expected
        await rows(house, WAITS_ON)
    # Another host of the same network is the same guesser; another network is not.
    assert (await guesser.login(address=guesser.address[:-1] + "2")).status_code == 429
    assert (await guesser.login(address="198.51.100.8")).status_code == 401


async def test_nobodys_mailbox_is_filled(house: Product, client: httpx.AsyncClient) -> None:
    statuses = []
    for at in range(7):
        person = Person(house, client)
        person.email = "victim@people.example"
        answer = await person.post("password/forgot", {"email": person.email})
        statuses.append(answer.status_code)
        assert at > 2 or answer.status_code == 202
    assert statuses.count(202) < 7


async def test_an_old_hash_is_made_anew_when_its_owner_signs_in(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    await rows(house, "UPDATE users SET password_hash = $2 WHERE email = $1", person.email, old)
    await person.login_ok()
    (row,) = await rows(house, "SELECT password_hash FROM users WHERE email = $1", person.email)
    assert "m=19456,t=2" in row["password_hash"]
    await person.login_ok()


async def test_no_secret_is_in_the_tables_or_in_events(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    ok(await person.post("password/forgot", {"email": person.email}), 202)
    link = await person.link("reset")
    secrets = (PASSWORD, link, link.rpartition(".")[2], person.grant["refresh_token"])
    for table in ("users", "account_requests", "sessions", "refresh_tokens", "outbox", "mails"):
        for row in await rows(house, f"SELECT t::text AS text FROM {table} t"):
            assert not any(secret in row["text"] for secret in secrets), table
    for row in await rows(house, "SELECT data::text AS d FROM outbox WHERE type ~ '^identity'"):
        assert "@" not in row["d"]


async def test_a_user_is_told_of_themselves_only(house: Product, client: httpx.AsyncClient) -> None:
    person, other = await Person(house, client).join(), await Person(house, client).join()
    own = f"/v1/users/{person.grant['user_id']}"
    seen = ok(await client.get(own, headers=person.headers))
    assert (seen["email"], seen["has_mfa"]) == (person.email, False)
    problem(await client.get(own, headers=other.headers), 404, "not-found")
