"""The sentences that carry an article's news: its title, its summary and its lead.

Knows nothing of what is looked for in them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workers.enrich.reading import Passage, Reading, Sentence, Spot
from workers.enrich.triggers import Triggers

LEAD_SENTENCES = 2
"""Of the text, where newswires and channels tell the news; what follows is background more often than news."""
_FEWEST_WORDS = 4
"""A line of fewer words is a signature, a mark or a label."""


class News(NamedTuple):
    """A sentence of a passage."""

    passage: int
    sentence: Sentence
    order: int
    """Which of the sentences of its field it is, counted from nought."""


def news_of(reading: Reading, lead: int | None = LEAD_SENTENCES) -> Iterator[News]:
    """Yield the sentences of title and summary, then the first ones of the text that are sentences at all."""
    for passage, sentences in zip(reading.passages, _sentences(reading), strict=True):
        yield from sentences if passage.name != "text" or lead is None else sentences[:lead]


def _sentences(reading: Reading) -> Sequence[Sequence[News]]:
    """Return the sentences of each passage that may be news, found once for all parts."""
    kept: Sequence[Sequence[News]] | None = reading.kept.get(__name__)
    if kept is None:
        kept = reading.kept[__name__] = [
            [
                News(number, sentence, order)
                for order, sentence in enumerate(
                    each for each in passage.sentences if passage.name != "text" or _is_sentence(passage, each)
                )
            ]
            for number, passage in enumerate(reading.passages)
        ]
    return kept


def rest_of(reading: Reading, lead: int, triggers: Triggers) -> Iterator[News]:
    """Yield the sentences of the text below the lead in which triggers may stand at all."""
    for number, passage in enumerate(reading.passages):
        if passage.name == "text":
            sentences, firsts = passage.sentences, passage.firsts
            for order in sorted({bisect_right(firsts, at) - 1 for at in triggers.places_in(passage)}):
                if order >= lead:
                    yield News(number, sentences[order], order)


def spot_of(news: News, passage: Passage) -> Spot:
    """Return where a sentence stands."""
    return Spot(news.passage, passage.starts[news.sentence.first], passage.ends[news.sentence.last - 1])


def _is_sentence(passage: Passage, sentence: Sentence) -> bool:
    if sentence.last - sentence.first < _FEWEST_WORDS:
        return False
    words = 0
    for text in passage.texts[sentence.first : sentence.last]:
        words += text[0].isalnum()
        if words == _FEWEST_WORDS:
            return True
    return False
