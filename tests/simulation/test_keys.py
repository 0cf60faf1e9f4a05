"""One key, one answer: also where the world has moved on between the two requests."""

import time
from pathlib import Path

from loadtests.buyer import Buyer, new_key
from loadtests.history import Recorder
from tests.fixtures.product import Product
from tests.server.support import PATIENCE_S
from tests.simulation.transport import HttpSend


def test_a_repeated_checkout_names_the_same_page_after_its_hold_has_ended(
    product: Product, tmp_path: Path
) -> None:
    event_id = str(product.event(hold_ttl_s=5).id)
    buyer = Buyer(HttpSend(product.base_urls), Recorder(tmp_path, "buyer"))
    assert buyer.sign_in()
    hold_id = buyer.hold(event_id, [3]).answer["hold_id"]
    key = new_key()
    first = buyer.checkout(event_id, hold_id, key)
    deadline = time.monotonic() + PATIENCE_S
    while buyer.order(event_id, first.answer["order_id"]).answer["status"] == "pending":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    again = buyer.checkout(event_id, hold_id, key)
    assert (again.status, again.answer) == (201, first.answer)
    late = new_key()
    answers = [buyer.checkout(event_id, hold_id, late).answer for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["order_id"] == first.answer["order_id"]
