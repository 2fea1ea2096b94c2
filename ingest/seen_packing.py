"""An entry's memory as few bytes as it can be: a year's entries are millions, and a fetcher holds them all.

Knows nothing of where the bytes are kept and of how an entry is found. What our own parser makes has a fixed form; what
has another shape, however it came about, is kept as its state record, so nothing is ever changed by being packed.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from ingest.event import DateConfidence, DateFlag, DateSource
from ingest.feed_state import Edits, Seen, SeenDate, decode_seen, encode_seen
from ingest.parse.identity import article_id

_HEAD = struct.Struct("<HHBBBBHHqq")
"""Site, day last seen, number of keys (0: a state record follows), of feeds, of past digests, date's kind, revision,
day of the edits, first seen, published."""
_EDITS = struct.Struct("<B")
_RECORD_HEAD = struct.Struct("<HHB")
_DAY_AT = 2
_FEED = struct.Struct("<H")
_KEY = re.compile("[a-z]:[a-z2-7]{16}")
_DIGEST = re.compile("[0-9a-f]{32}")
_KEY_BYTES = 11
"""A letter, and 80 bits."""
_DIGEST_BYTES = 16

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = 0xFFFF
"""In the year 2149."""
_NEVER_EDITED = Edits()
_MICROSECOND = timedelta(microseconds=1)
_UNDATED = -(1 << 63)
_DATINGS = tuple(product(DateSource, DateConfidence, (None, *DateFlag)))
_DATING_NUMBERS = {dating: number for number, dating in enumerate(_DATINGS)}

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_TO_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_PAIR_SHIFTS = range(70, -1, -10)


class Names:
    """Names that come again and again, as numbers; a partition has few sites and feeds."""

    __slots__ = ("_names", "_numbers")

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Return the number of a name, a new one for a new name."""
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    def name(self, number: int) -> str:
        """Return the name of a number."""
        return self._names[number]


class SeenPacking:
    """Packs the entries of one partition; what waits for its page is not packed, and kept by the caller."""

    __slots__ = ("_feeds", "_sites")

    def __init__(self) -> None:
        self._sites = Names()
        self._feeds = Names()

    def pack(self, seen: Seen) -> bytes:
        """Return an entry as bytes, without what of it waits for its page."""
        try:
            return self._in_fixed_form(seen)
        except (ValueError, struct.error):
            day = min(max(seen.last_seen_on.toordinal() - _EPOCH_DAY, 0), _LAST_DAY)
            head = _RECORD_HEAD.pack(self._sites.number(seen.site), day, 0)
            return head + encode_seen(replace(seen, pending=None))

    def unpack(self, row: bytes) -> Seen:
        """Return the entry that was packed."""
        site, day, keys, *rest = _HEAD.unpack_from(row)  # a state record is longer, too
        name = self._sites.name(site)
        if not keys:
            return decode_seen(name, row[_RECORD_HEAD.size :])
        return self._of_fixed_form(name, day, keys, rest, row)

    def seen_before(self, day: date, rows: Iterable[bytes]) -> Iterator[Seen]:
        """Yield the entries that were last seen before a day; few of many rows are unpacked, and empty ones passed."""
        limit = max(day.toordinal() - _EPOCH_DAY, 0)
        for row in rows:
            if row and row[_DAY_AT] | row[_DAY_AT + 1] << 8 <= limit:
                seen = self.unpack(row)
                if seen.last_seen_on < day:
                    yield seen

    def _in_fixed_form(self, seen: Seen) -> bytes:
        """Return the fixed form; ValueError or struct.error where the entry has another shape."""
        keys = b"".join(map(_packed_key, seen.keys))
        if not keys or seen.article_id != article_id(seen.site, seen.keys[0]):
            raise ValueError("not as the parser names articles")
        edited_on = 0 if seen.edits.on is None else seen.edits.on.toordinal() - _EPOCH_DAY
        if edited_on == 0 and seen.edits != _NEVER_EDITED:
            raise ValueError("0 stands for no day")
        head = _HEAD.pack(
            self._sites.number(seen.site),
            seen.last_seen_on.toordinal() - _EPOCH_DAY,
            len(seen.keys),
            len(seen.digests),
            len(seen.past),
            _DATING_NUMBERS[seen.date.source, seen.date.confidence, seen.date.flag],
            seen.revision,
            edited_on,
            (seen.first_seen_at - _EPOCH) // _MICROSECOND,
            _UNDATED if seen.date.published_at is None else (seen.date.published_at - _EPOCH) // _MICROSECOND,
        )
        edits = _EDITS.pack(seen.edits.count) if edited_on else b""
        digests = b"".join(
            _FEED.pack(self._feeds.number(feed)) + _packed_digest(digest) for feed, digest in seen.digests
        )
        return head + keys + digests + b"".join(map(_packed_digest, seen.past)) + edits

    def _of_fixed_form(self, site: str, day: int, count: int, rest: Sequence[int], row: bytes) -> Seen:
        feeds, past, dating, revision, edited_on, first_seen, published = rest
        digests_at = _HEAD.size + _KEY_BYTES * count
        past_at = digests_at + (_FEED.size + _DIGEST_BYTES) * feeds
        end = past_at + _DIGEST_BYTES * past
        keys = tuple(_key(row[at : at + _KEY_BYTES]) for at in range(_HEAD.size, digests_at, _KEY_BYTES))
        return Seen(
            site=site,
            keys=keys,
            article_id=article_id(site, keys[0]),
            revision=revision,
            first_seen_at=_EPOCH + timedelta(microseconds=first_seen),
            last_seen_on=date.fromordinal(day + _EPOCH_DAY),
            date=SeenDate(
                None if published == _UNDATED else _EPOCH + timedelta(microseconds=published), *_DATINGS[dating]
            ),
            digests=tuple(
                (self._feeds.name(_FEED.unpack_from(row, at)[0]), row[at + _FEED.size :][:_DIGEST_BYTES].hex())
                for at in range(digests_at, past_at, _FEED.size + _DIGEST_BYTES)
            ),
            past=tuple(row[at : at + _DIGEST_BYTES].hex() for at in range(past_at, end, _DIGEST_BYTES)),
            edits=Edits(date.fromordinal(edited_on + _EPOCH_DAY), row[end]) if edited_on else _NEVER_EDITED,
        )


def _packed_key(key: str) -> bytes:
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the parser's")
    return key[0].encode() + int(key[2:].translate(_TO_DIGITS), 32).to_bytes(10)


def _key(packed: bytes) -> str:
    number = int.from_bytes(packed[1:])
    return f"{chr(packed[0])}:{''.join([_PAIRS[number >> shift & 1023] for shift in _PAIR_SHIFTS])}"


def _packed_digest(digest: str) -> bytes:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a digest of the parser's")
    return bytes.fromhex(digest)
