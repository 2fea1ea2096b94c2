"""Makes the text of a document fit for an XML parser, or says that it is no feed at all.

Knows the roots of the feed formats and nothing of what is inside an entry.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.entities import html5

from ingest.fetch.outcome import Reason
from ingest.service.errors import Reject

JUNK_MAX_CHARS = 4_096
"""How much may stand before the root: warnings of a script, blank lines, a second byte order mark."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but XML 1.0's Char, production [2]."""
_ROOT = re.compile(r"<((?:[a-z_][\w.-]*:)?(?:rss|feed|rdf|channel))(?=[\s>/])", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_DOCTYPE = re.compile(
    r"""<!doctype(?:[^\[\]>"']|"[^"]*"|'[^']*')*+(?:\[(?:[^\]"'<]|<!--.*?-->|<|"[^"]*"|'[^']*')*+\]\s*)?>""",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(r"""\s*(?:\{\s*["}]|\[\s*["{\[\]])""")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|script|meta|div)\b")
_ITEM_START = re.compile(r"<(?:[a-z_][\w.-]*:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[a-z_][\w.-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_AUTHOR_TAG = re.compile(
    r"(</?(?:[a-z_][\w.-]*:)?)(?=(?:author|creator|contributor|publisher|managingeditor|webmaster)[\s/>])",
    re.IGNORECASE,
)
"""feedparser searches these for an address with a quadratic expression (32 kB take 7 s); nobody here reads them."""
_REFERENCE = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))"
    r"|(?P<numbers>(?:&(?:amp;)?#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,10});)+)"
    r"|&(?!(?:lt|gt|amp|quot|apos);)(?P<name>[A-Za-z][A-Za-z0-9]{0,31};)?",
    re.DOTALL,
)
_NUMBERS = re.compile(r"(?:&(?:amp;)?#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,10});)+")
_NUMBER = re.compile(r"&(?P<escaped>amp;)?#(?:[xX](?P<hex>[0-9a-fA-F]+)|(?P<dec>[0-9]+));")

_SURROGATES = range(0xD800, 0xE000)

_CHALLENGES = (
    "/cdn-cgi/challenge-platform/",
    "just a moment...",
    "cf-mitigated",
    "_cf_chl",
    "cf-browser-verification",
    "checking your browser",
    "ddos-guard",
    "/.within.website/",  # Anubis
    "making sure you're not a bot",
    "__arcsjs",  # ArvanCloud
    "در حال بررسی مرورگر",
    "derak cloud",
)


class NotAFeed(StrEnum):
    """What a body is that is no feed; the detail of `Reason.NOT_A_FEED`."""

    EMPTY = "empty"
    HTML = "html"
    CHALLENGE = "challenge"
    JSON = "json"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that an XML parser can read, with its root first."""

    xml: str
    beyond_cap: int
    """Items that were cut off behind the cap."""
    inside_page: bool
    """The root was found within an HTML page: some publishers wrap their feed so."""


def legal(text: str) -> str:
    """Return `text` without characters that XML 1.0 forbids, lone surrogates among them."""
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def prepare(text: str, max_items: int) -> Prepared:
    """Return the document from its root on, repaired and bounded.

    The prolog is dropped whole, so no DTD reaches a parser: no entity is ever expanded or opened.
    Raises `Reject` with `Reason.NOT_A_FEED` and a `NotAFeed` as its detail.
    """
    text = legal(text)
    if _JSON.match(text):
        raise not_a_feed(NotAFeed.JSON)
    start, root = _find_root(text)
    inside_page = bool(_PAGE.search(text[:start])) if start else False
    text, beyond_cap = _bounded(text[start:], root, max_items)
    text = _REFERENCE.sub(_repair_reference, _AUTHOR_TAG.sub(r"\1unread-", text))
    return Prepared(DECLARATION + text, beyond_cap, inside_page)


def single_items(xml: str) -> Iterator[str]:
    """Yield a document for each item of a prepared one, with that item alone.

    Text before the root makes feedparser read it without an XML parser, so that a namespace which that one cannot take
    does no harm either.
    """
    root = _ROOT.match(xml, len(DECLARATION))
    first = _ITEM_START.search(xml)
    if not root or not first:
        return
    head, at = xml[len(DECLARATION) : first.start()], first.start()
    for end in _ITEM_END.finditer(xml, at):
        start = _ITEM_START.search(xml, at, end.start())
        if start:
            yield _closed(f"{DECLARATION}]{head}{xml[start.start() : end.end()]}", root.group(1))
        at = end.end()


def not_a_feed(kind: NotAFeed) -> Reject:
    """Return the exception for a body of this kind."""
    return Reject(Reason.NOT_A_FEED.value, kind.value)


def _find_root(text: str) -> tuple[int, str]:
    """Return where the root's tag starts and its name; skips the prolog of any length and a little junk."""
    at, junk = 0, 0
    while 0 <= at < len(text):
        found = _ROOT.match(text, at)
        if found:
            return at, found.group(1)
        end = _prolog_end(text, at)
        if end is None:
            end = text.find("<", at + 1)
            junk += end - at
            if end < 0 or junk > JUNK_MAX_CHARS:
                break
        at = end
    raise not_a_feed(_kind(text))


