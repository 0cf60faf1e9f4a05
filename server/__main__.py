"""The command line: `python -m server demo | serve | worker | migrate | seed | ...`."""

import argparse
import asyncio
import datetime as dt
import sys
from pathlib import Path

from server import app, demo, seed, settings, worker
from server.identity import keys
from server.kernel import context, deployment
from server.kernel.db import Database
from server.kernel.errors import DatabaseUnavailable, DomainError
from server.kernel.tenancy import Across
from server.orgs import service as orgs
from server.orgs.models import StaffRole
from server.parts import open_parts
from server.payments import reconciler

_STAFF_ROLES: dict[str, StaffRole | None] = {
    "support": "support", "superadmin": "superadmin", "none": None,
}  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


def migrate() -> None:
    """Bring the schema to its newest version. Raises SystemExit where Alembic says why not."""
    from alembic.config import main as alembic  # SQLAlchemy with it: nothing else here needs it

    alembic(["-c", str(ROOT / "alembic.ini"), "upgrade", "head"])


async def _seed(configured: settings.Settings) -> None:
    async with open_parts(configured) as parts:
        seeded = await seed.seed(parts.db, dt.datetime.now(dt.UTC), with_past=True)
        if seeded is None:
            print("the demo organization exists already")
            return
        await seed.relive(parts, seeded)
        await seed.keep_books(parts, seeded)
        api_key = await seed.furnish(parts, seeded)
    print(f"organization {seed.ORG_ID}, events {', '.join(seeded.event_ids)}")
    print(f"password {seeded.operator_password} for")
    for email in (seed.OPERATOR_EMAIL, *(email for email, _ in seed.TEAM.values())):
        print(f"  {email}")
    print(f"API key {api_key}")
    for name, key in seeded.scanner_keys.items():
        print(f"scanner key {key} for {name}")


async def _set_staff(configured: settings.Settings, email: str, role: str) -> bool:
    db = await Database.open(configured.database_url, connections_max=1)
    context.begin("system:command-line")
    async with db.tx(across=Across.PLATFORM) as tx:
        known = await orgs.set_staff_by_address(tx, email.lower(), _STAFF_ROLES[role])
    await db.close()
    return known


async def _new_epoch(configured: settings.Settings) -> None:
    db = await Database.open(configured.database_url, connections_max=1)
    async with db.tx() as tx:
        print(f"epoch {await deployment.begin_epoch(tx)}: every map on screen is read anew")
    await db.close()


async def _keys(configured: settings.Settings, verb: str, kid: str | None) -> None:
    db = await Database.open(configured.database_url, connections_max=1)
    try:
        async with db.tx() as tx:
            if verb == "rotate":
                print(f"{await keys.rotate(tx)} signs in {keys.LEAD_S} s")
            elif verb == "revoke":
                await keys.revoke(tx, kid or "")
                print(f"{kid} is revoked: within {keys.FOLLOW_S:.0f} s nothing it signed is valid")
        async with db.tx(read_only=True) as tx:
            for row in await keys.listed(tx):
                print(f"{row.kid:<18}{'signs or verifies' if row.signs else 'is about to sign'}")
    finally:
        await db.close()


async def _reconcile(configured: settings.Settings, days: int) -> bool:
    """Whether all money is places or money back."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    context.begin("system:command-line")
    count = mended = dismissed = 0
    async with open_parts(configured) as parts:
        async for gap in reconciler.compare(parts.db, parts.payments.providers, since):
            count, mended = count + 1, mended + gap.is_mended
            dismissed += gap.is_dismissed
            print(
                f"{gap.kind:<22}{'mended ' * gap.is_mended}{'dismissed ' * gap.is_dismissed}"
                f"ours {gap.ours_minor}, theirs {gap.theirs_minor}; organization {gap.org_id}, "
                f"order {gap.order_id}, payment {gap.payment_id}, {gap.provider} {gap.reference}"
            )
    print(
        f"{count} gaps since {since:%Y-%m-%d %H:%M} UTC, {mended} of them mended, "
        f"{dismissed} dismissed"
    )
    return count == mended + dismissed


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m server", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    wanted = commands.add_parser("demo", help="the whole product on this machine")
    wanted.add_argument("--fresh", action="store_true", help="forget earlier data")
    commands.add_parser("serve", help="the web process")
    commands.add_parser("worker", help="the worker process")
    commands.add_parser("migrate", help="bring the schema to its newest version")
    commands.add_parser("seed", help="create the demo organization, with a past")
    wanted = commands.add_parser("staff", help="make a user one of the platform's staff")
    wanted.add_argument("email", help="of the user's account")
    wanted.add_argument("role", choices=sorted(_STAFF_ROLES), help="none: not any more")
    commands.add_parser("new-epoch", help="after a restore from a backup: resynchronize all maps")
    wanted = commands.add_parser("reconcile", help="is all money places sold, or money back?")
    wanted.add_argument("--days", type=int, default=30, help="how far back (30)")
    signing = commands.add_parser("keys", help="the keys that sign tokens")
    verbs = signing.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every valid key, oldest first")
    verbs.add_parser("rotate", help="begin a new key; what older ones signed stays valid")
    verbs.add_parser("revoke", help="end a key and all it signed").add_argument("kid")
    options = parser.parse_args(argv)
    try:
        return _run(options)
    except settings.SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except DomainError as error:
        print(error.detail, file=sys.stderr)
        return 3 if isinstance(error, DatabaseUnavailable) else 1


def _run(options: argparse.Namespace) -> int:
    if options.command == "demo":
        return demo.run(fresh=options.fresh)
    if options.command == "migrate":
        migrate()
        return 0
    configured = settings.load()
    if options.command == "serve":
        app.run(configured)
    elif options.command == "worker":
        worker.run(configured)
    elif options.command == "seed":
        asyncio.run(_seed(configured))
    elif options.command == "staff":
        if not asyncio.run(_set_staff(configured, options.email, options.role)):
            print(f"no user has the address {options.email}: sign up first", file=sys.stderr)
            return 1
        print(f"{options.email}: {options.role}")
    elif options.command == "new-epoch":
        asyncio.run(_new_epoch(configured))
    elif options.command == "reconcile":
        return 0 if asyncio.run(_reconcile(configured, options.days)) else 1
    elif options.command == "keys":
        asyncio.run(_keys(configured, options.verb, getattr(options, "kid", None)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
