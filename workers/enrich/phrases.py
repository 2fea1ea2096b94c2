"""Phrases as the lexicons write them, and where one stands in a run of folded words.

Knows nothing of what a phrase means. A phrase is words with one space between them; a ZWNJ also stands for a space or
for nothing, as writers have it. `پرواز+` is a noun with any suffix, `@شدن` any form of a verb of `verbs.toml`, `!شدن`
any negative one, `a|b` one of two words, and `…` lets a few words stand between.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.reading import folded
from workers.enrich.verbs import NO_VERBS, Verbs
from workers.enrich.wordforms import Mood, noun_forms

GAP = "…"
GAP_WORDS = 12
"""How many words may stand in a gap: an object with its adjectives, not another clause."""
_VERB_GAP = 1
"""«خواهد» may stand before any verb: «لغو خواهد شد»."""
_VERB_MARKS = ("@", "!")
_ANY_SUFFIX = "+"
_OR = "|"
_CLAUSE_MARKS = frozenset("؛;:")
_COMMON = frozenset(
    {
        "به",
        "از",
        "در",
        "با",
        "بر",
        "را",
        "که",
        "و",
        "تا",
        "برای",
        "یک",
        "هر",
        "این",
        "ان",
        "خود",
        "مورد",
        "هم",
        "است",
        "بود",
    }
    | {
        "هستند",
        "هستیم",
        "باید",
        "داده",
        "ایران",
        "امریکا",
        "روسیه",
        "اسراییل",
        "کشور",
        "تهران",
        "وزیر",
        "رییس",
        "سه",
        "سال",
    }
    | {"پس", "پیش", "حال", "بین", "میان", "درباره", "اعلام", "قرار", "انجام", "شرکت", "حضور", "منطقه", "امنیت", "مشترک"}
    | {
        "هوایی",
        "نظامی",
        "صورت",
        "دست",
        "وجود",
        "گروه",
        "-",
        "دولت",
        "نیروهای",
        "برنامه",
        "شرایط",
        "توسط",
        "سوی",
        "اتباع",
    }
    | {"خبرنگار", "خبرگزاری", "جمهوری", "کارکنان"}
)
"""Words that are everywhere in news: a phrase is looked for by another of its words."""
_PARTICIPLE = "ه"
_LONGEST = 5
"""Words of the longest phrase that is looked for backwards."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a phrase: the forms that it may have, and how many words may stand before it."""

    forms: frozenset[str]
    gap: int = 0
    negative: bool = False
    """Whether it is a verb that must be negative."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in one spelling, and the word by which it is looked for."""

    tokens: tuple[Token, ...]
    anchors: tuple[int, ...]
    """Words by which it may be looked for: no verbs and no words that every sentence has, where it has others."""
    anchor: int

    @property
    def negative(self) -> bool:
        """Tell a phrase that says by itself that something did not happen."""
        return any(token.negative for token in self.tokens)

    def anchored(self, popularity: Mapping[str, int]) -> "Phrase":
        """Return the phrase looked for by that word which the fewest phrases share."""
        best = min(self.anchors, key=lambda at: max(popularity[form] for form in self.tokens[at].forms))
        return replace(self, anchor=best)

    @property
    def beside(self) -> tuple[frozenset[str] | None, frozenset[str] | None]:
        """Return what must stand right before and right after its anchor; None where nothing must."""
        tokens, at = self.tokens, self.anchor
        before = tokens[at - 1].forms if at and not tokens[at].gap else None
        return before, tokens[at + 1].forms if at + 1 < len(tokens) and not tokens[at + 1].gap else None

    def places(self, texts: Sequence[str], at: int, first: int, last: int) -> tuple[int, ...]:
        """Return where its words stand between two indexes when its anchor stands at one; empty if it is not there."""
        tokens, anchor = self.tokens, self.anchor
        found = [at]
        place = at
        for index in range(anchor - 1, -1, -1):
            gap = tokens[index + 1].gap
            if gap:
                lowest = max(first, place - 1 - gap)
                place = _nearest(texts, range(place - 1, lowest - 1, -1), tokens[index].forms)
            else:
                place = place - 1 if place > first and texts[place - 1] in tokens[index].forms else -1
            if place < 0:
                return ()
            found.append(place)
        found.reverse()
        place = at
        for index in range(anchor + 1, len(tokens)):
            token = tokens[index]
            if token.gap:
                place = _nearest(texts, range(place + 1, min(last, place + 2 + token.gap)), token.forms)
            else:
                place = place + 1 if place + 1 < last and texts[place + 1] in token.forms else -1
            if place < 0:
                return ()
            found.append(place)
        return tuple(found)


