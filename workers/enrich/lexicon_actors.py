"""The words by which sources, persons and quotes are found: four files of `seeds/lexicon`, checked and folded.

Knows nothing of articles. Build once per process: `load_actors_lexicon(seeds_dir() / "lexicon")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.service.toml_document import problems_of, read_toml, refusal
from workers.enrich.phrases import Phrases, spellings, words_in

type _Words = tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceWords(_File):
    """`sources.toml`."""

    reported_by: _Words
    said_by: _Words
    onward: _Words
    reporters: _Words
    own: _Words
    outlet_words: _Words
    weak_outlet_words: _Words
    same_outlet: _Words
    organisation_words: _Words
    unnamed_heads: _Words
    unnamed_counts: _Words
    unnamed_modifiers: _Words
    report_verbs: _Words
    not_subject_after: _Words
    interviews: _Words
    signatures: _Words
    announcing: _Words
    own_signatures: _Words
    heads: Mapping[str, _Words]


class SpeechWords(_File):
    """`speech.toml`."""

    verbs: _Words
    auxiliaries: _Words
    nouns: _Words
    light_verbs: _Words
    becoming: _Words
    weak_nouns: _Words
    between: Mapping[str, _Words]
    pronouns: _Words
    demonstratives: _Words
    demonstratives_of_sources: _Words
    not_subject_after: _Words
    footers: _Words
    announcing: _Words
    said_by: _Words


class RoleWords(_File):
    """`roles.toml`."""

    official: _Words
    shared: _Words
    private: _Words
    foreign: _Words
    alone: _Words
    posted: _Words
    of_somebody: _Words
    bodies: _Words
    private_bodies: _Words
    not_organisations: _Words
    joined: _Words
    against: _Words
    own_country: _Words
    ends: _Words


class PeopleWords(_File):
    """`people.toml`."""

    titles: _Words
    not_people: _Words
    given: _Words
    common: _Words
    links: _Words
    second: _Words
    not_family: _Words
    holders: Mapping[str, _Words]
    known: Mapping[str, _Words]


class PlainWords(_File):
    """`words.toml`."""

    prepositions: _Words
    others: _Words


@dataclass(frozen=True, slots=True)
class SourceLexicon:
    """How sources are named."""

    reported_by: Phrases
    said_by: Phrases
    onward: Phrases
    reporters: Phrases
    own: frozenset[str]
    outlet_words: Phrases
    weak_outlet_words: frozenset[str]
    same_outlet: Phrases
    organisation_words: Phrases
    unnamed_heads: Phrases
    unnamed_counts: Phrases
    unnamed_modifiers: frozenset[str]
    report_verbs: Phrases
    not_subject_after: frozenset[str]
    interviews: Phrases
    signatures: Phrases
    announcing: Phrases
    own_signatures: frozenset[str]
    """Ids of outlets."""
    heads: Phrases
    head_ids: Mapping[_Words, str]
    """Of the heads' words."""


@dataclass(frozen=True, slots=True)
class SpeechLexicon:
    """How speech is said."""

    verbs: Phrases
    auxiliaries: frozenset[str]
    nouns: Phrases
    light_verbs: Phrases
    becoming: frozenset[str]
    weak_nouns: frozenset[str]
    between: Mapping[str, str]
    """By the noun of a verb: the preposition before what is said."""
    pronouns: Phrases
    demonstratives: Phrases
    demonstratives_of_sources: Phrases
    not_subject_after: frozenset[str]
    footers: Phrases
    announcing: Phrases
    said_by: Phrases


@dataclass(frozen=True, slots=True)
class RoleLexicon:
    """How offices are named."""

    heads: Phrases
    shared: Phrases
    private: Phrases
    foreign: Phrases
    alone: Phrases
    posted: Phrases
    of_somebody: frozenset[str]
    bodies: frozenset[str]
    private_bodies: frozenset[str]
    not_organisations: frozenset[str]
    joined: frozenset[tuple[str, str]]
    """The words on either side of an «و»."""
    against: frozenset[str]
    own_country: frozenset[str]
    ends: frozenset[str]


@dataclass(frozen=True, slots=True)
class PeopleLexicon:
    """How people are named."""

    titles: Phrases
    not_people: frozenset[str]
    given: Phrases
    common: frozenset[str]
    links: frozenset[str]
    second: frozenset[str]
    not_family: frozenset[str]
    holders: Mapping[str, tuple[_Words, ...]]
    """By the last word of a known form: the offices that are theirs."""
    known: Phrases
    countries: Mapping[_Words, str]
    """Of the known forms' words."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Words at which a rule looks closer: what a walk over a passage asks of each word, in one look-up."""

    reports: frozenset[str]
    sources: frozenset[str]
    unnamed: frozenset[str]
    nouns: frozenset[str]
    people: frozenset[str]
    speech: frozenset[str]
    taken_up: frozenset[str]


@dataclass(frozen=True, slots=True)
class ActorsLexicon:
    """All of it."""

    sources: SourceLexicon
    speech: SpeechLexicon
    roles: RoleLexicon
    people: PeopleLexicon
    cues: "Cues"
    prepositions: frozenset[str]
    stops: frozenset[str]
    """Words that belong to no name."""


