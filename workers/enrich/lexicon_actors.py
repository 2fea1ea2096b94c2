"""The words by which sources, persons and quotes are found: four files of `seeds/lexicon`, checked and folded.

Knows nothing of articles. Build once per process: `load_actors_lexicon(seeds_dir() / "lexicon")`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ingest.service.toml_document import problems_of, read_toml, refusal
from workers.enrich.lexicon_actor_files import (
    PeopleWords,
    PlainWords,
    RoleWords,
    SourceWords,
    SpeechWords,
    UsualWords,
    Words,
)
from workers.enrich.phrases import Phrases, spellings, words_in
from workers.enrich.verbs import Verbs, load_verbs
from workers.enrich.wordforms import Mood

_ENDINGS = ("م", "ند", "ه")


@dataclass(frozen=True, slots=True)
class SourceLexicon:
    """How sources are named."""

    reported_by: Phrases
    said_by: Phrases
    announced_by: Phrases
    statements: Phrases
    stating: frozenset[str]
    onward: Phrases
    quoting: Phrases
    reporters: Phrases
    desks: frozenset[str]
    """The parts of an outlet that report."""
    own: frozenset[str]
    outlet_words: Phrases
    outlet_endings: frozenset[str]
    """The last words of outlets' names."""
    joined_endings: tuple[str, ...]
    """Those that also end a word."""
    weak_outlet_words: frozenset[str]
    same_outlet: Phrases
    organisation_words: Phrases
    unnamed_heads: Phrases
    unnamed_counts: Phrases
    unnamed_modifiers: frozenset[str]
    not_sources: frozenset[str]
    report_verbs: Phrases
    not_subject_after: frozenset[str]
    interviews: Phrases
    telling: frozenset[str]
    signatures: Phrases
    announcing: Phrases
    own_signatures: frozenset[str]
    """Ids of outlets."""
    heads: Phrases
    head_ids: Mapping[Words, str]
    """Of the heads' words."""


@dataclass(frozen=True, slots=True)
class SpeechLexicon:
    """How speech is said."""

    verbs: Phrases
    auxiliaries: frozenset[str]
    nouns: Phrases
    light_verbs: Phrases
    becoming: frozenset[str]
    continuing: frozenset[str]
    with_object: frozenset[str]
    wishes: frozenset[str]
    weak_nouns: frozenset[str]
    between: Mapping[str, str]
    """By the noun of a verb: the preposition before what is said."""
    pronouns: Phrases
    demonstratives: Phrases
    demonstratives_of_sources: Phrases
    not_subject_after: frozenset[str]
    footers: Phrases
    connecting: Phrases
    papers: frozenset[str]
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
    whole: Phrases
    """Of them, those behind which only an adjective or a country goes on."""
    these: frozenset[str]
    """After «این»: what an office is of, «سخنگوی این سازمان»."""
    quoted: frozenset[str]
    """Before quotation marks: the body in them belongs to the office."""
    regions: frozenset[str]
    """After «در»: where somebody is posted that is no state."""
    posted: Phrases
    missions: frozenset[str]
    """Bodies whose place belongs to the office."""
    of_somebody: frozenset[str]
    bodies: frozenset[str]
    private_bodies: frozenset[str]
    not_organisations: frozenset[str]
    joined: frozenset[tuple[str, str]]
    """The words on either side of an «و»."""
    listed: frozenset[tuple[str, str]]
    """The words on either side of a comma."""
    across: frozenset[tuple[str, str]]
    """A word of an office and the preposition that goes on with it: «مبارزه با»."""
    fields: frozenset[str]
    """What ministries and departments are for: «راه», «تجارت»."""
    finite: frozenset[str]
    """Verbs that end an office."""
    light: frozenset[str]
    """Of the verbs, those that a noun before them makes whole."""
    callings: Phrases
    """Of the heads: offices only with a body."""
    companions: frozenset[str]
    """After «و»: others than the holder."""
    own_country: frozenset[str]
    ends: frozenset[str]


