"""Finds the verbs of speech in a passage.

Knows nothing of who speaks or of what is said.
"""

from collections.abc import Iterator
from typing import NamedTuple

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Sentence, folded
from workers.enrich.word_view import OPENING, WordView

_NOT_SAID = frozenset(map(folded, ("به", "بنا", "طبق", "بنابر", "این", "براساس")))
"""Before «گفته» and «نوشته», which are then nouns."""
_PARTICIPLES = frozenset(map(folded, ("گفته", "نوشته", "افزوده")))
_POINTING, _POINTING_WORDS = folded("اشاره"), 8
_THAT, _TO, _THIS = map(folded, ("که", "به", "این"))
_BROUGHT = folded("آورده")
"""«در پیام خود آورده است: …» is speech, «به دست آورده است» is none."""
_COLONS = frozenset({":", "؛", *OPENING})
_TALKS = frozenset(map(folded, ("گو", "گوی", "گویی", "گوهای", "گوها", "شنود")))
"""«گفت و گو», «گفت و شنود»."""
_TALKING = folded("سخن")
_TALK = folded("وگو")
_PASSIVE = ("می‌شود", "شد", "شده", "شود", "می‌شد")
_BECOMES = ("شد", "می‌شود")
_IS = folded("است")
_HELD = frozenset(map(folded, ("معتقد", "مدعی")))
"""The only nouns that «است» makes a verb of speech: «لازم به یادآوری است» is nobody's."""
_WAS_SAYING = folded("می‌گفت")
"""«از بازگشت زائران سخن می‌گفت» tells when something else was said."""
_NOT_FROM = frozenset(map(folded, ("پس", "پیش", "بعد", "قبل", "یکی", "برخی", "غیر", "اعم", "بیش")))
"""Before an «از» that belongs to them."""
_BEFORE = folded("پیش")
_SPANS = frozenset(
    map(folded, ("ساعتی", "ساعاتی", "چندی", "دقایقی", "لحظاتی", "مدتی", "اندکی", "روز", "هفته", "ماه", "سال"))
)
_CUES = frozenset({":", *OPENING, folded("که"), "،"})


class SpeechVerb(NamedTuple):
    """A verb of speech, half-open, in its sentence."""

    first: int
    last: int
    sentence: Sentence
    from_first: int
    """Where what is said begins between «از» and «خبر داد»; 0 where it follows the verb."""
    has_object: bool = False
    """What is said stands between the subject and the verb, with «را»."""
    paper: int = 0
    """Of «در بیانیه … آمده است» the index of the paper; 0 where somebody speaks."""


def speech_verbs(view: WordView, lexicon: ActorsLexicon, sentences: Iterator[Sentence]) -> Iterator[SpeechVerb]:
    """Yield the verbs of speech in order."""
    speech, texts, past = lexicon.speech, view.texts, 0
    cues = lexicon.cues.speech
    sentence = Sentence(0, 0, 0)
    for at in view.passage.places_of(cues):
        if at < past:
            continue
        text = texts[at]
        while at >= sentence.last:
            sentence = next(sentences)
        end = sentence.last
        last = _single(view, at, end, lexicon) or _compound(view, at, end, lexicon)
        if last:
            past = last
            yield SpeechVerb(at, last, sentence, 0)
        elif text in speech.between and (last := _after_noun(view, at, end, lexicon)):
            first = _after_word(speech.between[text], texts, max(sentence.first, past), at)
            past = last
            if first:
                yield SpeechVerb(at, last, sentence, first)
        elif last := _after_object(view, at, sentence, lexicon):
            past = last
            yield SpeechVerb(at, last, sentence, 0, has_object=True)


def _after_noun(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the verb of «خبر داد» or «سخن گفت»; 0 where none stands."""
    if view.texts[at] != _TALKING:
        return _light(view, at + 1, end, lexicon)
    spoken = lexicon.speech.verbs.length(view.texts, at + 1, end)
    return at + 1 + spoken if spoken and view.texts[at + 1] != _WAS_SAYING else 0


def _after_object(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> int:
    """Return the index after the verb of «… را باران اعلام کرد»; 0 where it is none."""
    texts = view.texts
    has_object = "را" in texts[sentence.first : at - 1]
    return _light(view, at + 1, sentence.last, lexicon) if has_object and texts[at] in lexicon.speech.with_object else 0


def _single(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    texts = view.texts
    length = lexicon.speech.verbs.length(texts, at, end)
    if not length or texts[at] == _BROUGHT:
        return _brought(view, at + 1, end, lexicon) if length else 0
    last = at + length
    before = texts[at - 1] if at else ""
    following = texts[last] if last < end else ""
    noun = before in _NOT_SAID and following not in lexicon.speech.auxiliaries
    if texts[at] in _PARTICIPLES and (noun or following in _PASSIVE):
        return 0
    talk = following.startswith(_TALK) or (following == "و" and last + 1 < end and texts[last + 1] in _TALKS)
    if talk or before in lexicon.speech.wishes or (before == _TALKING and texts[at] == _WAS_SAYING):
        return 0
    if following in lexicon.speech.auxiliaries:
        return last + 1
    if texts[at] in _PARTICIPLES and length == 1 and following not in _CUES:
        return 0
    return last


def _brought(view: WordView, last: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after «آورده است», where a colon or quotation mark follows; else 0."""
    last += int(last < end and view.texts[last] in lexicon.speech.auxiliaries)
    return last if last < end and view.texts[last] in _COLONS else 0


def _compound(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    speech, texts = lexicon.speech, view.texts
    noun = speech.nouns.length(texts, at, end)
    last = _light(view, at + noun, end, lexicon) if noun else 0
    if not last:
        return 0
    if texts[last - 1] == _IS and last == at + noun + 1 and texts[at] not in _HELD:
        return 0
    if texts[last - 1].startswith(_BECOMES) and texts[at] not in speech.becoming:
        return 0
    if texts[at] == _POINTING and texts[last : last + 1] == [_THAT] and _points_at(texts, at):
        return 0
    if texts[at] in speech.weak_nouns and noun == 1:
        return last if last < end and texts[last] in _CUES and texts[last] != "،" else 0
    return last if last < end and texts[last] not in {".", "و"} else 0


def _points_at(texts: list[str], at: int) -> bool:
    """Tell «به بخش‌هایی اشاره کرد که …» from «به این نکته اشاره کرد که …» and «اشاره کرد که …»."""
    for index in range(at - 1, max(at - _POINTING_WORDS, -1), -1):
        if texts[index] == _TO:
            return _THIS not in texts[index:at]
        if texts[index] == ".":
            return False
    return False


def _light(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the light verb and its auxiliary; 0 where none stands."""
    length = lexicon.speech.light_verbs.length(view.texts, at, end)
    if not length:
        return 0
    last = at + length
    return last + 1 if last < end and view.texts[last] in lexicon.speech.auxiliaries else last


def _after_word(word: str, texts: list[str], first: int, at: int) -> int:
    """Return the index after the «از» of «از … خبر داد» and its like; 0 where there is none."""
    places = (index for index in range(first, at - 1) if texts[index] == word)
    able = (
        index for index in places if index == first or texts[index - 1] not in _NOT_FROM or _is_ago(texts, index - 1)
    )
    return next((index + 1 for index in able), 0)


def _is_ago(texts: list[str], at: int) -> bool:
    """Tell «ساعتی پیش» from «پیش از»."""
    return texts[at] == _BEFORE and at > 0 and texts[at - 1] in _SPANS
