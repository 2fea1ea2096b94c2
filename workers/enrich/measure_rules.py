"""When a finding is the one that a reader annotated: the rules of `tests/data/gold/README.md`, part by part.

Knows nothing of counting or of files. A span is compared by its words, so that what is repeated word for word in an
article is the same wherever it stands.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from workers.enrich.facts import Attribution, Facts, Person, Quote
from workers.enrich.gazetteer_words import WORD, folded
from workers.enrich.gold import GoldArticle, GoldPerson, GoldQuote, GoldSource, GoldSpan
from workers.parts import Span

_HALF = 0.5
_SENTENCE_END = re.compile(r"[.!?؟…]+(?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A span of the article, gold or found, with the words that stand there."""

    field: str
    start: int
    end: int
    surface: str
    words: Counter[str] = attribute(compare=False)

    def meets(self, other: "Place", share: float) -> bool:
        """Tell whether both share that much of their words, and stand together or say the same."""
        together = self.field == other.field and self.start < other.end and other.start < self.end
        return (together or self.words == other.words) and alike(self.words, other.words) >= share


def alike(one: Counter[str], other: Counter[str]) -> float:
    """Return the words in common as a share of all words of both."""
    return (one & other).total() / max(1, (one | other).total())


def words(text: str | None) -> Counter[str]:
    """Return the words of a text in one spelling."""
    return Counter(folded(word) for word in WORD.findall(text or ""))


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article with its fields, and what was found in it."""

    gold: GoldArticle
    fields: Mapping[str, str]
    facts: Facts

    def marked(self, span: GoldSpan) -> Place:
        """Return the place of an annotated span."""
        name, start, end = span
        surface = self.fields[name][start:end]
        return Place(name, start, end, surface, words(surface))

    def sentence(self, place: Place) -> str:
        """Return the words of the sentence in which a place begins."""
        text = self.fields[place.field]
        ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
        first = max(end for end in ends if end <= place.start)
        last = min((end for end in ends if end > place.start), default=len(text))
        return " ".join(folded(word) for word in WORD.findall(text[first:last]))


@dataclass(frozen=True, slots=True)
class Item:
    """One finding, gold or found: what is shown of it, and what is compared."""

    shown: str
    value: Any


type Same = Callable[[Article, Any, Any], bool]


@dataclass(frozen=True, slots=True)
class PartRules:
    """How one part is measured."""

    name: str
    gold: Callable[[Article], Iterable[Item]]
    found: Callable[[Article], Iterable[Item]]
    same: Same


def found_place(span: Span) -> Place:
    """Return the place of a published span."""
    return Place(span.field, span.start, span.end, span.surface, words(span.surface))


def _equal(_: Article, gold: object, found: object) -> bool:
    return gold == found


def _spans(_: Article, gold: Place, found: Sequence[Place]) -> bool:
    return any(gold.meets(place, _HALF) for place in found)


def _overlaps(gold: Place, found: Place) -> bool:
    return gold.meets(found, 0.0) and bool(gold.words & found.words)


def _coded(_: Article, gold: tuple[Place, str | None], found: tuple[Sequence[Place], str | None]) -> bool:
    codes = gold[1] is None or found[1] is None or gold[1] == found[1]
    return codes and any(_overlaps(gold[0], place) for place in found[0])


def _dated(_: Article, gold: tuple[Place, str, str], found: tuple[Place, str, str]) -> bool:
    return gold[1:] == found[1:] and _overlaps(gold[0], found[0])


def _link(article: Article, gold: GoldSource, found: tuple[Place, str, str | None]) -> bool:
    place = article.marked(gold.span)
    return (gold.id is not None and gold.id == found[2]) or (_overlaps(place, found[0]) and gold.kind == found[1])


def _chain(article: Article, gold: Sequence[GoldSource], found: Sequence[tuple[Place, str, str | None]]) -> bool:
    return len(gold) == len(found) and all(map(lambda one, other: _link(article, one, other), gold, found))


def _named(article: Article, gold: GoldPerson, found: Person) -> bool:
    """Tell whether both are the same person: by name, else by role."""
    if gold.name is not None:
        return _share(words(article.marked(gold.name).surface), words(found.name)) >= _HALF
    if gold.role is None or found.name is not None:
        return False
    return alike(words(article.marked(gold.role).surface), words(found.role)) >= _HALF


def _with_role(article: Article, gold: GoldPerson, found: Person) -> bool:
    if not _named(article, gold, found) or (gold.role is None) != (found.role is None):
        return False
    return gold.role is None or alike(words(article.marked(gold.role).surface), words(found.role)) >= _HALF


def _share(one: Counter[str], other: Counter[str]) -> float:
    """Return the words in common as a share of the shorter one: a surname is its person."""
    return (one & other).total() / max(1, min(one.total(), other.total()))


def _quoted(article: Article, gold: GoldQuote, found: Quote) -> bool:
    return article.marked(gold.span).meets(found_place(found.span), _HALF)


def _spoken(article: Article, gold: GoldQuote, found: Quote) -> bool:
    if not _quoted(article, gold, found):
        return False
    speaker = words(article.marked(gold.speaker).surface)
    texts = [found.speaker]
    if found.person is not None and found.person < len(article.facts.persons):
        person = article.facts.persons[found.person]
        texts += [person.name, person.role, *(span.surface for span in person.spans)]
    return any(_share(speaker, words(text)) >= _HALF for text in texts if text)


def _acted(article: Article, gold: tuple[str, Place], found: tuple[str, Place]) -> bool:
    return gold[0] == found[0] and article.sentence(gold[1]) == article.sentence(found[1])


def _places_of(article: Article, part: str) -> Iterable[Item]:
    for fact in getattr(article.facts, part):
        yield Item(fact.spans[0].surface, tuple(found_place(span) for span in fact.spans))


def _codes_of(article: Article, part: str) -> Iterable[Item]:
    for fact in getattr(article.facts, part):
        code = getattr(fact, "iata", None)
        yield Item(fact.spans[0].surface, (tuple(found_place(span) for span in fact.spans), code))


def _gold_codes(article: Article, part: str) -> Iterable[Item]:
    for marked in getattr(article.gold, part):
        place = article.marked(marked.span)
        yield Item(place.surface, (place, getattr(marked, "code", None)))


def _links_of(chain: Attribution) -> tuple[tuple[Place, str, str | None], ...]:
    return tuple((found_place(source.span), source.kind.value, source.id) for source in chain.sources)


def _chain_text(places: Iterable[Place]) -> str:
    return " ← ".join(place.surface for place in places)


def _gold_chains(article: Article) -> Iterable[Item]:
    for chain in article.gold.attribution:
        yield Item(_chain_text(article.marked(source.span) for source in chain), chain)


def _chains(article: Article) -> Iterable[Item]:
    for chain in article.facts.attribution:
        links = _links_of(chain)
        yield Item(_chain_text(link[0] for link in links), links)


def _gold_links(article: Article) -> Iterable[Item]:
    for chain in article.gold.attribution:
        yield from (Item(article.marked(source.span).surface, source) for source in chain)


def _links(article: Article) -> Iterable[Item]:
    for chain in article.facts.attribution:
        yield from (Item(link[0].surface, link) for link in _links_of(chain))


def _gold_persons(article: Article) -> Iterable[Item]:
    for person in article.gold.persons:
        spans = (person.name, person.role)
        yield Item(" / ".join(article.marked(span).surface for span in spans if span), person)


def _persons(article: Article) -> Iterable[Item]:
    for person in article.facts.persons:
        yield Item(" / ".join(filter(None, (person.name, person.role))), person)


def _gold_quotes(article: Article) -> Iterable[Item]:
    for quote in article.gold.quotes:
        yield Item(f"{article.marked(quote.speaker).surface}: {article.marked(quote.span).surface[:60]}", quote)


def _quotes(article: Article) -> Iterable[Item]:
    for quote in article.facts.quotes:
        yield Item(f"{quote.speaker}: {quote.span.surface[:60]}", quote)


def _gold_dates(article: Article) -> Iterable[Item]:
    for marked in article.gold.dates:
        place = article.marked(marked.span)
        yield Item(f"{place.surface} {marked.first}", (place, marked.first, marked.last))


def _dates(article: Article) -> Iterable[Item]:
    for fact in article.facts.dates:
        days = (str(fact.first), str(fact.last))
        yield Item(f"{fact.span.surface} {fact.first}", (found_place(fact.span), *days))


def _gold_interactions(article: Article) -> Iterable[Item]:
    for marked in article.gold.interactions:
        place = article.marked(marked.trigger)
        yield Item(f"{marked.kind} {place.surface}", (marked.kind.value, place))


def _interactions(article: Article) -> Iterable[Item]:
    for fact in article.facts.interactions:
        yield Item(f"{fact.kind} {fact.trigger.surface}", (fact.kind.value, found_place(fact.trigger)))


def _kinds(kinds: Iterable[str]) -> Iterable[Item]:
    return (Item(kind, kind) for kind in dict.fromkeys(kinds))


PARTS: tuple[PartRules, ...] = (
    PartRules("attribution", _gold_chains, _chains, _chain),
    PartRules("attribution links", _gold_links, _links, _link),
    PartRules(
        "countries",
        lambda article: _kinds(each.code for each in article.gold.countries),
        lambda article: _kinds(each.code for each in article.facts.countries),
        _equal,
    ),
    PartRules("persons", _gold_persons, _persons, _named),
    PartRules("persons with role", _gold_persons, _persons, _with_role),
    PartRules(
        "organisations",
        lambda article: (Item(place.surface, place) for place in _gold_bodies(article)),
        lambda article: _places_of(article, "organisations"),
        _spans,
    ),
    *(
        PartRules(
            part,
            lambda article, part=part: _gold_codes(article, part),  # type: ignore[misc]  # bound now
            lambda article, part=part: _codes_of(article, part),  # type: ignore[misc]  # bound now
            _coded,
        )
        for part in ("airports", "airlines", "crossings")
    ),
    PartRules("quotes", _gold_quotes, _quotes, _quoted),
    PartRules("quotes with speaker", _gold_quotes, _quotes, _spoken),
    PartRules("interactions", _gold_interactions, _interactions, _acted),
    PartRules(
        "flights",
        lambda article: _kinds(each.status for each in article.gold.flights),
        lambda article: _kinds(each.status for each in article.facts.flights),
        _equal,
    ),
    PartRules(
        "consular",
        lambda article: _kinds(each.kind for each in article.gold.consular),
        lambda article: _kinds(each.kind for each in article.facts.consular),
        _equal,
    ),
    PartRules("dates", _gold_dates, _dates, _dated),
)


def _gold_bodies(article: Article) -> Iterable[Place]:
    return (article.marked(body.span) for body in article.gold.organisations)
