"""The schema of events in protobuf: `python tools/proto.py [--check] [folder]`.

Writes `events.binpb` beside the .proto files: the descriptors that the worker encodes with, and
that the next change is compared with. A change that breaks who reads by the released ones is
refused. With --check it writes nothing, and refuses also what is not released yet.
"""

import subprocess
import sys
from pathlib import Path

from install import ROOT, VENV

FOLDER = ROOT / "server" / "outbox" / "proto"


class Refused(Exception):
    """What is wrong with the schema, for a person."""


def main(arguments: list[str]) -> int:
    is_check = "--check" in arguments
    folder = Path(next((one for one in arguments if one != "--check"), FOLDER))
    released = folder / "events.binpb"
    try:
        built = build(folder, released)
        if is_check and not (released.exists() and released.read_bytes() == built):
            raise Refused(f"{released.name} is not what the .proto files say: run `make proto`")
    except Refused as refusal:
        print(refusal)
        return 1
    if not is_check:
        released.write_bytes(built)
    return 0


def build(folder: Path, released: Path) -> bytes:
    """A FileDescriptorSet of the schema. Raises Refused."""
    _buf("lint", str(folder))
    _buf("format", str(folder), "--diff", "--exit-code")
    if released.exists():
        _buf("breaking", str(folder), "--against", str(released))
    return _buf(
        "build", str(folder), "--as-file-descriptor-set", "--exclude-source-info", "--output", "-"
    )


def _buf(*arguments: str) -> bytes:
    done = subprocess.run([VENV / "bin" / "buf", *arguments], capture_output=True, check=False)
    if done.returncode != 0:
        raise Refused(f"buf {arguments[0]}:\n{(done.stdout + done.stderr).decode().rstrip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
