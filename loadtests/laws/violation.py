"""One broken promise."""

from typing import Any

import msgspec


class Violation(msgspec.Struct, frozen=True):
    """`ids`: of everything concerned; `where`: table, file or operation to look at."""

    says: str
    ids: dict[str, Any]
    where: str

    def __str__(self) -> str:
        ids = " ".join(f"{name}={value}" for name, value in self.ids.items())
        return f"{self.says}: {ids} [look at {self.where}]"
