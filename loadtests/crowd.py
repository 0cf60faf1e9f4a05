"""What the users of one Locust process share: the venue, a screen, tickets, sightings, logs."""

import collections
import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from loadtests.feed import Screen, Via
from loadtests.history import Recorder, Seen
from loadtests.venue import Demo, Venue
from realtime.client import Message

LOGS = Path("loadtests/results/logs")
STATS = "stats.json"
"""In LOGS: what Locust measured, for the summary."""
JUDGED_BY_CALLER = "FULLHOUSE_DROP"
"""Environment: set where whoever started Locust judges the run itself."""
SIGHT_DELAY_S = 1.0
"""Screens may see a hold before its buyer is answered: they are matched this much later."""


class Ticket(msgspec.Struct):
    id: str
    scan_token: str


class Sightings:
    """How long after a buyer's request did each screen show what came of it."""

    def __init__(self) -> None:
        self._asked: dict[int, float] = {}
        self._seen: collections.deque[Seen] = collections.deque()

    def answered(self, version: int, asked: float) -> None:
        """The event got `version` by what was asked at that monotonic time."""
        self._asked.setdefault(version, asked)

    def saw(self, seen: Seen) -> None:
        self._seen.append(seen)

    def lags_s(self) -> Iterator[float]:
        """Of every screen and version that was not told yet."""
        until = time.monotonic() - SIGHT_DELAY_S
        while self._seen and self._seen[0].t < until:
            seen = self._seen.popleft()
            for version in range(seen.p + 1, seen.v + 1):
                asked = self._asked.get(version)
                if asked is not None:
                    yield max(0.0, seen.t - asked)


class Crowd:
    """`counts`: what happened, by name, for the summary. `prepare` comes first."""

    demo: Demo
    venue: Venue
    scanner_key: str
    main_screen: Screen

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.tickets: collections.deque[Ticket] = collections.deque()
        self.sightings = Sightings()
        self.counts: collections.Counter[str] = collections.Counter()
        self.dice = random.Random()
        self._watched: list[Screen] = []
        self._names = itertools.count(1)

    def prepare(self, demo: Demo, venue: Venue, scanner_key: str) -> None:
        self.demo, self.venue, self.scanner_key = demo, venue, scanner_key
        self.main_screen = self.screen("sse")

    def recorder(self, kind: str) -> Recorder:
        return Recorder(self.logs, f"{kind}-{next(self._names)}")

    def screen(self, via: Via) -> Screen:
        def on_frame(message: Message, seen: Seen) -> None:
            if seen.verdict == "applied":
                self.counts["deliveries"] += 1
                if message.type == "delta":
                    self.sightings.saw(seen)
            if seen.verdict in ("gap", "diverged"):
                self.counts[f"screens {seen.verdict}"] += 1

        return Screen(
            [self.demo.base_url],
            self.venue.event_id,
            via,
            self.recorder(f"screen-{via}"),
            on_frame,
        )

    def watch(self, via: Via) -> None:
        """A watcher's whole evening: until `close`."""
        screen = self.screen(via)
        self._watched.append(screen)
        screen.run()

    def close(self) -> None:
        """The watchers' screens go dark."""
        for screen in self._watched:
            screen.stop()
        self._watched.clear()
