"""`python -m server demo`: the whole product on this machine, from nothing, until Ctrl-C.

Everything it keeps lies in `.demo/`: the databases, generated secrets, logs, the sandbox gateway's
journal, and `demo.json` with the addresses and credentials for programs.
"""

import asyncio
import datetime as dt
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from server import seed, settings
from server.embedded import EmbeddedPostgres, EmbeddedValkey, free_port
from server.embedded.child import ChildError, end, spawn
from server.identity import keys
from server.identity.sessions import Client, Sessions
from server.identity.tokens import Tokens
from server.kernel.db import Database
from server.kernel.ids import uuid7

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".demo"
SIGN_IN_S = 30 * 86_400
READY_TIMEOUT_S = 60.0
RESTART_PAUSE_S = 0.5

Result = TypeVar("Result")


class Kept(msgspec.Struct):
    """`.demo/secrets.json`: made once, kept until FRESH=1."""

    jwt_secret: str
    ticket_key: str
    sandbox_secret: str
    sandbox_webhook_secret: str
    sandbox_port: int
    seeded: seed.Seeded | None = None


class Stop(Exception):
    """Ctrl-C or SIGTERM."""


def run(*, fresh: bool) -> int:
    """Start, print where everything is, stay until told to stop. Returns the exit status."""

    def stop(*_: Any) -> None:
        raise Stop

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    demo = Demo(int(os.environ.get("PORT", "8000")))
    try:
        demo.start(fresh=fresh)
        demo.watch()
    except Stop:
        print("\nstopping", flush=True)
    except (ChildError, settings.SettingsError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.stop()
    print("stopped; data is kept in .demo (make demo FRESH=1 starts over)", flush=True)
    return 0


class Demo:
    def __init__(self, port: int) -> None:
        self._port = port
        self._base_url = f"http://127.0.0.1:{port}"
        self._postgres = EmbeddedPostgres(HOME / "postgres")
        self._valkey = EmbeddedValkey(HOME / "valkey")
        self._children: dict[str, tuple[list[str], subprocess.Popen[bytes]]] = {}
        self._environ: dict[str, str] = {}

    def start(self, *, fresh: bool) -> None:
        if _listens(self._port):
            raise ChildError(f"port {self._port} is taken: choose another with PORT=...")
        if fresh:
            self._postgres.remove()
            shutil.rmtree(HOME, ignore_errors=True)
        (HOME / "logs").mkdir(parents=True, exist_ok=True)
        kept = _kept()
        database_url = os.environ.get("DATABASE_URL") or _step("PostgreSQL", self._postgres.start)
        redis_url = os.environ.get("REDIS_URL") or _step("Redis (Valkey)", self._valkey.start)
        if _listens(kept.sandbox_port):
            kept.sandbox_port = free_port()
        sandbox_url = f"http://127.0.0.1:{kept.sandbox_port}"
        self._environ = dict(os.environ) | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "JWT_SECRET": kept.jwt_secret,
            "TICKET_KEY": kept.ticket_key,
            "ENV": "demo",
            "HOST": "127.0.0.1",
            "PORT": str(self._port),
            "BASE_URL": os.environ.get("BASE_URL") or self._base_url,
            "SANDBOX_URL": sandbox_url,
            "SANDBOX_SECRET": kept.sandbox_secret,
            "SANDBOX_WEBHOOK_SECRET": kept.sandbox_webhook_secret,
        }
        configured = settings.load(self._environ)
        _step("Tables", self._migrate)
        _step("Demo events", lambda: asyncio.run(_seed(configured, kept)))
        journal = ["--journal", str(HOME / "sandbox"), "--merchant", "Demo Concerts"]
        gateway = [
            "server.payments.sandbox",
            "--host",
            "127.0.0.1",
            "--port",
            str(kept.sandbox_port),
        ]
        _step("Payment sandbox", lambda: self._serve("sandbox", [*gateway, *journal], sandbox_url))
        _step("Web", lambda: self._serve("web", ["server", "serve"], self._base_url))
        _step("Worker", lambda: self._spawn("worker", ["server", "worker"]))
        facts = asyncio.run(_facts(configured, kept, sandbox_url))
        _write_private(HOME / "demo.json", msgspec.json.format(msgspec.json.encode(facts)))
        _print(facts)

    def watch(self) -> None:
        """Restart what dies; a demo may be kicked."""
        while True:
            time.sleep(RESTART_PAUSE_S)
            for name, (module, child) in list(self._children.items()):
                if child.poll() is not None:
                    print(f"{name} ended with {child.returncode}: starting it again", flush=True)
                    self._spawn(name, module)

    def stop(self) -> None:
        for name in ("web", "worker", "sandbox"):
            if name in self._children:
                end(self._children[name][1], signal.SIGTERM, 15)
        self._valkey.stop()
        self._postgres.stop()

    def _migrate(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "server", "migrate"],
            cwd=ROOT, env=self._environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ChildError(f"migration failed:\n{done.stderr[-2000:]}")

    def _spawn(self, name: str, module: list[str]) -> None:
        log = HOME / "logs" / f"{name}.log"
        argv = [sys.executable, "-m", *module]
        self._children[name] = (module, spawn(argv, log=log, env=self._environ, cwd=ROOT))

    def _serve(self, name: str, module: list[str], url: str) -> None:
        self._spawn(name, module)
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if _answers(f"{url}/health"):
                return
            if self._children[name][1].poll() is not None:
                break
            time.sleep(0.05)
        log = (HOME / "logs" / f"{name}.log").read_text(errors="replace")
        raise ChildError(f"{name} did not start; the end of its log:\n{log[-3000:]}")


