"""Nchan, the peer: nginx and its module from Debian's packages, unpacked and not installed."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from loadtests.bench.realtime_rig import (
    CACHE,
    SERVER_CORE,
    Crowd,
    HttpPublishing,
    Skipped,
)
from server.embedded import free_port

PACKAGES = ("nginx", "libnginx-mod-nchan")
STATE = Path("/var/lib/nginx")
"""Where Debian's nginx wants a folder, whatever its configuration says."""

CONFIGURATION = """
load_module {module};
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr crit;
worker_rlimit_nofile 20000;
{user}
events {{ worker_connections 15000; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /pub {{
            nchan_publisher;
            nchan_channel_id bench;
            nchan_message_buffer_length 16;
            nchan_message_timeout 30s;
        }}
        location = /sub {{
            nchan_subscriber eventsource websocket;
            nchan_channel_id bench;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
"""


def unpacked() -> Path:
    """The root of the unpacked packages. Raises Skipped."""
    root = CACHE / "nchan"
    if (root / "usr/sbin/nginx").exists():
        return root
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Skipped("Nchan: no apt-get here to fetch it with")
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run(
            ["apt-get", "download", *PACKAGES],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        debs = list(Path(folder).glob("*.deb"))
        if fetched.returncode or len(debs) != len(PACKAGES):
            raise Skipped(f"Nchan: apt-get could not fetch it: {fetched.stderr.strip()[-200:]}")
        root.mkdir(parents=True, exist_ok=True)
        for deb in debs:
            subprocess.run(["dpkg-deb", "-x", str(deb), str(root)], check=True)
    return root


class Nchan:
    """One worker process on the server's core."""

    name = "nchan"

    def __init__(self, child: subprocess.Popen[bytes], pid: int, port: int) -> None:
        self._child, self.pid, self.port = child, pid, port

    def crowd(self, wire: str, count: int) -> Crowd:
        return Crowd(self.port, "/sub", wire, count, folds=False)

    def publishing(self, rate: float) -> HttpPublishing:
        return HttpPublishing(rate, self.port, "/pub")

    @contextlib.contextmanager
    def flooded(self) -> Iterator[None]:
        """One message after the other, as fast as they are answered. (Of two that come together it
        writes both at once, which would not be message by message.)"""
        flood = _Flood(self.port)
        flood.start()
        yield
        flood.ends.set()
        flood.join()


class _Flood(threading.Thread):
    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._publishing = HttpPublishing(1e9, port, "/pub")
        self.ends = threading.Event()

    def run(self) -> None:
        with self._publishing:
            self.ends.wait()


@contextlib.contextmanager
def nchan() -> Iterator[Nchan]:
    """Raises Skipped where it cannot run."""
    root, port = unpacked(), free_port()
    try:
        STATE.mkdir(exist_ok=True)
    except OSError as error:
        raise Skipped(f"Nchan: {error}") from error
    with tempfile.TemporaryDirectory() as folder:
        text = CONFIGURATION.format(
            module=root / "usr/lib/nginx/modules/ngx_nchan_module.so",
            port=port,
            user="user root;" if os.geteuid() == 0 else "",
        )
        Path(folder, "nginx.conf").write_text(text)
        binary = root / "usr/sbin/nginx"
        child = subprocess.Popen([binary, "-p", folder, "-c", f"{folder}/nginx.conf"])
        try:
            yield Nchan(child, _worker_of(child), port)
        finally:
            child.terminate()
            child.wait()


def _worker_of(child: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 5
    children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
    while time.monotonic() < deadline and child.poll() is None:
        found = children.read_text().split() if children.exists() else []
        if found:
            worker = int(found[0])
            os.sched_setaffinity(worker, {SERVER_CORE})
            return worker
        time.sleep(0.02)
    raise Skipped(f"Nchan: nginx does not start (exit code {child.poll()})")
