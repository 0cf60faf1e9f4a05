"""`make proto` releases what older readers can read, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server.outbox.protobuf import RELEASED
from tests.fixtures.services import ROOT

CURRENCY = "string currency = 5;"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    return shutil.copytree(RELEASED.parent, tmp_path / "proto")


def _proto(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "proto.py", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def _write(schema: Path, message: str, old: str, new: str) -> None:
    """In one message of order.proto."""
    file = schema / "fullhouse" / "events" / "v1" / "order.proto"
    text, count = re.subn(
        rf"(message {message} {{[^}}]*?){re.escape(old)}", rf"\g<1>{new}", file.read_text()
    )
    assert count == 1
    file.write_text(text)


def test_changes_that_break_readers_are_refused_each_by_name(schema: Path) -> None:
    breaks = {
        "OrderCreated": ("int64 currency = 5;", "changed type"),
        "OrderConfirmed": ("string currency = 9;", 'field "5" with name "currency"'),
        "OrderCancelled": ("string money = 5;", "changed name"),
        "OrderExpired": ("optional string currency = 5;", "changed cardinality"),
        "OrderRefunded": ("reserved 5;", 'field "5" with name "currency"'),
    }
    for message, (new, _) in breaks.items():
        _write(schema, message, CURRENCY, new)
    before = (schema / "events.binpb").read_bytes()
    status, said = _proto(schema)
    assert status == 1
    assert said.startswith("buf breaking:")
    for message, (_, told) in breaks.items():
        assert [line for line in said.splitlines() if f'"{message}"' in line and told in line]
    assert (schema / "events.binpb").read_bytes() == before


def test_another_field_is_released_and_then_as_fixed_as_the_others(schema: Path) -> None:
    _write(schema, "OrderConfirmed", CURRENCY, f"{CURRENCY}\n  string note = 100;")
    status, said = _proto("--check", schema)
    assert (status, said) == (
        1,
        "events.binpb is not what the .proto files say: run `make proto`\n",
    )
    assert _proto(schema) == (0, "")
    _write(schema, "OrderConfirmed", "string note = 100;", "int32 note = 100;")
    assert _proto(schema)[0] == 1
