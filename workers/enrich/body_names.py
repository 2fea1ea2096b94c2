"""Where the name of a body goes on or ends, behind the words that may be of it: lists, owners, places, verbs.

Knows nothing of which bodies there are. Indexes are of a passage's words; an end is the index behind the last word.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from workers.enrich.kind_words import Ends, NamedPassage, stays
from workers.enrich.lexicon import Phrase, Phrases, load_lexicon
from workers.enrich.lexicon_actor_files import PlainWords, RoleWords, UsualWords
from workers.enrich.reading import Passage, folded
from workers.enrich.verbs import Verb, VerbFile
from workers.enrich.wordforms import Mood, verb_forms

_COMMA, _AND = "،", "و"
_LONGEST_ITEM = 2
_OF_WHAT = "های"
"""The ending of a plural of which the words behind it say what it is of."""


class NameFile(BaseModel):
    """How names go on, in `organisations.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    described: Phrases
    nouns: Phrases
    joined: Phrases
    owners: Mapping[Phrase, Phrases]


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words by which names of bodies go on or end."""

    fields: frozenset[str]
    """What bodies are for: «معدن», «تجارت»."""
    light: frozenset[str]
    """Verbs that a noun before them makes whole: «کرد»."""
    usual: frozenset[str]
    """Words so usual that they are of a sentence before a verb."""
    joined: frozenset[tuple[str, str]]
    """Words around an «و» or a comma that parts no two bodies: «راه و شهرسازی»."""
    owners: Mapping[str, frozenset[str]]
    """Words that end a name as whose it is, each with those that still follow: «مجلس»."""

    @classmethod
    def load(cls, folder: Path, file: NameFile) -> Self:
        """Return the words of a folder. Raises UsageError that names file, key and reason."""
        roles = load_lexicon(folder / "roles.toml", RoleWords)
        usual = load_lexicon(folder / "usual.toml", UsualWords)
        light = {folded(word) for word in roles.light}
        verbs = load_lexicon(folder / "verbs.toml", VerbFile).verb
        light.update(_finite(verb for verb in verbs if folded(verb.past) in light))
        return cls(
            frozenset(map(folded, (*roles.fields, *file.described))),
            frozenset(light).difference(file.nouns),
            frozenset(map(folded, usual.words)),
            _joined((*roles.joined, *file.joined), roles.listed),
            {owner: frozenset(after) for owner, after in file.owners.items()},
        )


def sentence_words(folder: Path) -> frozenset[str]:
    """Return the words and forms of verbs that are of no name; a past stem alone may be a noun: «مرکز خرید»."""
    plain = load_lexicon(folder / "words.toml", PlainWords)
    verbs = load_lexicon(folder / "verbs.toml", VerbFile).verb
    return frozenset((*map(folded, (*plain.prepositions, *plain.others)), *_finite(verbs)))


def _joined(by_and: Iterable[str], by_comma: Iterable[str]) -> frozenset[tuple[str, str]]:
    pairs = (*(pair.partition(" و ")[::2] for pair in by_and), *(pair.partition(" ")[::2] for pair in by_comma))
    return frozenset((folded(first.split(" ")[-1]), folded(second.split(" ")[0])) for first, second in pairs if second)


def _finite(verbs: Iterable[Verb]) -> Iterator[str]:
    for verb in verbs:
        stem = folded(verb.past)
        for text, form in verb_forms(verb.past, verb.present).items():
            if form.mood is not Mood.INFINITIVE and text != stem:
                yield text


def begins(named: NamedPassage, at: int, ends: Ends, words: NameWords) -> bool:
    """Tell whether a name may begin at a word, where nothing but its place tells that it is one."""
    if not stays(named, at, ends):
        return False
    text = named.passage.texts[at]
    return text not in words.usual and text not in words.fields and text not in ends.generic


def past_list(passage: Passage, end: int, words: NameWords, ministry: bool = False) -> int:
    """Return the end of what a body is for, when a list of it goes on: «وزارت صنعت، معدن و تجارت».

    Behind a `ministry` another one may stand, so only words that are one ministry's go on.
    """
    texts, at = passage.texts, end
    if ministry and (texts[end - 1], *texts[end + 1 : end + 2]) not in words.joined:
        return end
    if ministry and texts[end] == _AND:
        return _past_fields(passage, end + 1, words)  # «وزارت راه و ترابری»
    while at + 1 < len(texts) and texts[at] == _COMMA and texts[at + 1] in words.fields:
        at = _past_fields(passage, at + 1, words)
    if at > end and at + 1 < len(texts) and texts[at] == _AND and texts[at + 1] in words.fields:
        return _past_fields(passage, at + 1, words)
    return end


def _past_fields(passage: Passage, at: int, words: NameWords) -> int:
    end = at + 1
    while end < min(at + _LONGEST_ITEM, len(passage.texts)) and passage.texts[end] in words.fields:
        end += 1
    return end


def past_place(named: NamedPassage, end: int, ends: Ends, furthest: int) -> int:
    """Return the end of a name that goes on to a place with words that may all be of it; else `end`.

    «شرکت ملی صنایع مس ایران»; `furthest` is how many words may stand before the place.
    """
    for at in range(end, end + furthest + 1):
        last = named.place_end(at)
        if last is not None:
            return last
        if not stays(named, at, ends):
            break
    return end


def to_owner(named: NamedPassage, at: int, end: int, words: NameWords) -> int:
    """Return the end of a name at the owner that it holds, or that stands right behind it: «کمیسیون عمران مجلس»."""
    texts = named.passage.texts
    for place in range(at, min(end + 1, len(texts))):
        after = words.owners.get(texts[place])
        if after is None or texts[place - 1] == _AND or named.name_at(place) is not None:
            continue
        following = texts[place + 1] if place + 1 < len(texts) else ""
        return max(end, place + 1) if following in after else place + 1
    return end


def to_fields(named: NamedPassage, at: int, end: int, words: NameWords) -> int:
    """Return the end of a ministry's name: what it is for, of which the first word may be any, and a place."""
    texts = named.passage.texts
    for place in range(at + 1, end):
        goes_on = texts[place] in words.fields or _AND in {texts[place], texts[place - 1]}
        if not goes_on and named.name_at(place) is None:
            return place
    return end


def before_verb(passage: Passage, at: int, end: int, words: NameWords) -> int | None:
    """Return the end of a name without the noun of the verb behind it; None where nothing of it is left.

    «سازمان سبزآب تاسیس شد» names «سازمان سبزآب», and «سازمان تاسیس شد» none.
    """
    texts = passage.texts
    if end < len(texts) and texts[end] in words.light and texts[end - 1] in words.usual:
        return end - 1 if end - 1 > at and texts[end - 2] != _AND else None
    if end - 2 > at and texts[end - 2] == _AND and texts[end - 1].endswith(_OF_WHAT):
        return end - 2  # «دانشگاه سبزآب و دستگاه‌های دیگر»
    return end
