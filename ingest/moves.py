"""Where a feed is asked: its registered URL, or where permanent redirects have led often enough.

Pure. Knows nothing of sockets and of what the documents held; identity never follows a move.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ingest.fetch.outcome import Fetched, Reason
from ingest.fetch.redact import redact

MOVES_NEEDED = 5
"""In a row, to one target that answered with the feed: maintenance and parking redirect permanently too, and pass."""

_LOST = frozenset(
    {
        Reason.NOT_A_FEED,
        Reason.IDENTITY_CHANGED,
        Reason.GONE,
        Reason.NOT_FOUND,
        Reason.FORBIDDEN,
        Reason.REDIRECT,
        Reason.DNS,
        Reason.ADDRESS_REFUSED,
        Reason.INVALID_URL,
    }
)
"""The feed is not at this address any more: the registered one may know better."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Move:
    """Where the registered URL of a feed leads by permanent redirects (301, 308) alone."""

    target: str
    times: int
    """Polls in a row that arrived there and found the feed."""
    doubted: bool = False
    """It lost the feed since: the registered URL is asked, and this one again when that one has lost it too."""

    @property
    def settled(self) -> bool:
        """Tell whether the target is asked directly by now."""
        return self.times >= MOVES_NEEDED


def effective_url(url: str, move: Move | None) -> str:
    """Return the URL that is asked."""
    return move.target if move is not None and move.settled and not move.doubted else url


def moved(url: str, move: Move | None, fetched: Fetched) -> Move | None:
    """Return what is known of a feed's move after a poll that found the feed."""
    target = fetched.permanent_url
    if fetched.requested_url != url:
        # The target was asked directly. Where it leads on is learnt from the registered URL, like the first time.
        return move if target is None else Move(target, 1)
    if target is None or _has_credentials(url) or redact(target) != target:
        # Credentials stay with the registered URL: a redirect's target does not carry them. And a target that shows
        # a secret is followed each time rather than remembered: what is remembered stands on a topic.
        return None
    return Move(target, move.times + 1 if move is not None and move.target == target else 1)


def lost(url: str, move: Move | None, fetched: Fetched, reason: Reason) -> Move | None:
    """Return what is known of a feed's move after a poll that did not find the feed, for this reason."""
    if move is None or reason not in _LOST:
        return move
    if fetched.requested_url != url:
        return replace(move, doubted=True)
    if move.doubted:
        return replace(move, doubted=False)
    return move if fetched.permanent_url is None else None


def same_place(one: str, other: str) -> bool:
    """Tell whether two URLs name one server: what the registry grants is granted to host and port."""
    return _place(one) == _place(other)


def same_host(one: str, other: str) -> bool:
    """Tell whether two URLs name one host, on whatever port."""
    return urlsplit(one).hostname == urlsplit(other).hostname


def _place(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _has_credentials(url: str) -> bool:
    return "@" in urlsplit(url).netloc
