"""Settings: read once from the environment, checked, and passed down. Secrets have no default."""

import ipaddress
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Literal
from urllib.parse import urlsplit

import msgspec

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
TICKET_KEYS_MAX = 8
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class SettingsError(Exception):
    """One line that says which variable is wrong and what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="upper"):
    database_url: str
    redis_url: str
    database_owner_url: str = ""
    """Whose tables they are, for `migrate`; empty: the user of `database_url`."""
    jwt_secret: str
    """At least 32 characters; the keys that sign tokens and seal second factors come from it."""
    ticket_key: str
    """Ed25519 seeds of scan tokens, 64 hex digits each, comma separated: the first one signs, those
    after it signed before and are still believed."""
    jwt_expires_in: int = 900
    """Seconds that a session's token is valid; its refresh token brings the next."""
    session_expires_in: int = 2_592_000
    """Seconds after its last refresh that a session ends."""
    env: Literal["demo", "dev", "prod"] = "prod"
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    """What browsers and providers call us by; `http://HOST:PORT` where ENV is not prod."""
    trusted_proxies: str = "127.0.0.1"
    """Whose X-Forwarded-For and -Proto are believed: addresses and networks, comma separated."""
    log_level: LogLevel = "INFO"
    database_connections_max: int = 16
    smtp_url: str = ""
    """`smtp://user:password@host:587` or `smtps://...:465`; empty: the log, in prod nothing."""
    mail_from: str = "Fullhouse <tickets@localhost>"
    rate_limits: float = 1.0
    """By how much the limits on how often one may ask are multiplied; 0: there are none."""
    kafka_brokers: str = ""
    """Comma-separated host:port; empty: the event log is a Redis stream."""
    sandbox_url: str = ""
    """The sandbox payment gateway; empty: the provider is off."""
    sandbox_secret: str = ""
    sandbox_webhook_secret: str = ""
    stripe_secret_key: str = ""
    """`sk_...` of the platform's account; empty: Stripe is off."""
    stripe_webhook_secrets: str = ""
    """`whsec_...` of its webhook endpoints, comma separated."""
    stripe_publishable_key: str = ""
    """`pk_...` of the same account, for payment forms of others' own; empty: there are none."""
    stripe_url: str = ""
    """Where Stripe's API is, for tests; empty: at Stripe."""
    webhook_networks: str = ""
    """Private networks that webhooks may reach all the same, comma separated; empty: none."""
    finance_url: str = ""
    """Of the finance system that is told of every settlement; empty: none is."""
    finance_key: str = ""
    """Sent to it as a bearer token, if there is one."""
    xendit_secret_key: str = ""
    """Empty: Xendit is off."""
    xendit_callback_token: str = ""
    xendit_url: str = ""
    """Where Xendit's API is, for tests; empty: at Xendit."""
    dns_resolver: str = ""
    """`address:port` of the resolver that is asked for the records of domains; empty: this
    machine's own."""
    partner_keys: str = ""
    """Partners' master keys as `name=SHA-256 of the key in hex`, comma separated."""
    service_keys: str = ""
    """Keys of services of the same house, written in the same way."""

    venue_directory_url: str = ""
    """Where venues that others keep are listed; empty: that directory is off."""
    artist_directory_url: str = ""
    directory_key: str = ""
    """Sent to both as a bearer token, if there is one."""
    apple_pass_type: str = ""
    """The pass type identifier of tickets in Apple's wallet; empty: they do not go there."""
    apple_team_id: str = ""
    apple_pass_pem: str = ""
    """A file with the pass type's certificate and its key."""
    apple_wwdr_pem: str = ""
    """A file with the certificate that Apple signed it with."""
    google_wallet_issuer: str = ""
    """The issuer id of tickets in Google's wallet; empty: they do not go there."""
    google_wallet_account: str = ""
    """The JSON file of the service account that signs for it."""
    s3_url: str = ""
    """The bucket that uploaded images are kept in; empty: they are kept in the database."""
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: str = ""

    @property
    def reachable(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """Private networks that webhooks may reach. Raises ValueError."""
        named = filter(None, (part.strip() for part in self.webhook_networks.split(",")))
        return [ipaddress.ip_network(part) for part in named]

    @property
    def public_url(self) -> str:
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def ticket_seeds(self) -> list[bytes]:
        return [bytes.fromhex(seed) for seed in self.ticket_key.split(",")]

    @property
    def stripe_secrets(self) -> list[str]:
        return [
            secret for each in self.stripe_webhook_secrets.split(",") if (secret := each.strip())
        ]

    @property
    def partners(self) -> dict[bytes, str]:
        """Hash of a master key -> whose it is."""
        return _shared_keys(self.partner_keys)

    @property
    def services(self) -> dict[bytes, str]:
        """Hash of a service's key -> whose it is."""
        return _shared_keys(self.service_keys)


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingsError, naming the first variable that is wrong."""
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    given = {name: environ[name] for name in names if environ.get(name, "") != ""}
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {error} (see .env.example)") from None
    for name, schemes in (
        ("DATABASE_URL", ("postgresql", "postgres")),
        ("DATABASE_OWNER_URL", ("postgresql", "postgres")),
        ("REDIS_URL", ("redis", "rediss", "unix")),
        ("BASE_URL", ("http", "https")),
        ("SANDBOX_URL", ("http", "https")),
        ("STRIPE_URL", ("http", "https")),
        ("XENDIT_URL", ("http", "https")),
        ("SMTP_URL", ("smtp", "smtps")),
        ("S3_URL", ("http", "https")),
        ("FINANCE_URL", ("http", "https")),
        ("VENUE_DIRECTORY_URL", ("http", "https")),
        ("ARTIST_DIRECTORY_URL", ("http", "https")),
    ):
        if name in given and urlsplit(given[name]).scheme not in schemes:
            wanted = " or ".join(f"{s}://..." for s in schemes)
            raise SettingsError(f"settings: {name} must look like {wanted} (see .env.example)")
    if len(settings.jwt_secret) < 32:
        raise SettingsError("settings: JWT_SECRET needs at least 32 characters (see .env.example)")
    seeds = settings.ticket_key.split(",")
    if not all(map(_is_seed, seeds)) or not len(set(seeds)) == len(seeds) <= TICKET_KEYS_MAX:
        raise SettingsError(
            "settings: TICKET_KEY needs 64 hexadecimal digits, or up to "
            f"{TICKET_KEYS_MAX} such keys, comma separated (see .env.example)"
        )
    if settings.sandbox_url and not (settings.sandbox_secret and settings.sandbox_webhook_secret):
        raise SettingsError(
            "settings: SANDBOX_URL needs SANDBOX_SECRET and SANDBOX_WEBHOOK_SECRET beside it"
        )
    if settings.xendit_secret_key and not settings.xendit_callback_token:
        raise SettingsError("settings: XENDIT_SECRET_KEY needs XENDIT_CALLBACK_TOKEN beside it")
    if settings.stripe_secret_key and not settings.stripe_secrets:
        raise SettingsError("settings: STRIPE_SECRET_KEY needs STRIPE_WEBHOOK_SECRETS beside it")
    for name, told in (
        ("PARTNER_KEYS", settings.partner_keys),
        ("SERVICE_KEYS", settings.service_keys),
    ):
        try:
            _shared_keys(told)
        except ValueError:
            raise SettingsError(
                f"settings: {name} takes name=SHA-256 of the key as 64 hexadecimal digits, "
                "comma separated (see .env.example)"
            ) from None
    try:
        _ = settings.reachable
    except ValueError:
        raise SettingsError(
            "settings: WEBHOOK_NETWORKS takes networks like 10.1.0.0/16, comma separated"
        ) from None
    address, _, port = settings.dns_resolver.rpartition(":")
    if settings.dns_resolver and not (address and port.isdecimal()):
        raise SettingsError("settings: DNS_RESOLVER must look like 127.0.0.1:53")
    if not 60 <= settings.jwt_expires_in < settings.session_expires_in:
        raise SettingsError("settings: JWT_EXPIRES_IN takes 60 or more, below SESSION_EXPIRES_IN")
    apple = (settings.apple_team_id, settings.apple_pass_pem, settings.apple_wwdr_pem)
    if settings.apple_pass_type and not all(apple):
        raise SettingsError(
            "settings: APPLE_PASS_TYPE needs APPLE_TEAM_ID, APPLE_PASS_PEM and APPLE_WWDR_PEM "
            "beside it"
        )
    if settings.google_wallet_issuer and not settings.google_wallet_account:
        raise SettingsError("settings: GOOGLE_WALLET_ISSUER needs GOOGLE_WALLET_ACCOUNT beside it")
    if settings.s3_url and not (settings.s3_access_key and settings.s3_secret_key):
        raise SettingsError("settings: S3_URL needs S3_ACCESS_KEY and S3_SECRET_KEY beside it")
    if not 0 < settings.port < 65_536:
        raise SettingsError("settings: PORT must be between 1 and 65535")
    if "@" not in parseaddr(settings.mail_from)[1]:
        raise SettingsError("settings: MAIL_FROM takes an address like Tickets <a@b.example>")
    if settings.env == "prod" and not settings.base_url:
        raise SettingsError("settings: ENV=prod needs BASE_URL, the address that browsers use")
    return settings


def _shared_keys(text: str) -> dict[bytes, str]:
    """Raises ValueError."""
    keys: dict[bytes, str] = {}
    for entry in filter(None, text.split(",")):
        name, _, digest = entry.strip().partition("=")
        hashed = bytes.fromhex(digest)
        if not _NAME.fullmatch(name) or len(hashed) != 32 or hashed in keys:
            raise ValueError(entry)
        keys[hashed] = name
    return keys


def _is_seed(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
