"""What an operator's request does to what is remembered: the decision alone, made by the owner of the site.

Pure: time comes in. Knows nothing of Kafka's clients and of how requests travel (`control_turns`).
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ingest.event import ControlAction, FeedControl
from ingest.feed_state import FeedState
from ingest.feeds import Feed, Registry
from ingest.fetch.outcome import Validators
from ingest.fetch.politeness import host_of
from ingest.memory import Changes
from ingest.pause import ControlState, Pause, is_at

STALE_AFTER = timedelta(hours=1)
"""Who asked for a poll an hour ago wanted it then: the feed has been polled since, or nobody polls at all."""


class ControlOutcome(StrEnum):
    """What became of a control record; a metric label, so the set is closed."""

    APPLIED = "applied"
    STALE = "stale"
    """A pause that is over already, or a poll that was wanted long ago."""
    UNKNOWN_TARGET = "unknown_target"
    """No such feed or host in this process's registry, or not of this site."""
    UNKNOWN_ACTION = "unknown_action"
    """Of a later release, perhaps."""
    MALFORMED = "malformed"
    """Not a control record, or not of this site's partition."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that asks for nothing that can be understood, and why."""

    outcome: ControlOutcome
    error: Exception


def read_control(key: bytes | None, value: bytes | None) -> FeedControl | Malformed:
    """Return what a record asks for, whoever wrote it."""
    try:
        body = json.loads(value or b"")
        if isinstance(body, dict) and isinstance(action := body.get("action"), str) and action not in ControlAction:
            return Malformed(ControlOutcome.UNKNOWN_ACTION, ValueError("an action that this release does not know"))
        control = FeedControl.model_validate(body)
        if (key or b"") != control.site.encode():
            raise ValueError("the key is not the site")  # noqa: TRY301 - one way out for all that is malformed
        # The last day that Python knows, in a zone that is behind, is no time that a state record could hold.
        return control.model_copy(update={"until": control.until and control.until.astimezone(UTC)})
    except (ValueError, OverflowError, RecursionError) as error:
        return Malformed(ControlOutcome.MALFORMED, error)


def apply(control: FeedControl, changes: Changes, registry: Registry, now: datetime) -> ControlOutcome:
    """Put what a request asks for into `changes`; says what became of it."""
    pause = Pause(now, control.until, control.reason)
    if control.action is ControlAction.PAUSE and not pause.holds(now):
        return ControlOutcome.STALE
    if control.action is ControlAction.POLL and now - control.issued_at > STALE_AFTER:
        return ControlOutcome.STALE
    if control.host is not None:
        return _of_host(control, control.host, pause, changes, registry, now)
    feed = registry.feeds.get(control.feed or "")
    if feed is None or feed.site != control.site:
        return ControlOutcome.UNKNOWN_TARGET
    changes.feeds[feed.id] = _after(control.action, changes.feed(feed.id).at(feed.url), pause, now)
    return ControlOutcome.APPLIED


def is_paused(feed: Feed, url: str, pause: Pause | None, control: ControlState, now: datetime) -> bool:
    """Tell whether a feed is not to be asked at a URL now: its own pause, or one of the URL's host."""
    own = pause is not None and pause.holds(now)
    return own or (bool(control.hosts) and control.pause_of_host(feed.site, host_of(url), now) is not None)


def sites_at(registry: Registry, host: str) -> tuple[str, ...]:
    """Return the sites that list a host or have a feed or an alternate there, in the registry's order."""
    return tuple(site for site in registry.sites if _is_of(registry, site, host))


def _is_of(registry: Registry, site: str, host: str) -> bool:
    listed = any(is_at(known, host) for known in registry.sites[site].hosts)
    urls = (url for feed in registry.feeds.values() if feed.site == site for url in (feed.url, *feed.alternates))
    return listed or any(is_at(host_of(url), host) for url in urls)


def _of_host(
    control: FeedControl, host: str, pause: Pause, changes: Changes, registry: Registry, now: datetime
) -> ControlOutcome:
    state = changes.control or changes.memory.control
    place = (control.site, host.lower())
    # What is over is left out, so that the record does not grow with the years.
    hosts = {known: old for known, old in state.hosts.items() if known != place and old.holds(now)}
    if control.action is ControlAction.PAUSE:
        if control.site not in registry.sites or not _is_of(registry, control.site, host):
            return ControlOutcome.UNKNOWN_TARGET
        hosts[place] = pause
    elif place not in state.hosts:
        return ControlOutcome.UNKNOWN_TARGET
    changes.control = replace(state, hosts=hosts)
    return ControlOutcome.APPLIED


def _after(action: ControlAction, state: FeedState, pause: Pause, now: datetime) -> FeedState:
    match action:
        case ControlAction.PAUSE:
            return replace(state, pause=pause)
        case ControlAction.RESUME:
            return replace(state, pause=None)
        case ControlAction.POLL:
            return replace(state, next_poll_at=now)
        case ControlAction.RESET:
            # What was seen stays seen: a reset makes no old item new.
            return replace(
                state,
                validators=Validators(),
                body_sha256=None,
                full_at=None,
                move=None,
                detour=None,
                next_poll_at=now,
                history=replace(state.history, failures=0, weight=0.0, gone=False),
            )
