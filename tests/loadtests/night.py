"""What the history of one night left behind."""

from typing import NamedTuple

from loadtests.facts import Facts
from loadtests.history import History


class Night(NamedTuple):
    """A small true history: bought, paid back, scanned twice, changed, released, still held."""

    facts: Facts
    history: History
    arguments: list[str]
    database_url: str
