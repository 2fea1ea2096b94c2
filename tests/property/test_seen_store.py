"""What is remembered of entries is packed: nothing about an entry, and no decision, may change by that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from sys import getsizeof

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.event import DateConfidence, DateFlag, DateSource
from ingest.feed_state import Edits, Seen, SeenDate, encode_feed, encode_seen, feed_key, seen_key
from ingest.fetch.outcome import FetchRequest
from ingest.memory import REMEMBERED_FOR, Changes, Memory
from ingest.parse.document import ParsedFeed
from ingest.parse.identity import article_id
from ingest.poll import Poll, Verdict, decide
from ingest.seen_index import SeenIndex
from ingest.seen_packing import SeenPacking
from ingest.seen_store import SeenStore
from support.polling import FEED, NOW, answer, item

instants = st.datetimes(timezones=st.just(UTC))
days = st.dates() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
digests = st.text("0123456789abcdef", min_size=32, max_size=32) | st.text("0aA", max_size=4)
own_keys = st.builds("{}:{}".format, st.sampled_from("gplch"), st.text("ab27", min_size=16, max_size=16))
keys = own_keys | st.text("gl:2a", min_size=1, max_size=4)


def entries(some_keys: st.SearchStrategy[str]) -> st.SearchStrategy[Seen]:
    """Return entries of any shape; most of their articles are named as the parser names them."""
    seen = st.builds(
        Seen,
        site=st.sampled_from(("one.ir", "two.ir", "")),
        keys=st.lists(some_keys, min_size=1, max_size=4, unique=True).map(tuple),
        article_id=st.just(""),
        revision=st.integers(1, 70_000),
        first_seen_at=instants,
        last_seen_on=days,
        date=st.builds(
            SeenDate,
            st.none() | instants,
            st.sampled_from(DateSource),
            st.sampled_from(DateConfidence),
            st.none() | st.sampled_from(DateFlag),
        ),
        digests=st.dictionaries(st.sampled_from(("main", "sport", "")), digests, min_size=1).map(
            lambda shown: tuple(sorted(shown.items()))
        ),
        past=st.lists(digests, max_size=8).map(tuple),
        edits=st.just(Edits()) | st.builds(Edits, days, st.integers(0, 6)),
    )
    return seen.flatmap(
        lambda some: st.sampled_from((article_id(some.site, some.keys[0]),) * 3 + ("another",)).map(
            lambda name: replace(some, article_id=name)
        )
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(entries(keys), min_size=1, max_size=5))
def test_an_entry_of_any_shape_is_unpacked_as_it_was_packed(some: list[Seen]) -> None:
    packing = SeenPacking()

    rows = [packing.pack(seen) for seen in some]

    assert [packing.unpack(row) for row in rows] == some


def test_an_entry_as_the_parser_makes_it_takes_few_bytes() -> None:
    made = tuple(f"{kind}:{'abcdefgh234567xy'}" for kind in "gpl")
    seen = Seen("irna.ir", made, article_id("irna.ir", made[0]), 2, NOW, NOW.date(), DATED, (("irna-main", "0f" * 16),))

    assert getsizeof(SeenPacking().pack(seen)) <= 112


DATED = SeenDate(NOW - timedelta(hours=1), DateSource.PUBLISHED, DateConfidence.EXACT, None)


@dataclass
class PlainStore:
    """The same as `SeenStore` in the plainest way: the last that was put is the first that is found."""

    entries: list[Seen] = field(default_factory=list)

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.entries)

    def find(self, site: str, wanted: Sequence[str]) -> Seen | None:
        for key in wanted:
            for seen in self.entries:
                if seen.site == site and key in seen.keys:
                    return seen
        return None

    def put(self, seen: Seen) -> None:
        self.remove(seen)
        self.entries.insert(0, replace(seen, pending=None))

    def remove(self, seen: Seen) -> None:
        self.entries = [known for known in self.entries if (known.site, known.keys[0]) != (seen.site, seen.keys[0])]

    def last_seen_before(self, day: date) -> Iterator[Seen]:
        return (seen for seen in self.entries if seen.last_seen_on < day)


def _name(seen: Seen) -> tuple[str, str]:
    return seen.site, seen.keys[0]


few_keys = st.sampled_from([f"{kind}:{letter * 16}" for kind in "gl" for letter in "abc"] + ["g:1", "l:1"])
steps = st.lists(st.tuples(st.booleans() | st.just(value=True), entries(few_keys)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(steps, days)
def test_a_store_finds_what_a_plain_one_finds_whatever_is_put_and_forgotten(
    done: list[tuple[bool, Seen]], day: date
) -> None:
    store, plain = SeenStore(), PlainStore()

    for is_put, seen in done:
        (store.put if is_put else store.remove)(seen)
        (plain.put if is_put else plain.remove)(seen)

    for site in ("one.ir", "two.ir", ""):
        for key in {key for _, seen in done for key in seen.keys}:
            assert store.find(site, (key,)) == plain.find(site, (key,))
    assert sorted(store, key=_name) == sorted(plain, key=_name)
    assert sorted(store.last_seen_before(day), key=_name) == sorted(plain.last_seen_before(day), key=_name)


@pytest.mark.parametrize("marks", [1, 3, 8, 40])
def test_an_index_keeps_the_order_of_each_marks_rows_while_it_grows_and_shrinks(marks: int) -> None:
    random, index = Random(marks), SeenIndex()
    known: dict[int, list[int]] = {}
    names = [random.choice((number, number << 20, 0xFFFFFFFF - number)) for number in range(marks)]

    for _ in range(2_000):
        mark, row = random.choice(names), random.randrange(1, 30)
        rows = known.setdefault(mark, [])
        if row in rows:
            rows.remove(row)
        if random.random() < 0.6:
            rows.insert(0, row)
            index.put(mark, row)
        else:
            index.remove(mark, row)

    assert {mark: index.rows(mark) for mark in known} == known


def test_an_entry_that_is_forgotten_takes_along_no_key_that_a_later_one_has() -> None:
    memory = Memory()
    first, second = "g:" + "a" * 16, "g:" + "b" * 16
    shared = "l:" + "c" * 16
    for day, keys_of in enumerate(((first, shared), (second, shared))):
        on = NOW.date() + timedelta(days=day)
        changes = Changes(memory)
        changes.remember(Seen("s", keys_of, article_id("s", keys_of[0]), 1, NOW, on, DATED, (("main", "0" * 32),)))
        memory.apply(changes)

    (gone,) = memory.expired(NOW.date() + REMEMBERED_FOR + timedelta(days=1))
    memory.apply(Changes(memory, forgotten=[gone]))

    found = memory.find("s", (shared,))
    assert gone.keys[0] == first
    assert found is not None
    assert found.keys[0] == second


documents = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), max_size=6), min_size=1, max_size=12
)


def _polled(memory: Memory, shown: list[tuple[int, int, int]], now: datetime, feed: str) -> tuple[Verdict, object]:
    """Poll a document of items with a guid, a link and a text each; return what came of it, and its records."""
    items = tuple(
        item(
            "x",
            digest=f"{text:032x}",
            keys=tuple(f"{kind}:{'abcdefghij'[number] * 16}" for kind, number in (("g", guid), ("l", link))),
            published_at=now - timedelta(hours=text),
        )
        for guid, link, text in shown
    )
    fetched = answer(FetchRequest(FEED.url), b"x", fetched_at=now)
    changes = Changes(memory)
    poll = Poll(replace(FEED, id=feed, full_text=True), fetched, ParsedFeed(items, "rss20", "utf-8"))
    verdict = decide(poll, changes, now, lambda: 0.5)
    records = (
        {seen_key(seen): encode_seen(seen) for seen in changes.seen.values()},
        {feed_key(name): encode_feed(state) for name, state in changes.feeds.items()},
    )
    memory.apply(changes)
    return verdict, records


@settings(max_examples=60, deadline=None)
@given(documents, st.integers(0, 200))
def test_decisions_and_records_are_those_of_a_memory_that_packs_nothing(
    shown: list[list[tuple[int, int, int]]], hours: int
) -> None:
    packed, plain = Memory(), Memory(_entries=PlainStore())  # type: ignore[arg-type]

    for number, document in enumerate(shown):
        now = NOW + timedelta(hours=number * hours)
        feed = f"feed-{number % 2}"
        assert _polled(packed, document, now, feed) == _polled(plain, document, now, feed)
        forgotten = sorted(packed.expired(now.date()), key=_name)
        assert forgotten == sorted(plain.expired(now.date()), key=_name)
        for memory in (packed, plain):
            memory.apply(Changes(memory, forgotten=list(forgotten)))
    assert packed.pending == plain.pending
