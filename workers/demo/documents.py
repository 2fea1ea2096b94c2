"""Writes the feed documents of a sample publisher: RSS 2.0 and Atom 1.0, as bytes.

Knows nothing of HTTP, and does not look at the labels that an article was written for.
"""

from html import escape
from xml.etree import ElementTree as ET

from workers.demo.samples import FeedTable, Format, Publisher, SampleArticle, Version

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
GENERATOR = "Rasad sample site"
SAMPLE_CATEGORY = "نمونه"
"""Marks every entry as a sample."""
TAG_YEAR = 2026
"""The year in which the tag URIs of the Atom feed were coined (RFC 4151)."""

ET.register_namespace("content", CONTENT)
# An Atom document without prefixes, as publishers write it.
ET.register_namespace("", ATOM)


def content_type(feed: FeedTable) -> str:
    """Return the media type of a feed's document."""
    kind = "atom" if feed.format is Format.ATOM else "rss"
    return f"application/{kind}+xml; charset=utf-8"


def document(publisher: Publisher, feed: FeedTable, *, wave: int, edited: bool) -> bytes:
    """Return a feed's document as UTF-8, the same bytes for the same state of the site."""
    articles = publisher.in_feed(feed.id, wave)
    write = _atom if feed.format is Format.ATOM else _rss
    root = write(publisher, feed, [(article, article.version(edited=edited)) for article in articles])
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def html_of(text: str) -> str:
    """Return paragraphs and subheadings as HTML."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return "".join(_block(line) for block in blocks for line in block.splitlines())


def _block(line: str) -> str:
    return f"<h3>{escape(line.removeprefix('## '))}</h3>" if line.startswith("## ") else f"<p>{escape(line)}</p>"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def _rss(publisher: Publisher, feed: FeedTable, entries: list[tuple[SampleArticle, Version]]) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    channel = _add(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", f"https://{publisher.host}/")
    _add(channel, "description", publisher.publisher.rights)
    _add(channel, "language", "fa")
    _add(channel, "copyright", publisher.publisher.rights)
    _add(channel, "generator", GENERATOR)
    for article, version in entries:
        _rss_item(channel, publisher, feed, article, version)
    return root


def _rss_item(
    channel: ET.Element, publisher: Publisher, feed: FeedTable, article: SampleArticle, version: Version
) -> None:
    item = _add(channel, "item")
    link = publisher.permalink(article)
    _add(item, "title", version.title)
    _add(item, "link", link)
    if feed.format is Format.RSS_DESCRIPTION:
        _add(item, "guid", link, isPermaLink="true")
        _add(item, "description", html_of(f"{version.lead}\n\n{version.body}"))
    else:
        _add(item, "guid", f"{publisher.publisher.id}-{article.id}", isPermaLink="false")
        _add(item, "description", version.lead)
        if version.body:
            _add(item, f"{{{CONTENT}}}encoded", html_of(version.body))
    _add(item, "category", article.section)
    _add(item, "category", SAMPLE_CATEGORY)
    if article.published:
        _add(item, "pubDate", article.published)


def _atom(publisher: Publisher, feed: FeedTable, entries: list[tuple[SampleArticle, Version]]) -> ET.Element:
    root = ET.Element(_a("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "fa"})
    _add(root, _a("id"), f"tag:{publisher.host},{TAG_YEAR}:feed")
    _add(root, _a("title"), feed.title)
    _add(root, _a("link"), rel="alternate", href=f"https://{publisher.host}/")
    _add(root, _a("rights"), publisher.publisher.rights)
    _add(root, _a("generator"), GENERATOR)
    author = _add(root, _a("author"))
    _add(author, _a("name"), publisher.publisher.name)
    if entries:
        newest = entries[0][0]
        _add(root, _a("updated"), newest.updated or newest.published or "")
    for article, version in entries:
        _atom_entry(root, publisher, article, version)
    return root


def _atom_entry(root: ET.Element, publisher: Publisher, article: SampleArticle, version: Version) -> None:
    entry = _add(root, _a("entry"))
    _add(entry, _a("id"), f"tag:{publisher.host},{TAG_YEAR}:{article.id}")
    _add(entry, _a("title"), version.title, type="text")
    _add(entry, _a("link"), rel="alternate", href=publisher.permalink(article))
    if article.published:
        _add(entry, _a("published"), article.published)
        _add(entry, _a("updated"), article.updated or article.published)
    _add(entry, _a("category"), term=article.section)
    _add(entry, _a("category"), term=SAMPLE_CATEGORY)
    _add(entry, _a("summary"), version.lead, type="text")
    if version.body:
        _add(entry, _a("content"), html_of(version.body), type="html")


def _a(name: str) -> str:
    return f"{{{ATOM}}}{name}"
