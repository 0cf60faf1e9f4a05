"""Statements of gaps between money and what it is for, of all organizations."""

import msgspec

from server.kernel.db import Query
from server.payments.gap_models import Comparison, GapKind, OpenGap


class GapCount(msgspec.Struct):
    kind: GapKind
    count: int


NOW = Query("payments.gaps_now", "SELECT clock_timestamp()")
KEEP = Query(
    "payments.keep_gap",
    """INSERT INTO money_gaps (id, org_id, kind, provider, about, reference, payment_id, order_id,
                               ours_minor, theirs_minor, currency, happened_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (kind, provider, about, reference) DO UPDATE
       SET ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor,
           seen_at = clock_timestamp()""",
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
OLDEST = Query("payments.oldest_gap", "SELECT min(happened_at) FROM money_gaps")
COUNTS = Query(
    "payments.gap_counts",
    "SELECT kind, count(*)::int AS count FROM money_gaps GROUP BY kind",
    GapCount,
)
COMPARISONS = Query(
    "payments.comparisons",
    """SELECT source, compared_at,
              greatest(0, extract(epoch FROM now() - compared_at))::float8 AS age_s
       FROM money_comparisons ORDER BY source""",
    Comparison,
)
PAGE = Query(
    "payments.gaps",
    """SELECT id, kind, nullif(org_id, '') AS org_id, nullif(provider, $3) AS provider, payment_id,
              order_id, reference, ours_minor, theirs_minor, currency, happened_at, found_at,
              seen_at
       FROM money_gaps WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2""",
    OpenGap,
)
