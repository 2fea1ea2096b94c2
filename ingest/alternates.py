"""Whether a feed is asked at its registered URL or at one of its alternates: a rule of its own, like `moves`.

Pure. Knows nothing of sockets, documents and storage. Alternates go by opaque names, since URLs may hold secrets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.fetch.outcome import Reason

LOST_WEIGHT = 6.0
"""Of failures in a row: with a backoff that doubles from five minutes, two and a half hours of them."""
LOST_AFTER = timedelta(days=1)
"""Without success, for feeds whose longer rhythm makes six failures a matter of days."""
LOST_WEIGHT_IN_TIME = 2.0
"""A process that was down for a day finds every feed without success for a day: failures must say so too."""

RETURN_AFTER = timedelta(days=1)
"""Between two looks whether the registered URL has the feed again."""

LOST_REASONS = frozenset(
    {
        Reason.DNS,
        Reason.CONNECT,
        Reason.DEADLINE,
        Reason.TLS,
        Reason.TLS_EXPIRED,
        Reason.TLS_UNTRUSTED,
        Reason.TLS_HOSTNAME,
        Reason.ADDRESS_REFUSED,
        Reason.INVALID_URL,
        Reason.REDIRECT,
        Reason.NOT_FOUND,
        Reason.FORBIDDEN,
        Reason.GONE,
        Reason.NOT_A_FEED,
    }
)
"""The host is away, or has something else there; a challenge is `not_a_feed` or `forbidden`. An overloaded server, a
resolver without an answer and a document that we cannot read would be no better at another address."""

REGISTERED = ""
"""The name of the registered URL."""


@dataclass(frozen=True, slots=True)
class Detour:
    """A feed that is not, or not only, asked at its registered URL."""

    name: str
    """The alternate to ask; REGISTERED where all were tried in vain and the round begins anew from there."""
    proven: bool
    """It gave this feed: it is used, and no longer tried."""
    registered_at: datetime
    """When the registered URL was asked last."""


def asked_name(detour: Detour | None, names: Sequence[str], now: datetime) -> str:
    """Return the name of the address that is to be asked now."""
    detour = still_listed(detour, names)
    # A time that is still to come was written under a wrong clock, and must not keep us here until then.
    if detour is None or (detour.proven and not timedelta() <= now - detour.registered_at < RETURN_AFTER):
        return REGISTERED
    return detour.name


def still_listed(detour: Detour | None, names: Sequence[str]) -> Detour | None:
    """Return the detour, or null where the operator took its alternate away."""
    return detour if detour is not None and detour.name in (REGISTERED, *names) and names else None


def is_lost(reason: Reason, weight: float, last_success_at: datetime | None, now: datetime) -> bool:
    """Tell whether a feed has failed for so long, and in such a way, that another address may know better.

    `weight` counts the failures in a row, this one included. 410 says at once that nobody will put the feed back.
    """
    if reason not in LOST_REASONS:
        return False
    silent = last_success_at is not None and now - last_success_at >= LOST_AFTER
    return reason is Reason.GONE or weight >= LOST_WEIGHT or (silent and weight >= LOST_WEIGHT_IN_TIME)


def after_failure(
    detour: Detour | None, names: Sequence[str], asked: str, now: datetime, *, lost: bool
) -> Detour | None:
    """Return what to do after the address that was asked failed; `lost` is the verdict of `is_lost`."""
    detour = still_listed(detour, names)
    if not names or (detour is None and not lost):
        return None
    if detour is None:
        return Detour(names[0], proven=False, registered_at=now)
    if asked == REGISTERED:
        if detour.proven:
            return replace(detour, registered_at=now)
        return Detour(names[0] if lost else REGISTERED, proven=False, registered_at=now)
    if detour.proven:
        return Detour(REGISTERED, proven=False, registered_at=detour.registered_at) if lost else detour
    untried = [*names[names.index(asked) + 1 :], REGISTERED]
    return replace(detour, name=untried[0])


def after_success(detour: Detour | None, names: Sequence[str], asked: str) -> Detour | None:
    """Return what to do after the address that was asked gave this feed."""
    detour = still_listed(detour, names)
    return None if detour is None or asked == REGISTERED else replace(detour, name=asked, proven=True)


def is_turned(detour: Detour | None, after: Detour | None) -> bool:
    """Tell whether a failure sends us to an address that was not asked in this round: it need not wait for a backoff.

    A new round does wait: a feed that is nowhere is asked less and less, wherever.
    """
    if after is None or (detour is not None and detour.name == REGISTERED):
        return False
    return detour is None or detour != after
