"""Trigger phrases: words and light-verb phrases that say what happened, found in the sentences of a reading.

Knows nothing of what a kind means; `workers.enrich.phrases` says how a phrase is written.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ingest.service.toml_document import Problem, refusal, shown
from workers.enrich.phrases import Phrase, phrases_of
from workers.enrich.reading import Passage, Sentence, Spot
from workers.enrich.verbs import Verbs

type ClassName = Annotated[str, Field(min_length=1)]
type Pattern = Annotated[str, Field(min_length=1)]


class TriggerRule(BaseModel):
    """What a rule of any kind has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """The phrases that say it."""
    near: tuple[ClassName, ...] = ()
    """Classes of `words` of which each must have a word in the sentence."""
    without: tuple[ClassName, ...] = ()
    """Classes of which none may."""


class TriggerFile(BaseModel):
    """What a file of rules has beside them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: tuple[Pattern, ...] = ()
    """Phrases that hold a trigger and mean something else."""
    words: dict[ClassName, tuple[Pattern, ...]] = Field(default_factory=dict)
    """Classes of words and phrases."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase in a sentence; `places` are indexes into the passage's words, in order."""

    rule: int
    """Index among the rules."""
    passage: int
    sentence: Sentence
    places: tuple[int, ...]
    negative: bool = False
    """Whether the phrase itself holds the negation: «ویزا نداد» did happen."""
    others: tuple[int, ...] = ()
    """Rules of other phrases that hold here and share a word with it."""

    def spot(self, passage: Passage) -> Spot:
        """Return where it stands, from its first to its last word."""
        return Spot(self.passage, passage.starts[self.places[0]], passage.ends[self.places[-1]])


class _Entry(NamedTuple):
    """A phrase with what it is for: a rule, a class of words, or neither, to hide other phrases."""

    phrase: Phrase
    rule: int | None
    of_class: str | None
    before: frozenset[str] | None = None
    after: frozenset[str] | None = None
    """What must stand right beside the phrase's anchor: half of all phrases are ruled out by that."""


class _Match(NamedTuple):
    places: tuple[int, ...]
    rule: int | None
    negative: bool


class Triggers:
    """The phrases of a file's rules, ready to be found; build once per process."""

    def __init__(self, rules: Sequence[TriggerRule], entries: Iterable[_Entry]) -> None:
        index: dict[str, list[_Entry]] = defaultdict(list)
        classes: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            for form in entry.phrase.tokens[entry.phrase.anchor].forms:
                if entry.of_class is not None and len(entry.phrase.tokens) == 1:
                    classes[form].add(entry.of_class)
                else:
                    index[form].append(entry)
        self._classes = dict(classes)
        self._rules = rules
        self._index = {form: tuple(found) for form, found in index.items()}
        self._saying = frozenset(
            form for form, found in index.items() if any(entry.rule is not None for entry in found)
        )

    def find(self, number: int, passage: Passage, sentence: Sentence) -> tuple[Hit, ...]:
        """Return what the rules say in a sentence, in order: of phrases that share a word the longest."""
        first = sentence.first
        if not _within(passage.places_of(self._saying), sentence):
            return ()
        texts, last = passage.texts, sentence.last
        matches: list[_Match] = []
        classes: set[str] = set()
        for at in _within(passage.places_of(self._classes), sentence):
            classes |= self._classes[texts[at]]
        for at in _within(passage.places_of(self._index), sentence):
            for phrase, rule, of_class in self._fitting(texts, at, sentence):
                if of_class is not None and of_class in classes:
                    continue
                if not (places := phrase.places(texts, at, first, last)):
                    continue
                if of_class is None:
                    matches.append(_Match(places, rule, phrase.negative))
                else:
                    classes.add(of_class)
        if not matches:
            return ()
        return tuple(
            Hit(match.rule, number, sentence, match.places, match.negative, others)
            for match, others in _longest(matches, self._rules, classes)
            if match.rule is not None
        )

    def _fitting(
        self, texts: Sequence[str], at: int, sentence: Sentence
    ) -> Sequence[tuple[Phrase, int | None, str | None]]:
        """Return the phrases looked for by a word that the words beside it do not rule out."""
        left = texts[at - 1] if at > sentence.first else ""
        right = texts[at + 1] if at + 1 < sentence.last else ""
        return [
            (phrase, rule, of_class)
            for phrase, rule, of_class, before, after in self._index[texts[at]]
            if (after is None or right in after) and (before is None or left in before)
        ]


