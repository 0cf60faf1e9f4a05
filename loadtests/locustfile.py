"""The crowd: watchers, seat pickers, standing buyers, and scanners at the doors.

    make drop                                       headless, then the checker's verdict
    make drop UI=1                                  the same with Locust's web page
    locust -f loadtests/locustfile.py --event club  by hand; the verdict comes at the end too

Needs a running demo (`make demo`), whose addresses it reads from `.demo/demo.json`.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gevent
import msgspec
from locust import FastHttpUser, between, events, task
from locust.exception import StopUser

from loadtests.buyer import Answer, Buyer, Door, Told
from loadtests.crowd import JUDGED_BY_CALLER, LOGS, STATS, Crowd, Ticket
from loadtests.feed import Via, reload
from loadtests.venue import DEMO_FACTS, NoDemo, read_demo, read_venue

OUTCOMES = {"succeed": 70, "twice": 8, "late": 8, "fail": 8, "lost": 6}
PERCENTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}

crowd = Crowd(LOGS)


@events.init_command_line_parser.add_listener
def _arguments(parser: Any) -> None:
    own = parser.add_argument_group("Fullhouse")
    own.add_argument("--facts", default=str(DEMO_FACTS), help="demo.json of a running demo")
    own.add_argument("--event", default="arena", help="arena, club or theatre")


@events.init.add_listener
def _prepare(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    try:
        demo = read_demo(Path(options.facts))
        venue = read_venue(demo.base_url, demo.event_ids[options.event])
    except (NoDemo, OSError, KeyError) as error:
        print(f"drop: {error}", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(LOGS, ignore_errors=True)
    crowd.prepare(demo, venue, demo.scanner_keys[options.event])
    environment.host = demo.base_url
    gevent.spawn(crowd.main_screen.run)
    gevent.spawn(_tell_sightings, environment)


def _tell_sightings(environment: Any) -> None:
    while True:
        gevent.sleep(0.5)
        for lag_s in crowd.sightings.lags_s():
            _count(environment, "SCREEN", "click to other screens", lag_s)


def _count(environment: Any, kind: str, name: str, took_s: float) -> None:
    environment.events.request.fire(
        request_type=kind, name=name, response_time=took_s * 1000, response_length=0,
        exception=None, context={},
    )  # fmt: skip


@events.test_stopping.add_listener
def _stop(**_: Any) -> None:
    crowd.close()


@events.quitting.add_listener
def _finish(environment: Any, **_: Any) -> None:
    crowd.main_screen.stop()
    entries = {
        name: {
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            "per_s": entry.total_rps,
            **{key: entry.get_response_time_percentile(at) for key, at in PERCENTILES.items()},
        }
        for (name, _), entry in environment.stats.entries.items()
    }
    LOGS.mkdir(parents=True, exist_ok=True)
    stats = {"entries": entries, "counts": crowd.counts, "event_id": crowd.venue.event_id}
    (LOGS / STATS).write_bytes(msgspec.json.encode(stats))
    if not os.environ.get(JUDGED_BY_CALLER):
        facts = environment.parsed_options.facts
        judge = [sys.executable, "-m", "loadtests.drop", "--judge-only", "--facts", facts]
        environment.process_exit_code = subprocess.run(judge, check=False).returncode


class Person(FastHttpUser):
    """Somebody with a browser."""

    abstract = True
    connection_timeout = network_timeout = 15.0

    def send(
        self,
        method: str,
        url: str,
        name: str,
        *,
        json: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A `loadtests.buyer.Send`. What the product refuses for a stated reason is no failure."""
        headers = dict(headers or {})
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status = 0
        with self.client.request(
            method, url, name=name, json=json, data=urlencode(form) if form else None,
            headers=headers, catch_response=True, allow_redirects=False,
        ) as response:  # fmt: skip
            status = response.status_code or 0
            if 200 <= status < 400:
                response.success()
            elif status == 409:
                response.request_meta["name"] = f"{name} refused"
                response.success()
        is_json = "json" in (response.headers or {}).get("content-type", "")
        return Answer(status, msgspec.json.decode(response.content) if is_json else {})


class Watcher(Person):
    """Looks at the map and does nothing else."""

    abstract = True
    via: Via

    @task
    def watch(self) -> None:
        crowd.watch(self.via)
        raise StopUser


class SseWatcher(Watcher):
    weight = 15
    via: Via = "sse"


class WebSocketWatcher(Watcher):
    weight = 15
    via: Via = "ws"


