"""Customers of the simulation: each follows its own seeded dice and logs what it did."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from loadtests.buyer import Buyer, Door, Told, new_key
from loadtests.history import Recorder
from tests.fixtures.product import Event, Product
from tests.simulation.transport import HttpSend

PATIENCE = (3, 25, 25)
"""Attempts per request: the impatient leave without knowing what became of theirs."""
HOT_SEATS = 12
OUTCOMES = ("succeed", "succeed", "succeed", "fail", "late", "twice", "lost")


class Person(threading.Thread):
    """Buys, changes, releases, abandons and pays in every way until `stop` is set."""

    def __init__(
        self,
        product: Product,
        event: Event,
        folder: Path,
        nth: int,
        seed: int,
        stop: threading.Event,
    ) -> None:
        super().__init__(name=f"person-{nth}", daemon=True)
        self._dice = random.Random(f"{seed}/{nth}")
        self._event, self._event_id = event, str(event.id)
        self._stop_event = stop
        self._send = HttpSend(product.base_urls, first=nth)
        recorder = Recorder(folder, f"person-{nth}")
        attempts = self._dice.choice(PATIENCE)
        self._buyer = Buyer(self._send, recorder, attempts=attempts, pause=self._pause)
        self._doors = [
            Door(self._send, recorder, event.scanner_key, f"{gate}-{nth}") for gate in ("a", "b")
        ]
        self._unsure: list[Callable[[], Told]] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._buyer.sign_in():
                pass
            while not self._stop_event.is_set():
                self._visit()
                self._ask_again(self._dice.random() < 0.3)
                self._pause()
            while self._unsure:
                self._ask_again(True)
        except BaseException as error:
            self.error = error
            raise

    def _pause(self) -> None:
        time.sleep(self._dice.uniform(0.05, 0.6))

    def _do(self, ask: Callable[[str], Told]) -> Told:
        """Ask with a new key; what stays unknown is asked again later, with the same key."""
        key = new_key()
        told = ask(key)
        if told.result == "unknown":
            self._unsure.append(lambda: ask(key))
        elif self._dice.random() < 0.1:
            ask(key)
        return told

    def _ask_again(self, is_time: bool) -> None:
        if is_time and self._unsure:
            ask = self._unsure.pop(self._dice.randrange(len(self._unsure)))
            # By and by everything is calm, and every outcome known.
            if ask().result == "unknown":
                self._unsure.append(ask)

    def _visit(self) -> None:
        dice, buyer = self._dice, self._buyer
        seats, pools = self._wish()
        key = new_key()
        hold = buyer.hold(self._event_id, seats, pools, key)
        if hold.result == "unknown":
            self._unsure.append(lambda: buyer.hold(self._event_id, seats, pools, key))
        mood = dice.random()
        if mood < 0.15:
            buyer.hold(self._event_id, seats, pools, key)
        elif mood < 0.2:
            buyer.hold(self._event_id, [*seats, 0] if 0 not in seats else [1], pools, key)
        if not hold.ok:
            return
        hold_id = hold.answer["hold_id"]
        if dice.random() < 0.25 and not self._change(hold_id, seats):
            return
        mood = dice.random()
        if mood < 0.3:
            if not buyer.release(self._event_id, hold_id).ok:
                self._unsure.append(lambda: buyer.release(self._event_id, hold_id))
        elif mood < 0.75:
            self._check_out(hold_id)

    def _wish(self) -> tuple[list[int], dict[str, int]]:
        dice, total = self._dice, self._event.geometry.seats.n
        if dice.random() < 0.2:
            return [], {str(dice.choice(list(self._event.pools.values()))): dice.randint(1, 4)}
        limit = HOT_SEATS if dice.random() < 0.4 else total
        start, count = dice.randrange(limit), dice.randint(1, 4)
        pools = {}
        if dice.random() < 0.2:
            pools = {str(dice.choice(list(self._event.pools.values()))): 1}
        return list(range(start, min(start + count, total))), pools

    def _change(self, hold_id: str, seats: list[int]) -> bool:
        """Returns whether the hold is surely still there."""
        dice = self._dice
        other = dice.randrange(self._event.geometry.seats.n)
        add = [other] if other not in seats else []
        remove = seats[:1] if add else []
        pools = list(map(str, self._event.pools.values()))
        more = {dice.choice(pools): dice.randint(1, 3)} if dice.random() < 0.3 else {}
        less = {dice.choice(pools): 1} if dice.random() < 0.2 else {}
        extend = dice.random() < 0.5
        told = self._do(
            lambda key: self._buyer.change(
                self._event_id, hold_id, add=add, remove=remove, add_pools=more, remove_pools=less,
                extend=extend, key=key,
            )
        )  # fmt: skip
        return told.ok

    def _check_out(self, hold_id: str) -> None:
        dice, buyer = self._dice, self._buyer
        started = self._do(lambda key: buyer.checkout(self._event_id, hold_id, key))
        if not started.ok or dice.random() < 0.1:
            return
        order_id, url = started.answer["order_id"], started.answer["redirect_url"]
        outcome = dice.choice(OUTCOMES)
        form = {"webhook_order": dice.choice(("any", "before", "after"))}
        if outcome == "late":
            form["delay_s"] = str(dice.choice((1, 4, 8)))
        if dice.random() < 0.2:
            form["lose_response"] = "1"
        for _ in range(dice.choice((1, 1, 3))):
            buyer.pay(self._event_id, order_id, url, outcome, **form)
        if outcome == "fail" and dice.random() < 0.5:
            buyer.pay(self._event_id, order_id, url, "succeed")
        if dice.random() < 0.6:
            self._come_in(order_id)

    def _come_in(self, order_id: str) -> None:
        for _ in range(6):
            self._pause()
            order = self._buyer.order(self._event_id, order_id)
            if order.ok and order.answer["tickets"]:
                return self._show(order)
        return None

    def _show(self, order: Told) -> None:
        for ticket in order.body["tickets"][:2]:
            for door in self._dice.choice((self._doors[:1], self._doors)):
                door.scan(self._event_id, ticket["id"], ticket["scan_token"])


class Organizer(threading.Thread):
    """Takes places off sale and puts them back, each request until its outcome is known."""

    def __init__(self, product: Product, event: Event, seed: int, stop: threading.Event) -> None:
        super().__init__(name="organizer", daemon=True)
        self._dice = random.Random(f"{seed}/organizer")
        self._event, self._headers = event, product.operator()
        self._stop_event, self._send = stop, HttpSend(product.base_urls)
        self.done: Counter[str] = Counter()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stop_event.wait(self._dice.uniform(0.1, 0.8)):
                self._act(self._dice.choice(("blocks", "unblocks")))
        except BaseException as error:
            self.error = error
            raise

    def _act(self, verb: str) -> None:
        dice = self._dice
        seats = dice.sample(range(self._event.geometry.seats.n), dice.randint(1, 3))
        pools = []
        if dice.random() < 0.4:
            pool_id = str(dice.choice(list(self._event.pools.values())))
            pools.append({"pool_id": pool_id, "quantity": dice.randint(1, 3)})
        headers = self._headers | {"Idempotency-Key": new_key()}
        while True:
            answer = self._send(
                "POST", f"/v1/events/{self._event.id}/{verb}", verb,
                json={"seats": seats, "pools": pools}, headers=headers,
            )  # fmt: skip
            if 200 <= answer.status < 500:
                assert answer.status in (200, 409), answer
                self.done[f"{verb} {answer.status}"] += 1
                return
            time.sleep(dice.uniform(0.05, 0.3))