def _step(title: str, work: Callable[[], Result]) -> Result:
    print(f"  {title:<18}", end="", flush=True)
    started = time.monotonic()
    result = work()
    print(f"{time.monotonic() - started:5.1f} s", flush=True)
    return result


def _kept() -> Kept:
    path = HOME / "secrets.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    kept = Kept(
        jwt_secret=secrets.token_hex(32),
        ticket_key=secrets.token_hex(32),
        sandbox_secret=secrets.token_hex(16),
        sandbox_webhook_secret=secrets.token_hex(16),
        sandbox_port=free_port(),
    )
    _keep(kept)
    return kept


def _keep(kept: Kept) -> None:
    _write_private(HOME / "secrets.json", msgspec.json.encode(kept))


def _write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, and readable by its owner only."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)


async def _seed(configured: settings.Settings, kept: Kept) -> None:
    db = await Database.open(configured.database_url, connections_max=2)
    try:
        seeded = await seed.seed(db, dt.datetime.now(dt.UTC))
    finally:
        await db.close()
    if seeded is not None:
        kept.seeded = seeded
    if kept.seeded is None:
        raise ChildError("this database has a demo whose keys are not here: use an empty one")
    _keep(kept)


async def _facts(configured: settings.Settings, kept: Kept, sandbox_url: str) -> dict[str, Any]:
    seeded = kept.seeded
    assert seeded is not None
    now = dt.datetime.now(dt.UTC)
    tokens = Tokens(configured.jwt_secret, SIGN_IN_S)
    db = await Database.open(configured.database_url, connections_max=1)
    try:
        async with db.tx(read_only=True) as tx:
            tokens.use(await keys.listed(tx))
        sessions = Sessions(db, tokens, configured.jwt_secret, SIGN_IN_S)
        here = Client("python -m server demo", "127.0.0.1")
        operator = await sessions.begin_for("operator", str(seeded.operator_id), here)
    finally:
        await db.close()
    base = configured.public_url

    def sign_in(realm: str, subject: str, then: str) -> str:
        token, _ = tokens.sign("sign-in", subject, now, realm=realm)
        return f"{base}/sign-in?token={token}&next={then}"

    buyers = [uuid7() for _ in range(3)]
    club = seeded.event_ids["club"]
    return {
        "base_url": base,
        "sandbox_url": sandbox_url,
        "org_id": seed.ORG_ID,
        "events": [
            {"id": seeded.event_ids[e.kind], "slug": e.slug, "name": e.name, "kind": e.kind}
            for e in seed.EVENTS
        ],
        "event_ids": seeded.event_ids,
        "operator": {"email": seed.OPERATOR_EMAIL, "password": seeded.operator_password},
        "operator_token": operator.token,
        "buyer_tokens": [tokens.sign("buyer", str(buyer), now)[0] for buyer in buyers],
        "scanner_key": seeded.scanner_keys["club"],
        "scanner_keys": seeded.scanner_keys,
        "sign_in": {
            "operator": sign_in("operator", str(seeded.operator_id), "/organizer"),
            **(
                {"staff": sign_in("operator", str(seeded.platform_id), "/staff")}
                if seeded.platform_id
                else {}
            ),
            "buyer": sign_in("buyer", str(buyers[0]), "/"),
            "board": sign_in("scanner", seeded.scanner_keys["club"], f"/board/{club}"),
        },
        "database_url": configured.database_url,
        "redis_url": configured.redis_url,
        "journal": str(HOME / "sandbox"),
    }


def _print(facts: dict[str, Any]) -> None:
    base = facts["base_url"]
    print("\nShop")
    for event in facts["events"]:
        print(f"  {event['name']:<36} {base}/e/{event['slug']}")
    print("\nOne-click sign-ins (open each in its own browser profile)")
    for realm, url in facts["sign_in"].items():
        print(f"  {realm:<10} {url}")
    print(f"\nMails, which a demo sends nobody  {base}/demo/mail")
    print(f"API reference  {base}/docs     facts for programs  .demo/demo.json")
    print("Ctrl-C stops everything; what was sold stays.\n")
    print(f"ready {base}", flush=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 our own loopback URL
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _listens(port: int) -> bool:

    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
