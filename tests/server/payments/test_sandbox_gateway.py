"""Laws of the sandbox payment provider, checked against its real process over real HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from server.payments.sandbox.money import written

if TYPE_CHECKING:
    from .conftest import GatewayProcess, Merchant, Receiver


async def test_a_webhook_is_signed_over_its_time_and_raw_body(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    session = await merchant.paid(reference="Grüße 🎭")
    await receiver.until(lambda: len(receiver.attempts) == 1)
    _, headers, body = receiver.attempts[0]
    at, _, v1 = headers["fullhouse-signature"].partition(",")
    signed = at.removeprefix("t=").encode() + b"." + body
    digest = hmac.new(b"whsec_test_gateway", signed, hashlib.sha256).hexdigest()
    assert v1 == f"v1={digest}"
    assert abs(int(at.removeprefix("t=")) - time.time()) < 30
    shown = await merchant.get(f"/v1/sessions/{session['id']}")
    event = json.loads(body)
    assert event.pop("id").startswith("evt_")
    assert abs(event.pop("created") - time.time()) < 30
    assert event == {
        "type": "payment.captured",
        "data": {
            "session_id": session["id"],
            "charge_id": shown["charge_id"],
            "reference": "Grüße 🎭",
            "amount_minor": 4800,
            "currency": "SGD",
        },
    }


async def test_same_key_and_body_give_the_same_answer_also_after_a_crash(
    gateway: "GatewayProcess", merchant: "Merchant"
) -> None:
    body = merchant.session_body()
    first = await merchant.post("/v1/sessions", body, key="k1")
    gateway.kill()
    gateway.start()
    again = await merchant.post("/v1/sessions", dict(reversed(body.items())), key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await merchant.post("/v1/sessions", {**body, "amount_minor": 4801}, key="k1")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert len((await merchant.get("/v1/sessions"))["items"]) == 1


async def test_a_concurrent_twin_is_told_to_come_back(merchant: "Merchant") -> None:
    await merchant.knobs(answer_delay_s=0.5)
    body = merchant.session_body()
    twins = [merchant.post("/v1/sessions", body, key="twin") for _ in range(5)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*twins))
    assert statuses == [201, 409, 409, 409, 409]
    assert (await merchant.post("/v1/sessions", body, key="twin")).status_code == 201
    assert len((await merchant.get("/v1/sessions"))["items"]) == 1


async def test_a_request_that_is_not_valid_does_not_use_up_its_key(merchant: "Merchant") -> None:
    body = merchant.session_body()
    wrong: list[dict[str, object]] = [
        {"amount_minor": 0},
        {"amount_minor": 1.5},
        {"currency": "XXX"},
        {"currency": "EUR\n"},
        {"return_url": "https://shop.example/done\n"},
        {"return_url": "javascript:alert(1)"},
        {"expires_at": 1},
        {"surprise": 1},
    ]
    for change in wrong:
        answer = await merchant.post("/v1/sessions", {**body, **change}, key="k")
        assert answer.status_code == 422, (change, answer.text)
    assert (await merchant.client.post("/v1/sessions", json=body)).status_code == 400
    assert (await merchant.post("/v1/sessions", body, key="k")).status_code == 201


async def test_nothing_is_answered_without_the_api_key(merchant: "Merchant") -> None:
    paths = ["/v1/sessions", "/v1/charges", "/v1/sessions/x", "/v1/refunds", "/_knobs"]
    methods = {"/v1/refunds": "POST", "/_knobs": "POST"}
    for path in paths:
        for key in ("", "Bearer wrong", "Bearer schlüssel", "Basic sk_test_gateway"):
            headers = {b"Authorization": key.encode()}
            method = methods.get(path, "GET")
            answer = await merchant.client.request(method, path, headers=headers)
            assert answer.status_code == 401, (path, key)


async def test_a_payer_is_charged_once_however_often_they_press(merchant: "Merchant") -> None:
    session = await merchant.open()
    answers = await asyncio.gather(*(merchant.pay(session) for _ in range(20)))
    assert {(a.status_code, a.headers["location"]) for a in answers} == {
        (303, session["return_url"])
    }
    assert len((await merchant.get("/v1/charges"))["items"]) == 1


async def test_a_declined_payer_may_try_again_on_the_same_page(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    session = await merchant.open()
    declined = await merchant.pay(session, "fail")
    assert declined.status_code == 303
    page = await merchant.client.get(declined.headers["location"])
    assert "was declined" in page.text
    assert session["cancel_url"] in page.text
    await receiver.until(lambda: len(receiver.events) == 1)
    assert (await merchant.pay(session)).headers["location"] == session["return_url"]
    await receiver.until(lambda: len(receiver.events) == 2)
    assert [e["type"] for e in receiver.events] == ["payment.failed", "payment.captured"]
    assert receiver.events[0]["data"]["charge_id"] is None


async def test_late_twice_and_lost_webhooks_all_follow_one_charge(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    async def send(outcome: str, **form: str) -> str:
        session = await merchant.open()
        assert (await merchant.pay(session, outcome, **form)).status_code == 303
        return session["reference"]

    lost, late, twice = await send("lost"), await send("late", delay_s="1.5"), await send("twice")
    await receiver.until(lambda: len(receiver.of(twice)) == 2)
    first, second = receiver.of(twice)
    assert first == second
    assert receiver.of(late) == []
    await receiver.until(lambda: len(receiver.of(late)) == 1)
    assert receiver.of(lost) == []
    charges = (await merchant.get("/v1/charges"))["items"]
    assert [charge["reference"] for charge in charges] == [lost, late, twice]
    assert (await merchant.pay(await merchant.open(), "late", delay_s="nan")).status_code == 422


async def test_the_webhook_comes_before_or_after_the_redirect_as_asked(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    for _ in range(5):
        session = await merchant.open()
        await merchant.pay(session, webhook_order="before")
        assert len(receiver.of(session["reference"])) == 1
    session = await merchant.open()
    await merchant.pay(session, webhook_order="after")
    assert receiver.of(session["reference"]) == []
    await receiver.until(lambda: len(receiver.of(session["reference"])) == 1)


async def test_an_answer_lost_after_its_effect_is_found_again(merchant: "Merchant") -> None:
    await merchant.knobs(lose_response_after_effect=1)
    body = merchant.session_body()
    with pytest.raises(httpx.RemoteProtocolError):
        await merchant.post("/v1/sessions", body, key="lost")
    await merchant.knobs(lose_response_after_effect=0)
    session = (await merchant.post("/v1/sessions", body, key="lost")).json()
    found = await merchant.get("/v1/sessions", reference=body["reference"])
    assert [row["id"] for row in found["items"]] == [session["id"]]
    with pytest.raises(httpx.RemoteProtocolError):
        await merchant.pay(session, lose_response="1")
    shown = await merchant.get(f"/v1/sessions/{session['id']}")
    assert shown["status"] == "complete"
    assert (await merchant.pay(session)).headers["location"] == session["return_url"]
    assert len((await merchant.get("/v1/charges"))["items"]) == 1


async def test_refunds_never_exceed_what_was_captured(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    session = await merchant.paid(amount_minor=100)
    answers = await asyncio.gather(*(merchant.refund(session, 30) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [201] * 3 + [422] * 17
    refused = await merchant.refund(session, 11, key="r")
    assert refused.json()["error"]["refundable_minor"] == 10
    assert (await merchant.refund(session, 10)).json()["status"] == "succeeded"
    assert (await merchant.refund(session, 11, key="r")).content == refused.content
    assert (await merchant.get(f"/v1/sessions/{session['id']}"))["refunded_minor"] == 100
    [charge] = (await merchant.get("/v1/charges"))["items"]
    assert sorted(refund["amount_minor"] for refund in charge["refunds"]) == [10, 30, 30, 30]
    await receiver.until(lambda: len(receiver.events) == 5)
    told = {e["data"].get("refund_id") for e in receiver.events}
    assert told == {refund["id"] for refund in charge["refunds"]} | {None}
    unpaid = await merchant.open()
    assert (await merchant.refund(unpaid, 1)).status_code == 422
    assert (await merchant.refund({"id": "ps_none"}, 1)).status_code == 404


async def test_an_expired_or_cancelled_page_takes_no_money(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    timed_out = await merchant.open(expires_at=int(time.time()) + 2)
    cancelled = await merchant.open()
    for _ in range(2):
        answer = await merchant.client.post(f"/v1/sessions/{cancelled['id']}/cancel")
        assert answer.json()["status"] == "expired"
    await receiver.until(lambda: len(receiver.events) == 2)
    assert {e["type"] for e in receiver.events} == {"session.expired"}
    for session in (timed_out, cancelled):
        answer = await merchant.pay(session)
        assert answer.status_code == 410
        assert session["cancel_url"] in answer.text
    assert (await merchant.get("/v1/charges"))["items"] == []
    paid = await merchant.paid()
    assert (await merchant.client.post(f"/v1/sessions/{paid['id']}/cancel")).status_code == 409


async def test_webhooks_are_retried_with_growing_pauses_until_accepted(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    receiver.status_of = lambda event: 200 if len(receiver.attempts) == 4 else 500
    await merchant.paid()
    await receiver.until(lambda: len(receiver.attempts) == 4)
    times = [at for at, _, _ in receiver.attempts]
    first_s, second_s = times[1] - times[0], times[2] - times[1]
    assert first_s >= 0.45
    assert second_s >= 0.95
    assert len({body for _, _, body in receiver.attempts}) == 1
    await asyncio.sleep(1.3)
    assert len(receiver.attempts) == 4


async def test_lists_page_through_every_row_once(merchant: "Merchant") -> None:
    opened = [(await merchant.paid())["id"] for _ in range(7)]
    for path, field in (("/v1/sessions", "id"), ("/v1/charges", "session_id")):
        seen: list[str] = []
        query: dict[str, object] = {"page_size": 3}
        while True:
            page = await merchant.get(path, **query)
            seen += [row[field] for row in page["items"]]
            if page["next_token"] is None:
                break
            query["next_token"] = page["next_token"]
        assert seen == opened
        assert (await merchant.get(path, since=int(time.time()) + 60))["items"] == []
    answer = await merchant.client.get("/v1/charges", params={"next_token": "nonsense"})
    assert answer.status_code == 422


async def test_a_provider_that_is_down_does_nothing_and_then_goes_on(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    session = await merchant.open()
    body = merchant.session_body()
    await merchant.knobs(delay_s=1)
    await merchant.pay(session)
    await merchant.knobs(down=1, delay_s=0)
    assert (await merchant.post("/v1/sessions", body, key="k")).status_code == 503
    assert (await merchant.pay(session)).status_code == 503
    assert (await merchant.client.get("/health")).status_code == 200
    await asyncio.sleep(1.3)
    assert receiver.attempts == []
    await merchant.knobs(down=0)
    assert (await merchant.post("/v1/sessions", body, key="k")).status_code == 201
    await receiver.until(lambda: len(receiver.attempts) == 1)


async def test_held_back_webhooks_are_overtaken_and_none_is_lost(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    await merchant.knobs(seed=3, reorder=1)
    paid = [(await merchant.paid())["reference"] for _ in range(8)]
    await receiver.until(lambda: len(receiver.events) == 8)
    told = [event["data"]["reference"] for event in receiver.events]
    assert sorted(told) == sorted(paid)
    assert told != paid


async def test_the_same_seed_gives_the_same_faults(
    merchant: "Merchant", receiver: "Receiver"
) -> None:
    async def dropped() -> list[bool]:
        await merchant.knobs(seed=7, drop=0.5, duplicate=1, duplicate_copies=10)
        references = [(await merchant.paid())["reference"] for _ in range(12)]
        await merchant.knobs(drop=0, duplicate=0)
        await merchant.all_told()
        counts = [len(receiver.of(reference)) for reference in references]
        assert set(counts) == {0, 10}
        return [count == 0 for count in counts]

    assert await dropped() == await dropped()


def test_amounts_are_written_with_their_currencys_exponent() -> None:
    assert written(123450, "EUR") == "EUR 1,234.50"
    assert written(5, "EUR") == "EUR 0.05"
    assert written(48000, "JPY") == "JPY 48,000"
    assert written(1234, "BHD") == "BHD 1.234"
    assert written(12, "CLF") == "CLF 0.0012"


async def test_what_a_merchant_wrote_never_becomes_markup(merchant: "Merchant") -> None:
    evil = '"><script>alert(1)</script>$merchant'
    session = await merchant.open(
        reference=evil, description=evil, cancel_url='http://127.0.0.1:1/?"><b>'
    )
    page = await merchant.client.get(f"/pay/{session['id']}")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<b>" not in page.text.replace("<b>SANDBOX</b>", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;$merchant" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await merchant.client.get("/pay/ps_unknown")).status_code == 404


@pytest.mark.browser
async def test_a_payer_pays_in_a_browser_without_javascript(
    merchant: "Merchant", receiver: "Receiver", chromium: str
) -> None:
    from playwright.async_api import async_playwright

    back = str(merchant.client.base_url.join("/health"))
    session = await merchant.open(return_url=back)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = await browser.new_page(java_script_enabled=False)
        await page.goto(session["url"])
        await page.get_by_role("button", name="Decline").click()
        await page.get_by_role("alert").wait_for()
        await page.get_by_role("button", name="Webhook twice").click()
        await page.wait_for_url(back)
        await browser.close()
    await receiver.until(lambda: len(receiver.events) == 3)
