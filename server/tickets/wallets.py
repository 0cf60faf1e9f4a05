"""Tickets for the wallets of phones: a signed pass for Apple's, a signed link for Google's.

Each is offered where its certificate or key is configured. Sources: Apple, Wallet Passes, "Building
a Pass"; Google Wallet API, Event tickets, "JWT".
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from PIL import Image

from server.catalog.models import Event
from server.kernel.errors import NotConfigured
from server.settings import Settings, SettingsError
from server.tickets import words
from server.tickets.models import TicketView
from server.tickets.papers import Brand, number_of

SAVE_URL = "https://pay.google.com/gp/v/save/"
ICON_SIDE = 29
_EPOCH = (1980, 1, 1, 0, 0, 0)


class AppleWallet:
    """`pass_pem`: the certificate of the pass type and its key; `wwdr_pem`: Apple's own."""

    def __init__(self, pass_type: str, team: str, pass_pem: bytes, wwdr_pem: bytes) -> None:
        self._pass_type, self._team = pass_type, team
        self._certificate = x509.load_pem_x509_certificate(pass_pem)
        key = serialization.load_pem_private_key(pass_pem, None)
        self._key: Any = key
        self._wwdr = x509.load_pem_x509_certificate(wwdr_pem)

    def make(self, ticket: TicketView, event: Event, brand: Brand, language: str) -> bytes:
        """A .pkpass file."""
        files = {
            "pass.json": json.dumps(self._told(ticket, event, brand, language)).encode(),
            "icon.png": _icon(brand.color, ICON_SIDE),
            "icon@2x.png": _icon(brand.color, 2 * ICON_SIDE),
        }
        if brand.logo is not None:
            files["logo.png"] = bytes(brand.logo)
        # SHA-1 is what a pass's manifest is of; the signature over it is of SHA-256.
        sums = {name: hashlib.sha1(body).hexdigest() for name, body in files.items()}  # noqa: S324
        manifest = json.dumps(sums).encode()
        signature = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(manifest)
            .add_signer(self._certificate, self._key, hashes.SHA256())
            .add_certificate(self._wwdr)
            .sign(
                serialization.Encoding.DER,
                [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
            )
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, body in (files | {"manifest.json": manifest, "signature": signature}).items():
                packed.writestr(zipfile.ZipInfo(name, _EPOCH), body)
        return out.getvalue()

    def _told(
        self, ticket: TicketView, event: Event, brand: Brand, language: str
    ) -> dict[str, Any]:
        told = words.SHEETS[language]

        def field(key: str, label: str, value: str) -> dict[str, str]:
            return {"key": key, "label": label, "value": value}

        return {
            "formatVersion": 1,
            "passTypeIdentifier": self._pass_type,
            "teamIdentifier": self._team,
            "serialNumber": str(ticket.id),
            "organizationName": brand.name,
            "logoText": brand.name,
            "description": event.name,
            "relevantDate": event.starts_at.isoformat(timespec="seconds"),
            "backgroundColor": _rgb(brand.color),
            "foregroundColor": _rgb(brand.ink),
            "labelColor": _rgb(brand.ink),
            "sharingProhibited": True,
            "barcodes": [
                {
                    "format": "PKBarcodeFormatQR",
                    "message": ticket.scan_token,
                    "messageEncoding": "iso-8859-1",
                }
            ],
            "eventTicket": {
                "primaryFields": [field("event", "", event.name)],
                "secondaryFields": [field("place", event.venue.name, words.when(event, language))],
                "auxiliaryFields": [
                    field("seat", told.kind, ticket.label),
                    field("holder", told.holder, ticket.holder_name),
                ],
                "backFields": [
                    field("order", told.number, number_of(ticket.order_id)),
                    field("show", "", told.show),
                ],
            },
        }


class GoogleWallet:
    """`account`: the JSON of the service account that signs for this issuer."""

    def __init__(self, issuer: str, account: dict[str, str]) -> None:
        self._issuer, self._email = issuer, account["client_email"]
        # Read once: OpenSSL checks a key for 40 ms.
        key = serialization.load_pem_private_key(account["private_key"].encode(), None)
        self._key: Any = key

    def link(self, ticket: TicketView, event: Event, brand: Brand, now: dt.datetime) -> str:
        """An address that saves the ticket in its reader's wallet."""
        event_class = f"{self._issuer}.{event.id}"
        place = {
            "name": _said(event.venue.name),
            "address": _said(words.address(event, words.DEFAULT) or event.venue.name),
        }
        moments = {"start": event.starts_at, "doorsOpen": event.doors_at, "end": event.ends_at}
        told = {
            "eventTicketClasses": [
                {
                    "id": event_class,
                    "issuerName": brand.name,
                    "reviewStatus": "UNDER_REVIEW",
                    "eventName": _said(event.name),
                    "venue": place,
                    "dateTime": {
                        name: moment.isoformat(timespec="seconds")
                        for name, moment in moments.items()
                        if moment is not None
                    },
                    "hexBackgroundColor": brand.color,
                }
            ],
            "eventTicketObjects": [
                {
                    "id": f"{self._issuer}.{ticket.id}",
                    "classId": event_class,
                    "state": "ACTIVE",
                    "barcode": {"type": "QR_CODE", "value": ticket.scan_token},
                    "ticketHolderName": ticket.holder_name,
                    "ticketNumber": number_of(ticket.order_id),
                    "seatInfo": {"seat": _said(ticket.label)},
                }
            ],
        }
        claims = {
            "iss": self._email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": int(now.timestamp()),
            "origins": [],
            "payload": told,
        }
        return SAVE_URL + jwt.encode(claims, self._key, "RS256")


class Wallets:
    """`apple`, `google`: None where this deployment does not offer it."""

    def __init__(
        self, apple: AppleWallet | None = None, google: GoogleWallet | None = None
    ) -> None:
        self.apple, self.google = apple, google

    @classmethod
    def open(cls, settings: Settings) -> "Wallets":
        """Raises SettingsError for files that are not what they should be."""
        apple = google = None
        if settings.apple_pass_type:
            try:
                apple = AppleWallet(
                    settings.apple_pass_type,
                    settings.apple_team_id,
                    Path(settings.apple_pass_pem).read_bytes(),
                    Path(settings.apple_wwdr_pem).read_bytes(),
                )
            except (OSError, ValueError, TypeError) as error:
                raise SettingsError(
                    "settings: APPLE_PASS_PEM takes a PEM file with a certificate and its key, "
                    f"APPLE_WWDR_PEM one with Apple's certificate: {error}"
                ) from error
        if settings.google_wallet_issuer:
            try:
                account = json.loads(Path(settings.google_wallet_account).read_bytes())
                google = GoogleWallet(settings.google_wallet_issuer, account)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise SettingsError(
                    "settings: GOOGLE_WALLET_ACCOUNT takes the JSON file of a service account: "
                    f"{error!r}"
                ) from error
        return cls(apple, google)

    def links(self, ticket: TicketView) -> list[tuple[str, str]]:
        """Address and words of each wallet that the ticket can go to."""
        offered = []
        if self.apple is not None:
            offered.append((f"{ticket.url}/ticket.pkpass", "Add to Apple Wallet"))
        if self.google is not None:
            offered.append((f"{ticket.url}/google-wallet", "Add to Google Wallet"))
        return offered


def off(name: str) -> NotConfigured:
    return NotConfigured(f"tickets do not go to {name}'s wallet here: its key is not configured")


def _said(text: str) -> dict[str, Any]:
    return {"defaultValue": {"language": words.DEFAULT, "value": text}}


def _rgb(color: str) -> str:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return f"rgb({red}, {green}, {blue})"


def _icon(color: str, side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), color).save(out, "PNG")
    return out.getvalue()
