"""Conditional GET: which validators go out, and which are remembered afterwards.

Knows nothing of sockets and of schedules; pure functions over the types of `outcome`.
"""

from ingest.fetch.outcome import Fetched, Outcome, Validators
from ingest.fetch.redact import fingerprint

_LINE_ENDS = frozenset("\r\n\0")


def conditional_headers(validators: Validators, url: str, *, on_requested_host: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers of one hop; both validators go, since old servers know only If-Modified-Since.

    A validator means something to the URL that gave it alone (RFC 9110, 8.8): when that URL is known, it is sent there
    and nowhere else; when it is not known, to every hop on the requested host, never to another.
    """
    belongs = on_requested_host if validators.url_digest is None else validators.url_digest == fingerprint(url)
    if not belongs:
        return []
    pairs = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    # Latin-1 gives back the bytes that were received; what cannot have come from a header is left out.
    return [(name, value.encode("latin-1")) for name, value in pairs if value and _is_field_value(value)]


def remembered_validators(stored: Validators, fetched: Fetched) -> Validators:
    """Return what the next poll sends: a 200 replaces both, a 304 only what it carries, a failure neither.

    Call it with a 200 only when its body turned out to be a feed.
    """
    if fetched.outcome is Outcome.FETCHED:
        return fetched.validators
    if fetched.outcome is not Outcome.NOT_MODIFIED:
        return stored
    fresh = fetched.validators
    return Validators(
        etag=fresh.etag or stored.etag,
        last_modified=fresh.last_modified or stored.last_modified,
        url_digest=fresh.url_digest or stored.url_digest,
    )


def _is_field_value(value: str) -> bool:
    """Tell whether a header can carry this (RFC 9110, 5.5): in Latin-1, and nothing that would end its line."""
    return (value.isprintable() and value.isascii()) or (
        all(character <= "\xff" for character in value) and not _LINE_ENDS.intersection(value)
    )
