"""The kill switch and its finer sisters: a row is off, no row is on.

Where something is sold the event itself, as processes remember it for some seconds, says what is
off (`Event.switched_off`); where a ticket is let in or money goes back, the transaction asks.
"""

import uuid
from collections.abc import Collection

import msgspec

from server import audit
from server.kernel import context, idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Done, Key
from server.orgs import sql_switches
from server.orgs.switch_models import FLAGS, FeatureOff, Flag, SwitchChange, Switches

_FLAGS: dict[str, Flag] = {flag: flag for flag in FLAGS}


class Scope(msgspec.Struct, frozen=True):
    """What is switched: `org_id` is None for the whole platform, `event_id` for an organization."""

    org_id: str | None = None
    event_id: uuid.UUID | None = None

    @property
    def name(self) -> str:
        if self.event_id is not None:
            return f"event:{self.event_id}"
        return "platform" if self.org_id is None else f"org:{self.org_id}"


def flag_of(name: str) -> Flag:
    """Raises NotFound for what is no flag."""
    if name not in _FLAGS:
        raise NotFound(f"no such switch: there are {', '.join(FLAGS)}")
    return _FLAGS[name]


def must_be_on(flag: Flag, switched_off: Collection[str]) -> None:
    """Raises FeatureOff where `flag` is off, or all of ticketing."""
    for needed in ("ticketing", flag):
        if needed in switched_off:
            raise FeatureOff(f"{needed} is switched off at the moment", flag=needed)


async def must_be_on_now(tx: Tx, flag: Flag, org_id: str, event_id: uuid.UUID) -> None:
    """As `must_be_on`, as the database has it now."""
    must_be_on(flag, await sql_switches.OFF.values(tx, org_id, str(event_id)))


async def of_org(db: Database, org_id: str) -> Switches:
    """What is off for the organization and its events, by whom."""
    async with db.tx(read_only=True) as tx:
        return Switches(await sql_switches.OF_ORG.all(tx, org_id))


async def everywhere(db: Database) -> Switches:
    """What is off anywhere, the latest first."""
    async with db.tx(read_only=True) as tx:
        return Switches(await sql_switches.ALL.all(tx))


async def turn(
    db: Database,
    scope: Scope,
    flag: Flag,
    wish: SwitchChange,
    key: Key | None,
    *,
    is_by_staff: bool,
) -> None:
    """Turn it off, or on as far as this switch goes: the other's stays as it is."""

    async def act(tx: Tx) -> Done:
        if wish.is_on:
            await sql_switches.TURN_ON.run(tx, scope.name, flag, is_by_staff)
        else:
            await sql_switches.TURN_OFF.run(
                tx, scope.name, flag, is_by_staff, scope.org_id, wish.reason.strip(),
                context.current().actor,
            )  # fmt: skip
        await audit.record(
            tx,
            scope.org_id,
            "switch.turned_on" if wish.is_on else "switch.turned_off",
            subject=scope.name if ":" in scope.name else "platform:switches",
            data={"flag": flag, "is_by_staff": is_by_staff, "reason": wish.reason.strip()},
        )
        return Done()

    await idempotency.settled(db, key, Done, act)
