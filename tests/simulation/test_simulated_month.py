"""The simulated year in small: the same schedule, decisions and state, held to the same floors."""

import pytest

from simulation.world import build
from simulation.year import CAUGHT_FLOOR, REQUESTS_CEILING, Tally, report, simulate

FEEDS, DAYS = 30, 30


@pytest.fixture(scope="module")
def month() -> Tally:
    return simulate(FEEDS, DAYS, seed=5, shares=2)


def test_a_month_of_thirty_feeds_catches_what_was_to_be_seen_with_few_requests_and_none_dies(month: Tally) -> None:
    assert month.feeds == FEEDS
    assert month.visible > 10_000
    assert month.caught_share >= CAUGHT_FLOOR, report(month, DAYS)
    assert month.requests_to_fixed <= REQUESTS_CEILING, report(month, DAYS)
    assert month.not_modified_share >= 0.3, report(month, DAYS)
    assert month.dead == []


def test_a_month_with_restarts_and_documents_of_two_days_ago_publishes_nothing_twice(month: Tally) -> None:
    assert month.repeated == 0
    assert month.entries >= month.caught
    assert month.edits > 0


def test_the_month_has_troubles_of_hosts_feeds_and_our_own_network(month: Tally) -> None:
    failed = {what for what in month.polls if what.startswith(("failed", "rate_limited"))}

    assert len(failed) >= 4, month.polls
    assert sum(month.polls.values()) == month.requests


def test_a_publisher_depends_on_the_seed_and_its_own_number_alone() -> None:
    whole, part = build(30, 5, 3, range(30)), build(30, 5, 3, range(20, 30))

    assert [one.published for one in whole.publishers[20:]] == [one.published for one in part.publishers]
    assert whole.publishers[20].published != build(30, 5, 4, range(30)).publishers[20].published
