"""The sentences that carry an article's news: its title, its summary and its lead.

Knows nothing of what is looked for in them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workers.enrich.reading import Passage, Reading, Sentence, Spot
from workers.enrich.salience import Place

LEAD_SENTENCES = 2
"""Of the text, where newswires and channels tell the news; what follows is background more often than news."""
BODY_SENTENCES = 10
"""Of the text, in which candidates are looked for."""
_PLACED = f"{__name__}.placed"
_FEWEST_WORDS = 4
"""A line of fewer words is a signature, a mark or a label."""
_PLACES = ((1, Place.FIRST), (2, Place.SECOND), (5, Place.THIRD))
"""Before which sentence of a text what place ends."""


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


def placed_news(reading: Reading) -> Sequence[tuple[News, Place | None]]:
    """Return the sentences with their places, None for those too deep; what is repeated word for word, once."""
    kept: Sequence[tuple[News, Place | None]] | None = reading.kept.get(_PLACED)
    if kept is None:
        kept = reading.kept[_PLACED] = tuple(_placed(reading))
    return kept


def _placed(reading: Reading) -> Iterator[tuple[News, Place | None]]:
    titled = any(passage.name == "title" for passage in reading.passages)
    said: set[tuple[str, ...]] = set()
    order = 0
    for news in news_of(reading, None):
        passage = reading.passages[news.passage]
        words = tuple(passage.texts[news.sentence.first : news.sentence.last])
        if words in said:
            continue
        said.add(words)
        if passage.name != "text":
            yield news, Place.TITLE_REST if news.order else Place.TITLE
            continue
        yield news, _place(order, titled=titled)
        order += 1


def _place(order: int, *, titled: bool) -> Place | None:
    if order == 0 and not titled:
        return Place.TITLE
    if order >= BODY_SENTENCES:
        return None
    return next((place for end, place in _PLACES if order < end), Place.DEEP)


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
