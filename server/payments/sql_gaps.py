"""Statements of gaps between money and what it is for, of all organizations."""

import msgspec

from server.kernel.db import Query
from server.payments.gap_models import BOOKS, Comparison, GapKind, KeptGap


class GapCount(msgspec.Struct):
    kind: GapKind
    count: int


NOW = Query("payments.gaps_now", "SELECT clock_timestamp()")
# What a person closed stays so while it is the same: another amount is another thing to look into.
KEEP = Query(
    "payments.keep_gap",
    """INSERT INTO money_gaps AS g (id, org_id, kind, provider, about, reference, payment_id,
                                    order_id, ours_minor, theirs_minor, currency, happened_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (kind, provider, about, reference) DO UPDATE
       SET ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor,
           dismissal = CASE WHEN (g.ours_minor, g.theirs_minor, g.currency)
                               = (excluded.ours_minor, excluded.theirs_minor, excluded.currency)
                            THEN g.dismissal END,
           currency = excluded.currency, seen_at = clock_timestamp()
       RETURNING dismissal IS NOT NULL""",
)
# Not what another comparison, that began after this one, has seen meanwhile.
GONE = Query(
    "payments.gaps_gone",
    "DELETE FROM money_gaps WHERE provider = $1 AND happened_at >= $2 AND seen_at < $3",
)
COMPARED = Query(
    "payments.compared",
    """INSERT INTO money_comparisons (source) VALUES ($1)
       ON CONFLICT (source) DO UPDATE SET compared_at = now()""",
)
# For what is closed nobody looks back for ever.
OLDEST = Query(
    "payments.oldest_gap",
    """SELECT min(happened_at) FROM money_gaps
       WHERE dismissal IS NULL OR happened_at > now() - make_interval(days => $1)""",
)
COUNTS = Query(
    "payments.gap_counts",
    """SELECT kind, count(*)::int AS count FROM money_gaps
       WHERE dismissal IS NULL GROUP BY kind""",
    GapCount,
)
COMPARISONS = Query(
    "payments.comparisons",
    """SELECT source, compared_at,
              greatest(0, extract(epoch FROM now() - compared_at))::float8 AS age_s
       FROM money_comparisons ORDER BY source""",
    Comparison,
)
_GAP = f"""id, kind, nullif(org_id, '') AS org_id, nullif(provider, '{BOOKS}') AS provider,
           payment_id, order_id, reference, ours_minor, theirs_minor, currency, happened_at,
           found_at, seen_at, dismissal"""
PAGE = Query(
    "payments.gaps",
    f"""SELECT {_GAP} FROM money_gaps
        WHERE ($1::uuid IS NULL OR id > $1) AND (dismissal IS NOT NULL) = $3
        ORDER BY id LIMIT $2""",
    KeptGap,
)
LOCK = Query(
    "payments.lock_gap", f"SELECT {_GAP} FROM money_gaps WHERE id = $1 FOR NO KEY UPDATE", KeptGap
)
DISMISS = Query(
    "payments.dismiss_gap",
    f"""UPDATE money_gaps
        SET dismissal = jsonb_build_object('reason', $2::text, 'by', $3::text, 'at', now())
        WHERE id = $1 RETURNING {_GAP}""",
    KeptGap,
)
REOPEN = Query(
    "payments.reopen_gap",
    f"UPDATE money_gaps SET dismissal = NULL WHERE id = $1 RETURNING {_GAP}",
    KeptGap,
)
