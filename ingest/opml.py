"""OPML, the list of feeds that feed readers exchange: read from a document, and written.

Knows nothing of the registry's rules: what an outline says is taken as it is.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from ingest.feeds import Feed
from ingest.parse.wellformed import legal
from ingest.service.errors import UsageError

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>Rasad</title></head>\n<body>\n'
_JOINERS = "\u200c\u200d"
_FOOT = "</body>\n</opml>\n"


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML document."""

    url: str
    """As written."""
    title: str
    """On one line; empty where the document has none."""
    page: str
    """The publisher's page, as written; empty where the document has none."""


def read_opml(source: str, document: bytes) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document in its order, folders opened up.

    Raises UsageError where it is none. A document that declares entities is refused: no list of feeds needs them, and
    they grow without bounds.
    """
    outlines: list[Outline] = []
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            if name.lower() != "opml":
                raise UsageError(f"{source}: not OPML: the document is a <{name[:40]}>")
            roots.append(name)
        if name.lower() == "outline":
            outlines.extend(_outline({key.lower(): value for key, value in attributes.items()}))

    def refuse(*_: object) -> None:
        raise UsageError(f"{source}: not OPML: it declares entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: of an encoding that is not known
        raise UsageError(f"{source}: not OPML: {error}") from error
    return tuple(outlines)


def _outline(attributes: dict[str, str]) -> Iterable[Outline]:
    url = attributes.get("xmlurl", "").strip()
    if url:
        title = _on_one_line(attributes.get("title", "")) or _on_one_line(attributes.get("text", ""))
        yield Outline(url, title, attributes.get("htmlurl", "").strip())


def _on_one_line(text: str) -> str:
    """Return a name without what cannot be seen, but for the joiners that Persian needs."""
    kept = (letter for letter in " ".join(text.split()) if letter in _JOINERS or unicodedata.category(letter)[0] != "C")
    return "".join(kept)


def write_opml(feeds: Iterable[Feed]) -> str:
    """Return an OPML 2.0 document of these feeds, flat, in their order."""
    members = list(feeds)
    sites = [feed.site for feed in members]
    lines = [_line(feed, alone=sites.count(feed.site) == 1) for feed in members]
    return _HEAD + "".join(lines) + _FOOT


def _line(feed: Feed, *, alone: bool) -> str:
    name = _attribute(feed.publisher if alone else f"{feed.publisher} ({feed.id})")
    page, url, language = map(_attribute, (f"https://{feed.hosts[0]}/", feed.url, feed.language))
    return f'<outline type="rss" text={name} title={name} xmlUrl={url} htmlUrl={page} language={language}/>\n'


def _attribute(value: str) -> str:
    return quoteattr(legal(value))
