"""Where a poll asks for a feed: at the registered URL, where that has moved to, or at an alternate.

Pure. Puts `moves` and `alternates` together; knows nothing of sockets and of schedules.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ingest.alternates import (
    REGISTERED,
    Detour,
    after_failure,
    after_success,
    asked_name,
    is_lost,
    is_turned,
    still_listed,
)
from ingest.feed_state import FeedState, digest_of_url
from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, Reason
from ingest.memory import Changes
from ingest.moves import Move, effective_url, moved, same_host, same_place
from ingest.parse.document import ParsedEntry
from ingest.schedule import failure_weight
from ingest.service.errors import Reject

KNOWN_SHARE = 0.2
"""Of a document's items, where none of its links leads to a host that is known: one equal number is chance."""

FOREIGN = Reject(Reason.NOT_A_FEED, "no link and no item of the document is this feed's")
"""What an address on trial gave that has a feed, and another's."""


def names_of(feed: Feed) -> tuple[str, ...]:
    """Return the names of a feed's alternates, in the registry's order."""
    return tuple(map(digest_of_url, feed.alternates))


def address(feed: Feed, state: FeedState, now: datetime) -> str:
    """Return the URL that is to be asked now."""
    name = asked_name(state.detour, names_of(feed), now)
    found = (url for url in feed.alternates if digest_of_url(url) == name)
    return next(found, effective_url(feed.url, state.move))


def _asked(feed: Feed, state: FeedState, fetched: Fetched) -> str:
    """Return the name of the address that a poll asked."""
    if fetched.requested_url in {feed.url, effective_url(feed.url, state.move)}:
        return REGISTERED
    name = digest_of_url(fetched.requested_url)
    return name if name in names_of(feed) else REGISTERED


def asks_registered(feed: Feed, state: FeedState, fetched: Fetched) -> bool:
    """Tell whether a poll asked the registered URL, or where that has moved to."""
    return _asked(feed, state, fetched) == REGISTERED


def is_on_trial(feed: Feed, state: FeedState, url: str) -> bool:
    """Tell whether an address must prove itself: an alternate until it is in use, the registered URL from then on."""
    names, name = names_of(feed), digest_of_url(url)
    detour = still_listed(state.detour, names)
    if detour is None or (detour.proven and name == detour.name):
        return False
    return detour.proven or name in names


def found_at(feed: Feed, state: FeedState, fetched: Fetched) -> tuple[Move | None, Detour | None]:
    """Return where the feed is asked after a poll that found it; what an alternate redirects to is no move."""
    name = _asked(feed, state, fetched)
    move = moved(feed.url, state.move, fetched) if name == REGISTERED else state.move
    return move, after_success(state.detour, names_of(feed), name)


def newly_used(before: Detour | None, after: Detour | None) -> bool:
    """Tell whether an alternate is used that was not used before."""
    return after is not None and after.proven and not (before is not None and before.proven)


def may_be_private(feed: Feed, url: str) -> bool:
    """Tell whether a URL has what the registry grants to a feed's addresses; a redirect's target has not."""
    return feed.allow_private and any(same_place(url, own) for own in (feed.url, *feed.alternates))


def must_verify(feed: Feed, url: str) -> bool:
    """Tell whether the certificate is checked: the registry gives it up for the host of the feed's URL only."""
    return feed.verify_tls or not same_host(url, feed.url)


def failed_at(
    feed: Feed, state: FeedState, fetched: Fetched, reason: Reason, now: datetime
) -> tuple[Detour | None, bool]:
    """Return the detour after a poll that failed, and whether it leads to an address that need not wait."""
    history = state.history
    lost = is_lost(reason, history.weight + failure_weight(reason), history.last_success_at, now)
    before = still_listed(state.detour, names_of(feed))
    after = after_failure(before, names_of(feed), _asked(feed, state, fetched), now, lost=lost)
    return after, is_turned(before, after)


def is_this_feed(
    feed: Feed, state: FeedState, hosts: Sequence[str], items: Iterable[ParsedEntry], changes: Changes
) -> bool:
    """Tell whether a document is this feed's: its links lead where they should, or enough items were seen before.

    `hosts` are those that the document links to, without `www.`. A document without items proves nothing.
    """
    known = {*state.link_hosts, *(host.removeprefix("www.") for host in feed.hosts)}
    seen = [changes.find(feed.site, item.keys) is not None for item in items]
    return not known.isdisjoint(hosts) or (any(seen) and seen.count(True) >= KNOWN_SHARE * len(seen))
