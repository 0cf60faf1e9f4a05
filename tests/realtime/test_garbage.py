"""The collector looks seldom, and still finds everything."""

import subprocess
import sys

PROGRAM = """
import gc, weakref
from realtime.garbage import settle

class Node:
    pass

def cycle():
    node = Node()
    node.itself = node
    return weakref.ref(node)

kept = Node()
kept.itself = kept
settle()
cycles = [cycle() for _ in range(200_000)]
alive = sum(ref() is not None for ref in cycles)
print(alive, gc.get_freeze_count() > 0, kept.itself is kept)
"""


def test_cycles_are_still_collected_without_asking():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    alive, frozen, kept = done.stdout.split()
    assert int(alive) < 100_000
    assert (frozen, kept) == ("True", "True")
