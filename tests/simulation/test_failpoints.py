"""At each failpoint a process dies once, and yet: one hold, one charge, one set of tickets."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from loadtests import checker, quiescence
from loadtests.buyer import Buyer, Door, Told, new_key
from loadtests.facts import Facts
from loadtests.facts import read as read_facts
from loadtests.history import Recorder
from tests.fixtures.product import Event, Product
from tests.fixtures.services import Services, run_aside
from tests.server.support import end_in, rows
from tests.simulation.faults import failpoint_names
from tests.simulation.transport import HttpSend

PATIENCE_S = 60.0

DIES_AT = {
    "tx.before_commit": "web0",
    "tx.committed": "web0",
    "exclusive.at_once": "web0",
    "exclusive.before_commit": "web0",
    "exclusive.committed": "web0",
    "hold.committed": "web0",
    "checkout.ordered": "web0",
    "payment.opened": "web0",
    "webhook.verified": "web0",
    "webhook.stored": "web0",
    "webhook.applied": "worker",
    "scan.committed": "web0",
    "hooks.promised": "worker",
    "relay.claimed": "worker",
    "relay.selected": "worker",
    "relay.published": "worker",
    "relay.reacted": "worker",
    "order.settled": "worker",
    "settlement.recorded": "worker",
    "tickets.issued": "worker",
    "mail.sent": "worker",
    "refund.decided": "web0",
    "refund.done_at_provider": "worker",
    "refund.followed": "worker",
}
BEFORE_THE_EVENT = {"admission.joined", "admission.moved"}
"""Passed by who waits only: tests/server/admission/test_waiting_room.py kills there."""
TOGETHER = {"order.divided": "web0", "share.opened": "web0", "hold.kept": "worker"}
"""Passed where several people pay one order, or pay slowly."""
CANCELLING = {"event.cancelled", "cancellation.batch"}
"""Passed where an event is cancelled: tests/server/refunds/test_cancelling.py kills there."""
LATER = {"balance.ended"}
"""Passed where the rest of a deposit does not come: tests/server/checkout/test_deposits.py kills
there."""
AT_THE_COUNTER = {"boxoffice.sold", "tickets.replaced"}
"""Passed by who sells without a buyer online, and by who issues a ticket again."""
BEFORE_SALES = {"account.opened"}
"""Passed when an organization connects an account: tests/server/test_crashes.py kills there."""
TOLD_OUTSIDE = {"hook.told", "income.told"}
"""Passed where others are told: tests/server/hooks and tests/server/settlement kill there."""
RARELY = {"tx.before_commit": 0.2, "tx.committed": 0.2}
"""Also passed while a process starts: it must get beyond that."""
LEASED = (
    "UPDATE outbox SET next_attempt_at = now() WHERE handled_at IS NULL",
    "UPDATE refunds SET next_attempt_at = now() WHERE status = 'pending'",
)
"""What a worker had in hand ends with it here: tests/server/outbox/test_leases.py waits for it."""


class Stage:
    """One product for all failpoints; each night has an event and a log of its own."""

    def __init__(self, product: Product, folder: Path, redis_url: str) -> None:
        self.product, self._folder, self.redis_url = product, folder, redis_url
        self._seat = 0

    def buyer(self, name: str) -> tuple[Buyer, Recorder, HttpSend]:
        recorder = Recorder(self._folder, name)
        send = HttpSend(self.product.base_urls)
        buyer = Buyer(send, recorder, attempts=200, pause=lambda: time.sleep(0.1))
        assert buyer.sign_in()
        return buyer, recorder, send

    def judge(self) -> str:
        left = asyncio.run(quiescence.wait(self.product.database_url, self.product.journal, 30))
        judgement, text = asyncio.run(
            checker.check(
                self.product.database_url, self.product.journal, self._folder, self.redis_url
            )
        )
        assert left == {}
        assert judgement.count == 0, text
        return text

    def facts(self) -> Facts:
        return asyncio.run(read_facts(self.product.database_url, self.product.journal))


@pytest.fixture(scope="module")
def stage(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("failpoints")
    with services.database() as url:
        redis_url = services.empty_redis()
        with Product(url, redis_url, folder / "product") as product:
            yield Stage(product, folder / "logs", redis_url)


class Reviver(threading.Thread):
    """Arms one failpoint in one process, and starts it again, unarmed, once it has died."""

    def __init__(self, product: Product, process: str, failpoint: str) -> None:
        super().__init__(daemon=True)
        self.product, self.process, self.failpoint = product, process, failpoint
        self.died = threading.Event()
        self._over = threading.Event()

    def __enter__(self) -> "Reviver":
        chance = RARELY.get(self.failpoint, 1)
        self.product.kill(self.process)
        self.product.start(self.process, FAILPOINTS=f"{self.failpoint}=kill@{chance}")
        self.start()
        return self

    def run(self) -> None:
        while not self._over.is_set():
            if not self.product.is_running(self.process):
                self.died.set()
                self.product.kill(self.process)
                if self.process == "worker":
                    for statement in LEASED:
                        run_aside(rows(self.product, statement))
                self.product.start(self.process)
                return
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def test_every_failpoint_in_the_source_has_its_case() -> None:
    elsewhere = (
        BEFORE_THE_EVENT
        | CANCELLING
        | LATER
        | TOGETHER.keys()
        | AT_THE_COUNTER
        | BEFORE_SALES
        | TOLD_OUTSIDE
    )
    assert {*DIES_AT, *elsewhere} == failpoint_names()


@pytest.mark.parametrize("failpoint", [name for name in DIES_AT if not name.startswith("refund")])
def test_a_process_that_dies_there_costs_nobody_anything(stage: Stage, failpoint: str) -> None:
    event = stage.product.event("club")
    buyer, recorder, send = stage.buyer(failpoint)
    first, _, _ = stage.buyer(f"{failpoint}-first")
    with Reviver(stage.product, DIES_AT[failpoint], failpoint) as reviver:
        if failpoint == "exclusive.at_once":
            # What a process knows of an event by its first hold, it writes the second with.
            assert first.hold(str(event.id), [1]).ok
        order = _buy(buyer, event, [3, 4], key=new_key())
        door = Door(send, recorder, event.scanner_key, "door", attempts=200)
        scans = [door.scan(str(event.id), t["id"], t["scan_token"]) for t in order.body["tickets"]]
        assert reviver.died.wait(PATIENCE_S)
    stage.product.wait_ready(DIES_AT[failpoint])
    assert [scan.answer["result"] for scan in scans] == ["admitted", "admitted"]
    stage.judge()
    facts = stage.facts()
    [hold] = [hold for hold in facts.holds if hold.buyer_id == buyer.id]
    [bought] = [one for one in facts.orders if one.hold_id == hold.id]
    [payment] = [one for one in facts.payments if one.order_id == bought.id]
    [account] = [one for one in facts.accounts if one.reference == payment.id]
    assert len(account.charges) == 1
    assert sum(ticket.order_id == bought.id for ticket in facts.tickets) == 2


def test_a_box_office_that_dies_after_a_sale_has_sold_once_and_the_tickets_come(
    stage: Stage,
) -> None:
    event = stage.product.event("club", price_minor=0)
    headers = stage.product.operator() | {"Idempotency-Key": new_key()}
    path, body = f"/v1/events/{event.id}/sales", {"seats": [3, 4]}

    def sell() -> httpx.Response | None:
        try:
            return httpx.post(stage.product.base_url + path, json=body, headers=headers, timeout=20)
        except httpx.TransportError:
            return None

    with Reviver(stage.product, "web0", "boxoffice.sold") as reviver:
        _ask_until_it_dies(reviver, sell)
    stage.product.wait_ready("web0")
    answer = sell()
    assert answer is not None
    assert answer.status_code == 201, answer.text
    stage.judge()
    facts = stage.facts()
    [order] = [one for one in facts.orders if one.event_id == str(event.id)]
    assert order.id == answer.json()["id"]
    assert sum(ticket.order_id == order.id for ticket in facts.tickets) == 2


def test_a_ticket_whose_new_code_nobody_heard_of_is_issued_again_once(stage: Stage) -> None:
    event = stage.product.event("club")
    buyer, _, _ = stage.buyer("replaced")
    old = _buy(buyer, event, [3], key=new_key()).body["tickets"][0]
    headers = stage.product.operator() | {"Idempotency-Key": new_key()}
    url = f"{stage.product.base_url}/v1/tickets/{old['id']}/reissues"

    def reissue() -> httpx.Response | None:
        try:
            return httpx.post(url, json={}, headers=headers, timeout=20)
        except httpx.TransportError:
            return None

    with Reviver(stage.product, "web0", "tickets.replaced") as reviver:
        _ask_until_it_dies(reviver, reissue)
    stage.product.wait_ready("web0")
    answer = reissue()
    assert answer is not None
    assert answer.status_code == 201, answer.text
    stage.judge()
    facts = stage.facts()
    states = {t.id: t.live for t in facts.tickets if t.order_id == old["order_id"]}
    assert states == {old["id"]: False, answer.json()["id"]: True}


@pytest.mark.parametrize("failpoint", TOGETHER)
def test_several_who_pay_one_order_pay_once_each_whatever_dies(
    stage: Stage, failpoint: str
) -> None:
    event = stage.product.event("club", hold_ttl_s=13)
    headers = stage.product.buyer()

    def ask(path: str, body: dict[str, Any], key: str) -> Any:
        return _asked(stage.product, path, body, headers | {"Idempotency-Key": key})

    with Reviver(stage.product, TOGETHER[failpoint], failpoint) as reviver:
        hold = ask(f"/v1/events/{event.id}/holds", {"seats": [3, 4]}, new_key())
        draft = {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"}
        order = ask("/v1/orders", draft, new_key())
        shares = ask(f"/v1/orders/{order['id']}/shares", {"equal": 2}, new_key())["items"]
        if TOGETHER[failpoint] == "worker":
            assert reviver.died.wait(PATIENCE_S)
        for share in shares:
            payer = {"name": "Bea", "email": "bea@payer.example"}
            path = f"/v1/shares/{share['url'].rpartition('/')[2]}/payments"
            page = ask(path, payer, new_key())["redirect_url"]
            assert httpx.post(page, data={"outcome": "succeed"}).status_code == 303
        assert reviver.died.wait(PATIENCE_S)
    stage.product.wait_ready(TOGETHER[failpoint])
    stage.judge()
    facts = stage.facts()
    [bought] = [one for one in facts.orders if one.id == order["id"]]
    assert bought.status == "confirmed"
    payments = {one.id for one in facts.payments if one.order_id == order["id"]}
    charges = [len(one.charges) for one in facts.accounts if one.reference in payments]
    assert charges == [1, 1]
    assert sum(ticket.order_id == order["id"] for ticket in facts.tickets) == 2


@pytest.mark.parametrize("name", ["refund.done_at_provider", "refund.followed"])
def test_a_refunder_that_dies_after_the_gateway_pays_back_once(stage: Stage, name: str) -> None:
    event = stage.product.event("club")
    event_id = str(event.id)
    late, _, _ = stage.buyer(f"{name}-late")
    quick, _, _ = stage.buyer(f"{name}-quick")
    hold = late.hold(event_id, [7])
    started = late.checkout(event_id, hold.answer["hold_id"])
    order_id = started.answer["order_id"]
    run_aside(end_in(stage.product, hold.answer["hold_id"], 0))
    _wait_for(lambda: late.order(event_id, order_id), "expired")
    _buy(quick, event, [7], key=new_key())
    with Reviver(stage.product, DIES_AT[name], name) as reviver:
        assert late.pay(event_id, order_id, started.answer["redirect_url"], "succeed").ok
        assert reviver.died.wait(PATIENCE_S)
        _wait_for(lambda: late.order(event_id, order_id), "refunded")
    stage.judge()
    facts = stage.facts()
    [payment] = [one for one in facts.payments if one.order_id == order_id]
    [account] = [one for one in facts.accounts if one.reference == payment.id]
    [charge] = account.charges
    assert len(charge["refunds"]) == 1


def test_a_refund_whose_answer_is_lost_is_decided_once(stage: Stage) -> None:
    name = "refund.decided"
    event = stage.product.event("club")
    buyer, _, _ = stage.buyer(name)
    order = _buy(buyer, event, [11, 12], key=new_key()).body
    lines = [{"id": order["lines"][0]["id"]}]
    with Reviver(stage.product, DIES_AT[name], name) as reviver:
        refund = _refund(stage.product, order["id"], {"parts": lines}, key=new_key())
        assert reviver.died.is_set()
    _wait_for(lambda: buyer.order(str(event.id), order["id"]), "partially_refunded")
    stage.judge()
    facts = stage.facts()
    [payment] = [one for one in facts.payments if one.order_id == order["id"]]
    [account] = [one for one in facts.accounts if one.reference == payment.id]
    assert [back["amount_minor"] for back in account.charges[0]["refunds"]] == [
        refund["amount_minor"]
    ]


def _ask_until_it_dies(reviver: Reviver, ask: Callable[[], object]) -> None:
    """Again and again: a process that was just started does not listen yet."""
    deadline = time.monotonic() + PATIENCE_S
    while not reviver.died.wait(0.2) and time.monotonic() < deadline:
        ask()
    assert reviver.died.is_set()


def _refund(product: Product, order_id: str, body: dict[str, Any], key: str) -> Any:
    headers = product.operator() | {"Idempotency-Key": key}
    return _asked(product, f"/v1/orders/{order_id}/refunds", body, headers)


def _asked(product: Product, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    """As somebody does who asks again until it is answered."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = httpx.post(product.base_url + path, json=body, headers=headers, timeout=10)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        assert answer.status_code == 201, answer.text
        return answer.json()
    raise AssertionError(f"{path} was never answered")


def _buy(buyer: Buyer, event: Event, seats: list[int], key: str) -> Told:
    event_id = str(event.id)
    hold = buyer.hold(event_id, seats, key=key)
    assert hold.ok
    started = buyer.checkout(event_id, hold.answer["hold_id"])
    order_id = started.answer["order_id"]
    assert buyer.pay(event_id, order_id, started.answer["redirect_url"], "succeed").ok
    return _wait_for(lambda: buyer.order(event_id, order_id), "confirmed")


def _wait_for(look: Callable[[], Told], status: str) -> Told:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        told = look()
        if told.answer["status"] == status and (status != "confirmed" or told.answer["tickets"]):
            return told
        time.sleep(0.1)
    raise AssertionError(f"the order never was {status}")
