"""Settings are refused before anything starts, in one line that names what is wrong."""

import subprocess
import sys

import pytest

from server.settings import Settings, SettingsError, load
from tests.fixtures.services import ROOT

GOOD = {
    "DATABASE_URL": "postgresql://u:p@127.0.0.1/x",
    "REDIS_URL": "redis://127.0.0.1/0",
    "JWT_SECRET": "s" * 32,
    "TICKET_KEY": "0a" * 32,
}
WRONG: dict[str, dict[str, str | None]] = {
    "DATABASE_URL missing": {"DATABASE_URL": None},
    "DATABASE_URL empty": {"DATABASE_URL": ""},
    "DATABASE_URL of another kind": {"DATABASE_URL": "mysql://x"},
    "REDIS_URL missing": {"REDIS_URL": None},
    "REDIS_URL without a scheme": {"REDIS_URL": "localhost:6379"},
    "JWT_SECRET missing": {"JWT_SECRET": None},
    "JWT_SECRET short": {"JWT_SECRET": "s" * 31},
    "JWT_EXPIRES_IN in words": {"JWT_EXPIRES_IN": "1h"},
    "TICKET_KEY missing": {"TICKET_KEY": None},
    "TICKET_KEY short": {"TICKET_KEY": "0a" * 31},
    "TICKET_KEY not hexadecimal": {"TICKET_KEY": "zz" * 32},
    "TICKET_KEY twice the same": {"TICKET_KEY": ",".join(2 * ["0a" * 32])},
    "TICKET_KEY with a gap": {"TICKET_KEY": f"{'0a' * 32},,{'0b' * 32}"},
    "PORT in words": {"PORT": "http"},
    "PORT zero": {"PORT": "0"},
    "PORT large": {"PORT": "65536"},
    "ENV unknown": {"ENV": "staging"},
    "LOG_LEVEL unknown": {"LOG_LEVEL": "LOUD"},
    "BASE_URL without a scheme": {"BASE_URL": "tickets.example"},
    "BASE_URL missing in production": {"ENV": "prod"},
    "DNS_RESOLVER without a port": {"DNS_RESOLVER": "127.0.0.1"},
    "PARTNER_KEYS without a name": {"PARTNER_KEYS": "0a" * 32},
    "PARTNER_KEYS as the key itself": {"PARTNER_KEYS": "acme=zz" * 32},
    "SERVICE_KEYS short": {"SERVICE_KEYS": "finance=" + "0a" * 31},
    "SERVICE_KEYS twice the same": {"SERVICE_KEYS": f"a={'0a' * 32},b={'0a' * 32}"},
    "SANDBOX_URL of another kind": {"SANDBOX_URL": "ftp://x"},
    "SANDBOX_URL without its secrets": {"SANDBOX_URL": "http://127.0.0.1:1"},
}


def _environment(changes: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in (GOOD | changes).items() if value is not None}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_is_wrong_is_named_in_one_line(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(_environment(WRONG[name]))
    said = str(refused.value)
    assert name.split()[0] in said
    assert "\n" not in said
    for secret in ("s" * 31, "0a" * 31, "zz" * 32):
        assert secret not in said, "a secret does not reach a log"


def test_good_settings_are_taken() -> None:
    settings = load(_environment({"PORT": "8080", "LOG_LEVEL": "", "ENV": "dev"}))
    assert isinstance(settings, Settings)
    assert (settings.port, settings.log_level, settings.env) == (8080, "INFO", "dev")
    assert settings.public_url == "http://127.0.0.1:8080"


def test_no_secret_has_a_default() -> None:
    with pytest.raises(SettingsError):
        load({})
    for name in ("jwt_secret", "ticket_key"):
        with pytest.raises(AttributeError):
            getattr(Settings, name).default  # noqa: B018


@pytest.mark.parametrize("process", ["serve", "worker"])
def test_a_process_with_wrong_settings_ends_with_that_line(process: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server", process],
        cwd=ROOT,
        env=_environment({"JWT_SECRET": "short", "PATH": "/usr/bin"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode not in (0, None)
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    assert "JWT_SECRET" in lines[0]
