"""The checker passes a true history, and each of its laws catches the lie planted for it."""

import asyncio
import copy
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import asyncpg
import pytest

from loadtests import checker
from loadtests import history as logs
from loadtests.facts import HEARD
from loadtests.history import Recorder
from loadtests.laws import LAWS, judge, name_of
from server.worker import reactions
from tests.fixtures.services import ROOT
from tests.loadtests.lies import LIES, Lie
from tests.loadtests.night import Night


def test_a_true_history_breaks_no_law(night: Night) -> None:
    judgement = judge(night.facts, night.history)
    assert {law: found for law, found in judgement.violations.items() if found} == {}


def test_the_true_history_has_something_to_judge(night: Night) -> None:
    facts, history = night.facts, night.history
    assert {hold.status for hold in facts.holds} == {"active", "converted", "expired", "released"}
    assert len(facts.refunds) == 1
    assert facts.event_log
    assert {op.result for op in history.ops} == {"ok", "fail"}
    assert {seen.frame for seen in history.seen["screen-sse"]} >= {"snapshot", "delta"}
    assert {seen.frame for seen in history.seen["screen-ws"]} >= {"snapshot", "delta"}


def test_what_somebody_reacts_to_is_what_must_come_to_rest() -> None:
    assert list(HEARD) == sorted(reactions(MagicMock()))


def test_every_law_has_a_lie_planted_for_it() -> None:
    assert set(LIES) == {name_of(law) for law in LAWS}


@pytest.mark.parametrize(
    ("law", "lie"),
    [
        pytest.param(law, lie, id=f"{lie.__name__} breaks {law}")
        for law in LIES
        for lie in LIES[law]
    ],
)
def test_a_lie_is_caught_by_its_law(night: Night, law: str, lie: Lie) -> None:
    facts, history = copy.deepcopy((night.facts, night.history))
    lie(facts, history)
    found = judge(facts, history).violations[law]
    assert found
    assert found[0].ids
    assert found[0].where


def test_an_unknown_outcome_accuses_nobody(night: Night) -> None:
    facts, history = copy.deepcopy((night.facts, night.history))
    changed = {op.ask["hold_id"] for op in history.of("change")}
    for op in history.ops:
        if op.answer.get("hold_id") not in changed:
            op.result, op.ended, op.answer = "unknown", float("inf"), {}
    assert judge(facts, history).count == 0


def test_a_journal_that_forgot_what_is_old_accuses_nobody(night: Night) -> None:
    facts, history = copy.deepcopy((night.facts, night.history))
    facts.changes = [change for change in facts.changes if change.version > 3]
    assert facts.changes
    assert judge(facts, history).count == 0
    facts.changes = []
    assert judge(facts, history).count == 0


# ---------------------------------------------------------------- the command


def _run(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "loadtests.checker", *arguments]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_says_that_all_laws_hold_and_exits_0(night: Night) -> None:
    done = _run(night.arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"verdict: all {len(LAWS)} laws hold" in done.stdout


def test_the_command_names_the_broken_law_and_exits_1(night: Night) -> None:
    async def plant() -> str:
        connection = await asyncpg.connect(night.database_url)
        try:
            return await connection.fetchval(
                """UPDATE tickets SET status = 'void' WHERE status = 'valid'
                   RETURNING order_id::text"""
            )
        finally:
            await connection.close()

    order_id = asyncio.run(plant())
    try:
        done = _run(night.arguments)
    finally:
        asyncio.run(_undo(night.database_url))
    assert done.returncode == 1
    assert "BROKEN  what was captured and not refunded is the value of valid tickets" in done.stdout
    assert f"order={order_id}" in done.stdout


async def _undo(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("UPDATE tickets SET status = 'valid' WHERE status = 'void'")
    finally:
        await connection.close()


def test_the_command_exits_2_where_it_cannot_judge(night: Night, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("no json\n")
    done = _run([*night.arguments, "--logs", str(tmp_path)])
    assert done.returncode == 2
    assert "checker:" in done.stderr


def test_a_log_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "dying")
    recorder.invoke("hold", "event", "buyer", {"seats": [1], "pools": {}}, "key")
    recorder.close()
    with (tmp_path / "dying.jsonl").open("a") as file:
        file.write('{"e":"end","op":1,"resu')
    [op] = logs.read(tmp_path).ops
    assert op.result == "unknown"
    assert op.ended == float("inf")


def test_the_report_counts_what_it_judged(night: Night) -> None:
    text = checker.report(night.facts, night.history, judge(night.facts, night.history))
    assert f"requests {len(night.history.ops)}" in text
