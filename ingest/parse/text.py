"""HTML as feeds carry it to clean plain text: paragraphs as line breaks, nothing of the markup left.

Knows nothing of feeds; letters, ZWNJ and marks stay as they were published (normalization is another stage's).
"""

import html
import re

from selectolax.lexbor import LexborHTMLParser

from ingest.parse.wellformed import legal

MAX_TAGS = 10_000
"""Above this the tags are cut out by pattern: the tree builder needs quadratic time for tags nested that deep."""

_DROPPED = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "noembed"),
    *("noframes", "textarea", "select", "button", "xmp", "plaintext", "title", "audio", "video"),
)
_DROPPED_TAG = re.compile(rf"<(?:{'|'.join(_DROPPED)})\b", re.IGNORECASE)
_DROPPED_ELEMENT = re.compile(
    rf"<({'|'.join(_DROPPED)})\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|table|tr|blockquote|pre|section|article|header|footer|figure"
    r"|figcaption|address|aside|main|nav|form|fieldset|center|details|summary)\b",
    re.IGNORECASE,
)
_CELL_TAG = re.compile(r"<t[dh]\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[a-zA-Z]|![a-zA-Z\[-]|\?)[^<>]*>")
_KNOWN_TAG = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|table|tbody|tr|td|th|blockquote|pre|span|a|b|i|u|em|strong|small|big"
    r"|sub|sup|font|img|center|figure|figcaption|script|style|iframe|video|audio|section|article)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_WHITESPACE = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"[^\S\n]*\n[^\S\n]*(?:\n\s*)+")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


def plain_text(value: str) -> str:
    """Return the text a reader would see, one paragraph a line; `value` may be HTML or plain, escaped once or twice."""
    value = legal(value)
    text = _readable(value)
    if not _TAG.search(value) and _KNOWN_TAG.search(text):  # the document escaped its markup twice
        text = _readable(text)
    return legal(_BREAKS.sub("\n", _SPACES.sub(" ", text)).strip())


def title_text(value: str) -> str:
    """Return a headline on one line; titles are escaped twice so often that entities are resolved again."""
    text = plain_text(value)
    if _ENTITY.search(text):
        text = plain_text(text)
    return _WHITESPACE.sub(" ", text).strip()


def cut(text: str, max_bytes: int) -> tuple[str, bool]:
    """Return at most `max_bytes` of UTF-8 of `text`, cut between characters, and whether it was cut."""
    if len(text) * 4 <= max_bytes:
        return text, False
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return text, False
    return encoded[:max_bytes].decode(errors="ignore"), True


def _readable(value: str) -> str:
    """Return the text of one level of markup, with line breaks only between paragraphs."""
    if not _TAG.search(value):
        # No markup: a blank line is all that can separate paragraphs.
        text = html.unescape(value) if "&" in value else value
        return "\n".join(_WHITESPACE.sub(" ", part) for part in _BLANK_LINE.split(text)) if "\n" in text else text
    flat = _CELL_TAG.sub(" \\g<0>", _BLOCK_TAG.sub("\n\\g<0>", _WHITESPACE.sub(" ", value)))
    if flat.count("<") > MAX_TAGS:
        return html.unescape(_TAG.sub("", _DROPPED_ELEMENT.sub("", flat)))
    tree = LexborHTMLParser(flat)
    if _DROPPED_TAG.search(flat):
        tree.strip_tags(list(_DROPPED), recursive=True)
    return tree.body.text() if tree.body else ""