def _within(places: Sequence[int], sentence: Sentence) -> Sequence[int]:
    """Return those of the places, which are in order, that lie in a sentence."""
    if not places or places[-1] < sentence.first or places[0] >= sentence.last:
        return ()
    first = bisect_left(places, sentence.first)
    return places[first : bisect_left(places, sentence.last, first)]


def build_triggers(source: Path, file: TriggerFile, rules: Sequence[TriggerRule], verbs: Verbs) -> Triggers:
    """Return the triggers of a file. Raises UsageError that lists every bad phrase and unknown class, a line each."""
    problems: list[Problem] = []
    entries: list[_Entry] = []
    for key, pattern, rule, of_class in _patterns(file, rules):
        try:
            entries += [_Entry(phrase, rule, of_class) for phrase in phrases_of(pattern, verbs)]
        except ValueError as error:
            problems.append(Problem(str(source), key, shown(pattern), str(error)))
    for at, each in enumerate(rules):
        problems += [
            Problem(str(source), f"rule[{at}].{key}", shown(name), "is no class of [words]")
            for key in ("near", "without")
            for name in getattr(each, key)
            if name not in file.words
        ]
    if problems:
        raise refusal(problems)
    popularity = Counter(form for entry in entries for token in entry.phrase.tokens for form in token.forms)
    return Triggers(rules, [_anchored(entry, popularity) for entry in entries])


def _anchored(entry: _Entry, popularity: Mapping[str, int]) -> _Entry:
    phrase = entry.phrase.anchored(popularity)
    before, after = phrase.beside
    return entry._replace(phrase=phrase, before=before, after=after)


def _patterns(file: TriggerFile, rules: Sequence[TriggerRule]) -> Iterator[tuple[str, str, int | None, str | None]]:
    """Yield every phrase of a file with its key, rule and class."""
    for at, rule in enumerate(rules):
        for place, pattern in enumerate(rule.say):
            yield f"rule[{at}].say[{place}]", pattern, at, None
    for name, patterns in file.words.items():
        for place, pattern in enumerate(patterns):
            yield f"words.{name}[{place}]", pattern, None, name
    for place, pattern in enumerate(file.hidden):
        yield f"hidden[{place}]", pattern, None, None


def _longest(
    matches: Iterable[_Match], rules: Sequence[TriggerRule], classes: set[str]
) -> list[tuple[_Match, tuple[int, ...]]]:
    """Return the matches whose rules hold, in order: of those that share a word the foremost, with the other rules."""
    holding = [
        match
        for match in matches
        if match.rule is None
        or (classes.issuperset(rules[match.rule].near) and classes.isdisjoint(rules[match.rule].without))
    ]
    holding.sort(key=_precedence)
    owners: dict[int, _Match] = {}
    kept: dict[_Match, list[int]] = {}
    for match in holding:
        shared = next((owners[place] for place in match.places if place in owners), None)
        if shared is None:
            owners.update(dict.fromkeys(match.places, match))
            kept[match] = []
        elif match.rule is not None:
            kept[shared].append(match.rule)
    return sorted(((match, tuple(others)) for match, others in kept.items()), key=lambda each: each[0].places)


def _precedence(match: _Match) -> tuple[int, bool, int, int, tuple[int, ...]]:
    """Return what puts a match before others: more words, hiding others, standing closer, an earlier rule, place."""
    width = match.places[-1] - match.places[0]
    return -len(match.places), match.rule is not None, width, match.rule or 0, match.places
