"""Objects in the platform's own database: nothing to set up, and in every backup."""

from server.kernel.db import Database
from server.objects import sql
from server.objects.models import Stored


class PostgresObjects:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, name: str, stored: Stored) -> None:
        async with self._db.tx() as tx:
            await sql.PUT.run(tx, name, stored.body, stored.media_type)

    async def get(self, name: str) -> Stored | None:
        async with self._db.tx(read_only=True) as tx:
            return await sql.GET.first(tx, name)

    async def close(self) -> None:
        """The database is its owner's to close."""
