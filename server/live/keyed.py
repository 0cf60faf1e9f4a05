"""A model of named records for small channels: a snapshot, and the records that changed."""

from typing import Any

import msgspec

from realtime import Delta

Records = dict[str, Any]


class KeyedModel:
    """`state`: values that are replaced whole, and lists of records that are merged by their keys.

    `key_of`: list name -> the member that names its records. Remembers no version but its own, so
    a reader that was away gets a snapshot.
    """

    def __init__(
        self, epoch: int, version: int, state: Records, key_of: dict[str, str], kept: dict[str, int]
    ) -> None:
        self.epoch, self.version = epoch, version
        self._state, self._key_of, self._kept = state, key_of, kept
        self._last: tuple[int, Records] | None = None

    def apply(self, delta: Delta) -> None:
        """`delta.data`: as `state`; of its records only those that differ are told on."""
        changed: Records = {}
        state = dict(self._state)
        for name, value in delta.data.items():
            key = self._key_of.get(name)
            if key is None:
                changed[name] = state[name] = value
                continue
            known = {record[key]: record for record in self._state[name]}
            changed[name] = [record for record in value if known.get(record[key]) != record]
            state[name] = self._merged(name, key, changed[name])
        self._last = (self.version, changed)
        self._state, self.version = state, delta.version

    def _merged(self, name: str, key: str, changed: list[Records]) -> list[Records]:
        """Known records in their places, new ones in front; the oldest past `kept` fall away."""
        by_key = {record[key]: record for record in changed}
        known = [by_key.pop(record[key], record) for record in self._state[name]]
        fresh = [record for record in changed if record[key] in by_key]
        return (fresh + known)[: self._kept.get(name)]

    def snapshot(self) -> bytes:
        return msgspec.json.encode({"e": self.epoch, "v": self.version} | self._state)

    def delta(self, since: int) -> bytes | None:
        if self._last is None or self._last[0] != since:
            return None
        return msgspec.json.encode({"p": since, "v": self.version} | self._last[1])

    def checksum(self) -> int | None:
        return None
