"""A small true history, lived through on the real processes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from loadtests import facts as truth
from loadtests import history as logs
from loadtests import quiescence
from loadtests.buyer import Buyer, Door, Told
from loadtests.feed import Screen, reload
from loadtests.history import Recorder
from tests.fixtures.product import Event, Product
from tests.fixtures.services import Services, run_aside
from tests.loadtests.night import Night
from tests.simulation.transport import HttpSend


@pytest.fixture(scope="module")
def night(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    with services.database() as url:
        redis_url = services.empty_redis()
        with Product(url, redis_url, folder / "product") as product:
            event = product.event(capacities={"dance-floor": 10})
            short = product.event(hold_ttl_s=5)
            _live_through(product, event, short, folder / "logs")
            assert run_aside(quiescence.wait(url, product.journal, 60)) == {}
            facts = run_aside(truth.read(url, product.journal, redis_url))
            journal = product.journal
        arguments = ["--database-url", url, "--journal", str(journal), "--redis-url", redis_url]
        arguments += ["--logs", str(folder / "logs")]
        yield Night(facts, logs.read(folder / "logs"), arguments, url)


def _live_through(product: Product, event: Event, short: Event, folder: Path) -> None:
    send = HttpSend(product.base_urls)
    screens = [
        Screen(product.base_urls, str(event.id), via, Recorder(folder, f"screen-{via}"))
        for via in ("sse", "ws")
    ]
    threads = [threading.Thread(target=screen.run) for screen in screens]
    for thread in threads:
        thread.start()
    while any(screen.version < 0 for screen in screens):
        threading.Event().wait(0.02)
    recorder = Recorder(folder, "buyers")
    buyer, other = Buyer(send, recorder), Buyer(send, recorder)
    assert buyer.sign_in()
    assert other.sign_in()
    _buy_and_enter(product, event, buyer, other, send, recorder)
    _pay_too_late(short, buyer, other)
    _sell_at_the_counter(product, event)
    seen, _ = reload(send.get(f"/v1/events/{event.id}/seats").content, str(event.id))
    recorder.write(seen)
    version = seen.v
    while any(screen.version < version for screen in screens):
        threading.Event().wait(0.02)
    for screen in screens:
        screen.stop()
    for thread in threads:
        thread.join()


def _buy_and_enter(
    product: Product, event: Event, buyer: Buyer, other: Buyer, send: HttpSend, recorder: Recorder
) -> None:
    event_id, pool = str(event.id), str(event.pools["dance-floor"])
    hold = buyer.hold(event_id, [3, 4], {pool: 2}, key="once")
    again = buyer.hold(event_id, [3, 4], {pool: 2}, key="once")
    assert again.answer == hold.answer
    assert buyer.hold(event_id, [5], key="once").status == 422
    assert other.hold(event_id, [4, 5]).status == 409
    started = buyer.checkout(event_id, hold.answer["hold_id"])
    order_id = started.answer["order_id"]
    assert buyer.pay(event_id, order_id, started.answer["redirect_url"], "twice").ok
    order = _wait_for(lambda: buyer.order(event_id, order_id), "confirmed")
    door = Door(send, recorder, event.scanner_key, "north")
    ticket = order.body["tickets"][0]
    scans = [door.scan(event_id, ticket["id"], ticket["scan_token"]) for _ in range(2)]
    assert [scan.answer["result"] for scan in scans] == ["admitted", "duplicate"]
    kept = other.hold(event_id, [10, 11])
    changed = other.change(event_id, kept.answer["hold_id"], add=[12], remove=[10], extend=True)
    assert changed.answer["seats"] == [11, 12]
    gone = other.hold(event_id, [20])
    assert other.release(event_id, gone.answer["hold_id"]).ok


def _sell_at_the_counter(product: Product, event: Event) -> None:
    """Held from an allocation and given back, sold from it, sold over the counter, imported."""
    pool, area = str(event.pools["dance-floor"]), {"pool_id": str(event.pools["dance-floor"])}
    at = f"/v1/events/{event.id}"

    def post(path: str, body: object) -> dict[str, str]:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        url = product.base_url + path
        answer = httpx.post(url, headers=product.operator(), content=content, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    wish = {"name": "Club", "seats": [30, 31], "pools": [area | {"quantity": 2}]}
    allocation = f"/v1/allocations/{post(f'{at}/allocations', wish)['id']}"
    held = post(f"{allocation}/holds", {"seats": [30], "pools": [area | {"quantity": 1}]})
    given_back = f"{product.base_url}{allocation}/holds/{held['id']}"
    assert httpx.delete(given_back, headers=product.operator(), timeout=30).is_success
    post(f"{allocation}/sales", {"seats": [30], "method": "invoice"})
    post(f"{at}/sales", {"seats": [33], "method": "cash"})
    guests = post(f"{at}/guest-lists", {"name": "Crew", "pool_id": pool})
    post(f"/v1/guest-lists/{guests['id']}/guests", {"name": "Ella", "plus_ones": 1})
    post(f"{at}/imports", b"ref,area\nA,dance-floor\nB,dance-floor\n")


def _pay_too_late(event: Event, buyer: Buyer, other: Buyer) -> None:
    """The hold runs out, another takes the seat, the money comes: it is paid back."""
    event_id = str(event.id)
    hold = buyer.hold(event_id, [7])
    started = buyer.checkout(event_id, hold.answer["hold_id"])
    order_id = started.answer["order_id"]
    _wait_for(lambda: buyer.order(event_id, order_id), "expired")
    taken = other.hold(event_id, [7])
    other_order = other.checkout(event_id, taken.answer["hold_id"])
    assert other.pay(
        event_id, other_order.answer["order_id"], other_order.answer["redirect_url"], "succeed",
        webhook_order="before",
    ).ok  # fmt: skip
    _wait_for(lambda: other.order(event_id, other_order.answer["order_id"]), "confirmed")
    assert buyer.pay(event_id, order_id, started.answer["redirect_url"], "succeed").ok
    _wait_for(lambda: buyer.order(event_id, order_id), "refunded")


def _wait_for(look: Callable[[], Told], status: str) -> Told:
    for _ in range(600):
        told = look()
        if told.answer["status"] == status and (status != "confirmed" or told.answer["tickets"]):
            return told
        threading.Event().wait(0.1)
    raise AssertionError(f"the order never was {status}")
