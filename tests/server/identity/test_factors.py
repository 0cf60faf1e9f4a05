"""The second factor: asked for, used once per code, and not to be guessed."""

import asyncio
import itertools
import time
from typing import Any

import httpx
import pytest
from pyotp.hotp import HOTP

from server.identity.models import Realm
from tests.fixtures.product import Product
from tests.server.identity.people import Person, until_refused
from tests.server.support import ok, problem, rows

REALMS: list[Realm] = ["operator", "buyer"]


def _code(secret: str, steps: int = 0) -> str:
    return HOTP(secret).at(int(time.time() // 30) + steps)


async def _enrol(person: Person) -> str:
    enrolled = ok(await person.post("mfa/enrol", {"password": person.password}, signed_in=True))
    assert enrolled["uri"].startswith("otpauth://totp/Fullhouse:")
    assert enrolled["secret"] in enrolled["uri"]
    return enrolled["secret"]


async def _protect(person: Person, steps: int = 0) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes. Spends this step's code; that of the next is good
    already, and still where this step ends meanwhile."""
    secret = await _enrol(person)
    confirmed = await person.post("mfa/confirm", {"code": _code(secret, steps)}, signed_in=True)
    return secret, ok(confirmed)["codes"]


async def _challenged(person: Person) -> str:
    told = ok(await person.login())
    assert told["mfa_required"] is True
    assert "token" not in told
    return told["challenge"]


async def _answer(person: Person, challenge: str, code: str) -> httpx.Response:
    return await person.post("mfa/verify", {"challenge": challenge, "code": code})


@pytest.mark.parametrize("realm", REALMS)
async def test_a_second_factor_is_asked_for_and_a_code_works_once(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    # Three codes are good at a time, and all are used: not at the end of a step.
    if (left_s := 30 - time.time() % 30) < 6:
        await asyncio.sleep(left_s)
    secret, _ = await _protect(person, -1)
    challenge, code = await _challenged(person), _code(secret)
    problem(await _answer(person, challenge, _code(secret, -1)), 401, "unauthenticated")
    person.grant = ok(await _answer(person, challenge, code))
    ok(await person.sessions())
    replayed = problem(
        await _answer(person, await _challenged(person), code), 401, "unauthenticated"
    )
    assert "used before" in replayed["detail"]
    person.grant = ok(await _answer(person, challenge, _code(secret, 1)))


async def test_nothing_is_on_before_its_first_code(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    nothing = await person.post("mfa/confirm", {"code": "123456"}, signed_in=True)
    problem(nothing, 409, "factor-refused")
    refused = await person.post("mfa/enrol", {"password": "?"}, signed_in=True)
    problem(refused, 401, "unauthenticated")
    first = await _enrol(person)
    second = await _enrol(person)
    wrong = await person.post("mfa/confirm", {"code": _code(first)}, signed_in=True)
    problem(wrong, 401, "unauthenticated")
    await person.login_ok()
    ok(await person.post("mfa/confirm", {"code": _code(second)}, signed_in=True))
    again = await person.post("mfa/enrol", {"password": person.password}, signed_in=True)
    problem(again, 409, "factor-refused")


async def test_a_recovery_code_works_once(house: Product, client: httpx.AsyncClient) -> None:
    person = await Person(house, client).join()
    _, codes = await _protect(person)
    assert len(set(codes)) == 10
    challenge = await _challenged(person)
    ok(await _answer(person, challenge, codes[0]))
    problem(await _answer(person, challenge, codes[0]), 401, "unauthenticated")
    ok(await _answer(person, challenge, f" {codes[1].upper().replace('-', ' ')} "))


async def test_codes_are_not_guessed(house: Product, client: httpx.AsyncClient) -> None:
    """From wherever: the account waits, whatever address tries."""
    person = await Person(house, client).join()
    await _protect(person)
    challenge, hosts = await _challenged(person), itertools.count(1)

    async def guess() -> httpx.Response:
        person.address = f"198.51.100.{next(hosts)}"
        return await _answer(person, challenge, "000000")

    statuses = await until_refused(guess)
    assert statuses[:5] == [401] * 5
    assert statuses[-1] == 429


async def test_a_challenge_opens_no_door_and_is_of_its_realm(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    secret, _ = await _protect(person)
    challenge = await _challenged(person)
    stranger = {"Authorization": f"Bearer {challenge}"}
    problem(await client.get("/v1/auth/sessions", headers=stranger), 401, "unauthenticated")
    body = {"challenge": challenge, "code": _code(secret, 1)}
    problem(await client.post("/v1/buyers/mfa/verify", json=body), 401, "unauthenticated")
    token = body | {"challenge": person.grant["token"]}
    problem(await client.post("/v1/auth/mfa/verify", json=token), 401, "unauthenticated")
    ok(await _answer(person, challenge, _code(secret, 1)))


async def test_turning_it_off_takes_the_password_and_a_code(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    secret, codes = await _protect(person)

    async def disable(**body: Any) -> httpx.Response:
        whole = {"password": person.password, "code": _code(secret, 1)} | body
        return await person.post("mfa/disable", whole, signed_in=True)

    problem(await disable(password="not what was chosen"), 401, "unauthenticated")
    problem(await disable(code="000000"), 401, "unauthenticated")
    assert (await disable()).status_code == 204
    await person.login_ok()
    problem(await _answer(person, "x", codes[0]), 401, "unauthenticated")


async def test_a_reset_password_leaves_the_second_factor_on(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    secret, _ = await _protect(person)
    before = await _challenged(person)
    ok(await person.post("password/forgot", {"email": person.email}), 202)
    body = {"token": await person.link("reset"), "password": "a new one entirely"}
    assert (await person.post("password/reset", body)).status_code == 204
    person.password = "a new one entirely"
    await _challenged(person)
    # Who knew the old password has not given the new one.
    problem(await _answer(person, before, _code(secret, 1)), 401, "unauthenticated")


async def test_neither_the_secret_nor_a_recovery_code_is_in_the_database(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    secret, codes = await _protect(person)
    for table in ("second_factors", "recovery_codes"):
        for row in await rows(house, f"SELECT * FROM {table}"):
            for value in row.values():
                told = value if isinstance(value, bytes) else str(value).encode()
                assert not any(text.encode() in told for text in (secret, *codes))
