"""What operators have paused, and how far their requests were read: the third kind of state record.

Pure. Knows nothing of Kafka's clients, of feeds' histories and of how a request looks. The key on the compacted topic
is `c/<partition>`: one record for all sites of a partition, written in the transaction that applies the requests.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Pause:
    """A feed or a host that is not asked for a while."""

    since: datetime
    until: datetime | None = None
    """Null: until it is resumed."""
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        """Tell whether it is not over yet."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class ControlState:
    """What is remembered of a partition's control records."""

    next_offset: int = 0
    """Of the control topic's partition of the same number: what lies before it was applied, or passed over."""
    hosts: Mapping[tuple[str, str], Pause] = field(default_factory=dict)
    """Pauses by site and host."""

    def pause_of_host(self, site: str, host: str, now: datetime) -> Pause | None:
        """Return the pause that keeps a site's feeds from being asked at a host, if there is one."""
        for (paused_site, paused_host), pause in self.hosts.items():
            if paused_site == site and is_at(host, paused_host) and pause.holds(now):
                return pause
        return None


def is_at(host: str, named: str) -> bool:
    """Tell whether `host` (with its port unless it is the usual one) is the host that was named, with or without port.

    `www.` makes no difference: nobody who wants a publisher left alone means one of the two only.
    """
    bare = host.removeprefix("www.")
    wanted = named.lower().removeprefix("www.")
    return wanted in {bare, bare.rpartition(":")[0] or bare}


def control_key(partition: int) -> bytes:
    """Return the key of a partition's control state."""
    return f"c/{partition}".encode()


def encode_control(state: ControlState) -> bytes:
    """Encode the control state of a partition."""
    hosts = [[site, host, pause_json(pause)] for (site, host), pause in sorted(state.hosts.items())]
    body = {"next_offset": state.next_offset, "hosts": hosts}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode_control(value: bytes) -> ControlState:
    """Decode the control state of a partition."""
    body = json.loads(value)
    hosts = {(site, host): pause for site, host, given in body["hosts"] if (pause := pause_of_json(given)) is not None}
    return ControlState(body["next_offset"], hosts)


def pause_json(pause: Pause | None) -> dict[str, str | None] | None:
    """Return a pause as state records hold it."""
    if pause is None:
        return None
    until = pause.until.astimezone(UTC).isoformat() if pause.until else None
    return {"since": pause.since.astimezone(UTC).isoformat(), "until": until, "reason": pause.reason}


def pause_of_json(body: Mapping[str, Any] | None) -> Pause | None:
    """Return what `pause_json` wrote."""
    if not body:
        return None
    until = body["until"] and datetime.fromisoformat(body["until"])
    return Pause(datetime.fromisoformat(body["since"]), until, body["reason"])
