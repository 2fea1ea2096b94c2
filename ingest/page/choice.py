"""The better of two texts: what the feed says of an article, and what its page says.

Pure. Knows nothing of how the page was got. When in doubt the feed wins: it is the publisher's own word for this
article.
"""

import re

from ingest.event import ContentSource, Entry
from ingest.page.outcome import PageReason
from ingest.parse.digest import words
from ingest.parse.page import Page

HEADLINE_SHARE = 0.5
"""Of the title's words in the page's headings. Publishers shorten, and add their name; another story's title shares a
word or two."""
LEAD_SHARE = 0.6
LEAD_WORDS_MIN = 8
"""A shorter lead proves nothing."""
LOOKED_AT_CHARS = 20_000
"""Of the page's text: a lead that is in it is near its beginning."""

LIST_LINES_MIN = 6
LIST_SHARE = 0.5
"""Of a text's letters in lines that are sentences; below, it is a list of headlines."""
_SENTENCE_CHARS = 100
_SENTENCE_END = re.compile(r"[.!؟?:؛»”\")…]\s*$")


def judged(entry: Entry, page: Page) -> PageReason:
    """Return BETTER where the page's text is to be published, or why the feed's is."""
    if len(page.text) <= len(entry.text):
        return PageReason.CHALLENGE if page.challenge else PageReason.SHORTER
    if _is_list(page.text):
        return PageReason.LIST
    if not _is_about(entry, page):
        return PageReason.CHALLENGE if page.challenge else PageReason.ANOTHER_STORY
    return PageReason.BETTER


def with_page(entry: Entry, page: Page) -> Entry:
    """Return the entry with the page's text in place of the feed's; everything else is the feed's."""
    return entry.model_copy(
        update={
            "text": page.text,
            "text_truncated": page.text_truncated,
            "text_sha256": page.text_sha256,
            "content_source": ContentSource.PAGE,
        }
    )


def _is_about(entry: Entry, page: Page) -> bool:
    title = words(entry.title)
    if title and len(title & words(page.heading)) >= HEADLINE_SHARE * len(title):
        return True
    lead = words(entry.summary or entry.text)
    text = words(page.text[:LOOKED_AT_CHARS])
    return len(lead) >= LEAD_WORDS_MIN and len(lead & text) >= LEAD_SHARE * len(lead)


def _is_list(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < LIST_LINES_MIN:
        return False
    sentences = sum(len(line) for line in lines if len(line) >= _SENTENCE_CHARS or _SENTENCE_END.search(line))
    return sentences < LIST_SHARE * sum(map(len, lines))
