"""Write requirements*.lock from pyproject.toml: dev first, the smaller sets within its choices.

A lock names versions and hashes and no host: it installs from the index a machine is set up with.
"""

import os
import subprocess
import sys

from install import ROOT, VENV, uv_environment

COMPILE = (
    "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--quiet", "--upgrade",
)  # fmt: skip
DEV = "requirements-dev.lock"
LOCKS = {
    DEV: ("--all-extras",),
    "requirements-demo.lock": ("--extra", "demo", "--constraint", DEV),
    "requirements.lock": ("--constraint", DEV),
}


def main() -> int:
    environment = {**uv_environment(), "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    for lock, choice in LOCKS.items():
        argv = [os.fspath(VENV / "bin" / "uv"), *COMPILE, *choice, "--output-file", lock]
        if subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode != 0:
            return 1
        print(f"wrote {lock}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
