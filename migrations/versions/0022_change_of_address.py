"""Links that change an account's e-mail address, and take that back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLE = "account_requests"
_PURPOSE = "ck_account_requests_purpose_known"
_COMMENT = "what a link in a mail is for; the link is signed and not stored"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("user_id", postgresql.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_account_requests_user_id"),
        _TABLE,
        "users",
        ["user_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_constraint(op.f(_PURPOSE), _TABLE)
    op.create_check_constraint(
        op.f(_PURPOSE), _TABLE, "purpose IN ('register', 'reset', 'email', 'email-undo')"
    )
    op.create_check_constraint(
        op.f("ck_account_requests_a_change_of_address_has_a_user"),
        _TABLE,
        "(user_id IS NOT NULL) = (purpose IN ('email', 'email-undo'))",
    )
    op.drop_index("ix_account_requests_created_at", _TABLE)
    op.create_index("ix_account_requests_expires_at", _TABLE, ["expires_at"])
    op.create_index(
        "ix_account_requests_user_id",
        _TABLE,
        ["user_id"],
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_table_comment(
        _TABLE,
        f"{_COMMENT}; "
        "email: whose mail it is in, so of email-undo the address that the account had",
        existing_comment=_COMMENT,
    )


def downgrade() -> None:
    op.execute("DELETE FROM account_requests WHERE user_id IS NOT NULL")
    op.create_table_comment(_TABLE, _COMMENT)
    op.drop_index("ix_account_requests_user_id", _TABLE)
    op.drop_index("ix_account_requests_expires_at", _TABLE)
    op.create_index("ix_account_requests_created_at", _TABLE, ["created_at"])
    op.drop_constraint(op.f("ck_account_requests_a_change_of_address_has_a_user"), _TABLE)
    op.drop_constraint(op.f(_PURPOSE), _TABLE)
    op.create_check_constraint(op.f(_PURPOSE), _TABLE, "purpose IN ('register', 'reset')")
    op.drop_column(_TABLE, "user_id")
