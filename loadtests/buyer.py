"""One customer: asks over HTTP, repeats until it knows, and logs what it asked and was told.

Whatever carries the requests is given, so Locust and the crash simulation send the same ones.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from loadtests.history import Kind, Recorder, Result

NO_ANSWER = 0


class Answer(msgspec.Struct):
    """`status` 0 where no answer came; `body` empty where it was not a JSON object."""

    status: int
    body: dict[str, Any]


class Send(Protocol):
    """`url` is a path of the product, or absolute; `name` groups requests in statistics."""

    def __call__(
        self,
        method: str,
        url: str,
        name: str,
        *,
        json: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer: ...


class Told(msgspec.Struct):
    """What a request came to. `answer` is what the log keeps of it, `body` all of it."""

    result: Result
    status: int
    answer: dict[str, Any]
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.result == "ok"


def new_key() -> str:
    return str(uuid.uuid4())


class Buyer:
    """Needs `sign_in` first. `attempts`: how often a request without a sure answer is repeated,
    with the same Idempotency-Key; `pause`: called between them."""

    def __init__(
        self,
        send: Send,
        recorder: Recorder,
        *,
        attempts: int = 3,
        pause: Callable[[], None] = lambda: time.sleep(0.2),
    ) -> None:
        self._send, self._recorder = send, recorder
        self._attempts, self._pause = attempts, pause
        self.id = ""
        self._headers: dict[str, str] = {}

    def sign_in(self) -> bool:
        """As a new guest."""
        for _ in range(self._attempts):
            answer = self._send("POST", "/v1/auth/guest", "sign in")
            if answer.status == 201:
                self.id = answer.body["buyer_id"]
                self._headers = {"Authorization": f"Bearer {answer.body['token']}"}
                return True
            self._pause()
        return False

    def hold(
        self, event_id: str, seats: list[int], pools: dict[str, int] | None = None, key: str = ""
    ) -> Told:
        """`pools`: pool id -> places. A `key` of an earlier hold repeats it."""
        pools = pools or {}
        ask = {"seats": seats, "pools": pools}
        body = {"seats": seats, "pools": _wishes(pools)}
        path = f"/v1/events/{event_id}/holds"
        return self._ask(
            "hold", event_id, ask, "POST", path, body, read=_read_hold, key=key or new_key()
        )

    def change(
        self,
        event_id: str,
        hold_id: str,
        *,
        add: list[int],
        remove: list[int],
        add_pools: dict[str, int] | None = None,
        remove_pools: dict[str, int] | None = None,
        extend: bool = False,
        key: str = "",
    ) -> Told:
        """Pools as for `hold`. A `key` of an earlier change repeats it."""
        more, less = add_pools or {}, remove_pools or {}
        ask = {"hold_id": hold_id, "add": add, "remove": remove, "extend": extend}
        ask |= {"add_pools": more, "remove_pools": less}
        body = {
            "add": {"seats": add, "pools": _wishes(more)},
            "remove": {"seats": remove, "pools": _wishes(less)},
            "extend": extend,
        }
        path = f"/v1/holds/{hold_id}"
        return self._ask(
            "change", event_id, ask, "PATCH", path, body, read=_read_hold, key=key or new_key()
        )

    def release(self, event_id: str, hold_id: str) -> Told:
        ask = {"hold_id": hold_id}
        return self._ask("release", event_id, ask, "DELETE", f"/v1/holds/{hold_id}")

    def checkout(self, event_id: str, hold_id: str, key: str = "") -> Told:
        """`answer` has `order_id`, `total_minor`, `redirect_url`."""
        ask = {"hold_id": hold_id}
        body = {"hold_id": hold_id, "email": "guest@crowd.example", "name": "A Guest"}
        return self._ask(
            "checkout", event_id, ask, "POST", "/v1/checkout", body,
            read=_read_checkout, key=key or new_key(),
        )  # fmt: skip

    def pay(self, event_id: str, order_id: str, pay_url: str, outcome: str, **form: str) -> Told:
        """Fill in the provider's form; `outcome` and `form` as its page names them."""
        ask = {"order_id": order_id, "outcome": outcome, **form}
        op = self._recorder.invoke("pay", event_id, self.id, ask)
        answer = self._send("POST", pay_url, "pay", form={"outcome": outcome, **form})
        sure = answer.status in (303, 410, 422)
        result: Result = "unknown" if not sure else "ok" if answer.status == 303 else "fail"
        self._recorder.end(op, result, answer.status, {})
        return Told(result, answer.status, {}, answer.body)

    def order(self, event_id: str, order_id: str) -> Told:
        """`answer` has `status` and the ids of `tickets`."""
        ask = {"order_id": order_id}
        return self._ask("order", event_id, ask, "GET", f"/v1/orders/{order_id}", read=_read_order)

    def _ask(
        self,
        kind: Kind,
        event_id: str,
        ask: dict[str, Any],
        method: str,
        path: str,
        body: Any = None,
        *,
        read: Callable[[dict[str, Any]], dict[str, Any]] = lambda _body: {},
        key: str = "",
    ) -> Told:
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        op = self._recorder.invoke(kind, event_id, self.id, ask, key)
        told = settle(
            lambda: self._send(method, path, kind, json=body, headers=headers),
            read, self._attempts, self._pause,
        )  # fmt: skip
        self._recorder.end(op, told.result, told.status, told.answer)
        return told


