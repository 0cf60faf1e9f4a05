"""Signing keys: many at once, each known by its name, and a revoked one opens nothing."""

import datetime as dt
import uuid

import httpx
import jwt
import pytest

from server.identity import keys
from server.identity.keys import FIRST_KID, LEAD_S, Keyring
from server.identity.models import KeyInUse
from server.identity.sql import KeyRow
from server.identity.tokens import Tokens
from server.kernel.db import Database
from server.kernel.errors import NotFound, Unauthenticated
from tests.fixtures.product import Product
from tests.fixtures.services import server_command
from tests.server.support import ok, rows, until

SECRET = "s" * 32


def _signed(tokens: Tokens) -> str:
    return tokens.sign("buyer", str(uuid.uuid4()), dt.datetime.now(dt.UTC))[0]


def _kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def test_a_new_key_signs_once_every_process_knows_it_and_old_tokens_stay_valid() -> None:
    """Two processes that read the list at different times accept each other's tokens throughout."""
    early, late = Tokens(SECRET, 900), Tokens(SECRET, 900)
    before = _signed(early)
    early.use([KeyRow(FIRST_KID, True), KeyRow("new", False)])
    for reader in (early, late):
        reader.named("buyer", _signed(early))
    late.use([KeyRow(FIRST_KID, True), KeyRow("new", False)])
    early.use([KeyRow(FIRST_KID, True), KeyRow("new", True)])
    assert (_kid(_signed(early)), _kid(_signed(late))) == ("new", FIRST_KID)
    for writer in (early, late):
        for reader in (early, late):
            reader.named("buyer", _signed(writer))
            reader.named("buyer", before)


def test_a_revoked_key_opens_nothing_even_what_was_read_before() -> None:
    tokens = Tokens(SECRET, 900)
    old = _signed(tokens)
    tokens.named("buyer", old)
    tokens.use([KeyRow("new", False)])
    assert _kid(_signed(tokens)) == "new", "where none has come of age, the oldest signs"
    with pytest.raises(Unauthenticated):
        tokens.named("buyer", old)


def test_the_same_key_of_another_deployment_is_another_key() -> None:
    ours, theirs = Tokens(SECRET, 900), Tokens("t" * 32, 900)
    with pytest.raises(Unauthenticated):
        ours.named("buyer", _signed(theirs))
    assert keys.derive(SECRET, "a") != keys.derive(SECRET, "b")
    assert Keyring(SECRET).jwks() == Keyring(SECRET).jwks()


async def test_the_list_in_the_database_decides(database_url: str) -> None:
    db = await Database.open(database_url, connections_max=2)
    try:
        async with db.tx() as tx:
            assert await keys.listed(tx) == [KeyRow(FIRST_KID, True)]
            with pytest.raises(KeyInUse):
                await keys.revoke(tx, FIRST_KID)
            kid = await keys.rotate(tx)
            assert await keys.listed(tx) == [KeyRow(FIRST_KID, True), KeyRow(kid, False)]
            await tx.connection.execute(
                "UPDATE signing_keys SET signs_from = now() - interval '189 days' WHERE kid = $1",
                kid,
            )
            assert await keys.listed(tx) == [KeyRow(FIRST_KID, True), KeyRow(kid, True)]
            await tx.connection.execute(
                "UPDATE signing_keys SET signs_from = now() - interval '191 days' WHERE kid = $1",
                kid,
            )
            assert await keys.listed(tx) == [KeyRow(kid, True)], "nothing it signed is left"
            with pytest.raises(NotFound):
                await keys.revoke(tx, "unheard of")
    finally:
        await db.close()


async def test_keys_rotate_and_are_revoked_under_running_processes(product: Product) -> None:
    """The public keys are served, a foreign program can verify with them, and revoking is felt."""
    environment = product.environ
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:
        guest = ok(await client.post("/v1/auth/guest"), 201)["token"]
        served = jwt.PyJWKSet.from_dict(ok(await client.get("/.well-known/jwks.json")))
        claims = jwt.decode(
            guest, served[_kid(guest)], ["EdDSA"], audience="buyer", issuer="fullhouse"
        )
        assert uuid.UUID(claims["sub"])
        kid = server_command("keys", "rotate", environment=environment).split()[0]
        assert "is about to sign" in server_command("keys", "list", environment=environment)
        (row,) = await rows(
            product,
            "SELECT extract(epoch FROM signs_from - now())::int AS s FROM signing_keys "
            "WHERE kid = $1",
            kid,
        )
        assert LEAD_S - 60 < row["s"] <= LEAD_S
        server_command("keys", "revoke", FIRST_KID, environment=environment)

        async def is_new() -> bool:
            listed = ok(await client.get("/.well-known/jwks.json"))["keys"]
            return [key["kid"] for key in listed] == [kid]

        await until(is_new)
        headers = {"Authorization": f"Bearer {guest}"}
        assert (await client.get("/v1/me", headers=headers)).status_code == 401
        fresh = ok(await client.post("/v1/auth/guest"), 201)["token"]
        assert _kid(fresh) == kid
        headers = {"Authorization": f"Bearer {fresh}"}
        assert ok(await client.get("/v1/me", headers=headers))["is_guest"] is True
