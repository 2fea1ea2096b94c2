"""HARDCASES H16, `skipHours` and `skipDays`: a wish that is met within the operator's bounds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feed_state import FeedState, decode_feed, encode_feed
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.memory import Memory
from ingest.quiet import SPREAD_SECONDS, Quiet, after_quiet, quiet_of
from support.polling import FEED, NOW, answer, decided, failure, rss

NIGHT = "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in (12, 13, 14)) + "</skipHours>"
"""NOW is a Sunday, at noon."""


def asking(wish: str, *guids: str) -> Fetched:
    body = rss(*guids).replace(b"<channel>", b"<channel>" + wish.encode())
    return answer(FetchRequest(FEED.url), body)


@pytest.mark.parametrize(
    ("wish", "quiet"),
    [
        ("<skipHours><hour>0</hour><hour> 7 </hour></skipHours>", Quiet((0, 7))),
        ("<skipHours><hour>24</hour><hour>1</hour></skipHours>", Quiet((0, 1))),
        ("<skipHours><hour>25</hour><hour>-1</hour><hour>x</hour><hour>99</hour></skipHours>", Quiet()),
        ("<skipDays><day>Friday</day><day>thursday</day><day>Jomeh</day></skipDays>", Quiet((), (3, 4))),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", Quiet()),
        (
            "<skipDays>"
            + "".join(
                f"<day>{day}</day>"
                for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
            )
            + "</skipDays>",
            Quiet(),
        ),
        ("<skipHours>" + "<hour>1</hour>" * 5_000 + "<hour>2</hour></skipHours>", Quiet((1,))),
        ("<skipHours><hour>1</hour>", Quiet((1,))),
        ("", Quiet()),
    ],
)
def test_h16_hours_and_days_are_read_and_nonsense_is_no_wish(wish: str, quiet: Quiet) -> None:
    assert quiet_of(f"<rss><channel>{wish}<item><title>x</title></item></channel></rss>") == quiet


def test_h16_the_wish_may_stand_after_the_items_and_never_within_one() -> None:
    wish = "<skipHours><hour>3</hour></skipHours>"

    assert quiet_of(f"<rss><channel><item>a</item><item>b</item>{wish}</channel></rss>") == Quiet((3,))
    assert quiet_of(f"<rss><channel><item><![CDATA[{wish}]]></item></channel></rss>") == Quiet()


def test_h16_a_poll_is_moved_out_of_the_quiet_hours_up_to_the_longest_interval() -> None:
    quiet = Quiet((12, 13, 14))
    soon = NOW + timedelta(minutes=5)

    moved = after_quiet(soon, NOW, quiet, 4 * 3_600, lambda: 0.5)
    bounded = after_quiet(soon, NOW, quiet, 3_600, lambda: 0.5)
    free = after_quiet(NOW + timedelta(hours=3), NOW, quiet, 4 * 3_600, lambda: 0.5)

    assert moved == NOW + timedelta(hours=3, seconds=SPREAD_SECONDS / 2)
    assert bounded == NOW + timedelta(hours=1)
    assert free == NOW + timedelta(hours=3)


def test_h16_days_are_those_of_utc() -> None:
    saturday_in_tehran = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)

    assert Quiet((), (4,)).covers(saturday_in_tehran)
    assert not Quiet((), (5,)).covers(saturday_in_tehran)


def test_h16_a_document_that_asks_for_quiet_is_polled_later_and_so_after_a_304() -> None:
    memory = Memory()
    noisy = decided(Memory(), FEED, asking("", "a"))
    first = decided(memory, FEED, asking(NIGHT, "a"))
    unchanged = answer(FetchRequest(FEED.url), outcome=Outcome.NOT_MODIFIED, reason=Reason.NOT_MODIFIED)

    again = decided(memory, FEED, unchanged)

    hour = NOW + timedelta(hours=1)
    assert noisy.next_poll_at is not None
    assert noisy.next_poll_at < hour
    assert (first.next_poll_at, again.next_poll_at) == (hour, hour)


def test_h16_a_failure_backs_off_as_ever() -> None:
    memory, other = Memory(), Memory()
    decided(memory, FEED, asking(NIGHT, "a"))
    decided(other, FEED, asking("", "a"))

    quiet = decided(memory, FEED, failure(FetchRequest(FEED.url), Reason.CONNECT))
    loud = decided(other, FEED, failure(FetchRequest(FEED.url), Reason.CONNECT))

    assert quiet.next_poll_at == loud.next_poll_at


def test_h16_the_wish_survives_its_encoding_and_an_earlier_releases_record() -> None:
    state = FeedState(quiet=Quiet((1, 2), (4,)))

    encoded = encode_feed(state)

    assert decode_feed(encoded) == state
    assert decode_feed(encoded.replace(b'"quiet":[[1,2],[4]],', b"")).quiet == Quiet()


hours = st.lists(st.integers(0, 23), unique=True, max_size=23).map(lambda found: tuple(sorted(found)))
days = st.lists(st.integers(0, 6), unique=True, max_size=6).map(lambda found: tuple(sorted(found)))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@settings(deadline=None)  # a busy machine is no fault
@given(st.builds(Quiet, hours, days), moments, st.floats(60, 86_400), st.floats(60, 86_400), st.floats(0, 1))
def test_h16_whatever_is_asked_a_poll_is_never_sooner_nor_later_than_it_may_be(
    quiet: Quiet, now: datetime, one: float, other: float, chance: float
) -> None:
    at, longest = now + timedelta(seconds=min(one, other)), max(one, other)

    moved = after_quiet(at, now, quiet, longest, lambda: chance)

    assert at <= moved <= now + timedelta(seconds=longest + 1e-5)
    assert moved == at or not quiet.covers(moved) or moved >= now + timedelta(seconds=longest - SPREAD_SECONDS - 1e-5)


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=300))
def test_h16_no_document_is_too_odd_to_look_for_a_wish(text: str) -> None:
    quiet = quiet_of(f"<skipHours>{text}</skipHours><item>{text}")

    assert set(quiet.hours) <= set(range(24))
    assert quiet_of(text) is not None
