"""A ticket in a phone's wallet is signed by who sells it and says what the ticket says."""

import datetime as dt
import hashlib
import io
import json
import subprocess
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from server.catalog.models import Event, Venue
from server.settings import SettingsError, load
from server.tickets.models import TicketView
from server.tickets.papers import Brand
from server.tickets.wallets import SAVE_URL, AppleWallet, GoogleWallet, Wallets
from tests.fixtures.product import Product
from tests.fixtures.wallets import wallet_settings
from tests.server.support import Buyer, problem
from tests.server.test_settings import GOOD as GIVEN

GOOD = GIVEN | {"ENV": "dev"}
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
BRAND = Brand("The House", "#1d4ed8", "#ffffff", "", None)


def _event() -> Event:
    told: dict[str, Any] = dict.fromkeys(Event.__struct_fields__)
    told |= {
        "id": uuid.UUID(int=7), "org_id": "house", "name": "The Tempest", "starts_at": NOW,
        "timezone": "Europe/Vienna", "venue": Venue("Playhouse", "Graz", "AT"),
    }  # fmt: skip
    return Event(**told)


def _ticket() -> TicketView:
    return TicketView(
        uuid.UUID(int=1), uuid.UUID(int=7), uuid.UUID(int=3), "Row C, seat 12", "Adult", "Ada",
        "valid", "abc", "/t/abc", "FH2TOKEN", NOW, None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return wallet_settings(tmp_path_factory.mktemp("wallets"))


def test_a_pass_is_signed_over_all_its_files(configured: dict[str, str], tmp_path: Path) -> None:
    own, wwdr = (Path(configured[name]) for name in ("APPLE_PASS_PEM", "APPLE_WWDR_PEM"))
    pems = own.read_bytes(), wwdr.read_bytes()
    made = AppleWallet("pass.house", "TEAM", *pems).make(_ticket(), _event(), BRAND, "en")
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        found = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(found["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(body).hexdigest()
        for name, body in found.items()
        if name not in ("manifest.json", "signature")
    }
    told = json.loads(found["pass.json"])
    assert told["barcodes"][0]["message"] == "FH2TOKEN"
    assert (told["passTypeIdentifier"], told["teamIdentifier"]) == ("pass.house", "TEAM")
    assert told["backgroundColor"] == "rgb(29, 78, 216)"
    assert found["icon.png"].startswith(b"\x89PNG")
    for name in ("manifest.json", "signature"):
        (tmp_path / name).write_bytes(found[name])
    assert _verified(tmp_path, wwdr)
    (tmp_path / "manifest.json").write_bytes(found["manifest.json"].replace(b"icon", b"ikon"))
    assert not _verified(tmp_path, wwdr)


def _verified(folder: Path, authority: Path) -> bool:
    argv = ["openssl", "smime", "-verify", "-inform", "DER", "-in", str(folder / "signature"),
            "-content", str(folder / "manifest.json"), "-CAfile", str(authority), "-purpose", "any",
            "-binary"]  # fmt: skip
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def test_a_link_to_a_wallet_is_signed_for_its_issuer(configured: dict[str, str]) -> None:
    account = json.loads(Path(configured["GOOGLE_WALLET_ACCOUNT"]).read_text())
    link = GoogleWallet("338800", account).link(_ticket(), _event(), BRAND, NOW)
    assert link.startswith(SAVE_URL)
    key = serialization.load_pem_private_key(account["private_key"].encode(), None).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    options: Any = {"verify_iat": False}  # made at a moment of the test's own
    token = link.removeprefix(SAVE_URL)
    told = jwt.decode(token, pem, ["RS256"], audience="google", options=options)
    assert (told["iss"], told["typ"]) == ("wallet@house.example", "savetowallet")
    [event_class], [ticket] = (
        told["payload"][name] for name in ("eventTicketClasses", "eventTicketObjects")
    )
    assert ticket["classId"] == event_class["id"]
    assert ticket["barcode"]["value"] == "FH2TOKEN"
    assert event_class["eventName"]["defaultValue"]["value"] == "The Tempest"


def test_wallets_are_offered_where_they_are_configured(configured: dict[str, str]) -> None:
    apple, google = (
        {name: value for name, value in configured.items() if name.startswith(maker)}
        for maker in ("APPLE", "GOOGLE")
    )
    for given, count in (({}, 0), (apple, 1), (google, 1), (apple | google, 2)):
        assert len(Wallets.open(load(GOOD | given)).links(_ticket())) == count
    keyless = Path(google["GOOGLE_WALLET_ACCOUNT"]).with_name("keyless.json")
    keyless.write_text(json.dumps({"client_email": "a@house.example", "private_key": "none"}))
    for wrong in (
        apple | {"APPLE_PASS_PEM": google["GOOGLE_WALLET_ACCOUNT"]},
        google | {"GOOGLE_WALLET_ACCOUNT": apple["APPLE_WWDR_PEM"]},
        google | {"GOOGLE_WALLET_ACCOUNT": "/nowhere"},
        google | {"GOOGLE_WALLET_ACCOUNT": str(keyless)},
    ):
        with pytest.raises(SettingsError):
            Wallets.open(load(GOOD | wrong))


async def test_without_a_key_a_ticket_goes_to_no_wallet(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    ticket = (await new_buyer().buy(house.event(), [1]))["tickets"][0]
    for name in ("ticket.pkpass", "google-wallet"):
        problem(await client.get(f"{ticket['url']}/{name}"), 503, "not-configured")
    assert "Wallet" not in (await client.get(ticket["url"])).text
