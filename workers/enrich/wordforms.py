"""The forms of a Persian noun or verb as texts write them, and what a verb form says of whether it happened.

Knows nothing of sentences or triggers. Forms are folded as a reading folds its words, with ZWNJ and without.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.reading import folded

_SUFFIXES = ("ها", "های", "هایی", "هایش", "هایشان", "هایمان", "ی", "ش", "شان", "مان", "یم")
_AFTER_HE = ("ای", "اش", "ی", "اند", "ام")
"""Written after a silent he, as in «حمله‌ای»."""
_JOINED = ("شده", "شدن", "شدگان", "کننده", "کنندگان", "کردن", "ی")
"""Words that writers join onto a noun: «بازداشت‌شده»."""
_ENDINGS = ("", "م", "یم", "ید", "ند")
_PRESENT_ENDINGS = ("م", "د", "یم", "ید", "ند")
"""Without the second person singular: news do not use it, and «کشتی» is a ship."""
_PARTICIPLE_ENDINGS = ("ام", "ای", "ایم", "اید", "اند", "است")


class Mood(StrEnum):
    """What a verb form says of whether it happened."""

    FACT = "fact"
    PRESENT = "present"
    SUBJUNCTIVE = "subjunctive"
    INFINITIVE = "infinitive"


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One form of a verb."""

    mood: Mood
    negative: bool


def noun_forms(word: str) -> frozenset[str]:
    """Return a noun, folded, with the suffixes that texts write onto it."""
    suffixes = (*_SUFFIXES, *_AFTER_HE) if word.endswith("ه") else _SUFFIXES
    forms = {word, *(word + suffix for suffix in suffixes)}
    forms.update(word + ZWNJ + suffix for suffix in (*suffixes, *_JOINED))
    return frozenset(map(folded, forms))


def verb_forms(past: str, present: str) -> dict[str, VerbForm]:
    """Return all forms of the verb of a past and a present stem, folded, without prefixed particles.

    A spelling that is two forms («کنند», «شدن») is the likelier one in news: the first that is made.
    """
    forms: dict[str, VerbForm] = {}
    for text, form in _forms(past, present):
        for spelling in (text, text.replace(ZWNJ, "")):
            forms.setdefault(folded(spelling), form)
    return forms


def _forms(past: str, present: str) -> Iterator[tuple[str, VerbForm]]:
    for negative in (False, True):
        fact = VerbForm(Mood.FACT, negative)
        simple = _prefixed("ن", past) if negative else past
        lasting = f"{'ن' if negative else ''}می{ZWNJ}"
        for ending in _ENDINGS:
            yield simple + ending, fact
            yield lasting + past + ending, fact
        yield simple + "ه", fact
        for ending in _PARTICIPLE_ENDINGS:
            yield f"{simple}ه{ZWNJ}{ending}", fact
        yield simple + "ن", VerbForm(Mood.INFINITIVE, negative)
        for ending in _PRESENT_ENDINGS:
            yield lasting + present + ending, VerbForm(Mood.PRESENT, negative)
            yield _prefixed("ن" if negative else "ب", present) + ending, VerbForm(Mood.SUBJUNCTIVE, negative)
            if not negative and ending in {"د", "ند", "یم"}:
                yield present + ending, VerbForm(Mood.SUBJUNCTIVE, negative)


def _prefixed(prefix: str, stem: str) -> str:
    """Return a stem with a prefix: before a vowel a ye comes between («نیامد», «بیفتد»)."""
    if stem.startswith("آ"):
        return f"{prefix}یا{stem[1:]}"
    if stem.startswith("ا"):
        return f"{prefix}ی{stem[1:]}"
    return prefix + stem
