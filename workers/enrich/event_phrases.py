"""Phrases as the lexicons write them, and where one stands in a sentence.

Knows nothing of rules. A phrase is words with one space between them: `پرواز+` is a noun with any suffix, `@شدن` any
form of a verb of `verbs.toml`, `!شدن` any negative one, `a|b` one of two, and `…` lets a few words stand between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.lexicon import load_lexicon
from workers.enrich.reading import Sentence, Word, folded
from workers.enrich.wordforms import VerbForm, noun_forms, verb_forms

GAP = "…"
GAP_WORDS = 7
"""How many words may stand in a gap: an object with its adjectives, not another clause."""
_VERB_GAP = 1
"""«خواهد» may stand before any verb: «لغو خواهد شد»."""
_VERB_MARKS = ("@", "!")
_CLAUSE_MARKS = frozenset("؛;:")
_COMMON = frozenset(
    {"به", "از", "در", "با", "بر", "را", "که", "و", "تا", "برای", "یک", "هر", "این", "ان", "خود", "هدف", "مورد"}
    | {"درخواست", "پیگیری", "حمایت", "کمک", "مشکلات", "تسهیلات"}
)
"""Words that are everywhere in news: a phrase is looked for by another of its words."""

type Pattern = Annotated[str, Field(min_length=1)]


class Verb(BaseModel):
    """A verb by its infinitive and stems."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    infinitive: Annotated[str, Field(min_length=1)]
    past: Annotated[str, Field(min_length=1)]
    present: Annotated[str, Field(min_length=1)]


class VerbFile(BaseModel):
    """What `verbs.toml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: Annotated[tuple[Verb, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Verbs:
    """All verb forms, folded."""

    by_infinitive: Mapping[str, Mapping[str, VerbForm]]
    forms: Mapping[str, VerbForm]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a phrase: the forms that it may have, and how many words may stand before it."""

    forms: frozenset[str]
    gap: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, and the word by which it is looked for."""

    tokens: tuple[Token, ...]
    anchors: tuple[int, ...]
    """Words by which it may be looked for: no verbs and no words that every sentence has, where it has others."""
    anchor: int

    def anchored(self, popularity: Mapping[str, int]) -> "Phrase":
        """Return the phrase looked for by that word which the fewest phrases share."""
        best = min(self.anchors, key=lambda at: max(popularity[form] for form in self.tokens[at].forms))
        return replace(self, anchor=best)

    def places(self, words: Sequence[Word], sentence: Sentence, at: int) -> tuple[int, ...]:
        """Return where its words stand when its anchor stands at an index; empty if it is not there."""
        before: list[int] = []
        place = at
        for index in range(self.anchor - 1, -1, -1):
            place = _before(words, sentence, place, self.tokens[index].forms, self.tokens[index + 1].gap)
            if place < 0:
                return ()
            before.append(place)
        after: list[int] = []
        place = at
        for token in self.tokens[self.anchor + 1 :]:
            place = _after(words, sentence, place, token)
            if place < 0:
                return ()
            after.append(place)
        return (*reversed(before), at, *after)


def load_verbs(folder: Path) -> Verbs:
    """Return the verbs of `verbs.toml`. Raises UsageError that lists every fault."""
    verbs = load_lexicon(folder / "verbs.toml", VerbFile).verb
    by_infinitive = {verb.infinitive: verb_forms(verb.past, verb.present) for verb in verbs}
    forms: dict[str, VerbForm] = {}
    for each in by_infinitive.values():
        for text, form in each.items():
            forms.setdefault(text, form)
    return Verbs(by_infinitive, forms)


def phrase_of(pattern: str, verbs: Verbs) -> Phrase:
    """Return the phrase of a pattern. Raises ValueError that says what is wrong with it."""
    tokens: list[Token] = []
    anchors: list[int] = []
    gap = 0
    for part in pattern.split(" "):
        if part == GAP and tokens:
            gap = GAP_WORDS
            continue
        is_verb = part.startswith(_VERB_MARKS)
        token = Token(_forms(part, verbs), max(gap, _VERB_GAP if is_verb else 0))
        if not is_verb and not token.forms <= _COMMON:
            anchors.append(len(tokens))
        tokens.append(token)
        gap = 0
    if gap:
        raise ValueError("must begin and end with a word")
    usable = tuple(anchors) or tuple(range(len(tokens)))
    return Phrase(tuple(tokens), usable, usable[0])


def _forms(part: str, verbs: Verbs) -> frozenset[str]:
    forms: set[str] = set()
    for word in part.split("|"):
        if word.startswith(_VERB_MARKS):
            if word[1:] not in verbs.by_infinitive:
                raise ValueError(f"{word[1:]} is no verb of verbs.toml")
            each = verbs.by_infinitive[word[1:]].items()
            forms.update(text for text, form in each if form.negative or word[0] == "@")
            continue
        if not word.strip("+") or GAP in word:
            raise ValueError("must be words with one space between them, and begin and end with a word")
        written = noun_forms(word[:-1]) if word.endswith("+") else {folded(word)}
        forms.update(written)
        forms.update(form.replace(ZWNJ, "") for form in written)
    return frozenset(forms)


def _after(words: Sequence[Word], sentence: Sentence, place: int, token: Token) -> int:
    for at in range(place + 1, min(sentence.last, place + 2 + token.gap)):
        if words[at].text in token.forms:
            return at
        if words[at].text in _CLAUSE_MARKS:
            return -1
    return -1


def _before(words: Sequence[Word], sentence: Sentence, place: int, forms: frozenset[str], gap: int) -> int:
    for at in range(place - 1, max(sentence.first - 1, place - 2 - gap), -1):
        if words[at].text in forms:
            return at
        if words[at].text in _CLAUSE_MARKS:
            return -1
    return -1
