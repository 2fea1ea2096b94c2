"""Which rows have a key: a table of numbers in one array, eight bytes a slot, as millions of keys must fit into memory.

Knows nothing of entries and of keys: a key comes as its mark, 32 bits of a hash. Two keys may have one mark, so whoever
asks looks whether a row is the one that was meant.
"""

from array import array

_SMALLEST = 64
_EMPTY = 0
_DELETED = 0xFFFFFFFF
"""A row that no table has: rows are counted from 1."""
_ROW = 0xFFFFFFFF
_MARK_SHIFT = 32


class SeenIndex:
    """Rows by mark, with open addressing and linear probing; of one mark's rows the one that was put last comes first.

    A slot is `mark << 32 | row`. Two thirds are filled at most; the slots of rows that were removed are free again when
    the table is built anew.
    """

    __slots__ = ("_filled", "_mask", "_rows", "_slots")

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _SMALLEST))
        self._mask = _SMALLEST - 1
        self._filled = 0
        """Slots that are not empty, removed ones included."""
        self._rows = 0

    def rows(self, mark: int) -> list[int]:
        """Return the rows under a mark."""
        return [self._slots[place] & _ROW for place in self._places(mark)]

    def put(self, mark: int, row: int) -> None:
        """Let a row be the first under a mark."""
        slots, mask = self._slots, self._mask
        place = mark & mask
        while (slot := slots[place]) != _EMPTY:
            if slot >> _MARK_SHIFT == mark and slot != _DELETED:
                self._put_first(mark, row)
                return
            place = place + 1 & mask
        self._take(place, mark, row)

    def remove(self, mark: int, row: int) -> None:
        """Take a row away from under a mark; nothing happens where it is not there."""
        for place in self._places(mark):
            if self._slots[place] & _ROW == row:
                self._slots[place] = _DELETED
                self._rows -= 1
                return

    def _put_first(self, mark: int, row: int) -> None:
        places = self._places(mark)
        others = [other for place in places if (other := self._slots[place] & _ROW) != row]
        for place, each in zip(places, (row, *others), strict=False):
            self._slots[place] = mark << _MARK_SHIFT | each
        if len(others) == len(places):
            end = places[-1]
            while self._slots[end] != _EMPTY:
                end = end + 1 & self._mask
            self._take(end, mark, others[-1])

    def _take(self, place: int, mark: int, row: int) -> None:
        self._slots[place] = mark << _MARK_SHIFT | row
        self._filled += 1
        self._rows += 1
        if 3 * self._filled > 2 * len(self._slots):
            self._build_anew()

    def _places(self, mark: int) -> list[int]:
        """Return the places of a mark's rows, from the first on."""
        slots, mask = self._slots, self._mask
        found = []
        place = mark & mask
        while (slot := slots[place]) != _EMPTY:
            if slot >> _MARK_SHIFT == mark and slot != _DELETED:
                found.append(place)
            place = place + 1 & mask
        return found

    def _build_anew(self) -> None:
        """Make room: half of the slots are filled afterwards, at most."""
        old, size = self._slots, _SMALLEST
        while 2 * self._rows > size:
            size *= 2
        self._slots, self._mask, self._filled = array("Q", bytes(8 * size)), size - 1, self._rows
        start = next(place for place, slot in enumerate(old) if slot == _EMPTY)  # no mark's rows stand across it
        for number in range(start, start + len(old)):
            slot = old[number % len(old)]
            if slot in (_EMPTY, _DELETED):
                continue
            place = slot >> _MARK_SHIFT & self._mask
            while self._slots[place] != _EMPTY:
                place = place + 1 & self._mask
            self._slots[place] = slot
