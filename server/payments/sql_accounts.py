"""Statements of organizations' accounts with payment providers."""

from server.kernel.db import Query
from server.payments.models import PaymentAccount

_ACCOUNT = """provider, is_offered, account_ref, charges_enabled, payouts_enabled,
              details_submitted, disabled_reason"""

ALL_OF_ORG = Query(
    "payments.accounts",
    f"SELECT {_ACCOUNT} FROM payment_accounts WHERE org_id = $1",
    PaymentAccount,
)
OF_ORG = Query(
    "payments.account",
    f"SELECT {_ACCOUNT} FROM payment_accounts WHERE org_id = $1 AND provider = $2",
    PaymentAccount,
)
OFFER = Query(
    "payments.offer",
    """INSERT INTO payment_accounts (org_id, provider, is_offered) VALUES ($1, $2, $3)
       ON CONFLICT (org_id, provider) DO UPDATE SET is_offered = $3""",
)
OPEN = Query(
    "payments.open_account",
    """INSERT INTO payment_accounts (org_id, provider, account_ref) VALUES ($1, $2, $3)
       ON CONFLICT (org_id, provider)
       DO UPDATE SET account_ref = coalesce(payment_accounts.account_ref, $3)""",
)
# Providers' webhooks overtake each other: what is older than what we know changes nothing.
LEARN = Query(
    "payments.learn_account",
    """UPDATE payment_accounts
       SET charges_enabled = $3, payouts_enabled = $4, details_submitted = $5,
           disabled_reason = $6, as_of = $7
       WHERE org_id = $1 AND provider = $2 AND (as_of IS NULL OR as_of <= $7)""",
)
ORG_OF = Query(
    "payments.org_of_account",
    "SELECT org_id FROM payment_accounts WHERE provider = $1 AND account_ref = $2",
)
