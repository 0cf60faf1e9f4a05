"""The port, and what goes through it."""

from typing import Protocol

import msgspec

from server.kernel.errors import DomainError


class Stored(msgspec.Struct, frozen=True):
    body: bytes
    media_type: str


class Objects(Protocol):
    """Where files are. Both raise StoreUnavailable."""

    async def put(self, name: str, stored: Stored) -> None:
        """Under `name`: small letters, digits, `.` and `-`; the same name means the same bytes."""
        ...

    async def get(self, name: str) -> Stored | None: ...

    async def close(self) -> None: ...


class StoreUnavailable(DomainError):
    """The store of files does not answer, or not as it should."""
