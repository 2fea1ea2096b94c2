"""What a browser is told of an article: clean strings in pieces, nothing that it could take for markup or a script.

Knows nothing of HTTP.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from workers.article import Article, Decision
from workers.wire.board import Posting
from workers.wire.marking import Mark, Piece, lead, marked


def card(posting: Posting) -> dict[str, Any]:
    """Return the short form: title, how the text begins, and where the evidence stands."""
    article = posting.article
    field = "text" if article.text else "summary"
    return {
        **_head(posting),
        "title": _pieces(marked(article.title, _marks(article, "title"))),
        "lead": _pieces(lead(getattr(article, field), _marks(article, field))),
    }


def whole(posting: Posting) -> dict[str, Any]:
    """Return the long form, with the summary where it is not how the text begins, and the whole text."""
    article = posting.article
    summary = "" if article.text.startswith(article.summary.strip()) else article.summary
    return {
        **_head(posting),
        "title": _pieces(marked(article.title, _marks(article, "title"))),
        "summary": _pieces(marked(summary, _marks(article, "summary"))),
        "text": _pieces(marked(article.text, _marks(article, "text"))),
        "truncated": article.text_truncated,
    }


def _head(posting: Posting) -> dict[str, Any]:
    article = posting.article
    return {
        "number": posting.number,
        "id": article.article_id,
        "revision": article.revision,
        "withdrawn": posting.withdrawn,
        "publisher": article.publisher,
        "site": article.site,
        "url": _link(article.url),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "first_seen_at": article.first_seen_at.isoformat(),
        "language": article.language,
        "labels": [
            {"name": result.label, "score": round(result.score, 2), "decision": result.decision}
            for result in article.labels
            if result.decision is not Decision.REJECTED
        ],
    }


def _marks(article: Article, field: str) -> list[Mark]:
    return [
        Mark(span.start, span.end, result.label)
        for result in article.labels
        if result.decision is Decision.ASSIGNED
        for span in result.evidence
        if span.field == field
    ]


def _pieces(pieces: Iterable[Piece]) -> list[list[Any]]:
    return [[piece.text, list(piece.labels)] if piece.labels else [piece.text] for piece in pieces]


def _link(url: str | None) -> str | None:
    """Return a URL that may be clicked on: a feed may give any, also one that runs a script."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None
