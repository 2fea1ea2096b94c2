"""What a browser is told of who, where, said by whom and what happened: short phrases, names, keys to filter by.

Pure. Knows nothing of HTTP; what is shown of one article is bounded, for anybody may write one.
"""

from collections.abc import Sequence
from typing import Any

from workers.article import Article
from workers.persian.entities import Entity, entities
from workers.persian.phrases import Countries, chains, happenings, person_role, sayings
from workers.persian.titles import EntityKind

NAMES = 200
"""Marked and listed of one article; one of ten thousand characters has about forty."""
CHAINS, HAPPENINGS, QUOTES = 3, 12, 12
QUOTE_CHARACTERS = 240
"""About as much as the beginning of the text; the rest stands there."""


def names_of(article: Article, countries: Countries) -> tuple[Entity, ...]:
    """Return who and what is marked in an article; their places here are their numbers on the page."""
    return entities(article.facts(), countries)[:NAMES]


def facts_shown(article: Article, names: Sequence[Entity], countries: Countries) -> dict[str, Any]:
    """Return what the enrichment found, for a card."""
    facts = article.facts()
    roles = _roles(article, names, countries)
    return {
        "names": [
            {"kind": entity.kind, "key": entity.key, "name": entity.name, "role": roles.get(number, "")}
            for number, entity in enumerate(names)
        ],
        "chains": [list(chain) for chain in chains(facts, article.publisher)[:CHAINS]],
        "happenings": [
            {"parts": list(happening.parts), "modality": happening.modality}
            for happening in happenings(facts, countries)[:HAPPENINGS]
        ],
        "quotes": [
            {"speaker": saying.speaker, "text": _cut(saying.text), "direct": saying.direct}
            for saying in sayings(facts)[:QUOTES]
        ],
    }


def _roles(article: Article, names: Sequence[Entity], countries: Countries) -> dict[int, str]:
    numbers = (number for number, entity in enumerate(names) if entity.kind is EntityKind.PERSON)
    return {number: person_role(person, countries) for number, person in zip(numbers, article.persons, strict=False)}


def _cut(text: str) -> str:
    if len(text) <= QUOTE_CHARACTERS:
        return text
    border = text.rfind(" ", 0, QUOTE_CHARACTERS)
    return f"{text[: border if border > 0 else QUOTE_CHARACTERS]}…"
