"""What every embedded server is: one child process on one loopback port, its data in a folder."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from server.embedded.child import ChildError, end, free_port


class EmbeddedServer(ABC):
    """Use as a context manager, or `start` and `stop`; `start` again after `stop` or `kill`.

    `stop_signal`: what makes the server write everything out and end, within `stop_timeout_s`.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    stop_timeout_s: ClassVar[float]

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> str:
        """Wait until it answers; its URL. Raises ChildError with the end of its log."""

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running server. Raises ChildError when it does not run."""
        if self._process is None or not self.is_running:
            raise ChildError(f"{self.name} is not running")
        return self._process.pid

    def stop(self) -> None:
        """What was committed is on disk afterwards. No effect if stopped."""
        if self._process is not None:
            end(self._process, self.stop_signal, self.stop_timeout_s)
            self._process = None

    def kill(self) -> None:
        """kill -9, as a fault; helpers that the server forked leave by themselves."""
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