def _nearest(texts: Sequence[str], places: range, forms: frozenset[str]) -> int:
    """Return the first of the places that has one of the forms, before any mark that ends a clause; -1 if none has."""
    if not places or forms.isdisjoint(texts[min(places[0], places[-1]) : max(places[0], places[-1]) + 1]):
        return -1
    for at in places:
        if texts[at] in forms:
            return at
        if texts[at] in _CLAUSE_MARKS:
            break
    return -1


class _Start(NamedTuple):
    """What there is to know of a word with which phrases begin."""

    alone: int
    """1 where it is a phrase by itself."""
    by_second: Mapping[str, tuple[Phrase, ...]] | None
    """The longer phrases by their second word, the longest first: first names begin thousands. None: none is longer."""
    gapped: tuple[Phrase, ...] | None
    """All phrases, the longest first, where words may stand between the first and the second one of some."""


class Phrases:
    """Phrases by their first word, the longest first."""

    def __init__(self, patterns: Iterable[str], verbs: Verbs = NO_VERBS) -> None:
        by_first: dict[str, set[tuple[Token, ...]]] = {}
        for pattern in patterns:
            for phrase in phrases_of(pattern, verbs):
                for form in phrase.tokens[0].forms:
                    by_first.setdefault(form, set()).add(phrase.tokens[1:])
        self._by_first = {first: _start(first, sorted(rests, key=_longest)) for first, rests in by_first.items()}
        self.firsts = frozenset(self._by_first)
        """Every word with which a phrase begins."""

    def length(self, texts: Sequence[str], at: int, end: int) -> int:
        """Return how many words the longest phrase has that begins at an index and ends before `end`; 0 if none."""
        start = self._by_first.get(texts[at]) if at < end else None
        if start is None:
            return 0
        alone, by_second, gapped = start
        if by_second is None:
            return alone
        phrases = gapped or (by_second.get(texts[at + 1]) if at + 1 < end else None)
        for phrase in phrases or ():
            if places := phrase.places(texts, at, at, end):
                return places[-1] + 1 - at
        return alone

    def length_before(self, texts: Sequence[str], start: int, at: int) -> int:
        """Return how many words the longest phrase has that ends right before an index, from `start` on; 0 if none."""
        for first in range(max(start, at - _LONGEST), at):
            if first + self.length(texts, first, at) == at:
                return at - first
        return 0


def _start(first: str, rests: Sequence[tuple[Token, ...]]) -> _Start:
    """Return what there is to know of a word, by what follows it in phrases, the longest first."""
    phrases = tuple(Phrase((Token(frozenset({first})), *rest), (0,), 0) for rest in rests)
    longer = [phrase for phrase in phrases if len(phrase.tokens) > 1]
    by_second: dict[str, tuple[Phrase, ...]] = {}
    for phrase in longer:
        for form in phrase.tokens[1].forms:
            by_second[form] = (*by_second.get(form, ()), phrase)
    gapped = any(phrase.tokens[1].gap for phrase in longer)
    return _Start(int(len(longer) < len(phrases)), by_second if longer else None, phrases if gapped else None)


def _longest(rest: tuple[Token, ...]) -> tuple[int, list[list[str]]]:
    return -len(rest), [sorted(token.forms) for token in rest]


def phrases_of(pattern: str, verbs: Verbs = NO_VERBS) -> tuple[Phrase, ...]:
    """Return the phrase of a pattern in each way of writing its ZWNJs. Raises ValueError that says what is wrong."""
    phrases = [_phrase(parts, verbs) for parts in sorted(_ways(pattern))]
    return (*phrases, *filter(None, (_joined(parts, verbs) for parts in sorted(_ways(pattern)))))


