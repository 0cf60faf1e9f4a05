"""The embedded servers keep what they were given, whatever ends them."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from server.embedded import ChildError, EmbeddedPostgres, EmbeddedValkey
from tests.fixtures.services import ROOT


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fullhouse-embedded-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def _value(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_postgres_keeps_committed_rows_over_kill_stop_and_a_new_instance(folder: Path):
    with EmbeddedPostgres(folder / "pg") as postgres:
        await _value(postgres.url, "CREATE TABLE kept AS SELECT 7 AS n")
        url = postgres.url
        postgres.kill()
        assert postgres.start() == url
        assert await _value(url, "SELECT n FROM kept") == 7
        assert await _value(url, "SHOW fsync") == "on"
        assert await _value(url, "SHOW synchronous_commit") == "on"
        postgres.stop()
        assert await _value(postgres.start(), "SELECT n FROM kept") == 7
    with EmbeddedPostgres(folder / "pg") as postgres:
        assert await _value(postgres.url, "SELECT n FROM kept") == 7


async def test_postgres_refuses_a_wrong_password_and_keeps_its_own_private(folder: Path):
    with EmbeddedPostgres(folder / "pg", fsync=False) as postgres:
        password = folder / "pg" / "password"
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        with pytest.raises(asyncpg.InvalidPasswordError):
            await _value(postgres.url.replace(password.read_text(), "guess"), "SELECT 1")


def test_a_cluster_in_use_is_refused_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.embedded.postgres.PREDECESSOR_TIMEOUT_S", 0.5)
    second = EmbeddedPostgres(folder / "pg")
    first = EmbeddedPostgres(folder / "pg", fsync=False)
    with first, pytest.raises(ChildError, match=r"postmaster\.pid"):
        second.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
async def test_root_runs_postgres_below_a_folder_that_nobody_can_enter(folder: Path):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    postgres = EmbeddedPostgres(closed / "pg", fsync=False)
    with postgres:
        assert await _value(postgres.url, "SELECT 1") == 1
        elsewhere = (closed / "pg").resolve()
        assert not elsewhere.is_relative_to(folder)
    postgres.remove()
    assert not elsewhere.exists()
    assert list(closed.iterdir()) == []


def test_valkey_keeps_its_data_over_kill(folder: Path):
    with EmbeddedValkey(folder / "valkey") as valkey:
        with redis.Redis.from_url(valkey.url) as client:
            client.set("kept", 7)
            client.config_set("appendfsync", "always")
            client.set("kept", 8)
        url = valkey.url
        valkey.kill()
        assert valkey.start() == url
        with redis.Redis.from_url(url) as client:
            assert client.get("kept") == b"8"


def test_valkey_refuses_who_has_no_password(folder: Path):
    with EmbeddedValkey(folder / "valkey") as valkey:
        client = redis.Redis.from_url("redis://@" + valkey.url.partition("@")[2])
        with client, pytest.raises(redis.AuthenticationError):
            client.ping()


PARENT = """
import sys, time
from pathlib import Path
from threading import Thread
from server.embedded import EmbeddedPostgres, EmbeddedValkey
postgres = EmbeddedPostgres(Path(sys.argv[1]) / "pg", fsync=False)
valkey = EmbeddedValkey(Path(sys.argv[1]) / "valkey")
for server in (postgres, valkey):  # a thread that ends must not take its server along
    thread = Thread(target=server.start)
    thread.start()
    thread.join()
time.sleep(0.3)
print(postgres.pid, valkey.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_the_servers_die_with_a_parent_that_was_killed(folder: Path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(_is_running(pid) for pid in pids)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while any(_is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.02)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
