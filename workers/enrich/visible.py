"""What of the facts may be published where the publisher's text policy holds part of the text back.

Knows nothing of policies: it is given the fields as they are published, each a beginning of the field that was read.
A fact goes with the place that shows it; a quote that is cut would be another quote, so it goes whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workers.enrich.facts import Attribution, Facts, Interaction, Person, Quote, Source
from workers.parts import FieldName, Part, Span

type Fields = Mapping[FieldName, str]


def visible(facts: Facts, fields: Fields) -> Facts:
    """Return the facts whose places are in the published fields, without the rest.

    Pairs of countries stay: like labels, they say what the article is about and hold none of its text.
    """
    people = [_person(person, fields) for person in facts.persons]
    kept = [at for at, person in enumerate(people) if person is not None]
    places = {old: new for new, old in enumerate(kept)}
    return replace(
        facts,
        attribution=tuple(chain for each in facts.attribution if (chain := _chain(each, fields))),
        countries=_with_spans(facts.countries, fields),
        persons=tuple(person for person in people if person is not None),
        organisations=_with_spans(facts.organisations, fields),
        places=_with_spans(facts.places, fields),
        airports=_with_spans(facts.airports, fields),
        airlines=_with_spans(facts.airlines, fields),
        crossings=_with_spans(facts.crossings, fields),
        quotes=tuple(_quote(each, fields, places) for each in facts.quotes if _is_shown(each.span, fields)),
        interactions=tuple(
            _interaction(each, places) for each in facts.interactions if _is_shown(each.trigger, fields)
        ),
        flights=tuple(each for each in facts.flights if _is_shown(each.trigger, fields)),
        consular=tuple(each for each in facts.consular if _is_shown(each.trigger, fields)),
        dates=tuple(each for each in facts.dates if _is_shown(each.span, fields)),
    )


def _is_shown(span: Span, fields: Fields) -> bool:
    return span.end <= len(fields[span.field])


def _shown(spans: Sequence[Span], fields: Fields) -> tuple[Span, ...]:
    return tuple(span for span in spans if _is_shown(span, fields))


def _with_spans[Fact: Part](facts: Sequence[Fact], fields: Fields) -> tuple[Fact, ...]:
    """Return the facts that have a span in the fields, with these spans only."""
    shown = ((fact, _shown(fact.spans, fields)) for fact in facts)  # type: ignore[attr-defined]  # all that come here have them
    return tuple(fact.model_copy(update={"spans": spans}) for fact, spans in shown if spans)


def _told(text: str | None, fields: Fields) -> str | None:
    """Return a piece of text if a published field holds it."""
    return text if text and any(text in field for field in fields.values()) else None


def _chain(chain: Attribution, fields: Fields) -> Attribution | None:
    sources: tuple[Source, ...] = tuple(each for each in chain.sources if _is_shown(each.span, fields))
    return Attribution(sources=sources) if sources else None


def _person(person: Person, fields: Fields) -> Person | None:
    spans = _shown(person.spans, fields)
    texts = {key: _told(getattr(person, key), fields) for key in ("name", "role", "organisation")}
    return person.model_copy(update={"spans": spans, **texts}) if spans else None


def _quote(quote: Quote, fields: Fields, places: Mapping[int, int]) -> Quote:
    verb = quote.verb if quote.verb and _is_shown(quote.verb, fields) else None
    person = None if quote.person is None else places.get(quote.person)
    return quote.model_copy(update={"speaker": _told(quote.speaker, fields), "verb": verb, "person": person})


def _interaction(interaction: Interaction, places: Mapping[int, int]) -> Interaction:
    persons = tuple(places[at] for at in interaction.persons if at in places)
    return interaction.model_copy(update={"persons": persons})