def _prolog_end(text: str, at: int) -> int | None:
    """Return the end of the comment, processing instruction or DOCTYPE of XML that starts here."""
    if text.startswith("<!--", at):
        end = text.find("-->", at)
        return end + 3 if end >= 0 else None
    if text.startswith("<?", at):
        end = text.find("?>", at)
        return end + 2 if end >= 0 else None
    doctype = _DOCTYPE.match(text, at)
    return doctype.end() if doctype else None


def is_challenge(text: str) -> bool:
    """Tell whether a document has the marks of a page that asks whether a person reads it."""
    head = text[: 64 * 1_024].lower()
    return any(mark in head for mark in _CHALLENGES)


def _kind(text: str) -> NotAFeed:
    head = text[: 64 * 1_024].strip().lower()
    if not head:
        return NotAFeed.EMPTY
    if is_challenge(head):
        return NotAFeed.CHALLENGE
    return NotAFeed.HTML if _HTML.search(head) else NotAFeed.OTHER


def _bounded(text: str, root: str, max_items: int) -> tuple[str, int]:
    """Cut what follows the root, an item that the transfer cut in two, and items behind the cap."""
    closing = f"</{root}"
    end = text.rfind(closing)
    if end >= 0:
        text = f"{text[:end]}{closing}>"
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    if len(ends) > max_items:
        return _closed(text[: ends[max_items - 1]], root), len(ends) - max_items
    if end < 0:
        last = ends[-1] if ends else 0
        half = _ITEM_START.search(text, last)
        text = _closed(text[: half.start()] if half else text, root)
    return text, 0


def _closed(text: str, root: str) -> str:
    channel = "</channel>" if root.lower().endswith("rss") and "</channel>" not in text else ""
    return f"{text}{channel}</{root}>"


def _repair_reference(match: re.Match[str]) -> str:
    """Return a reference that every XML parser takes: named ones as characters, impossible ones repaired."""
    if match["cdata"]:
        return _NUMBERS.sub(_repair_numbers, match["cdata"]) if "#" in match["cdata"] else match["cdata"]
    if match["numbers"]:
        return _repair_numbers(match)
    name = match["name"]
    value = html5.get(name) if name else None
    if value is None:
        return f"&amp;{name or ''}"
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _repair_numbers(match: re.Match[str]) -> str:
    """Join surrogate pairs, replace lone ones by U+FFFD and drop what XML forbids, in a run of numeric references."""
    run = match.group()
    found = [(ref.group(), int(ref["hex"], 16) if ref["hex"] else int(ref["dec"])) for ref in _NUMBER.finditer(run)]
    if all(_is_char(number) for _, number in found):
        return run
    units: list[str] = []
    for reference, number in found:
        if number in _SURROGATES:
            units.append(chr(number))
        elif _is_char(number):
            units.append(reference)
    return "".join(units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_char(number: int) -> bool:
    return number <= sys.maxunicode and not _ILLEGAL.match(chr(number))
