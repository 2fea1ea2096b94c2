"""What holds for every feed with alternates, whatever its addresses answer."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alternates import (
    LOST_REASONS,
    REGISTERED,
    RETURN_AFTER,
    Detour,
    after_failure,
    after_success,
    asked_name,
    is_lost,
    is_turned,
    still_listed,
)
from ingest.fetch.outcome import Reason

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

names = st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=4).map(tuple)
steps = st.lists(
    st.tuples(
        st.sampled_from(["found", "lost", "failed"]), st.integers(1, 48).map(lambda hours: timedelta(hours=hours))
    )
)


def walked(listed: tuple[str, ...], taken: list[tuple[str, timedelta]]) -> list[tuple[str, Detour | None, datetime]]:
    """Return each address that was asked, and what was remembered before it, over some polls."""
    detour, now, path = None, NOW, []
    for came, later in taken:
        now += later
        asked = asked_name(detour, listed, now)
        path.append((asked, detour, now))
        if came == "found":
            detour = after_success(detour, listed, asked)
        else:
            detour = after_failure(detour, listed, asked, now, lost=came == "lost")
    return path


@settings(deadline=None)  # a busy machine is no fault
@given(names, steps)
def test_only_addresses_of_the_registry_are_ever_asked(
    listed: tuple[str, ...], taken: list[tuple[str, timedelta]]
) -> None:
    assert {asked for asked, _, _ in walked(listed, taken)} <= {REGISTERED, *listed}


@settings(deadline=None)  # a busy machine is no fault
@given(names, steps)
def test_the_registered_url_is_never_forgotten(listed: tuple[str, ...], taken: list[tuple[str, timedelta]]) -> None:
    """Between two askings of it lie at most a day and each alternate once."""
    last, tries = NOW, 0
    for asked, detour, now in walked(listed, taken):
        if asked == REGISTERED:
            last, tries = now, 0
        elif detour is not None and detour.proven:
            assert now - detour.registered_at < RETURN_AFTER
            assert detour.registered_at <= last
        else:
            tries += 1
            assert tries <= len(listed)


@settings(deadline=None)  # a busy machine is no fault
@given(names, steps)
def test_a_feed_without_alternates_or_without_a_loss_stays_where_it_is(
    listed: tuple[str, ...], taken: list[tuple[str, timedelta]]
) -> None:
    calm = [("failed" if came == "lost" else came, later) for came, later in taken]

    assert {asked for asked, _, _ in walked((), taken)} <= {REGISTERED}
    assert {asked for asked, _, _ in walked(listed, calm)} <= {REGISTERED}


@settings(deadline=None)  # a busy machine is no fault
@given(names, steps)
def test_after_enough_losses_every_alternate_is_asked_once_a_round(
    listed: tuple[str, ...], taken: list[tuple[str, timedelta]]
) -> None:
    lost = [("lost", later) for _, later in taken]

    asked = [name for name, _, _ in walked(listed, lost)]

    one_round = (REGISTERED, *listed)
    assert asked == [one_round[number % len(one_round)] for number in range(len(asked))]


@settings(deadline=None)  # a busy machine is no fault
@given(names, steps, names)
def test_a_detour_of_another_registry_counts_for_nothing(
    listed: tuple[str, ...], taken: list[tuple[str, timedelta]], later: tuple[str, ...]
) -> None:
    for _, detour, now in walked(listed, taken):
        assert asked_name(detour, later, now) in {REGISTERED, *later}
        kept = still_listed(detour, later)
        assert kept is None or kept == detour


@settings(deadline=None)  # a busy machine is no fault
@given(names.filter(bool), st.booleans())
def test_a_round_that_begins_anew_has_to_wait(listed: tuple[str, ...], lost: bool) -> None:
    exhausted = Detour(REGISTERED, proven=False, registered_at=NOW)

    after = after_failure(exhausted, listed, REGISTERED, NOW, lost=lost)

    assert not is_turned(exhausted, after)


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(Reason), st.floats(0, 100), st.none() | st.integers(0, 1_000), st.floats(0, 10))
def test_a_loss_stays_one_as_failures_and_days_go_on(
    reason: Reason, weight: float, hours: int | None, more: float
) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    if is_lost(reason, weight, last, NOW):
        assert reason in LOST_REASONS
        assert is_lost(reason, weight + more, last, NOW + timedelta(hours=more))
