"""Laws of the sandbox provider's journal: what was acknowledged outlives any death."""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from server.payments.sandbox.journal import FILE_NAME, JournalError, read_journal

if TYPE_CHECKING:
    from .conftest import GatewayProcess, Merchant, Receiver


async def test_kill_9_loses_nothing_acknowledged(
    gateway: "GatewayProcess", merchant: "Merchant", receiver: "Receiver"
) -> None:
    dice = random.Random(11)
    receiver.status_of = lambda event: dice.choice([200, 500])
    paid: list[str] = []
    refunded: dict[str, int] = {}

    async def shopper() -> None:
        while True:
            try:
                session = await merchant.open()
                if (await merchant.pay(session)).status_code == 303:
                    paid.append(session["reference"])
                answer = await merchant.refund(session, 100)
                if answer.status_code == 201:
                    refunded[session["reference"]] = 100
            except httpx.TransportError:
                await asyncio.sleep(0.02)

    shoppers = [asyncio.create_task(shopper()) for _ in range(8)]
    for nth in range(5):
        await asyncio.sleep(dice.uniform(0.2, 0.8))
        await receiver.until(lambda nth=nth: len(paid) > 4 * (nth + 1))
        gateway.kill()
        await asyncio.to_thread(gateway.start)
    for task in shoppers:
        task.cancel()
    await asyncio.gather(*shoppers, return_exceptions=True)
    receiver.status_of = lambda event: 200

    def captured() -> set[str]:
        of_type = [e for e in receiver.events if e["type"] == "payment.captured"]
        return {e["data"]["reference"] for e in of_type}

    accounts = read_journal(gateway.journal).accounts()
    assert len(paid) > 20
    await receiver.until(lambda: captured() == accounts.keys())
    assert set(paid) <= accounts.keys()
    assert all(len(account.charges) == 1 for account in accounts.values())
    assert all(accounts[ref].refunded_minor == minor for ref, minor in refunded.items())


async def test_a_late_webhook_outlives_a_crash(
    gateway: "GatewayProcess", merchant: "Merchant", receiver: "Receiver"
) -> None:
    session = await merchant.open()
    paid_at = time.monotonic()
    await merchant.pay(session, "late", delay_s="2.5")
    gateway.kill()
    gateway.start()
    await receiver.until(lambda: len(receiver.of(session["reference"])) == 1)
    assert time.monotonic() - paid_at >= 2.4


async def test_an_accepted_webhook_is_not_sent_again_by_a_restart(
    gateway: "GatewayProcess", merchant: "Merchant", receiver: "Receiver"
) -> None:
    first = await merchant.paid()
    await receiver.until(lambda: len(receiver.events) == 1)
    await merchant.all_told()
    gateway.stop()
    gateway.start()
    second = await merchant.paid()
    await receiver.until(lambda: bool(receiver.of(second["reference"])))
    assert len(receiver.of(first["reference"])) == 1


async def test_a_full_disk_stops_the_gateway_and_loses_nothing(
    gateway: "GatewayProcess", merchant: "Merchant"
) -> None:
    paid = {(await merchant.paid())["reference"]}
    gateway.limit_files((gateway.journal / FILE_NAME).stat().st_size + 5000)
    with contextlib.suppress(httpx.TransportError):
        for _ in range(100):
            paid.add((await merchant.paid())["reference"])
    assert gateway.wait() == os.EX_IOERR
    gateway.stop()
    gateway.start()
    charges = (await merchant.get("/v1/charges"))["items"]
    assert paid <= {charge["reference"] for charge in charges}
    assert (await merchant.open())["status"] == "open"


async def test_a_torn_last_line_is_cut_and_damage_before_it_is_refused(
    gateway: "GatewayProcess", merchant: "Merchant"
) -> None:
    session = await merchant.paid()
    gateway.kill()
    path = gateway.journal / FILE_NAME
    whole = path.read_bytes()
    assert whole.count(b"\n") >= 2
    for torn in (b"{", b'{"type":"delivered"', b"\0" * 100, whole.splitlines()[0]):
        path.write_bytes(whole + torn)
        assert read_journal(gateway.journal).accounts()[session["reference"]].captured_minor == 4800
        gateway.start()
        assert (await merchant.open())["status"] == "open"
        gateway.kill()
        assert len(read_journal(gateway.journal).sessions.rows) == 2
    path.write_bytes(b"damage\n" + whole)
    with pytest.raises(JournalError, match="line 1"):
        read_journal(gateway.journal)


async def test_the_journal_tells_charges_and_refunds_per_reference(
    gateway: "GatewayProcess", merchant: "Merchant"
) -> None:
    session = await merchant.paid()
    await merchant.refund(session, 800)
    await merchant.open()
    module = [sys.executable, "-m", "server.payments.sandbox.journal", str(gateway.journal)]
    told = await asyncio.to_thread(subprocess.check_output, module)
    [account] = [json.loads(line) for line in told.splitlines()]
    assert account["reference"] == session["reference"]
    assert (account["captured_minor"], account["refunded_minor"]) == (4800, 800)
    assert account["charges"][0]["refunds"][0]["reason"] == "asked"


def test_a_gateway_refuses_to_start_with_one_clear_line(gateway: "GatewayProcess") -> None:
    def refused(*options: str) -> str:
        command = gateway.command("--port", "0", *options)
        told = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert told.returncode != 0
        assert told.stdout == ""
        assert told.stderr.count("\n") == 1
        return told.stderr

    assert "SANDBOX_SECRET and SANDBOX_WEBHOOK_SECRET must be set" in refused()
    assert "in use by another gateway" in refused("--secret", "a", "--webhook-secret", "b")