def load_actors_lexicon(folder: Path) -> ActorsLexicon:
    """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
    plain = _read(folder / "words.toml", PlainWords)
    sources = _sources(_read(folder / "sources.toml", SourceWords))
    speech = _speech(_read(folder / "speech.toml", SpeechWords))
    roles = _roles(_read(folder / "roles.toml", RoleWords))
    people = _people(_read(folder / "people.toml", PeopleWords))
    unnamed = sources.unnamed_heads.firsts | sources.unnamed_counts.firsts
    return ActorsLexicon(
        sources=sources,
        speech=speech,
        roles=roles,
        people=people,
        cues=Cues(
            reports=sources.reported_by.firsts | sources.said_by.firsts,
            sources=unnamed | sources.outlet_words.firsts | sources.same_outlet.firsts,
            unnamed=unnamed,
            nouns=sources.unnamed_heads.firsts | sources.outlet_words.firsts,
            people=roles.heads.firsts | people.given.firsts | people.known.firsts | people.titles.firsts,
            speech=speech.verbs.firsts | speech.nouns.firsts,
            taken_up=speech.pronouns.firsts | speech.demonstratives.firsts | speech.demonstratives_of_sources.firsts,
        ),
        prepositions=words_in(plain.prepositions),
        stops=words_in((*plain.prepositions, *plain.others)),
    )


def _read[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    document = read_toml(path, "the lexicon")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise refusal(problems_of(str(path), error)) from error


def _sources(words: SourceWords) -> SourceLexicon:
    return SourceLexicon(
        reported_by=Phrases(words.reported_by),
        said_by=Phrases(words.said_by),
        onward=Phrases(words.onward),
        reporters=Phrases(words.reporters),
        own=words_in(words.own),
        outlet_words=Phrases(words.outlet_words),
        weak_outlet_words=words_in(words.weak_outlet_words),
        same_outlet=Phrases(words.same_outlet),
        organisation_words=Phrases(words.organisation_words),
        unnamed_heads=Phrases(words.unnamed_heads),
        unnamed_counts=Phrases(words.unnamed_counts),
        unnamed_modifiers=words_in(words.unnamed_modifiers),
        report_verbs=Phrases(words.report_verbs),
        not_subject_after=words_in(words.not_subject_after),
        interviews=Phrases(words.interviews),
        signatures=Phrases(words.signatures),
        announcing=Phrases(words.announcing),
        own_signatures=frozenset(words.own_signatures),
        heads=Phrases(form for forms in words.heads.values() for form in forms),
        head_ids={
            spelling: outlet for outlet, forms in words.heads.items() for form in forms for spelling in spellings(form)
        },
    )


def _speech(words: SpeechWords) -> SpeechLexicon:
    return SpeechLexicon(
        verbs=Phrases(words.verbs),
        auxiliaries=words_in(words.auxiliaries),
        nouns=Phrases(words.nouns),
        light_verbs=Phrases(words.light_verbs),
        becoming=words_in(words.becoming),
        weak_nouns=words_in(words.weak_nouns),
        between={noun: before for before, nouns in words.between.items() for noun in words_in(nouns)},
        pronouns=Phrases(words.pronouns),
        demonstratives=Phrases(words.demonstratives),
        demonstratives_of_sources=Phrases(words.demonstratives_of_sources),
        not_subject_after=words_in(words.not_subject_after),
        footers=Phrases(words.footers),
        announcing=Phrases(words.announcing),
        said_by=Phrases(words.said_by),
    )


def _roles(words: RoleWords) -> RoleLexicon:
    return RoleLexicon(
        heads=Phrases((*words.official, *words.shared)),
        shared=Phrases(words.shared),
        private=Phrases(words.private),
        foreign=Phrases(words.foreign),
        alone=Phrases(words.alone),
        posted=Phrases(words.posted),
        of_somebody=words_in(words.of_somebody),
        bodies=words_in(words.bodies),
        private_bodies=words_in(words.private_bodies),
        not_organisations=words_in(words.not_organisations),
        joined=frozenset(
            (left, right)
            for phrase in words.joined
            for spelling in spellings(phrase)
            for left, word, right in zip(spelling, spelling[1:], spelling[2:], strict=False)
            if word == "و"
        ),
        against=words_in(words.against),
        own_country=words_in(words.own_country),
        ends=words_in(words.ends),
    )


def _people(words: PeopleWords) -> PeopleLexicon:
    return PeopleLexicon(
        titles=Phrases(words.titles),
        not_people=words_in(words.not_people),
        given=Phrases(words.given),
        common=words_in(words.common),
        links=words_in(words.links),
        second=words_in(words.second),
        not_family=words_in(words.not_family),
        holders=_holders(words.holders),
        known=Phrases(form for forms in words.known.values() for form in forms),
        countries={
            spelling: country
            for country, forms in words.known.items()
            if country != "XX"
            for form in forms
            for spelling in spellings(form)
        },
    )


def _holders(offices: Mapping[str, _Words]) -> dict[str, tuple[_Words, ...]]:
    held: dict[str, tuple[_Words, ...]] = {}
    for office, forms in offices.items():
        for words in {spelling for form in forms for spelling in spellings(form)}:
            held[words[-1]] = (*held.get(words[-1], ()), *sorted(spellings(office)))
    return held
