"""The schema's common ground for SQLAlchemy and Alembic; never imported by the running program."""

from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.tenancy import Across

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


Verbs = Sequence[Literal["SELECT", "INSERT", "UPDATE", "DELETE", "MAINTAIN"]]
CHANGING: Verbs = ("SELECT", "INSERT", "UPDATE")
GROWING: Verbs = ("SELECT", "INSERT")
"""What is written once and never changes."""


def open_to(
    *read: Across,
    write: Sequence[Across] = (),
    may: Verbs = CHANGING,
    shared: str = "",
    public: str = "",
) -> dict[str, Any]:
    """`info` of a table: what the running program may do with it, and who sees more of it than the
    organization whose row it is. A table without `org_id` says why it is `shared`; one whose rows
    everybody may see, though only their organization changes them, why it is `public`."""
    return {"read": read, "write": write, "may": may, "shared": shared, "public": public}


def org_id() -> sa.Column[str]:
    """The tenant, on every domain row."""
    return sa.Column("org_id", sa.Text, nullable=False)


def moment(name: str, *, null: bool = False, now: bool = False) -> sa.Column[object]:
    """A point in time; `now`: the database's clock writes it."""
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=null, server_default=default)


def uuid_key() -> sa.Column[object]:
    return sa.Column("id", pg.UUID, primary_key=True)


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """A status column takes these values and no other."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
