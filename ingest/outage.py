"""Whether our own network is down: then no feed is to blame for not being reached.

Pure: readings of one monotonic clock come in. Knows nothing of feeds, of HTTP and of schedules.
"""

from dataclasses import dataclass, field

from ingest.fetch.outcome import Reason

UNREACHED = frozenset({Reason.DNS_TEMPORARY, Reason.CONNECT, Reason.DEADLINE})
"""What a fetch comes to without a network."""
_SAYS_NOTHING = frozenset({Reason.INVALID_URL, Reason.ADDRESS_REFUSED, Reason.UNEXPECTED})
"""Of the network: nothing was sent. Any other answer, a refusal too, came over one."""

LATEST_HOSTS = 10
"""That were asked last: a large registry asks ten in seconds, a small one in half an hour. A feed that
fails before the outage is known pays nothing: two soft failures are one, and one waits no longer than a success."""
WINDOW_SECONDS = 3_600.0
"""The longest usual interval; an answer that is older says nothing of now."""
SHARE = 0.8
HOSTS_AT_LEAST = 5
"""Fewer hosts can be down together by themselves, with the machine that they share."""


@dataclass(slots=True)
class Outage:
    """The answers of the hosts that were asked last, and what they say together."""

    latest_hosts: int = LATEST_HOSTS
    window_seconds: float = WINDOW_SECONDS
    share: float = SHARE
    hosts_at_least: int = HOSTS_AT_LEAST
    _answers: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """When a host was asked and whether it was reached, the latest last."""

    def saw(self, host: str, reason: Reason, now: float, *, was_well: bool) -> None:
        """Take note of what a fetch from a host came to.

        `was_well`: the feed had succeeded, and had not been failing. What never could be reached from here (publishers
        shut out whole countries) says nothing; or such hosts would excuse each other, and never back off.
        """
        reached = reason not in UNREACHED
        if reason in _SAYS_NOTHING or not (reached or was_well):
            return
        self._answers.pop(host, None)
        self._answers[host] = (now, reached)
        if len(self._answers) > self.latest_hosts:
            del self._answers[next(iter(self._answers))]

    def is_on(self, now: float) -> bool:
        """Tell whether so many of the latest hosts were out of reach that the fault is ours."""
        recent = [reached for at, reached in self._answers.values() if now - at <= self.window_seconds]
        unreached = recent.count(False)
        return unreached >= self.hosts_at_least and unreached >= self.share * len(recent)
