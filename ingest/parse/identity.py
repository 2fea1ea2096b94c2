"""Which entries are the same article: identity keys from guid, article id in the URL, link, or content.

Knows nothing of what was seen before; the keys of a document depend on that document alone.

**The rule: two entries of one site that share a key are the same article.** An entry's keys, strongest first:

`g:`  its guid. A guid that is a URL counts without scheme, tracking parameters and, on a host of the site, without
      host: moves from http to https and from one domain to another keep it. Empty guids, guids of fewer than four
      characters (positions in the document) and the home page are no guids.
`p:`  the article's number in the URL with all that stands before it (`/fa/news/503910/<slug>`,
      `/news/1405/07/16/<id>/<slug>`, `/<section>/<id>-<slug>`, `/post.php?id=<n>`), or with the section before the slug
      (`/a/<slug>/<id>.html`, `/<section>/<slug>/a-<id>`): a headline edited in the slug keeps it.
`l:`  its link, counted as a guid's URL is. A fragment counts unless it tracks; the home page is no link.
`c:`  guid with link, or link with title, where one document gives several articles the same guid or link.
`h:`  title and content, for entries that have nothing of the above.

A guid, number or link that one document gives to distinct articles tells nothing there, so those entries do not get
that key: which ones, does not depend on their order. A key is its letter, a colon and 16 characters of base32 (80 bits
of SHA-256).
"""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.parse.digest import fold
from ingest.parse.url import canonical, resolve, telling_fragment

GUID_MIN_CHARS = 4

