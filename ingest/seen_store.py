"""The entries that a partition remembers, packed, and found by any of their keys.

Knows nothing of feeds, of records and of why an entry is remembered. An entry takes about 175 bytes, an eighth of
what objects and dictionaries took (`deploy/README.md`).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from ingest.feed_state import Seen
from ingest.seen_index import SeenIndex
from ingest.seen_packing import SeenPacking

RECENT_MAX = 512
"""Entries that are kept unpacked, too: a document shows the same ones at each poll, and the feeds of a partition show a
few hundred. They take half a megabyte."""
_MARK = 0xFFFFFFFF


class SeenStore:
    """Entries by site and key; where two have one key, the one that was put last is found by it."""

    __slots__ = ("_free", "_index", "_packing", "_recent", "_rows")

    def __init__(self) -> None:
        self._packing = SeenPacking()
        self._index = SeenIndex()
        self._rows: list[bytes] = [b""]
        """Packed entries by row; empty where there is none. Rows are counted from 1."""
        self._free: list[int] = []
        self._recent: dict[int, Seen] = {}

    def __iter__(self) -> Iterator[Seen]:
        """Iterate over all entries."""
        return (self._packing.unpack(row) for row in self._rows if row)

    def find(self, site: str, keys: Sequence[str]) -> Seen | None:
        """Return the entry that any of these keys names, the strongest key first."""
        for key in keys:
            for row in self._index.rows(_mark(site, key)):
                seen = self._at(row)
                if seen.site == site and key in seen.keys:
                    return seen
        return None

    def put(self, seen: Seen) -> None:
        """Remember an entry in the place of the one with its first key, if there is one."""
        row = self._row_of(seen)
        packed = self._packing.pack(seen)
        if row is not None:
            for key in set(self._at(row).keys) - set(seen.keys):
                self._index.remove(_mark(seen.site, key), row)
            self._rows[row] = packed
        elif self._free:
            row = self._free.pop()
            self._rows[row] = packed
        else:
            row = len(self._rows)
            self._rows.append(packed)
        self._recent.pop(row, None)
        for key in seen.keys:
            self._index.put(_mark(seen.site, key), row)

    def remove(self, seen: Seen) -> None:
        """Forget an entry; its keys name whoever had them before it, if anybody."""
        row = self._row_of(seen)
        if row is None:
            return
        for key in self._at(row).keys:
            self._index.remove(_mark(seen.site, key), row)
        self._rows[row] = b""
        self._recent.pop(row, None)
        self._free.append(row)

    def last_seen_before(self, day: date) -> Iterator[Seen]:
        """Iterate over the entries that were last seen before a day."""
        return self._packing.seen_before(day, self._rows)

    def _row_of(self, seen: Seen) -> int | None:
        """Return the row of the entry whose first key is this one's."""
        for row in self._index.rows(_mark(seen.site, seen.keys[0])):
            known = self._at(row)
            if (known.site, known.keys[0]) == (seen.site, seen.keys[0]):
                return row
        return None

    def _at(self, row: int) -> Seen:
        seen = self._recent.get(row)
        if seen is None:
            seen = self._packing.unpack(self._rows[row])
            if len(self._recent) >= RECENT_MAX:
                self._recent.clear()
            self._recent[row] = seen
        return seen


def _mark(site: str, key: str) -> int:
    return hash((site, key)) & _MARK
