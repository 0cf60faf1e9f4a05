"""Organizations: how they come to be, what the platform decides of them, who is of its staff."""

import re
import unicodedata
import uuid

import msgspec

from server import audit
from server.identity import service as identity
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import charges, sql
from server.orgs.models import (
    Approval,
    Fee,
    LimitReached,
    Member,
    NewOrg,
    Org,
    OrgChange,
    OrgExists,
    OrgPage,
    OrgQuery,
    Review,
    ReviewRefused,
    StaffRole,
    Verdict,
)
from server.outbox import service as outbox
from server.outbox.models import Fact

WAITING_MAX = 5
"""Organizations that one person may have waiting for approval."""

_VERDICTS: dict[Verdict, tuple[tuple[Approval, ...], Approval]] = {
    "approve": (("pending", "rejected"), "approved"),
    "reject": (("pending",), "rejected"),
    "suspend": (("approved",), "suspended"),
    "reinstate": (("suspended",), "approved"),
}
"""From which states each is possible, and what it leads to."""


async def create_org(
    tx: Tx, org_id: str, slug: str, name: str, *, approved: bool, partner: str | None = None
) -> None:
    """Raises OrgExists for an id or an address that is taken."""
    approval = "approved" if approved else "pending"
    if not await sql.INSERT_ORG.run(tx, org_id, slug, name, approval, partner):
        raise OrgExists(
            f"another organization has the id {org_id} or the address {slug}: choose another slug"
        )
    await audit.record(
        tx,
        org_id,
        "org.created",
        subject=f"org:{org_id}",
        data={"slug": slug, "name": name, "approval": approval, "partner": partner},
    )


async def add_member(tx: Tx, org_id: str, user_id: uuid.UUID, role: str) -> None:
    await sql.INSERT_MEMBER.run(tx, org_id, user_id, role)


async def memberships(db: Database, user_id: uuid.UUID, org_id: str | None = None) -> list[Member]:
    """A user's memberships, or the one in `org_id`."""
    async with db.tx(read_only=True, across=Across.CREDENTIAL) as tx:
        return await sql.MEMBERSHIPS.all(tx, user_id, org_id)


async def sign_up(db: Database, user_id: uuid.UUID, wish: NewOrg, key: Key | None) -> Org:
    """An organization of the user's own, which may sell once the platform has approved it.

    Raises OrgExists, LimitReached.
    """

    async def act(tx: Tx) -> Org:
        await identity.lock_user(tx, user_id)
        if await sql.COUNT_WAITING.value(tx, user_id) >= WAITING_MAX:
            raise LimitReached(
                f"{WAITING_MAX} organizations of yours wait for approval already", max=WAITING_MAX
            )
        org_id = str(uuid7())
        # One that nobody chose need not be the shortest, only free.
        slug = wish.slug or f"{slug_of(wish.name)}-{org_id[-6:]}"
        await create_org(tx, org_id, slug, wish.name.strip(), approved=False)
        await add_member(tx, org_id, user_id, "owner")
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act, across=Across.JOIN)


async def provision(db: Database, partner: str, org_id: str, wish: NewOrg, key: Key | None) -> Org:
    """The partner's organization of this id, approved; made if it is not there, else as it is.

    Raises OrgExists for an id or an address of somebody else's.
    """

    async def act(tx: Tx) -> Org:
        there = await sql.LOCK.first(tx, org_id)
        if there is not None:
            return _of_partner(there, partner)
        slug = wish.slug or f"{slug_of(wish.name)}-{uuid7().hex[-6:]}"
        try:
            await create_org(tx, org_id, slug, wish.name.strip(), approved=True, partner=partner)
        except OrgExists:
            # Made by a twin of this request while we waited for it.
            there = await sql.LOCK.first(tx, org_id)
            if there is None:
                raise
            return _of_partner(there, partner)
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act)


def _of_partner(org: Org, partner: str) -> Org:
    if org.partner != partner:
        raise OrgExists("the id belongs to an organization that you did not bring")
    return org


async def of_partner(db: Database, partner: str, org_id: str) -> Org:
    """Raises NotFound, also for an organization that somebody else brought."""
    org = await find(db, org_id)
    if org.partner != partner:
        raise NotFound("no such organization")
    return org


async def find(db: Database, org_id: str) -> Org:
    """Raises NotFound."""
    async with db.tx(read_only=True) as tx:
        return await _now(tx, org_id)


async def exists(db: Database, org_id: str) -> bool:
    async with db.tx(read_only=True, across=Across.CREDENTIAL) as tx:
        return await sql.EXISTS.value(tx, org_id)


