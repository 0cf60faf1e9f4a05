"""A ticket is its QR code: it says the scan token, and nobody else can make one."""

import asyncio
import base64
import io
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import groupby

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from PIL import Image

from server.kernel import context
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.payments import counter
from server.payments.counter import Taken
from server.tickets.codes import PREFIX, Codes, hash_of
from tests.fixtures.product import ORG_ID, Product
from tests.fixtures.qr import codes_in
from tests.server.support import Buyer, ok, pay, problem, rows, until

NewBuyer = Callable[[], Buyer]
PIXELS = 4


async def test_the_qr_code_says_the_scan_token(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    order = await new_buyer().buy(house.event(), [1])
    ticket = order["tickets"][0]
    for name, media_type in (("qr.svg", "image/svg+xml"), ("qr.png", "image/png")):
        answer = await client.get(f"{ticket['url']}/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        png = media_type == "image/png"
        image = Image.open(io.BytesIO(answer.content)) if png else _drawn(answer.content)
        assert codes_in(image) == [ticket["scan_token"]]


async def test_a_code_opens_its_own_ticket_and_nothing_tells_one(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    order = await new_buyer().buy(house.event(), [1, 2])
    first, second = order["tickets"]
    assert first["code"] != second["code"]
    assert first["url"] == f"/t/{first['code']}"
    assert (await client.get(f"/t/{first['code'].upper()}/qr.svg")).status_code == 200
    for wrong in (first["id"], first["code"][:-1], first["scan_token"], "x", "%00", "x" * 5_000):
        problem(await client.get(f"/t/{wrong}/qr.svg"), 404, "not-found")
    stored = await rows(house, "SELECT * FROM tickets WHERE id::text = $1", first["id"])
    assert first["code"] not in str(stored[0])
    assert first["scan_token"] not in str(stored[0])


async def test_another_buyers_tickets_are_not_shown(house: Product, new_buyer: NewBuyer) -> None:
    buyer, stranger = new_buyer(), new_buyer()
    order = await buyer.buy(house.event(), [1])
    ticket = order["tickets"][0]
    assert ok(await stranger.call("GET", "/v1/me/tickets"))["items"] == []
    assert ok(await buyer.call("GET", "/v1/me/tickets"))["items"] == [ticket]
    assert ok(await buyer.call("GET", f"/v1/tickets/{ticket['id']}")) == ticket
    problem(await stranger.call("GET", f"/v1/tickets/{ticket['id']}"), 404, "not-found")


async def test_a_buyers_tickets_come_in_pages_that_leave_none_out(
    house: Product, new_buyer: NewBuyer
) -> None:
    buyer, event = new_buyer(), house.event()
    first, second = await buyer.buy(event, [1, 2, 3]), await buyer.buy(event, [4, 5])
    path, seen = "/v1/me/tickets?page_size=2", []
    while path:
        page = ok(await buyer.call("GET", path))
        seen.append([ticket["label"] for ticket in page["items"]])
        token = page["next_token"]
        path = f"/v1/me/tickets?page_size=2&next_token={token}" if token else ""
    assert [len(page) for page in seen] == [2, 2, 1]
    labels = {ticket["label"] for order in (first, second) for ticket in order["tickets"]}
    assert {label for page in seen for label in page} == labels
    problem(await buyer.call("GET", "/v1/me/tickets?next_token=x"), 400, "bad-request")


@pytest.fixture(scope="module")
def codes() -> Codes:
    return Codes([bytes(range(32))])


def _altered(token: str) -> Iterator[str]:
    """Every single character replaced by another of the alphabet, cut short, and made longer."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    for at in range(len(PREFIX), len(token)):
        for other in alphabet:
            if other != token[at]:
                yield token[:at] + other + token[at + 1 :]
    yield from (token[:-1], token[:-8], token + "A", token + token, token[len(PREFIX) :], "")


def test_an_altered_token_is_no_token(codes: Codes) -> None:
    ticket_id, event_id = uuid7(), uuid7()
    token = codes.scan_token(ticket_id, event_id)
    read = codes.read(token)
    assert read is not None
    assert (read.ticket_id, read.event_id) == (ticket_id, event_id)
    assert codes.read(f" {token.lower()}\n") == read, "a scanner may add blanks or change case"
    passed = [wrong for wrong in _altered(token) if codes.read(wrong) is not None]
    assert passed == []


def test_a_token_of_another_key_is_no_token(codes: Codes) -> None:
    other = Codes([bytes(32)])
    assert codes.read(other.scan_token(uuid7(), uuid7())) is None
    for strange in ("\0", "FH1", "FH2====", "FH1\u0661", "ﬀ" * 200, "FH1" + "A" * 154,
                    "FH2" + "A" * 160, "FH2AAAAAAA", "FH3" + "A" * 160):  # fmt: skip
        assert codes.read(strange) is None


def test_page_code_and_scan_token_say_nothing_of_each_other(codes: Codes) -> None:
    ticket_id = uuid7()
    assert codes.page_code(ticket_id) != Codes([bytes(32)]).page_code(ticket_id)
    assert len(codes.page_code(ticket_id)) == 26
    assert codes.page_code(ticket_id).upper() not in codes.scan_token(ticket_id, uuid7())


async def test_an_order_that_is_paid_in_part_is_sold_with_the_rest(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Its payment is not all that it costs; the rest is taken by hand."""
    buyer, rest_minor = new_buyer(), 100
    hold = await buyer.hold_ok(house.event(), [1, 2])
    started = await buyer.checkout_ok(hold["id"])
    order_id = uuid.UUID(started["order"]["id"])
    await rows(
        house,
        """WITH o AS (UPDATE orders SET total_minor = total_minor + $2 WHERE id = $1)
           UPDATE order_lines SET unit_price_minor = unit_price_minor + $2,
                  total_minor = total_minor + $2
           WHERE order_id = $1 AND seat_idx = 1""",
        order_id,
        rest_minor,
    )
    await pay(client, started["redirect_url"])

    async def answered() -> int:
        return (await buyer.order(str(order_id)))["paid_minor"]

    assert await until(answered) == started["order"]["total_minor"]
    order = await buyer.order(str(order_id))
    assert (order["status"], order["tickets"]) == ("pending", [])
    db = await Database.open(house.database_url, connections_max=1)
    context.act_for(ORG_ID)
    async with db.tx() as tx:
        await counter.take(tx, ORG_ID, order["currency"], [Taken(order_id, rest_minor)])
    await db.close()
    order = await buyer.order_when(str(order_id), "confirmed")
    issued, bought = (sorted(each["label"] for each in order[of]) for of in ("tickets", "lines"))
    assert issued == bought


def test_a_new_key_signs_and_those_before_it_are_believed(codes: Codes) -> None:
    ticket_id, event_id = uuid7(), uuid7()
    old = codes.scan_token(ticket_id, event_id)
    page_code = codes.page_code(ticket_id)
    rotated = Codes([bytes(32), bytes(range(32))])
    new = rotated.scan_token(ticket_id, event_id)
    assert new != old
    assert rotated.read(new) == rotated.read(old) == codes.read(old) is not None
    assert codes.read(new) is None
    assert rotated.page_code(ticket_id, hash_of(page_code)) == page_code
    assert rotated.page_code(ticket_id) != page_code


def test_a_token_that_named_no_key_is_still_one(codes: Codes) -> None:
    """As they were before keys had names."""
    ticket_id, event_id = uuid7(), uuid7()
    payload = ticket_id.bytes + event_id.bytes
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signed = payload + key.sign(b"FH1" + payload)
    token = "FH1" + base64.b32encode(signed).decode().rstrip("=")
    for believing in (codes, Codes([bytes(32), bytes(range(32))])):
        read = believing.read(token)
        assert read is not None
        assert (read.ticket_id, read.event_id) == (ticket_id, event_id)
    altered = list(_altered(token))[::97]
    assert [wrong for wrong in altered if codes.read(wrong) is not None] == []
    assert Codes([bytes(32)]).read(token) is None


async def test_a_door_checks_a_token_with_nothing_but_the_public_keys(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    ticket = (await new_buyer().buy(house.event(), [1]))["tickets"][0]
    keys = {key["kid"]: key for key in ok(await client.get("/v1/ticket-keys"))["keys"]}
    text = ticket["scan_token"].removeprefix("FH2")
    signed = base64.b32decode(text + "=" * (-len(text) % 8))
    named, ids, signature = signed[:4], signed[4:36], signed[36:]
    key = keys[named.hex()]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"FH2" + named + ids)
    assert uuid.UUID(bytes=ids[:16]) == uuid.UUID(ticket["id"])


async def test_tickets_are_issued_once_however_often_the_order_is_told(
    house: Product, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    order = await buyer.buy(house.event(), [1, 2])
    again = """UPDATE outbox SET handled_at = NULL
               WHERE data->>'order_id' = $1 AND type IN ('order.confirmed', 'payment.captured')"""
    for _ in range(3):
        await rows(house, again, order["id"])
        await asyncio.sleep(0.2)
    assert (await buyer.order(order["id"]))["tickets"] == order["tickets"]
    told = "SELECT count(*) FROM outbox WHERE type = 'fulfillment.issued' AND subject = $1"
    assert (await rows(house, told, f"order:{order['id']}"))[0][0] == 1


def _drawn(svg: bytes) -> Image.Image:
    """The SVG as pixels. segno writes one path of `M x y` and `h length` strokes."""
    root = ET.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (size, size), 255)
    stroke = next(p.attrib["d"] for p in root.iter() if p.attrib.get("stroke"))
    words = ["".join(run) for _, run in groupby(stroke, key=_kind)]
    x, y, numbers, verb = 0.0, 0.0, [], ""
    for word in [*words, "Z"]:
        if not word.strip():
            continue
        if word[0].isalpha():
            x, y = _stroke(image, verb, numbers, x, y)
            verb, numbers = word, []
        else:
            numbers += [float(part) for part in word.replace("-", " -").split()]
    return image.resize((size * PIXELS, size * PIXELS), Image.Resampling.NEAREST)


def _kind(character: str) -> str:
    return character if character.isalpha() else "number"


def _stroke(
    image: Image.Image, verb: str, numbers: list[float], x: float, y: float
) -> tuple[float, float]:
    if verb == "M":
        return numbers[0], numbers[1]
    if verb == "m":
        return x + numbers[0], y + numbers[1]
    if verb == "h":
        for at in range(int(numbers[0])):
            image.putpixel((int(x) + at, int(y)), 0)
        return x + numbers[0], y
    return x, y