_SECTION = (
    r"news|articles?|story|stories|posts?|content|contents|details?|reports?|notes?|videos?|photos?|pictures?|films?"
    r"|gallery|galleries|media|multimedia|podcasts?|live|tiny|short|item|n|p|a|x"
)
_NUMBER = r"(?!(?:1[34]|19|20)\d{2}(?:0[1-9]|1[0-2])(?:\d{2})?(?!\d))\d{5,}"
"""An article's number, and no date such as 14050716 or 202610."""
_NUMBERED_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<named>.*?/(?:{_SECTION})/(?:\d{{4}}/\d{{1,2}}/\d{{1,2}}/)?{_NUMBER})(?:[/-].*|\.\w+)?",
        r"(?P<named>.*?/(?:1[34]|20)\d{2}/\d{1,2}/\d{1,2}/\d{4,})(?:[/-].*|\.\w+)?",
        rf"(?P<named>/{_NUMBER})(?:[/-].*|\.\w+)?",
        # The last segment only: `/<section with a number>/<slug>` would name a whole section.
        rf"(?P<named>/[^/]+/{_NUMBER})(?:-[^/]*)?",
    )
)
_NUMBER_AFTER_SLUG = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<section>/a)/[^/]+/(?P<number>{_NUMBER})\.html",
        rf"(?P<section>/[^/]+)/[^/]+/(?P<number>a-{_NUMBER})",
    )
)
_NUMBER_FIELD = re.compile(
    r"(?:id|p|nid|newsid|news_id|articleid|article_id|aid|postid|post_id|storyid|itemid)=\d+", re.IGNORECASE
)
_SLUG_FIELD = re.compile(r"(?:title|slug|name|t|desc)=.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marks:
    """What an entry can be recognised by, as the document gave it."""

    guid: str | None
    url: str | None
    """Resolved, as `url.resolve` returns it."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Names:
    guid: str | None
    number: str | None
    link: str | None
    content: str

    @property
    def beside_guid(self) -> str:
        """What tells apart entries that share a guid."""
        return self.number or self.link or self.content


def article_id(site: str, key: str) -> str:
    """Return the id of the article whose strongest key was `key` when it was first seen: 130 bits in base32."""
    return _base32(f"{site}\n{key}", 26)


def entry_keys(entries: Sequence[Marks], hosts: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the keys of each entry of one document, strongest first, at least one each."""
    known = frozenset(_bare(host) for host in hosts)
    names = [_names(entry, known) for entry in entries]
    shared_guids = _shared((name.guid, name.beside_guid) for name in names)
    # Entries without a guid are told apart by their titles.
    told = [
        (name, name.guid if name.guid and name.guid not in shared_guids else f"title {fold(entry.title)}")
        for name, entry in zip(names, entries, strict=True)
    ]
    shared_links = _shared((name.link, other) for name, other in told)
    shared_numbers = _shared((name.number, other) for name, other in told if not other.startswith("title ")) | {
        name.number for name, _ in told if name.link in shared_links
    }
    return [
        _keys(name, fold(entry.title), shared_guids, shared_links, shared_numbers)
        for name, entry in zip(names, entries, strict=True)
    ]


def _keys(
    name: _Names, title: str, shared_guids: set[str], shared_links: set[str], shared_numbers: set[str | None]
) -> tuple[str, ...]:
    keys = []
    if name.guid:
        shared = name.guid in shared_guids
        keys.append(_key("c", f"{name.guid}\n{name.beside_guid}") if shared else _key("g", name.guid))
    if name.number and name.number not in shared_numbers:
        keys.append(_key("p", name.number))
    if name.link and name.link not in shared_links:
        keys.append(_key("l", name.link))
    elif name.link and not name.guid:
        keys.append(_key("c", f"{name.link}\n{title}"))
    return tuple(keys) or (_key("h", name.content),)


def _shared(pairs: Iterable[tuple[str | None, str]]) -> set[str]:
    """Return the names that stand beside more than one other."""
    beside: dict[str, set[str]] = defaultdict(set)
    for name, other in pairs:
        if name:
            beside[name].add(other)
    return {name for name, others in beside.items() if len(others) > 1}


def _names(entry: Marks, hosts: frozenset[str]) -> _Names:
    link = _url_name(entry.url, hosts) if entry.url else None
    guid = (entry.guid or "").strip()
    as_url = resolve(guid, guid, hosts) if "://" in guid else None
    name = _url_name(as_url, hosts) if as_url else guid if len(guid) >= GUID_MIN_CHARS else None
    number = next((found for url in (entry.url, as_url) if url and (found := _number(url, hosts))), None)
    return _Names(name, number, link, fold(f"{entry.title}\n{entry.text}"))


def _url_name(url: str, hosts: frozenset[str]) -> str | None:
    """Return what a URL is called within the site; None for the site's home page."""
    host, path, query = _parts(url, hosts)
    fragment = telling_fragment(url)
    if not host and path in {"", "/"} and not query and not fragment:
        return None
    return f"{host}{path.rstrip('/')}?{query}#{fragment}"


def _number(url: str, hosts: frozenset[str]) -> str | None:
    """Return the part of a URL that ends with an article's number, where it has one of the known shapes."""
    host, path, query = _parts(url, hosts)
    fields = query.split("&")
    if any(_NUMBER_FIELD.fullmatch(field) for field in fields):
        return f"{host}{path}?{'&'.join(field for field in fields if not _SLUG_FIELD.fullmatch(field))}"
    if query:
        return None
    found = next((match for shape in _NUMBERED_PATHS if (match := shape.fullmatch(path))), None)
    if found:
        return f"{host}{found['named']}"
    after = next((match for shape in _NUMBER_AFTER_SLUG if (match := shape.fullmatch(path))), None)
    return f"{host}{after['section']}/{after['number']}" if after else None


def _parts(url: str, hosts: frozenset[str]) -> tuple[str, str, str]:
    """Return host, path and query of the canonical form; the host is empty where it is one of the site's."""
    parts = urlsplit(canonical(url))
    host = _bare(parts.netloc)
    own = host in hosts or _bare(parts.hostname or "") in hosts
    return "" if own else host, parts.path, parts.query


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def _key(kind: str, name: str) -> str:
    return f"{kind}:{_base32(f'{kind}\n{name}', 16)}"


def _base32(text: str, chars: int) -> str:
    """Return the first characters of the base32 of SHA-256, five bits each."""
    enough = hashlib.sha256(text.encode()).digest()[: -(-chars * 5 // 40) * 5]
    return base64.b32encode(enough)[:chars].decode().lower()
