"""Realtime: snapshot + delta channels with exact resume, over SSE and WebSocket.

A channel is a name with a state that has a version. Readers get the state once and then
what changed; a reader that was away, or slow, gets one merged delta from its own version.
Changes travel between processes through a broker, which may lose any of them: the truth
is the application's database, and a hub that misses something asks it.

    commit --publish--> broker --> hub of each process --flush--> one shared frame --> readers
                                    `--- missed something? ask the source (the truth)

Map of the modules, in the order of the data:

    model.py              what the application supplies: Model, Source, Codec, Delta
    cells.py              ready-made inside of a model: numbered integers, merged deltas, checksum
    broker.py             the broker's interface; broker_redis.py and broker_memory.py are it;
                          redis_link.py: a connection that listens
    feed.py               one channel's state, sans I/O: gaps, epochs, flush, frames
    truth.py              all reads of the source: loading, mending gaps, polling versions
    channel.py            an open channel: flush tick, heartbeats; **where a delta is sent**:
                          `Channel.flush` wakes the readers, `Reader.take` picks their frame
    reader.py             one reader: a cursor instead of a queue
    hub.py                all channels and readers of a process; limits, age, revocation, drain
    limits.py, review.py  how many readers there may be; whether they still may be
    connection.py         a reader on a connection; sse.py and websocket.py are the two kinds
    uvicorn_protocols.py  the way to the socket: writing without a task, cutting stuck readers
    protocol.py           positions and frames on the wire; binary.py: the compact one
    client.py             the other end, sans I/O: Follower
    settings.py           every bound; metrics.py: what is counted

The package knows no application, and keeps its promise without trusting one: at any moment a
reader is true, or knows that it is not.
"""

from realtime.broker import Broker, BrokerDown, Listener
from realtime.cells import Cells
from realtime.metrics import Metrics
from realtime.model import Codec, Delta, Model, Nudge, Packed, Source
from realtime.protocol import SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON, Position
from realtime.settings import HubSettings

__all__ = [
    "SUBPROTOCOL_BINARY",
    "SUBPROTOCOL_JSON",
    "Broker",
    "BrokerDown",
    "Cells",
    "Codec",
    "Delta",
    "HubSettings",
    "Listener",
    "Metrics",
    "Model",
    "Nudge",
    "Packed",
    "Position",
    "Source",
]
