"""Questions to the head of an HTTP response, each answered as its RFC says.

Knows nothing of sockets and of the body: a status, raw header lines and the time it arrived.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ingest.fetch.outcome import Outcome, Reason, Validators
from ingest.fetch.redact import fingerprint

FUTURE_TOLERANCE = timedelta(days=1)
"""A Last-Modified later than this is nonsense; echoed, it would be answered 304 for ever."""
MAX_DELTA_SECONDS = 2**31
"""What RFC 9111, 1.2.2 takes a greater number of seconds for."""
MAX_VALIDATOR_LENGTH = 2_048
"""Validators are kept in every feed's state record; real ones are shorter than 200."""
MAX_CONTENT_TYPE_LENGTH = 256

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_REASON_OF_STATUS = {
    401: Reason.FORBIDDEN,
    402: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    407: Reason.FORBIDDEN,
    451: Reason.FORBIDDEN,
    503: Reason.UNAVAILABLE,
}
_REASON_OF_CLASS = {3: Reason.REDIRECT, 4: Reason.CLIENT_ERROR, 5: Reason.SERVER_ERROR}
_VERDICTS = {
    200: (Outcome.FETCHED, Reason.OK),
    204: (Outcome.FAILED, Reason.EMPTY),
    205: (Outcome.FAILED, Reason.EMPTY),
    304: (Outcome.NOT_MODIFIED, Reason.NOT_MODIFIED),
    410: (Outcome.GONE, Reason.GONE),
    429: (Outcome.RATE_LIMITED, Reason.TOO_MANY_REQUESTS),
}
_NOT_KEPT = re.compile(r"\bno-(cache|store)\b", re.IGNORECASE)
_MAX_AGE = re.compile(r'max-age\s*=\s*"?([0-9]+)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and header lines as they came, in order, names in any case."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    received_at: datetime
    """Aware UTC."""

    _lines: dict[str, list[bytes]] = field(init=False, repr=False, compare=False)
    """By name in lower case, without empty ones."""

    def __post_init__(self) -> None:
        lines: dict[str, list[bytes]] = {}
        for name, value in self.headers:
            if value:
                lines.setdefault(name.decode("latin-1").lower(), []).append(value)
        object.__setattr__(self, "_lines", lines)

    def raw(self, name: str) -> bytes | None:
        """Return the first header line of this name, or null when it is absent or empty."""
        lines = self._lines.get(name.lower())
        return lines[0] if lines else None

    def text(self, name: str) -> str | None:
        """Return the first header line of this name; Latin-1 keeps every byte (RFC 9110, 5.5)."""
        value = self.raw(name)
        return None if value is None else value.decode("latin-1")

    def joined(self, name: str) -> str | None:
        """Return all lines of a list header as one list (RFC 9110, 5.3)."""
        return ", ".join(line.decode("latin-1") for line in self._lines.get(name.lower(), ())) or None

    def verdict(self) -> tuple[Outcome, Reason]:
        """Return what the status alone says; a body may still turn FETCHED into a failure."""
        if self.status in _VERDICTS:
            return _VERDICTS[self.status]
        by_class = _REASON_OF_CLASS.get(self.status // 100, Reason.UNEXPECTED_STATUS)
        return Outcome.FAILED, _REASON_OF_STATUS.get(self.status, by_class)

    def is_redirect(self) -> bool:
        """Tell whether the answer is elsewhere (RFC 9110, 15.4); without a Location there is no elsewhere."""
        return self.status in _REDIRECTS and self.raw("location") is not None

    def is_permanent(self) -> bool:
        """Tell whether a redirect asks for the stored URL to be replaced (RFC 9110, 15.4.2 and 15.4.9)."""
        return self.status in _PERMANENT

    def content_length(self) -> int | None:
        """Return the announced length in bytes on the wire (RFC 9110, 8.6)."""
        value = self.text("content-length")
        # Twenty digits are over any cap; thousands would be over what int() takes.
        return int(value.lstrip("0")[:20] or "0") if value and _is_digits(value) else None

    def content_type(self) -> str | None:
        """Return the media type with its parameters as sent, cut to a sane length."""
        value = self.text("content-type")
        return value and value[:MAX_CONTENT_TYPE_LENGTH]

    def validators(self, url: str) -> Validators:
        """Return ETag and Last-Modified byte for byte (RFC 9110, 8.8), each only if it can serve."""
        return Validators(
            etag=self._validator("etag"), last_modified=self._last_modified(), url_digest=fingerprint(url)
        )

    def _validator(self, name: str) -> str | None:
        value = self.text(name)
        return value if value and len(value) <= MAX_VALIDATOR_LENGTH else None

    def _last_modified(self) -> str | None:
        value = self._validator("last-modified")
        instant = http_date(value) if value else None
        if instant is not None and instant > self.received_at + FUTURE_TOLERANCE:
            return None
        return value

    def retry_after(self) -> float | None:
        """Return seconds to wait, from either form of Retry-After (RFC 9110, 10.2.3); null when it says nothing."""
        value = self.text("retry-after")
        if value is None:
            return None
        if _is_digits(value):
            return _delta_seconds(value)
        instant = http_date(value)
        return None if instant is None else _not_negative((instant - self.received_at).total_seconds())

    def max_age(self) -> float | None:
        """Return the seconds for which the response stays fresh (RFC 9111, 4.2): max-age, else Expires, less Age."""
        lifetime = self._freshness_lifetime()
        return None if lifetime is None else _not_negative(lifetime - self._age())

    def _freshness_lifetime(self) -> float | None:
        if control := self.joined("cache-control"):
            if _NOT_KEPT.search(control):
                return 0.0
            if found := _MAX_AGE.search(_without_shared(control)):
                return _delta_seconds(found[1])
        expires = self.text("expires")
        if expires is None:
            return None
        at = http_date(expires)
        # RFC 9111, 5.3: an invalid date, "0" above all, means that it has expired.
        return 0.0 if at is None else (at - self._date()).total_seconds()

    def _date(self) -> datetime:
        return http_date(self.text("date") or "") or self.received_at

    def _age(self) -> float:
        value = self.text("age")
        return _delta_seconds(value) if value and _is_digits(value) else 0.0


def http_date(value: str) -> datetime | None:
    """Read any of the three forms of an HTTP-date (RFC 9110, 5.6.7), always as UTC; null for anything else."""
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _without_shared(control: str) -> str:
    """Drop directives for shared caches, which Rasad is not."""
    return ",".join(part for part in control.split(",") if not part.strip().lower().startswith("s-"))


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _delta_seconds(digits: str) -> float:
    significant = digits.lstrip("0")
    return float(MAX_DELTA_SECONDS if len(significant) > len(str(MAX_DELTA_SECONDS)) else int(significant or "0"))


def _not_negative(seconds: float) -> float:
    return min(max(seconds, 0.0), float(MAX_DELTA_SECONDS))
