"""What a customer knows before the sale: the demo's addresses, the event and its rows."""

import random
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

DEMO_FACTS = Path(".demo/demo.json")
EAGERNESS = 60.0
"""Everybody wants the front: rows are chosen at exponential distance, on average this share of
the house away from its first row."""


class Demo(msgspec.Struct):
    """`.demo/demo.json`, as far as a crowd needs it."""

    base_url: str
    event_ids: dict[str, str]
    scanner_keys: dict[str, str]
    database_url: str
    redis_url: str
    journal: str


class NoDemo(Exception):
    """There is no running demo at the place where its facts should be; the message says so."""


def read_demo(path: Path) -> Demo:
    """The facts of a demo that answers. Raises NoDemo."""
    try:
        demo = msgspec.json.decode(path.read_bytes(), type=Demo)
    except FileNotFoundError:
        raise NoDemo(f"{path} is not there: start the product with `make demo` first") from None
    except msgspec.DecodeError as error:
        raise NoDemo(f"{path} is not what a demo writes: {error}") from None
    try:
        get(f"{demo.base_url}/health")
    except OSError as error:
        raise NoDemo(
            f"nothing answers at {demo.base_url} ({error}): start the product with `make demo`"
        ) from None
    return demo


class Venue(msgspec.Struct):
    """`rows`: (first seat, count) of each row and table, in the order of the map; `pools`: pool
    ids; `places_max`: per hold."""

    event_id: str
    rows: list[tuple[int, int]]
    pools: list[str]
    places_max: int

    def seats_to_want(
        self, states: bytes | bytearray, count: int, dice: random.Random
    ) -> list[int]:
        """`count` free neighbours in a row that is rather in front; empty where none was found."""
        for _ in range(30):
            at = int(dice.expovariate(EAGERNESS / len(self.rows)))
            start, length = self.rows[at % len(self.rows)]
            free = bytes(states[start : start + length]).find(bytes(count))
            if free >= 0:
                return list(range(start + free, start + free + count))
        return []

    def neighbour(self, seat: int, states: bytes | bytearray) -> int | None:
        """A free seat beside `seat`."""
        beside = (seat - 1, seat + 1)
        return next((at for at in beside if 0 <= at < len(states) and not states[at]), None)


def read_venue(base_url: str, event_id: str) -> Venue:
    """Raises OSError."""
    event = get(f"{base_url}/v1/events/{event_id}")
    shape = get(f"{base_url}{event['map_url']}")
    rows = [(start, count) for row in shape["rows"] for start, count in [row["seats"]]]
    rows += [(start, count) for table in shape["tables"] for start, count in [table["seats"]]]
    pools = [pool["id"] for pool in event["pools"]]
    return Venue(event_id, sorted(rows), pools, event["seats_per_hold_max"])


def get(url: str) -> Any:
    """JSON at one of the product's own addresses. Raises OSError."""
    return msgspec.json.decode(fetch(url))


def fetch(url: str) -> bytes:
    """Raises OSError."""
    if not url.startswith("http"):
        raise OSError(f"not an address: {url}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return answer.read()
