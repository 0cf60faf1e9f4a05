"""How many bytes of large request bodies a process holds at once.

Most bodies are small. An operation that takes larger ones (a drawing, a picture) keeps its body
until it has answered, and may wait for its turn with it: without a bound a few people who upload at
the same moment would take the memory of all who buy.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Scope

from server.kernel.errors import Overloaded
from server.kernel.http import BODY_BYTES_MAX, Operation, header

HELD_BYTES_MAX = 128 << 20


class Uploads:
    """Counts the large bodies of one process, each from before it is read until its answer."""

    def __init__(self, bytes_max: int = HELD_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._held = 0

    @contextmanager
    def held(self, scope: Scope, operation: Operation) -> Iterator[None]:
        """Room for what the request says it sends, or for all that it may where it does not say.
        Raises Overloaded where others have taken it."""
        most = operation.body_bytes_max
        declared = header(scope, b"content-length")
        size = min(int(declared), most) if declared and declared.isdecimal() else most
        if size <= BODY_BYTES_MAX:
            yield
            return
        if self._held + size > self._bytes_max:
            raise Overloaded("too many files are being uploaded: try again", retry_after_s=5)
        self._held += size
        try:
            yield
        finally:
            self._held -= size
