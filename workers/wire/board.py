"""What the page shows: the newest state of the last articles, numbered in order of arrival.

Knows nothing of Kafka or HTTP. Used from one thread only: the page's event loop.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from workers.article import Article


@dataclass(frozen=True, slots=True)
class Posting:
    """An article as it arrived."""

    number: int
    """Grows with every arrival; a reader that comes back says the last one that it has seen."""
    article: Article
    withdrawn: bool = False


@dataclass(slots=True)
class Board:
    """A bounded board: of each article the greatest (revision, analysis), as every consumer should have it."""

    keep: int
    _postings: "OrderedDict[str, Posting]" = field(default_factory=OrderedDict)
    _number: int = 0

    def post(self, article: Article, *, withdrawn: bool = False) -> Posting | None:
        """Take an event; None when it is no newer than what is there, as after a repeated delivery."""
        known = self._postings.get(article.article_id)
        version = (article.revision, article.analysis)
        if known is not None and (known.article.revision, known.article.analysis) >= version:
            return None
        self._number += 1
        posting = Posting(self._number, article, withdrawn)
        self._postings[article.article_id] = posting
        self._postings.move_to_end(article.article_id)
        while len(self._postings) > self.keep:
            self._postings.popitem(last=False)
        return posting

    def after(self, number: int) -> tuple[Posting, ...]:
        """Return what arrived after a number, oldest first."""
        return tuple(posting for posting in self._postings.values() if posting.number > number)

    def find(self, article_id: str) -> Posting | None:
        """Return an article that is still there."""
        return self._postings.get(article_id)