class Door:
    """A scanner at a door."""

    def __init__(
        self, send: Send, recorder: Recorder, scanner_key: str, gate: str, *, attempts: int = 3
    ) -> None:
        self._send, self._recorder, self._gate = send, recorder, gate
        self._attempts = attempts
        self._headers = {"X-Scanner-Key": scanner_key}

    def scan(self, event_id: str, ticket_id: str, token: str) -> Told:
        """`answer` has `result` and `scan_id`, admitted or not."""
        key = new_key()
        ask = {"ticket": ticket_id, "gate": self._gate}
        headers = self._headers | {"Idempotency-Key": key}
        op = self._recorder.invoke("scan", event_id, self._gate, ask, key)
        body = {"token": token, "gate": self._gate}
        told = settle(
            lambda: self._send("POST", "/v1/checkin/scans", "scan", json=body, headers=headers),
            _read_scan, self._attempts, lambda: time.sleep(0.2),
        )  # fmt: skip
        self._recorder.end(op, told.result, told.status, told.answer)
        return told


def settle(
    send: Callable[[], Answer],
    read: Callable[[dict[str, Any]], dict[str, Any]],
    attempts: int,
    pause: Callable[[], None],
) -> Told:
    """Repeat until the outcome is sure. A refusal is sure only where no attempt before it got
    lost: that one may still be under way, and may yet succeed."""
    answer = Answer(NO_ANSWER, {})
    for attempt in range(attempts):
        if attempt:
            pause()
        answer = send()
        if 200 <= answer.status < 300:
            return Told("ok", answer.status, read(answer.body), answer.body)
        if 400 <= answer.status < 500:
            result: Result = "unknown" if attempt else "fail"
            return Told(result, answer.status, read_refusal(answer.body), answer.body)
    return Told("unknown", answer.status, {}, answer.body)


def read_refusal(body: dict[str, Any]) -> dict[str, Any]:
    kept = {name: body[name] for name in ("type", "seats", "pools", "scan_id") if name in body}
    if "scan_id" in body:
        kind = str(body.get("type", ""))
        kept["result"] = "duplicate" if kind.endswith("already-used") else "refused"
    return kept


def _wishes(pools: dict[str, int]) -> list[dict[str, Any]]:
    return [{"pool_id": pool, "quantity": quantity} for pool, quantity in pools.items()]


def _read_hold(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "hold_id": body["id"],
        "version": body["version"],
        "seats": sorted(seat["idx"] for seat in body["seats"]),
        "pools": {pool["pool_id"]: pool["quantity"] for pool in body["pools"]},
    }


def _read_checkout(body: dict[str, Any]) -> dict[str, Any]:
    order = body["order"]
    return {
        "order_id": order["id"],
        "total_minor": order["total_minor"],
        "redirect_url": body["redirect_url"],
    }


def _read_order(body: dict[str, Any]) -> dict[str, Any]:
    tickets = [ticket["id"] for ticket in body.get("tickets", ())]
    return {"order_id": body["id"], "status": body["status"], "tickets": tickets}


def _read_scan(body: dict[str, Any]) -> dict[str, Any]:
    return {"result": body["result"], "scan_id": body["scan_id"]}
