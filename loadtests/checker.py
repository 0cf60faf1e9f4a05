"""The history checker: judges a run offline, from what it left behind.

    python -m loadtests.checker --database-url URL --journal DIR --logs DIR [--redis-url URL]

Reads the tables, the gateway's journal, the event log and the clients' own logs. Exit status 0
when every law holds, 1 when one is broken, 2 when it could not judge.
"""

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path

import asyncpg
import msgspec

from loadtests import facts as truth
from loadtests import history as logs
from loadtests.facts import Facts
from loadtests.history import History
from loadtests.laws import Judgement, judge

SHOWN_MAX = 10
"""Violations of one law that are printed; the rest are counted."""


def report(facts: Facts, history: History, judgement: Judgement) -> str:
    """For people: what was looked at, each law with what broke it, the verdict."""
    results = Counter(op.result for op in history.ops)
    frames = sum(map(len, history.seen.values()))
    holds = Counter(hold.status for hold in facts.holds)
    lines = [
        "History checker",
        f"  requests {len(history.ops)}: " + _counts(results, "ok", "fail", "unknown"),
        f"  screens {len(history.seen)} with {frames} frames",
        f"  holds {len(facts.holds)}: "
        + _counts(holds, "active", "converted", "expired", "released"),
        f"  orders {len(facts.orders)}, payments {len(facts.payments)} "
        f"({sum(len(account.charges) for account in facts.accounts)} charges), "
        f"refunds {len(facts.refunds)}, tickets {len(facts.tickets)}, scans {len(facts.scans)}",
        f"  outbox {len(facts.outbox)}, event log "
        + ("not given" if facts.event_log is None else str(len(facts.event_log))),
        "",
    ]
    for name, violations in judgement.violations.items():
        lines.append(f"  {'BROKEN' if violations else 'holds '}  {name}")
        lines += [f"            {violation}" for violation in violations[:SHOWN_MAX]]
        if len(violations) > SHOWN_MAX:
            lines.append(f"            and {len(violations) - SHOWN_MAX} more")
    laws, broken = len(judgement.violations), sum(map(bool, judgement.violations.values()))
    lines.append("")
    lines.append(
        f"verdict: {judgement.count} violations of {broken} laws"
        if broken
        else f"verdict: all {laws} laws hold"
    )
    return "\n".join(lines)


def _counts(counter: Counter[str], *names: str) -> str:
    return ", ".join(f"{counter[name]} {name}" for name in names)


async def check(
    database_url: str,
    journal: Path,
    folder: Path,
    redis_url: str | None = None,
    event_log: Path | None = None,
) -> tuple[Judgement, str]:
    """The judgement, and the report of it."""
    facts = await truth.read(database_url, journal, redis_url, event_log)
    history = logs.read(folder)
    judgement = judge(facts, history)
    return judgement, report(facts, history, judgement)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.checker")
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--journal", required=True, type=Path, help="the gateway's folder")
    parser.add_argument("--logs", required=True, type=Path, help="folder of the clients' logs")
    parser.add_argument("--redis-url", help="where the event log is; without it, it is not judged")
    parser.add_argument("--event-log", type=Path, help="ids of an earlier part of the event log")
    given = parser.parse_args(arguments)
    try:
        judgement, text = asyncio.run(
            check(given.database_url, given.journal, given.logs, given.redis_url, given.event_log)
        )
    except (OSError, asyncpg.PostgresError, msgspec.DecodeError) as error:
        print(f"checker: {error!r}", file=sys.stderr)
        return 2
    print(text)
    return 1 if judgement.count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
