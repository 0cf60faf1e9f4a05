"""Everything that must hold: `python tools/check.py [--no-tests]`.

Every check runs even when an earlier one failed; what a failed one printed is shown at once. The
tests run last, three modules side by side, each with servers of its own: half of what they do is to
wait. The end is one summary, then pytest's own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from install import PYTHON, ROOT, VENV, WEB, node_environment

SIDE_BY_SIDE = 2
MODULES_SIDE_BY_SIDE = 3


class Check(NamedTuple):
    name: str
    argv: list[str]
    cwd: Path = ROOT
    environment: Mapping[str, str] | None = None


class Outcome(NamedTuple):
    name: str
    passed: bool
    duration_s: float

    def __str__(self) -> str:
        verdict = "ok    " if self.passed else "FAILED"
        return f"{verdict} {self.name:<28} {self.duration_s:6.1f} s"


def main(arguments: list[str]) -> int:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as runners:
        outcomes = list(runners.map(run, static_checks()))
    closing_line = ""
    if "--no-tests" not in arguments:
        outcome, closing_line = run_tests()
        outcomes.append(outcome)
    print("\nSummary")
    for outcome in outcomes:
        print(f"  {outcome}")
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print(f"  broken: {', '.join(failed)}" if failed else "  everything holds")
    print(closing_line, flush=True)
    return 1 if failed else 0


def static_checks() -> list[Check]:
    tools = VENV / "bin"
    node = node_environment()
    return [
        Check("types (basedpyright)", [f"{tools}/basedpyright"], environment=node),
        Check("lint (ruff)", [f"{tools}/ruff", "check"]),
        Check("format (ruff)", [f"{tools}/ruff", "format", "--check"]),
        Check("import contracts", [f"{tools}/lint-imports"]),
        Check("web types are the API's", [f"{PYTHON}", "-m", "tools.schema", "--check"]),
        Check("event schema (buf)", [f"{PYTHON}", "tools/proto.py", "--check"]),
        Check("web types", ["npm", "run", "check"], WEB, node),
        Check("web tests", ["npm", "test"], WEB, node),
    ]


def run(check: Check) -> Outcome:
    begun = time.monotonic()
    done = subprocess.run(
        check.argv, cwd=check.cwd, env=check.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    outcome = Outcome(check.name, done.returncode == 0, time.monotonic() - begun)
    print(outcome if outcome.passed else f"{outcome}\n{done.stdout}", flush=True)
    return outcome


def run_tests() -> tuple[Outcome, str]:
    """Pytest as it goes, except its closing line, which is handed back."""
    begun = time.monotonic()
    argv = [
        os.fspath(PYTHON), "-m", "pytest", "-n", f"{MODULES_SIDE_BY_SIDE}",
        "--dist", "loadscope", "--no-loadscope-reorder",
    ]  # fmt: skip
    # Dozens of Pythons are started: a machine may forbid it, but each would compile all it imports.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    held_back = ""
    with subprocess.Popen(
        argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as pytest:
        assert pytest.stdout is not None
        for line in pytest.stdout:
            print(held_back, end="", flush=True)
            held_back = line
    passed = pytest.returncode == 0
    return Outcome("tests (pytest)", passed, time.monotonic() - begun), held_back.rstrip("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
