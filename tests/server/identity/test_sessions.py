"""Sessions: renewed by a chain of tokens, listed, and over when they are revoked."""

import asyncio
import time

import httpx
import pytest

from server.identity.models import Realm
from tests.fixtures.feed import Feed, RecordsFold
from tests.fixtures.product import Product
from tests.server.identity.people import Person
from tests.server.support import ok, problem, rows

REALMS: list[Realm] = ["operator", "buyer"]


async def _age(person: Person, seconds: float) -> None:
    """As if the session's refresh tokens had been used so long ago."""
    await rows(
        person.product,
        """UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $2)
           WHERE session_id = $1::text::uuid""",
        person.grant["session_id"],
        seconds,
    )


@pytest.mark.parametrize("realm", REALMS)
async def test_a_session_goes_on_by_its_refresh_tokens(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    seen = {person.grant["refresh_token"]}
    for _ in range(3):
        before = person.grant
        person.grant = ok(await person.refresh())
        assert person.grant["session_id"] == before["session_id"]
        assert person.grant["user_id"] == before["user_id"]
        seen.add(person.grant["refresh_token"])
        (session,) = ok(await person.sessions())["items"]
        assert session["is_current"]
        assert session["device"] == "Person/1.0"
    assert len(seen) == 4
    stored = await rows(house, "SELECT encode(hash, 'escape') AS hash FROM refresh_tokens")
    assert not any(token in row["hash"] for row in stored for token in seen)


async def test_a_lost_answer_is_given_again_and_the_chain_does_not_fork(
    house: Product, client: httpx.AsyncClient
) -> None:
    """Two tabs at once, and a third a moment later: all get the same successor."""
    person = await Person(house, client).join()
    answers = await asyncio.gather(*(person.refresh() for _ in range(5)))
    answers.append(await person.refresh())
    successors = {ok(answer)["refresh_token"] for answer in answers}
    assert len(successors) == 1
    person.grant = ok(await person.refresh(successors.pop()))
    ok(await person.sessions())


@pytest.mark.parametrize("realm", REALMS)
async def test_a_copied_refresh_token_ends_the_session_for_everybody(
    house: Product, client: httpx.AsyncClient, realm: Realm
) -> None:
    person = await Person(house, client, realm).join()
    stolen = person.grant["refresh_token"]
    person.grant = ok(await person.refresh())
    await _age(person, 31)
    told = problem(await person.refresh(stolen), 401, "unauthenticated")
    assert "copy" in told["detail"]
    problem(await person.refresh(), 401, "unauthenticated")
    problem(await person.sessions(), 401, "unauthenticated")
    (event,) = await rows(
        house,
        """SELECT data::text AS data FROM outbox_events
           WHERE type = 'identity.session.copied' AND subject = $1""",
        f"account:{person.grant['user_id']}",
    )
    assert stolen not in event["data"]


async def test_another_token_than_the_sessions_own_ends_nothing(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    own = person.grant["refresh_token"]
    for wrong in ("", "x", own[:-1], own + "a", "fhr_" + "a" * 32, person.grant["session_id"]):
        answer = await person.post("refresh", {"refresh_token": wrong})
        problem(answer, 401, "unauthenticated")
    other = await Person(house, client, "buyer").join()
    problem(await other.refresh(own), 401, "unauthenticated")
    ok(await person.refresh())


async def test_a_session_that_is_not_used_ends(house: Product, client: httpx.AsyncClient) -> None:
    person = await Person(house, client).join()
    await rows(
        house,
        "UPDATE sessions SET expires_at = now() - interval '1 s' WHERE id::text = $1",
        person.grant["session_id"],
    )
    problem(await person.sessions(), 401, "unauthenticated")
    problem(await person.refresh(), 401, "unauthenticated")


async def test_sessions_are_listed_and_revoked_one_by_one_and_all_others(
    house: Product, client: httpx.AsyncClient
) -> None:
    person, stranger = Person(house, client), await Person(house, client).join()
    await person.join()
    grants = [person.grant, *[await person.login_ok() for _ in range(3)]]
    listed = ok(await person.sessions())["items"]
    assert {session["id"] for session in listed} == {grant["session_id"] for grant in grants}
    assert [session["id"] for session in listed if session["is_current"]] == [
        person.grant["session_id"]
    ]
    path = f"/v1/auth/sessions/{grants[0]['session_id']}"
    problem(await client.delete(path, headers=stranger.headers), 404, "not-found")
    assert (await client.delete(path, headers=person.headers)).status_code == 204
    problem(await client.delete(path, headers=person.headers), 404, "not-found")
    gone = {"Authorization": f"Bearer {grants[0]['token']}"}
    problem(await client.get("/v1/auth/sessions", headers=gone), 401, "unauthenticated")
    others = await client.delete("/v1/auth/sessions", headers=person.headers)
    assert others.status_code == 204
    assert len(ok(await person.sessions())["items"]) == 1
    ok(await stranger.sessions())


async def test_signing_out_ends_the_session_at_once(
    house: Product, client: httpx.AsyncClient
) -> None:
    person = await Person(house, client).join()
    out = {"refresh_token": person.grant["refresh_token"]}
    for _ in range(2):
        assert (await person.post("logout", out)).status_code == 204
    problem(await person.sessions(), 401, "unauthenticated")


async def test_a_revoked_session_loses_its_streams_and_another_of_the_same_person_keeps_its_own(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, person = house.event(), await Person(house, client).join()
    await rows(
        house,
        """INSERT INTO organization_members (org_id, user_id, role)
           VALUES ('house', $1::text::uuid, 'admin')""",
        person.grant["user_id"],
    )
    path = f"{house.base_url}/v1/events/{event.id}/stream?channel=sales"
    first = person.grant
    second = await person.login_ok()

    def headers(grant: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {grant['token']}", "X-Org": "house"}

    async with (
        Feed(path, RecordsFold({}), headers(first)) as kept,
        Feed(path, RecordsFold({}), headers(second)) as gone,
    ):
        for feed in (kept, gone):
            await feed.until(lambda feed=feed: feed.version == 0)
        out = {"refresh_token": second["refresh_token"]}
        assert (await person.post("logout", out)).status_code == 204
        began = time.monotonic()
        await gone.until(gone.ended.is_set, 11)
        assert time.monotonic() - began < 11
        assert not kept.ended.is_set()