@dataclass(frozen=True, slots=True)
class PeopleLexicon:
    """How people are named."""

    titles: Phrases
    not_people: frozenset[str]
    given: Phrases
    not_given: frozenset[str]
    """With which no name begins that no list knows."""
    common: frozenset[str]
    links: frozenset[str]
    second: frozenset[str]
    not_family: frozenset[str]
    usual: frozenset[str]
    """Words so usual that no family name is one."""
    holders: Mapping[str, tuple[Words, ...]]
    """By the last word of a known form: the offices that are theirs."""
    known: Phrases
    countries: Mapping[Words, str]
    """Of the known forms' words."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Words at which a rule looks closer: what a walk over a passage asks of each word, in one look-up."""

    reports: frozenset[str]
    sources: frozenset[str]
    unnamed: frozenset[str]
    other_sources: frozenset[str]
    """Every word with which a reporter, an unnamed source or a body begins that is no name of the gazetteers."""
    nouns: frozenset[str]
    people: frozenset[str]
    speech: frozenset[str]
    taken_up: frozenset[str]
    after_names: frozenset[str]
    """What may stand right behind somebody who speaks."""


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
    roles = _roles(_read(folder / "roles.toml", RoleWords), load_verbs(folder))
    people = _people(_read(folder / "people.toml", PeopleWords), _read(folder / "usual.toml", UsualWords))
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
            other_sources=unnamed | sources.reporters.firsts | sources.organisation_words.firsts,
            nouns=sources.unnamed_heads.firsts | sources.outlet_words.firsts,
            people=roles.heads.firsts | people.given.firsts | people.known.firsts | people.titles.firsts,
            speech=speech.verbs.firsts | speech.nouns.firsts,
            after_names=speech.verbs.firsts | speech.nouns.firsts | {"در", "با", "نیز", "هم", "همچنین"},
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
        announced_by=Phrases(words.announced_by),
        statements=Phrases(words.statements),
        stating=words_in(words.stating),
        onward=Phrases(words.onward),
        quoting=Phrases(words.quoting),
        reporters=Phrases((*words.reporters, *words.desks)),
        desks=words_in(words.desks),
        own=words_in(words.own),
        outlet_words=Phrases(words.outlet_words),
        outlet_endings=words_in(words.outlet_endings),
        joined_endings=tuple(words_in(words.joined_endings)),
        weak_outlet_words=words_in(words.weak_outlet_words),
        same_outlet=Phrases(words.same_outlet),
        organisation_words=Phrases(words.organisation_words),
        unnamed_heads=Phrases(words.unnamed_heads),
        unnamed_counts=Phrases(words.unnamed_counts),
        unnamed_modifiers=words_in(words.unnamed_modifiers),
        not_sources=words_in(words.not_sources),
        report_verbs=Phrases(words.report_verbs),
        not_subject_after=words_in(words.not_subject_after),
        interviews=Phrases(words.interviews),
        telling=words_in(words.telling),
        signatures=Phrases(words.signatures),
        announcing=Phrases(words.announcing),
        own_signatures=frozenset(words.own_signatures),
        heads=Phrases(form for forms in words.heads.values() for each in forms for form in _joined(each)),
        head_ids={
            spelling: outlet
            for outlet, forms in words.heads.items()
            for each in forms
            for form in _joined(each)
            for spelling in spellings(form)
        },
    )


def _joined(form: str) -> tuple[str, ...]:
    """Return a name as it is, and with its words joined as normalization joins some: «واشنگتن‌تایمز»."""
    return (form, form.replace(" ", "\u200c")) if form.count(" ") == 1 else (form,)


def _speech(words: SpeechWords) -> SpeechLexicon:
    return SpeechLexicon(
        verbs=Phrases(words.verbs),
        auxiliaries=words_in(words.auxiliaries),
        nouns=Phrases(words.nouns),
        light_verbs=Phrases(words.light_verbs),
        becoming=words_in(words.becoming),
        continuing=words_in(words.continuing),
        with_object=words_in(words.with_object),
        wishes=words_in(words.wishes),
        weak_nouns=words_in(words.weak_nouns),
        between={noun: before for before, nouns in words.between.items() for noun in words_in(nouns)},
        pronouns=Phrases(words.pronouns),
        demonstratives=Phrases(words.demonstratives),
        demonstratives_of_sources=Phrases(words.demonstratives_of_sources),
        not_subject_after=words_in(words.not_subject_after),
        footers=Phrases(words.footers),
        connecting=Phrases(words.connecting),
        papers=words_in(words.papers),
        announcing=Phrases(words.announcing),
        said_by=Phrases(words.said_by),
    )


def _roles(words: RoleWords, verbs: Verbs) -> RoleLexicon:
    return RoleLexicon(
        heads=Phrases((*words.official, *words.shared)),
        shared=Phrases(words.shared),
        private=Phrases(words.private),
        foreign=Phrases(words.foreign),
        alone=Phrases(words.alone),
        whole=Phrases(words.whole),
        these=words_in(words.these),
        quoted=words_in(words.quoted),
        regions=words_in(words.regions),
        posted=Phrases(words.posted),
        missions=words_in(words.missions),
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
        listed=frozenset((spelling[0], spelling[-1]) for phrase in words.listed for spelling in spellings(phrase)),
        across=frozenset(
            (word, preposition) for preposition, before in words.across.items() for word in words_in(before)
        ),
        fields=words_in(words.fields),
        finite=words_in((*words.finite, *words.light)) | _told(verbs),
        light=words_in(words.light),
        callings=Phrases(words.callings),
        companions=words_in(words.companions),
        own_country=words_in(words.own_country),
        ends=words_in(words.ends),
    )


def _told(verbs: Verbs) -> frozenset[str]:
    """Return the verb forms that are no nouns, as «ساخت» is: «داشتم», «خواسته», «بخواهم»."""
    told = {Mood.FACT, Mood.SUBJUNCTIVE}
    return frozenset(text for text, form in verbs.forms.items() if form.mood in told and text.endswith(_ENDINGS))


def _people(words: PeopleWords, usual: UsualWords) -> PeopleLexicon:
    return PeopleLexicon(
        titles=Phrases(words.titles),
        not_people=words_in(words.not_people),
        given=Phrases((*words.given, *_compounds(words))),
        not_given=words_in(words.not_given),
        common=words_in(words.common),
        links=words_in(words.links),
        second=words_in(words.second),
        not_family=words_in(words.not_family),
        usual=words_in(usual.words),
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


def _compounds(words: PeopleWords) -> Iterator[str]:
    """Yield the given names of two: «سیدرضا», «محمدامین»."""
    usual = frozenset(words.common)
    return (f"{first}\u200c{name}" for first in words.compounds for name in words.given if name not in usual)


def _holders(offices: Mapping[str, Words]) -> dict[str, tuple[Words, ...]]:
    held: dict[str, tuple[Words, ...]] = {}
    for office, forms in offices.items():
        for words in {spelling for form in forms for spelling in spellings(form)}:
            held[words[-1]] = (*held.get(words[-1], ()), *sorted(spellings(office)))
    return held
