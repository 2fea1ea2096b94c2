"""Links of entries: resolved, percent-encoded in one way, and free of what only tracks the reader.

Knows nothing of which URLs mean the same article; that is `identity`'s.

The tracking parameters are a closed list of our own: the lists of general libraries also take `eid`, `cid`, `uid` and
`gallery` for trackers and drop a bare `?503910`, which on Persian sites are the ids of articles.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

MAX_CHARS = 4_096

_TRACKER = re.compile(
    r"(?:utm|mtm|pk|hsa|oly|vero|at|stm)_\w+|itm_(?:source|medium|campaign|term|content)|ga_(?:source|medium|campaign)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|yclid|msclkid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi"
    r"|mkt_tok|wt_z?mc|xtor|ocid|cmpid|ncid|ref_src|ref_url|spm|maca|ysclid|zarebin_\w+|__twitter_impression"
    r"|phpsessid|jsessionid|aspsessionid\w*|sessionid|cfid|cftoken",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"ref|referrer|source|src|from|via|share|shared|rss|fl|fm|medium|campaign", re.IGNORECASE)
"""Words that may be an id's name too: dropped only when the value names a channel."""
_CHANNEL = re.compile(
    r"|1|rss\w*|feeds?|telegram|tg|twitter|x|facebook|fb|instagram|insta|whatsapp|linkedin|eitaa|bale|rubika|soroush|gap"
    r"|igap|google|bing|zarebin|home|homepage|share|sharing|social|e?mail|newsletter|push|app|web|amp|khabarfarsi",
    re.IGNORECASE,
)
_TRACKING_FRAGMENT = re.compile(
    r"(?:xtor|utm_\w+|ref|at_\w+|:~:text|access_token)=.*|rss\w*|comments?|respond|top", re.IGNORECASE
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_UNWANTED = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HOST = re.compile(
    r"(?:[\w-]+\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]+)|localhost|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*",
    re.IGNORECASE,
)
_GLUED = re.compile(r"\.(?:com(?!puter$|pany$|munity$)|ir(?!ish$)|net(?!work$)|org(?!anic$))\w+$")
"""A top-level domain that goes on as a word: the slash between host and path was forgotten."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def resolve(raw: str | None, base: str, hosts: frozenset[str] = frozenset()) -> str | None:
    """Return an absolute http(s) URL in percent-encoded form, or None for what no reader could open.

    `hosts` are the site's: `https://site.example` + `news/1` joined without a slash gives a host that begins with one.
    """
    cleaned = _UNWANTED.sub("", raw).strip() if raw else ""
    if not cleaned or len(cleaned) > MAX_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base, cleaned.replace("\\", "/")))
        netloc = _netloc(parts, hosts)
        if netloc is None:
            return None
        safe = safe_url_string(urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=netloc)))
    except ValueError:
        return None
    # A host that no name can have (letters of both directions in one label) stays as it was written.
    return safe if len(safe) <= MAX_CHARS and safe.isascii() else None


@lru_cache(maxsize=4_096)  # asked for again by each of an entry's keys; two documents' worth of entries
def canonical(url: str) -> str:
    """Return `url` without tracking parameters and fragment, its parameters in one order, its escapes in one form."""
    parts = urlsplit(url)
    fields = _kept_fields(parts.query)
    bare = "&".join(fields) if not any("=" in field for field in fields) else None
    path = _SESSION_IN_PATH.sub("", parts.path)
    query = "" if bare is not None else "&".join(fields)
    clean = canonicalize_url(urlunsplit(parts._replace(path=path, query=query, fragment="")))
    return f"{clean}?{bare}" if bare else clean  # `?503910` would become `?503910=`, which some sites do not know


def telling_fragment(url: str) -> str:
    """Return the fragment if it may tell apart the entries of one page, as `#post-111` does; else an empty string."""
    fragment = urlsplit(url).fragment
    return "" if _TRACKING_FRAGMENT.fullmatch(fragment) else fragment


def without_trackers(text: str) -> str:
    """Return a text with the tracking parameters of the URLs in it taken out."""
    return _URL_QUERY.sub(_clean_match, text) if "?" in text else text


_URL_QUERY = re.compile(r"(https?://[^\s?#<>\"']{1,2000})\?([^\s#<>\"']{1,2000})")


def _clean_match(match: re.Match[str]) -> str:
    fields = _kept_fields(match[2])
    return f"{match[1]}?{'&'.join(fields)}" if fields else match[1]


def _kept_fields(query: str) -> list[str]:
    return [field for field in query.replace("&amp;", "&").split("&") if field and not _is_tracker(field)]


def _is_tracker(field: str) -> bool:
    name, given, value = field.partition("=")
    name = unquote_plus(name)
    if _TRACKER.fullmatch(name):
        return True
    return bool(given or name.lower() == "rss") and bool(_SOURCE.fullmatch(name) and _CHANNEL.fullmatch(value))


def _netloc(parts: SplitResult, hosts: frozenset[str]) -> str | None:
    """Return host and port without credentials or a default port; None where no host can be meant."""
    host = (parts.hostname or "").rstrip(".")
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host):
        return None
    if any(host.startswith(known) for known in hosts) and _GLUED.search(host):
        return None
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in {None, _DEFAULT_PORTS[scheme]} else f"{shown}:{parts.port}"