async def page(db: Database, wanted: OrgQuery, partner: str | None = None) -> OrgPage:
    """Everybody's, or those that a partner brought."""
    async with db.tx(read_only=True) as tx:
        rows = await sql.PAGE.all(
            tx, wanted.next_token or "", wanted.approval, partner, wanted.page_size + 1
        )
    items = rows[: wanted.page_size]
    return OrgPage(items, items[-1].id if len(rows) > wanted.page_size else None)


async def lock(tx: Tx, org_id: str) -> Org:
    """Until `tx` ends nobody else changes who and what belongs to it. Raises NotFound."""
    org = await sql.LOCK.first(tx, org_id)
    if org is None:
        raise NotFound("no such organization")
    return org


async def change(db: Database, org_id: str, wish: OrgChange, key: Key | None) -> Org:
    async def act(tx: Tx) -> Org:
        before = await lock(tx, org_id)
        name = wish.name.strip()
        await sql.RENAME.run(tx, org_id, name)
        await _record(tx, org_id, "org.updated", {"name": before.name}, {"name": name})
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act)


async def review(db: Database, org_id: str, wish: Review, key: Key | None) -> Org:
    """Approve, reject, suspend or reinstate. Raises ReviewRefused, BadRequest, NotFound."""

    async def act(tx: Tx) -> Org:
        before = await lock(tx, org_id)
        possible, after = _VERDICTS[wish.verdict]
        note = wish.note.strip()
        if before.approval not in possible:
            raise ReviewRefused(
                f"cannot {wish.verdict} an organization that is {before.approval}",
                approval=before.approval,
            )
        if wish.verdict in ("reject", "suspend") and not note:
            raise BadRequest(f"note: tell the organization why you {wish.verdict} it")
        await sql.SET_APPROVAL.run(tx, org_id, after, note)
        await _record(
            tx,
            org_id,
            "org.reviewed",
            {"approval": before.approval},
            {"approval": after, "note": note},
        )
        await outbox.append(
            tx, Fact("orgs.org_reviewed", org_id, f"org:{org_id}", {"approval": after})
        )
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act)


async def set_billing(db: Database, org_id: str, billing: str, key: Key | None) -> Org:
    """Raises NotFound."""

    async def act(tx: Tx) -> Org:
        before = await lock(tx, org_id)
        await sql.SET_BILLING.run(tx, org_id, billing)
        await _record(tx, org_id, "org.billed", {"billing": before.billing}, {"billing": billing})
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act)


async def set_fee(db: Database, org_id: str, fee: Fee, key: Key | None) -> Org:
    """What the platform takes. Raises BadRequest, NotFound."""

    async def act(tx: Tx) -> Org:
        if fee.per_ticket_minor and fee.basis_points:
            raise BadRequest("a fee is per ticket or a share of the subtotal, not both")
        before = await lock(tx, org_id)
        await charges.keep(tx, org_id)
        await sql.SET_FEE.run(tx, org_id, fee.per_ticket_minor, fee.basis_points)
        was = Fee(before.fee_per_ticket_minor, before.fee_basis_points)
        await _record(tx, org_id, "org.fee_set", msgspec.to_builtins(was), msgspec.to_builtins(fee))
        return await _now(tx, org_id)

    return await idempotency.settled(db, key, Org, act)


async def staff_role(db: Database, user_id: uuid.UUID) -> StaffRole | None:
    async with db.tx(read_only=True) as tx:
        return await sql.STAFF_ROLE.value(tx, user_id)


async def set_staff(tx: Tx, user_id: uuid.UUID, role: StaffRole | None) -> None:
    """Make a user one of the platform's staff, or with None one no more."""
    if role is None:
        await sql.REMOVE_STAFF.run(tx, user_id)
    else:
        await sql.SET_STAFF.run(tx, user_id, role)
    await audit.record(tx, None, "staff.set", subject=f"user:{user_id}", data={"role": role})


async def set_staff_by_address(tx: Tx, email: str, role: StaffRole | None) -> bool:
    """As `set_staff`; False where nobody has the address."""
    user_id = await sql.USER_OF_ADDRESS.value(tx, email)
    if user_id is not None:
        await set_staff(tx, user_id, role)
    return user_id is not None


def slug_of(name: str) -> str:
    """An address made of a name: `Café Zürich!` -> `cafe-zurich`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "org"


async def _now(tx: Tx, org_id: str) -> Org:
    org = await sql.ORG.first(tx, org_id)
    if org is None:
        raise NotFound("no such organization")
    return org


async def _record(
    tx: Tx, org_id: str, action: str, before: dict[str, str], after: dict[str, str]
) -> None:
    await audit.record(
        tx, org_id, action, subject=f"org:{org_id}", data={"before": before, "after": after}
    )
