"""The web process, as `python -m server serve` runs it, but one part is different.

    python -m loadtests.bench.web [--null] [--profile FILE]

`--null`: the combiner answers every request at once with a hold, without a database; everything
around it is the server's own: routing, authentication, decoding, encoding, logs. It is the ceiling
that HTTP sets. `--profile`: where the CPU time went is written to FILE when the process ends.
"""

import argparse
import datetime as dt
import signal
import sys
import uuid
from contextlib import nullcontext
from pathlib import Path

from loadtests.bench.sampler import sampled
from server import app, settings
from server.inventory.combiner import Combiner
from server.inventory.models import Hold, HoldWanted


async def answer_at_once(self: Combiner, event_id: uuid.UUID, wanted: HoldWanted) -> Hold:
    """A hold of the shape that the engine gives; nobody else will hear of it."""
    now = dt.datetime.now(dt.UTC)
    expires_at = now + dt.timedelta(seconds=wanted.ttl_s)
    return Hold(
        id=wanted.hold_id,
        org_id=wanted.org_id,
        event_id=event_id,
        buyer_id=wanted.buyer_id,
        status="active",
        seat_idxs=wanted.selection.seats,
        pools=wanted.selection.pools,
        legs=wanted.legs,
        places=wanted.selection.size,
        created_at=now,
        expires_at=expires_at,
        extendable_until=expires_at + dt.timedelta(seconds=wanted.ttl_s),
        version=1_000,
        is_ordered=False,
        server_time=now,
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.web")
    parser.add_argument("--null", action="store_true")
    parser.add_argument("--profile", type=Path)
    given = parser.parse_args(arguments)
    if given.null:
        Combiner.submit = answer_at_once
    # Else the server, once it has ended, would pass the signal on and end us before we could write.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with sampled(given.profile) if given.profile else nullcontext():
        app.run(settings.load())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