def spellings(phrase: str) -> set[tuple[str, ...]]:
    """Return the folded words of a phrase of plain words, once for each way of writing its ZWNJs."""
    return {tuple(map(folded, parts)) for parts in _ways(phrase)}


def words_in(phrases: Iterable[str]) -> frozenset[str]:
    """Return the spellings of phrases that are one word."""
    return frozenset(words[0] for phrase in phrases for words in spellings(phrase) if len(words) == 1)


def forms_of(patterns: Iterable[str]) -> frozenset[str]:
    """Return all forms of patterns of one word. Raises ValueError where one has several."""
    forms: set[str] = set()
    for pattern in patterns:
        for phrase in phrases_of(pattern):
            if len(phrase.tokens) == 1:
                forms |= phrase.tokens[0].forms
            elif ZWNJ not in pattern:
                raise ValueError(f"{pattern} must be one word")
    return frozenset(forms)


def _ways(pattern: str) -> set[tuple[str, ...]]:
    """Return the words of a pattern, once for each way of writing its ZWNJs."""
    choices = [tuple(_ways_of_word(part)) for part in pattern.split(" ")]
    return {tuple(word for way in ways for word in way) for ways in product(*choices)}


def _ways_of_word(part: str) -> Iterator[tuple[str, ...]]:
    yield (part,)
    if ZWNJ in part and not part.startswith(_VERB_MARKS):
        yield (part.replace(ZWNJ, ""),)
        if _OR not in part:
            yield tuple(part.split(ZWNJ))


def _phrase(parts: Sequence[str], verbs: Verbs) -> Phrase:
    tokens: list[Token] = []
    anchors: list[int] = []
    verbs_at: list[int] = []
    gap = 0
    for part in parts:
        if part == GAP and tokens:
            gap = GAP_WORDS
            continue
        is_verb = len(part) > 1 and part.startswith(_VERB_MARKS)
        token = Token(_forms(part, verbs), max(gap, _VERB_GAP if is_verb and tokens else 0), is_verb and part[0] == "!")
        if is_verb:
            verbs_at.append(len(tokens))
        elif token.forms.isdisjoint(_COMMON):
            anchors.append(len(tokens))
        tokens.append(token)
        gap = 0
    if gap:
        raise ValueError("must begin and end with a word")
    usable = tuple(anchors) or tuple(verbs_at) or tuple(range(len(tokens)))
    return Phrase(tuple(tokens), usable, usable[0])


def _joined(parts: Sequence[str], verbs: Verbs) -> Phrase | None:
    """Return the phrase with its last verb written onto the word before it, as normalizers do: «متوقف‌شده»."""
    *before, verb = parts
    if not before or before[-1] == GAP or not verb.startswith(_VERB_MARKS) or before[-1].startswith(_VERB_MARKS):
        return None
    phrase = _phrase(before, verbs)
    *tokens, last = phrase.tokens
    endings = [
        text
        for infinitive in verb.split(_OR)
        if infinitive.startswith(_VERB_MARKS)
        for text, form in verbs.by_infinitive[infinitive[1:]].items()
        if (form.negative or infinitive[0] == "@") and (form.mood is Mood.INFINITIVE or text.endswith(_PARTICIPLE))
    ]
    forms = frozenset(word + ZWNJ + ending for word in last.forms for ending in endings if ZWNJ not in ending)
    return replace(phrase, tokens=(*tokens, Token(forms, last.gap, verb[0] == "!")))


def _forms(part: str, verbs: Verbs) -> frozenset[str]:
    forms: set[str] = set()
    for word in part.split(_OR) if len(part) > 1 else (part,):
        if len(word) > 1 and word.startswith(_VERB_MARKS):
            if word[1:] not in verbs.by_infinitive:
                raise ValueError(f"{word[1:]} is no verb of verbs.toml")
            each = verbs.by_infinitive[word[1:]].items()
            forms.update(text for text, form in each if form.negative or word[0] == "@")
            continue
        if not word.strip(_ANY_SUFFIX) or GAP in word:
            raise ValueError("must be words with one space between them, and begin and end with a word")
        written = noun_forms(word[:-1]) if word.endswith(_ANY_SUFFIX) else {folded(word)}
        forms.update(written)
        forms.update(form.replace(ZWNJ, "") for form in written)
    return frozenset(forms)
