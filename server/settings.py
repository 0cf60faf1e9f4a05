"""Settings: read once from the environment, checked, and passed down. Secrets have no default."""

import os
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class SettingsError(Exception):
    """One line that says which variable is wrong and what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="upper"):
    database_url: str
    redis_url: str
    database_owner_url: str = ""
    """Whose tables they are, for `migrate`; empty: the user of `database_url`."""
    jwt_secret: str
    """At least 32 characters; signs operator, buyer and sign-in tokens."""
    ticket_key: str
    """64 hex digits: the Ed25519 seed that signs scan tokens."""
    jwt_expires_in: int = 43_200
    """Seconds that a session token is valid."""
    env: Literal["demo", "dev", "prod"] = "prod"
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    """What browsers and providers call us by; `http://HOST:PORT` where ENV is not prod."""
    trusted_proxies: str = "127.0.0.1"
    """Whose X-Forwarded-For and -Proto are believed: addresses and networks, comma separated."""
    log_level: LogLevel = "INFO"
    database_connections_max: int = 16
    rate_limits: float = 1.0
    """By how much the limits on how often one may ask are multiplied; 0: there are none."""
    kafka_brokers: str = ""
    """Comma-separated host:port; empty: the event log is a Redis stream."""
    sandbox_url: str = ""
    """The sandbox payment gateway; empty: the provider is off."""
    sandbox_secret: str = ""
    sandbox_webhook_secret: str = ""

    @property
    def public_url(self) -> str:
        return self.base_url or f"http://{self.host}:{self.port}"


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
    ):
        if name in given and urlsplit(given[name]).scheme not in schemes:
            wanted = " or ".join(f"{s}://..." for s in schemes)
            raise SettingsError(f"settings: {name} must look like {wanted} (see .env.example)")
    if len(settings.jwt_secret) < 32:
        raise SettingsError("settings: JWT_SECRET needs at least 32 characters (see .env.example)")
    if not _is_seed(settings.ticket_key):
        raise SettingsError("settings: TICKET_KEY needs 64 hexadecimal digits (see .env.example)")
    if settings.sandbox_url and not (settings.sandbox_secret and settings.sandbox_webhook_secret):
        raise SettingsError(
            "settings: SANDBOX_URL needs SANDBOX_SECRET and SANDBOX_WEBHOOK_SECRET beside it"
        )
    if not 0 < settings.port < 65_536:
        raise SettingsError("settings: PORT must be between 1 and 65535")
    if settings.env == "prod" and not settings.base_url:
        raise SettingsError("settings: ENV=prod needs BASE_URL, the address that browsers use")
    return settings


def _is_seed(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
