"""Events as the protobuf messages that Kafka carries. Their schema is in `proto/`, and what was
released of it in `proto/events.binpb` (`make proto`)."""

from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from server.outbox.models import Event

RELEASED = Path(__file__).with_name("proto") / "events.binpb"


class NoMessage(Exception):
    """An event that its schema does not describe: it was told by newer code, or a schema and what
    it describes have come apart."""


def _released() -> type[Message]:
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(RELEASED.read_bytes()).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("fullhouse.events.v1.Event"))


EventMessage: Any = _released()
"""Its attributes are the fields of the schema's Event."""


def topics() -> dict[str, FieldDescriptor]:
    """The field for the data of each type of event, by its name."""
    return {field.name: field for field in EventMessage.DESCRIPTOR.oneofs_by_name["data"].fields}


def name_of(event_type: str) -> str:
    """Of the type's field."""
    return event_type.replace(".", "_")


def encode(event: Event) -> bytes:
    """The bytes of an Event. Raises NoMessage, and leaves nothing out of what it was told."""
    message: Any = EventMessage(
        event_id=str(event.id),
        type=event.type,
        version=event.version,
        correlation_id=event.correlation_id,
        trace_id=event.trace_id,
        actor=event.actor,
        source=event.source,
        org_id=event.org_id,
        subject=event.subject,
    )
    message.occurred_at.FromDatetime(event.occurred_at)
    try:
        json_format.ParseDict({name_of(event.type): event.data}, message)
    except json_format.ParseError as error:
        # Its other lines list every type there is.
        why = str(error).partition("\n")[0]
        raise NoMessage(f"{event.type} {event.id}: {why}") from error
    return message.SerializeToString()
