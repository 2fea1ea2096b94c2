"""One attempt at a page: how it is asked for, and what its answer means.

Pure. Knows nothing of threads, of robots.txt and of what was tried before.
"""

from urllib.parse import urlsplit

from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.moves import same_host
from ingest.page.outcome import PageReason
from ingest.page.rules import PageRules
from ingest.page.waiting import host_name, is_of_site
from ingest.parse.page import PageContext

RETRY_SECONDS = 20.0
"""Before the second try; twice as long before each that follows. A page that is not there yet, because the feed was
faster than the publisher's cache, is there within a minute."""

_MAY_PASS = frozenset(
    {
        Reason.DEADLINE,
        Reason.DNS_TEMPORARY,
        Reason.CONNECT,
        Reason.TLS,
        Reason.PROTOCOL,
        Reason.TOO_MANY_REQUESTS,
        Reason.UNAVAILABLE,
        Reason.SERVER_ERROR,
        Reason.NOT_FOUND,
        Reason.EMPTY,
        Reason.PARSE_CRASH,
        PageReason.ROBOTS_UNREAD,
    }
)
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "application/xml")
"""Some servers name no better type; whether the bytes are HTML is seen when they are read."""


def may_pass(reason: str) -> bool:
    """Tell whether another try can come to something else."""
    return reason in _MAY_PASS


def wait_seconds(tries: int) -> float:
    """Return how long to wait after so many tries."""
    return RETRY_SECONDS * 2.0 ** (tries - 1)


def request_for_page(url: str, feed: Feed) -> FetchRequest:
    """Ask as the feed is asked; what the registry grants to the feed's own URL is granted to it alone.

    A private address is refused always. A broken certificate is taken on the feed's host only.
    """
    return FetchRequest(
        url=url,
        user_agent=feed.user_agent,
        verify_tls=feed.verify_tls or not same_host(url, feed.url),
        proxy=feed.proxy,
    )


def refusal(fetched: Fetched, url: str, feed: Feed) -> str | None:
    """Return why an answer cannot be the article, or null where its body is to be read."""
    if fetched.outcome is not Outcome.FETCHED:
        return fetched.reason
    if not is_of_site(fetched.final_url, feed):
        return PageReason.FOREIGN_HOST
    if _is_home(fetched.final_url) and not _is_home(url):
        return PageReason.HOME_PAGE
    media_type = (fetched.content_type or "").partition(";")[0].strip().lower()
    if media_type and media_type not in _PAGE_TYPES:
        return PageReason.MEDIA
    return None


def context_for_page(fetched: Fetched, feed: Feed, rules: PageRules) -> PageContext:
    """Say what the page is to be read against."""
    return PageContext(
        host=host_name(fetched.final_url),
        content_type=fetched.content_type,
        language=feed.language,
        families=rules.families,
        remove=rules.remove,
    )


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/") in {"", "fa", "index.html", "index.php"} and not parts.query
