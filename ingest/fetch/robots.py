"""What a host's robots.txt says of our requests, and for how long that holds (RFC 9309).

The only importer of protego. Pure: knows nothing of sockets, of threads and of who keeps the answers.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from protego import Protego

from ingest.fetch.outcome import Fetched, Outcome, Reason

SIZE_MAX_BYTES = 500 * 1_024
"""As much as a crawler must read (RFC 9309, 2.5); what follows is ignored."""
KEPT_SECONDS = 24 * 3_600.0
"""No copy should be used for longer (RFC 9309, 2.4)."""
UNREACHED_SECONDS = 120.0
"""Before a robots.txt that was out of reach is asked for again: an entry may wait ten minutes for its page."""
CRAWL_DELAY_MAX_SECONDS = 60.0
"""Longer delays are seen; at one request a minute a host's pages would come too late to be waited for."""

_UNAVAILABLE = frozenset(
    {Reason.NOT_FOUND, Reason.FORBIDDEN, Reason.CLIENT_ERROR, Reason.GONE, Reason.REDIRECT, Reason.EMPTY}
)
"""A 4xx, or too many redirects: there is no robots.txt, and everything may be asked for (RFC 9309, 2.3.1.2 and .3)."""
_REFUSED = frozenset({Reason.ADDRESS_REFUSED, Reason.INVALID_URL})


class RobotsVerdict(StrEnum):
    """What a request for robots.txt came to; a metric label, so the set is closed."""

    RULES = "rules"
    NONE = "none"
    """There is none: everything may be asked for."""
    UNREACHED = "unreached"
    """A 5xx, a 429 or no answer: nothing may be asked for, for a while (RFC 9309, 2.3.1.4)."""
    REFUSED = "refused"
    """By ourselves: the host is at a private address, or is none."""


@dataclass(frozen=True, slots=True)
class Robots:
    """The answer of one origin; times are readings of the caller's monotonic clock."""

    verdict: RobotsVerdict
    rules: Protego | None
    until: float
    """When it must be asked for again."""
    size_bytes: int = 0
    """Of the text that the rules were read from."""

    def allows(self, url: str, user_agent: str) -> bool:
        """Tell whether a page may be asked for."""
        if self.rules is not None:
            return bool(self.rules.can_fetch(url, user_agent))
        return self.verdict is RobotsVerdict.NONE

    def crawl_delay_seconds(self, user_agent: str) -> float:
        """Return the gap between two requests that the host asks for, within reason."""
        asked = self.rules.crawl_delay(user_agent) if self.rules is not None else None
        return min(max(asked or 0.0, 0.0), CRAWL_DELAY_MAX_SECONDS)


def origin_of(url: str) -> str:
    """Return scheme and authority: a robots.txt speaks for exactly these (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def robots_url(origin: str) -> str:
    """Return where an origin's robots.txt is."""
    return f"{origin}/robots.txt"


def read_robots(fetched: Fetched, now: float, before: Robots | None = None) -> Robots:
    """Return what a request for robots.txt says; rules that were known hold on while it is out of reach."""
    if fetched.outcome is Outcome.FETCHED:
        body = fetched.body[:SIZE_MAX_BYTES]
        text = body.decode("utf-8", "replace").removeprefix("\ufeff")
        return Robots(RobotsVerdict.RULES, Protego.parse(text), now + KEPT_SECONDS, len(body))
    if fetched.reason in _UNAVAILABLE:
        return Robots(RobotsVerdict.NONE, None, now + KEPT_SECONDS)
    if fetched.reason in _REFUSED:
        return Robots(RobotsVerdict.REFUSED, None, now + UNREACHED_SECONDS)
    rules, size_bytes = (before.rules, before.size_bytes) if before is not None else (None, 0)
    return Robots(RobotsVerdict.UNREACHED, rules, now + UNREACHED_SECONDS, size_bytes)
