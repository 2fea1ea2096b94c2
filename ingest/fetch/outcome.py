"""What came of one fetch: closed sets of outcomes and reasons, and the frozen result.

Knows nothing of httpx; `client` fills it in, `poll` and `schedule` read it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What a poll came to; a metric label, so the set is closed."""

    FETCHED = "fetched"
    """A 200 with a body that was read whole."""
    NOT_MODIFIED = "not_modified"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    FAILED = "failed"


class Reason(StrEnum):
    """Why; a metric label, so the set is closed. Raw messages go to the log only."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    GONE = "gone"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    DEADLINE = "deadline"
    DNS = "dns"
    """The name does not exist, or has no address."""
    DNS_TEMPORARY = "dns_temporary"
    """The resolver gave no answer (EAI_AGAIN, or none in time): it says nothing about the feed."""
    CONNECT = "connect"
    TLS = "tls"
    """The handshake failed for another reason than the certificate."""
    TLS_EXPIRED = "tls_expired"
    """Also a certificate that is not valid yet."""
    TLS_UNTRUSTED = "tls_untrusted"
    """Self-signed, of an unknown authority, or sent without its intermediate."""
    TLS_HOSTNAME = "tls_hostname"
    PROTOCOL = "protocol"
    ADDRESS_REFUSED = "address_refused"
    INVALID_URL = "invalid_url"
    REDIRECT = "redirect"
    CLIENT_ERROR = "client_error"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    SERVER_ERROR = "server_error"
    UNEXPECTED_STATUS = "unexpected_status"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    DECODE = "decode"
    NOT_A_FEED = "not_a_feed"
    IDENTITY_CHANGED = "identity_changed"
    """A feed that seems to be another's: nothing in it was ever seen, and all its links lead elsewhere."""
    NOT_A_PAGE = "not_a_page"
    """Of an article: the body is no HTML."""
    PARSE_DEADLINE = "parse_deadline"
    PARSE_CRASH = "parse_crash"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional GET sends back, byte for byte as the server gave it (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None
    url_digest: str | None = None
    """`redact.fingerprint` of the final URL whose response gave them; they are sent to no other. Null: to the
    requested host."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One GET and its bounds."""

    url: str
    validators: Validators = Validators()
    user_agent: str | None = None
    allow_private: bool = False
    """Belongs to this URL only: a redirect to another host does not inherit it."""
    verify_tls: bool = True
    proxy: str | None = None
    """An HTTP proxy for all hops, such as `http://user:word@proxy.example:3128`. It resolves the names, so what they
    resolve to cannot be vetted here."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of one fetch; expected failures are values of this type, never exceptions."""

    outcome: Outcome
    reason: Reason
    requested_url: str
    final_url: str
    fetched_at: datetime
    """Aware UTC instant at which the response was complete, or had failed."""
    elapsed_seconds: float
    status: int | None = None
    body: bytes = b""
    """Decompressed bytes; empty unless the outcome is FETCHED."""
    content_type: str | None = None
    validators: Validators = Validators()
    """What the response carried; `poll` decides what is kept."""
    conditional: bool = False
    """Whether validators were sent to `final_url`; a 304 without them is a broken cache's."""
    permanent_url: str | None = None
    """Target of a chain of only 301/308 redirects, if there was one."""
    retry_after_seconds: float | None = None
    """Raw from Retry-After (both forms, RFC 9110 10.2.3), never negative; `schedule` clamps it."""
    max_age_seconds: float | None = None
    """Freshness from Cache-Control or Expires, never negative; `schedule` clamps it."""
    wire_bytes: int = 0
    detail: str = field(default="", compare=False)
    """A raw message for the log, with secrets redacted."""
