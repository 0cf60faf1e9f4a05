"""Python's cycle collector, for processes that hold thousands of connections."""

from __future__ import annotations

import gc

YOUNG_MAX = 50_000
"""Objects made since the last look before the collector looks again; Python's own 700 makes it
look several times while one connection opens."""


def settle() -> None:
    """Call once, when everything that lives as long as the process has been made.

    What exists is left out of all later looks, and these come rarely: a connection is some hundred
    objects that all live, and looking through those of thousands of connections again and again
    costs more than accepting them. Cycles are still collected, just later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 20, 50)
