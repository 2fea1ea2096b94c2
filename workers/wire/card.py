"""What a browser is told of an article: clean strings in pieces, nothing that it could take for markup or a script.

Knows nothing of HTTP.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from workers.article import Article, Decision
from workers.parts import FieldName
from workers.persian.entities import Entity
from workers.persian.phrases import Countries
from workers.wire.board import Posting
from workers.wire.facts import facts_shown, names_of
from workers.wire.marking import Mark, Piece, lead, marked


def card(posting: Posting, countries: Countries) -> dict[str, Any]:
    """Return the short form: title, how the text begins, where the evidence stands, and what the article says."""
    article, names = posting.article, names_of(posting.article, countries)
    field: FieldName = "text" if article.text else "summary"
    return {
        **_head(posting),
        "title": _pieces(marked(article.title, _marks(article, names, "title"))),
        "lead": _pieces(lead(getattr(article, field), _marks(article, names, field))),
        **facts_shown(article, names, countries),
    }


def whole(posting: Posting, countries: Countries) -> dict[str, Any]:
    """Return the texts of the long form: the summary where it is not how the text begins, and the whole text.

    Numbers of names are those of the short form.
    """
    article, names = posting.article, names_of(posting.article, countries)
    summary = "" if article.text.startswith(article.summary.strip()) else article.summary
    return {
        **_head(posting),
        "title": _pieces(marked(article.title, _marks(article, names, "title"))),
        "summary": _pieces(marked(summary, _marks(article, names, "summary"))),
        "text": _pieces(marked(article.text, _marks(article, names, "text"))),
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


def _marks(article: Article, names: Sequence[Entity], field: FieldName) -> list[Mark]:
    evidence = [
        Mark(span.start, span.end, label=result.label)
        for result in article.labels
        if result.decision is Decision.ASSIGNED
        for span in result.evidence
        if span.field == field
    ]
    named = [
        Mark(span.start, span.end, name=number)
        for number, entity in enumerate(names)
        for span in entity.spans
        if span.field == field
    ]
    return evidence + named


def _pieces(pieces: Iterable[Piece]) -> list[list[Any]]:
    """Return each piece as short as it may be: its text, its labels, the numbers of its names."""
    return [_shortest(piece.text, list(piece.labels), list(piece.names)) for piece in pieces]


def _shortest(text: str, labels: list[str], names: list[int]) -> list[Any]:
    return [text, labels, names] if names else [text, labels] if labels else [text]


def _link(url: str | None) -> str | None:
    """Return a URL that may be clicked on: a feed may give any, also one that runs a script."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None
