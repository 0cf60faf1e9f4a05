"""Named places where a test may kill, delay or fail the process.

`failpoint("hold.committed")` stands after every external effect and around every commit. It does
nothing unless FAILPOINTS arms it: `name=action@probability`, comma separated, `*` for every name;
an action is `kill` (SIGKILL to this process), `raise`, or `sleep:SECONDS`. FAILPOINT_SEED makes
the dice repeatable.
"""

import os
import random
import signal
import time


class FailpointError(RuntimeError):
    """Raised where a failpoint is armed with `raise`."""


def _parse(text: str) -> dict[str, tuple[str, float]]:
    armed: dict[str, tuple[str, float]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, rest = part.partition("=")
        action, _, probability = rest.partition("@")
        armed[name] = (action, float(probability or 1))
    return armed


_armed = _parse(os.environ.get("FAILPOINTS", ""))
_dice = random.Random(os.environ.get("FAILPOINT_SEED"))


def failpoint(name: str) -> None:
    """Raises FailpointError, sleeps, or never returns, if and only if `name` is armed."""
    if not _armed:
        return
    action, probability = _armed.get(name) or _armed.get("*") or ("", 0.0)
    if not action or _dice.random() >= probability:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "raise":
        raise FailpointError(name)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