class Customer(Person):
    """Holds something and, most of the time, pays for it."""

    abstract = True
    wait_time = between(0.2, 1.0)

    def on_start(self) -> None:
        self.recorder = crowd.recorder(type(self).__name__.lower())
        self.buyer = Buyer(self.send, self.recorder, pause=lambda: gevent.sleep(0.3))
        self.kept: list[str] = []
        if not self.buyer.sign_in():
            self.stop()

    def on_stop(self) -> None:
        for hold_id in self.kept:
            self.buyer.release(crowd.venue.event_id, hold_id)

    def hold(self, seats: list[int], pools: dict[str, int]) -> Told:
        asked = time.monotonic()
        told = self.buyer.hold(crowd.venue.event_id, seats, pools)
        if told.ok:
            crowd.sightings.answered(told.answer["version"], asked)
            crowd.counts["places held"] += len(seats) + sum(pools.values())
        elif told.status == 409:
            crowd.counts["conflicts"] += 1
        return told

    def finish(self, hold_id: str) -> None:
        """Pay, in one of the ways that payments go, and wait a little for the tickets."""
        event_id = crowd.venue.event_id
        started = self.buyer.checkout(event_id, hold_id)
        if not started.ok:
            return
        order_id, url = started.answer["order_id"], started.answer["redirect_url"]
        outcome = crowd.dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        form = {"delay_s": "2"} if outcome == "late" else {}
        self.buyer.pay(event_id, order_id, url, outcome, **form)
        if outcome == "fail":
            self.buyer.pay(event_id, order_id, url, "succeed")
        for _ in range(8):
            gevent.sleep(0.5)
            order = self.buyer.order(event_id, order_id)
            if order.ok and order.answer["tickets"]:
                for ticket in order.body["tickets"]:
                    crowd.tickets.append(Ticket(ticket["id"], ticket["scan_token"]))
                crowd.counts["places sold"] += len(order.answer["tickets"])
                return


class SeatPicker(Customer):
    """Looks at the map and picks one to four seats beside each other."""

    weight = 20

    @task
    def pick(self) -> None:
        states = self._look()
        seats = crowd.venue.seats_to_want(states, crowd.dice.randint(1, 4), crowd.dice)
        gevent.sleep(crowd.dice.uniform(0.2, 1.5))  # somebody else may want them too
        told = self.hold(seats, {}) if seats else None
        if told is None or not told.ok:
            return
        hold_id = told.answer["hold_id"]
        mood = crowd.dice.random()
        if mood < 0.1:
            self._change_mind(hold_id, seats)
        if mood < 0.2:
            self.buyer.release(crowd.venue.event_id, hold_id)
        elif mood < 0.3:
            self.kept.append(hold_id)
        else:
            self.finish(hold_id)

    def _look(self) -> bytes | bytearray:
        """At the live map, or now and then at the page as it was loaded."""
        screen = crowd.main_screen
        if screen.version >= 0 and crowd.dice.random() < 0.8:
            return screen.state.states
        path = f"/v1/events/{crowd.venue.event_id}/seats"
        response = self.client.get(path, name="seats")
        if response.status_code != 200:
            return screen.state.states
        seen, state = reload(response.content or b"", crowd.venue.event_id)
        self.recorder.write(seen)
        return state.states

    def _change_mind(self, hold_id: str, seats: list[int]) -> None:
        more = crowd.venue.neighbour(seats[-1], crowd.main_screen.state.states)
        add = [] if more is None or more in seats else [more]
        asked = time.monotonic()
        told = self.buyer.change(
            crowd.venue.event_id, hold_id, add=add, remove=seats[:1] if add else [], extend=True
        )
        if told.ok:
            crowd.sightings.answered(told.answer["version"], asked)


class Stander(Customer):
    """Wants places on a standing floor."""

    weight = 6

    @task
    def stand(self) -> None:
        if not crowd.venue.pools:
            return
        told = self.hold([], {crowd.dice.choice(crowd.venue.pools): crowd.dice.randint(1, 4)})
        if told.ok:
            self.finish(told.answer["hold_id"])


class Doorkeeper(Person):
    """Scans what was bought, now and then twice."""

    fixed_count = 2
    wait_time = between(0.05, 0.2)

    def on_start(self) -> None:
        recorder = crowd.recorder("door")
        self.door = Door(self.send, recorder, crowd.scanner_key, recorder.client)

    @task
    def scan(self) -> None:
        if not crowd.tickets:
            return
        ticket = crowd.tickets.popleft()
        self.door.scan(crowd.venue.event_id, ticket.id, ticket.scan_token)
        if crowd.dice.random() < 0.2:
            crowd.tickets.append(ticket)


class Pulse(Person):
    """The cheapest request there is, as a measure for all others."""

    fixed_count = 1
    wait_time = between(0.1, 0.2)

    @task
    def beat(self) -> None:
        self.client.get("/health", name="health")
