"""The schema's common ground for SQLAlchemy and Alembic; never imported by the running program."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


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
