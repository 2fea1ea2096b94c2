"""An article's page to its text: the one function `extract_page`, pure, and the only user of trafilatura.

Knows nothing of HTTP, of robots.txt and of what the feed says. Pages are hostile input: it runs in a child process that
is killed at a deadline (`parse.pool`).
"""

import hashlib
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.event import TEXT_MAX_BYTES
from ingest.fetch.outcome import Reason
from ingest.parse.boilerplate import parted
from ingest.parse.digest import spelled_alike
from ingest.parse.encoding import decode
from ingest.parse.text import cut, plain_text, title_text
from ingest.parse.wellformed import is_challenge, legal
from ingest.service.errors import Reject

HEADING_MAX_CHARS = 2_000
ARTICLE_MIN_CHARS = 40
"""What a family's selectors find must be at least a sentence, or the page is not what the family's pages are."""

_NOT_TEXT = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x00\x00\x00")
_ZWNJ = re.compile("\u200c|&zwnj;|&#8204;|&#[xX]200[cC];")
_STAND_INS = "\ua78f\u02d1\ua726\u1d25"
"""Letters of no living text, which trafilatura lets through."""
_MARKUP = re.compile(r"<[a-zA-Z!/]")


@dataclass(frozen=True, slots=True)
class Family:
    """Where the article stands in the pages of one content system, in CSS selectors."""

    id: str
    hosts: tuple[str, ...]
    """Whose pages it is without a further sign, `www.` left out."""
    signs: tuple[str, ...]
    """A page on another host is of the family when any of these is in it."""
    lead: tuple[str, ...]
    """Paragraphs that stand apart from the body, before it."""
    body: tuple[str, ...]
    """The first that finds an article is taken."""
    remove: tuple[str, ...]
    """What is inside the body and not of the article."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page is read against."""

    host: str
    content_type: str | None
    language: str
    families: tuple[Family, ...]
    remove: tuple[str, ...]
    """What is never of the article, in the pages of all families."""


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page: plain text, one paragraph a line."""

    heading: str
    """Title and headings of the page, on one line; by them it is known whose story it is."""
    text: str
    text_truncated: bool
    text_sha256: str
    """Of the whole text, before it was cut."""
    family: str
    """Id of the family whose selectors found the text; empty where trafilatura did."""
    challenge: bool
    """It carries the marks of a page that asks whether a person reads it; articles behind such a gate do too."""
    boilerplate: tuple[str, ...] = ()
    """What was taken out of the text as no part of the article."""


def extract_page(body: bytes, context: PageContext) -> Page:
    """Return the article of a page, its text empty where there is none.

    Raises `Reject` with `Reason.NOT_A_PAGE` where the bytes are no HTML.
    """
    if body.startswith(_NOT_TEXT):
        raise Reject(Reason.NOT_A_PAGE, "binary")
    html = legal(decode(body, context.content_type, context.language).text)
    if not _MARKUP.search(html):
        raise Reject(Reason.NOT_A_PAGE, "no markup")
    tree = LexborHTMLParser(html)
    heading = _heading(tree)
    found, family = _by_family(tree, context)
    text, boilerplate = parted(found or _without_headline(_by_trafilatura(html), tree))
    kept, truncated = cut(text, TEXT_MAX_BYTES)
    return Page(
        heading=heading,
        text=kept,
        text_truncated=truncated,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        family=family,
        challenge=is_challenge(html),
        boilerplate=boilerplate,
    )


def _without_headline(text: str, tree: LexborHTMLParser) -> str:
    """Return the text without the headline that trafilatura may put on its first line."""
    first, _, rest = text.partition("\n")
    headlines = {spelled_alike(node.text()) for node in tree.css("h1")[:3]}
    return rest if spelled_alike(first) in headlines else text


def _heading(tree: LexborHTMLParser) -> str:
    nodes = [*tree.css("title")[:1], *tree.css("h1")[:3]]
    texts = [node.text() for node in nodes]
    texts += [node.attributes.get("content") or "" for node in tree.css('meta[property="og:title"]')[:1]]
    return title_text(" ".join(texts))[:HEADING_MAX_CHARS]


def _by_family(tree: LexborHTMLParser, context: PageContext) -> tuple[str, str]:
    """Return lead and body as the page's family has them, and its id; empty where no family knows the page."""
    host = context.host.removeprefix("www.")
    for family in context.families:
        if host not in family.hosts and not any(tree.css_matches(sign) for sign in family.signs):
            continue
        for selector in (*context.remove, *family.remove):
            for node in reversed(tree.css(selector)):  # an inner one first: its outer one takes it along
                node.decompose()
        body = next(filter(None, (_longest(tree.css(selector)) for selector in family.body)), "")
        if len(body) < ARTICLE_MIN_CHARS:
            return "", ""
        leads = filter(None, (_longest(tree.css(selector)) for selector in family.lead))
        lead = next((lead for lead in leads if lead not in body), "")
        return f"{lead}\n{body}".strip(), family.id
    return "", ""


def _longest(nodes: list[LexborNode]) -> str:
    """Return the text of the element that has most: a class name may stand at a teaser too."""
    return max((plain_text(node.html or "") for node in nodes), key=len, default="")


def _by_trafilatura(html: str) -> str:
    """Return what trafilatura takes for the article; it drops ZWNJ, without which Persian words run together."""
    import trafilatura  # noqa: PLC0415 - 40 MB and half a second that the fetcher itself never needs, only its child

    stand_in = next((letter for letter in _STAND_INS if letter not in html), "")
    if stand_in:
        html = _ZWNJ.sub(stand_in, html)
    found = trafilatura.extract(
        html, include_comments=False, include_tables=True, with_metadata=False, deduplicate=False, favor_precision=True
    )
    text = plain_text("\n\n".join(found.split("\n"))) if found else ""
    return text.replace(stand_in, "\u200c") if stand_in else text
