"""Whatever the product tells has a message, and every message is told by something. What tests make
it tell is held against the schema where their databases end (`tests/fixtures/services.py`)."""

import datetime as dt
import re
import uuid

import asyncpg
import msgspec
import pytest
from google.protobuf import json_format

from server.outbox import protobuf
from server.outbox.models import Event
from tests.fixtures.services import Services
from tests.fixtures.told import told_types

NOW = dt.datetime(2026, 11, 27, 20, 15, 0, 123456, tzinfo=dt.UTC)
SCANNED = {
    "id": "s", "event_id": "e", "version": 2**40, "ticket_id": None, "result": "refused",
    "label": "Loge Ü 1", "name": "", "gate": "Main", "scanned_at": "2026-11-27T20:15:00.123456Z",
}  # fmt: skip
REFUNDED = {
    "order_id": "o", "event_id": "e", "hold_id": "h", "total_minor": 2**53 + 1, "currency": "EUR",
    "refund_id": "r", "refund_minor": 0, "fee_minor": 5, "tax_minor": 0, "cause": "request",
}  # fmt: skip
BLOCKED = {
    "event_id": "e", "seat_idxs": [3, 1, 2], "legs": [0, 0],
    "pools": [{"pool_id": "p", "quantity": 7}], "version": 1,
}  # fmt: skip


def _event(event_type: str, data: dict[str, object]) -> Event:
    return Event(
        uuid.uuid4(), event_type, 1, NOW, "request", "0" * 32, "buyer:1", "fullhouse", "org",
        "ticket:1", data,
    )  # fmt: skip


def test_every_type_that_the_source_tells_has_a_message() -> None:
    fields = set(protobuf.topics())
    assert len(told_types()) > 20
    silent = {told for told in told_types() if not any(map(_pattern(told).fullmatch, fields))}
    assert silent == set()


def test_every_message_is_of_a_type_that_the_source_tells() -> None:
    patterns = [_pattern(told) for told in told_types()]
    fields = protobuf.topics()
    assert [name for name in fields if not any(one.fullmatch(name) for one in patterns)] == []
    for name, field in fields.items():
        assert field.message_type is not None
        assert field.message_type.name == "".join(map(str.capitalize, name.split("_")))


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        ("checkin.ticket.scanned", SCANNED),
        ("order.refunded", REFUNDED),
        ("inventory.seat.blocked", BLOCKED),
    ],
)
def test_a_message_says_what_the_json_says(event_type: str, data: dict[str, object]) -> None:
    event = _event(event_type, data)
    message = protobuf.EventMessage.FromString(protobuf.encode(event))
    told = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert _numbers(told.pop(protobuf.name_of(event_type))) == {
        name: value for name, value in data.items() if value is not None
    }
    envelope = msgspec.to_builtins(event)
    assert told == {"event_id": envelope.pop("id"), **_without(envelope, "data")}


@pytest.mark.parametrize(
    ("event_type", "data", "why"),
    [
        ("order.forgotten", REFUNDED, "order_forgotten"),
        ("order.refunded", REFUNDED | {"why": "?"}, '"why"'),
        ("order.refunded", REFUNDED | {"refund_minor": 1.5}, "refund_minor"),
        ("order.refunded", REFUNDED | {"order_id": 7}, "order_id"),
        ("order.refunded", REFUNDED | {"total_minor": 2**63}, "total_minor"),
    ],
)
def test_what_the_schema_does_not_describe_is_refused_by_name(
    event_type: str, data: dict[str, object], why: str
) -> None:
    event = _event(event_type, data)
    with pytest.raises(protobuf.NoMessage, match=why) as refused:
        protobuf.encode(event)
    assert f"{event_type} {event.id}" in str(refused.value)


async def test_a_test_that_tells_what_the_schema_does_not_describe_is_noticed(
    services: Services,
) -> None:
    misfit = pytest.raises(AssertionError, match=r"^\[.order\.forgotten [^,]*\]$")
    with misfit, services.database() as url:
        await _tell(url, "order.forgotten", "order.cancelled", "tests.own")


async def _tell(database_url: str, *event_types: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.executemany(
        """INSERT INTO outbox (id, type, version, correlation_id, trace_id, actor, source,
                               org_id, subject, data)
           VALUES (gen_random_uuid(), $1, 1, '', '', '', 'fullhouse', '', '', '{}')""",
        [(event_type,) for event_type in event_types],
    )
    await connection.close()


def _pattern(told: str) -> re.Pattern[str]:
    """For the names of fields instead of types."""
    return re.compile(told.replace(r"\.", "_"))


def _numbers(told: dict[str, object]) -> dict[str, object]:
    """JSON of protobuf has 64-bit integers as text."""
    big = ("version", "_minor")
    return {name: int(str(v)) if name.endswith(big) else v for name, v in told.items()}


def _without(told: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in told.items() if key != name}
