"""State records: what is remembered survives a restore, and stays small."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.alternates import Detour
from ingest.event import DateConfidence, DateFlag, DateSource, Entry
from ingest.feed_state import (
    STATE_MAX_BYTES,
    Edits,
    FeedState,
    Pending,
    Seen,
    SeenDate,
    decode_feed,
    decode_seen,
    digest_of_url,
    encode_feed,
    encode_seen,
    feed_key,
    seen_key,
)
from ingest.fetch.outcome import Reason, Validators
from ingest.memory import REMEMBERED_FOR, Changes, Memory
from ingest.moves import Move
from ingest.pause import Pause
from ingest.quiet import Quiet
from ingest.schedule import FeedHistory
from support.polling import entry_of, item

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEEN = Seen(
    site="site",
    keys=("g:one", "l:one"),
    article_id="a" * 26,
    revision=1,
    first_seen_at=NOW,
    last_seen_on=NOW.date(),
    date=SeenDate(NOW, DateSource.PUBLISHED, DateConfidence.EXACT, None),
    digests=(("feed", "d1"),),
)


ENTRY = entry_of(item("one"))


def waiting(text: str) -> Entry:
    """Return an entry with this text."""
    return ENTRY.model_copy(update={"text": text})


instants = st.datetimes(timezones=st.just(UTC))
maybe_instants = st.none() | instants
histories = st.builds(
    FeedHistory,
    failures=st.integers(0, 1000),
    weight=st.floats(0, 1000),
    interval_seconds=st.none() | st.floats(1, 1e6),
    last_success_at=maybe_instants,
    last_new_at=maybe_instants,
    gone=st.booleans(),
)
feed_states = st.builds(
    FeedState,
    history=histories,
    next_poll_at=maybe_instants,
    validators=st.builds(Validators, st.none() | st.text(), st.none() | st.text(), st.none() | st.text()),
    body_sha256=st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
    full_at=maybe_instants,
    entry_keys=st.lists(st.text("abc:234567", min_size=18, max_size=18), max_size=20).map(tuple),
    url_digest=st.none() | st.text("0123456789abcdef", min_size=16, max_size=16),
    move=st.none() | st.builds(Move, st.text(), st.integers(1, 9)),
    link_hosts=st.lists(st.text("abc.-", min_size=1), max_size=8).map(tuple),
    gaps=st.integers(0, 1000),
    reason=st.none() | st.sampled_from(Reason),
    pause=st.none() | st.builds(Pause, instants, maybe_instants, st.text(max_size=20)),
    detour=st.none() | st.builds(Detour, st.text("0123456789abcdef"), st.booleans(), instants),
    left_at=maybe_instants,
    quiet=st.builds(Quiet, st.lists(st.integers(0, 23)).map(tuple), st.lists(st.integers(0, 6)).map(tuple)),
)
seen_entries = st.builds(
    Seen,
    site=st.text("abc.-", min_size=1),
    keys=st.lists(st.text("gl:234567", min_size=1), min_size=1, max_size=3, unique=True).map(tuple),
    article_id=st.just("a" * 26),
    revision=st.integers(1, 10_000),
    first_seen_at=instants,
    last_seen_on=st.dates(),
    date=st.builds(
        SeenDate,
        maybe_instants,
        st.sampled_from(DateSource),
        st.sampled_from(DateConfidence),
        st.none() | st.sampled_from(DateFlag),
    ),
    digests=st.dictionaries(st.text("abc-", min_size=1), st.text("0123", min_size=1), min_size=1).map(
        lambda digests: tuple(sorted(digests.items()))
    ),
    past=st.lists(st.text("0123", min_size=1), max_size=8).map(tuple),
    edits=st.just(Edits()) | st.builds(Edits, st.dates(), st.integers(0, 6)),
    pending=st.none() | st.builds(Pending, st.builds(waiting, st.text()), st.text("abc-", min_size=1), instants),
)


@given(feed_states)
def test_a_feeds_state_survives_its_record(state: FeedState) -> None:
    assert decode_feed(encode_feed(state)) == state


@given(seen_entries)
def test_an_entrys_state_survives_its_record(seen: Seen) -> None:
    assert decode_seen(seen.site, encode_seen(seen)) == seen


@given(st.lists(seen_entries, max_size=8), st.dictionaries(st.text("abc-", min_size=1), feed_states, max_size=4))
def test_a_restored_memory_knows_what_was_applied(entries: list[Seen], feeds: dict[str, FeedState]) -> None:
    changes = Changes(Memory())
    for seen in entries:
        changes.remember(seen)
    changes.feeds.update(feeds)
    changes.memory.apply(changes)
    records = {seen_key(seen): encode_seen(seen) for seen in changes.memory.seen()}
    records |= {feed_key(feed): encode_feed(state) for feed, state in feeds.items()}

    restored = Memory.restored(records)

    assert restored.feeds == feeds
    assert {(seen.site, seen.keys[0]): seen for seen in restored.seen()} == {
        (seen.site, seen.keys[0]): seen for seen in entries
    }
    assert restored.pending == changes.memory.pending


def test_any_key_of_an_entry_finds_it() -> None:
    changes = Changes(Memory())
    changes.remember(SEEN)

    assert changes.find("site", ("g:unknown", "l:one")) == SEEN
    assert changes.find("other", ("l:one",)) is None

    changes.memory.apply(changes)

    assert changes.memory.find("site", ("l:one",)) == SEEN


def test_nothing_is_remembered_before_it_is_applied() -> None:
    memory = Memory()

    Changes(memory).remember(SEEN)

    assert memory.find("site", SEEN.keys) is None


def test_a_touch_writes_once_a_day() -> None:
    changes = Changes(Memory())
    changes.remember(SEEN)
    changes.memory.apply(changes)
    tomorrow = date(2026, 11, 23)
    later = Changes(changes.memory)

    later.touch("site", ["g:one", "g:unknown"], tomorrow)

    assert later.seen == {("site", "g:one"): replace(SEEN, last_seen_on=tomorrow)}
    again = Changes(changes.memory)
    again.touch("site", ["g:one"], NOW.date())
    assert again.seen == {}


def test_an_entry_is_forgotten_long_after_it_was_last_seen() -> None:
    changes = Changes(Memory())
    changes.remember(SEEN)
    changes.memory.apply(changes)
    memory = changes.memory

    assert memory.expired(NOW.date() + REMEMBERED_FOR) == ()
    (expired,) = memory.expired(NOW.date() + REMEMBERED_FOR + (date(2026, 1, 2) - date(2026, 1, 1)))
    memory.apply(Changes(memory, forgotten=[expired]))

    assert memory.find("site", ("l:one",)) is None
    assert list(memory.seen()) == []


def test_no_feed_state_is_above_its_cap() -> None:
    keys = tuple(f"g:{'x' * 200}{number}" for number in range(2_000))

    encoded = encode_feed(FeedState(entry_keys=keys))

    assert len(encoded) <= STATE_MAX_BYTES
    assert decode_feed(encoded).entry_keys == ()


LATER_KEYS_OF_A_FEED = {
    "failure_weight",
    "url_digest",
    "move",
    "link_hosts",
    "gaps",
    "reason",
    "pause",
    "detour",
    "quiet",
    "left_at",
}


@given(feed_states)
def test_a_feeds_record_of_an_earlier_release_is_read_with_defaults(state: FeedState) -> None:
    body = json.loads(encode_feed(state))
    earlier = json.dumps({key: value for key, value in body.items() if key not in LATER_KEYS_OF_A_FEED}).encode()

    history = replace(state.history, weight=float(state.history.failures))
    assert decode_feed(earlier) == replace(
        state,
        history=history,
        url_digest=None,
        move=None,
        link_hosts=(),
        gaps=0,
        reason=None,
        pause=None,
        detour=None,
        quiet=Quiet(),
        left_at=None,
    )


@given(seen_entries)
def test_an_entrys_record_of_an_earlier_release_is_read_with_defaults(seen: Seen) -> None:
    body = json.loads(encode_seen(seen))
    earlier = {key: value for key, value in body.items() if key not in {"past", "edited_on", "edits", "pending"}}

    assert decode_seen(seen.site, json.dumps(earlier).encode()) == replace(seen, past=(), edits=Edits(), pending=None)


def test_a_reason_of_a_later_release_is_no_reason() -> None:
    body = json.loads(encode_feed(FeedState())) | {"reason": "struck_by_lightning"}

    assert decode_feed(json.dumps(body).encode()).reason is None


def test_the_longest_addresses_leave_a_feeds_state_below_its_cap() -> None:
    long = "https://news.example/" + "خ" * 7_900
    state = FeedState(
        validators=Validators("é" * 2_048, "é" * 2_048, digest_of_url(long)),
        url_digest=digest_of_url(long),
        move=Move(long, 5),
        link_hosts=("h" * 253,) * 8,
        entry_keys=tuple(f"g:{number:016}" for number in range(2_000)),
    )

    assert len(encode_feed(state)) <= STATE_MAX_BYTES
