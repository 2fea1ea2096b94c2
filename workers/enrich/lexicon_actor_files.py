"""The files of `seeds/lexicon` by which sources, persons and quotes are found: their keys.

Knows nothing of what a key's words are for.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

type Words = tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceWords(_File):
    """`sources.toml`."""

    reported_by: Words
    said_by: Words
    announced_by: Words
    statements: Words
    stating: Words
    onward: Words
    quoting: Words
    reporters: Words
    desks: Words
    own: Words
    outlet_words: Words
    outlet_endings: Words
    joined_endings: Words
    weak_outlet_words: Words
    same_outlet: Words
    organisation_words: Words
    unnamed_heads: Words
    unnamed_counts: Words
    unnamed_modifiers: Words
    not_sources: Words
    report_verbs: Words
    not_subject_after: Words
    interviews: Words
    telling: Words
    signatures: Words
    announcing: Words
    own_signatures: Words
    heads: Mapping[str, Words]


class SpeechWords(_File):
    """`speech.toml`."""

    verbs: Words
    auxiliaries: Words
    nouns: Words
    light_verbs: Words
    becoming: Words
    continuing: Words
    with_object: Words
    wishes: Words
    weak_nouns: Words
    between: Mapping[str, Words]
    pronouns: Words
    demonstratives: Words
    demonstratives_of_sources: Words
    not_subject_after: Words
    footers: Words
    connecting: Words
    papers: Words
    announcing: Words
    said_by: Words


class RoleWords(_File):
    """`roles.toml`."""

    official: Words
    shared: Words
    private: Words
    foreign: Words
    alone: Words
    whole: Words
    these: Words
    quoted: Words
    regions: Words
    posted: Words
    missions: Words
    of_somebody: Words
    bodies: Words
    private_bodies: Words
    not_organisations: Words
    joined: Words
    listed: Words
    across: Mapping[str, Words]
    fields: Words
    finite: Words
    light: Words
    callings: Words
    companions: Words
    own_country: Words
    ends: Words


class PeopleWords(_File):
    """`people.toml`."""

    titles: Words
    not_people: Words
    given: Words
    compounds: Words
    not_given: Words
    common: Words
    links: Words
    second: Words
    not_family: Words
    holders: Mapping[str, Words]
    known: Mapping[str, Words]


class UsualWords(_File):
    """`usual.toml`."""

    words: Words


class PlainWords(_File):
    """`words.toml`."""

    prepositions: Words
    others: Words
