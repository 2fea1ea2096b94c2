"""What papers say: «در بیانیه وزارت … آمده است: …», «در این بیانیه تاکید شده است که …», and whose papers they are.

Knows nothing of quotes that somebody speaks.
"""

from collections.abc import Iterator

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Sentence, folded
from workers.enrich.sources import body_at
from workers.enrich.speakers import Speaker, Speakers
from workers.enrich.speech_verbs import SpeechVerb
from workers.enrich.word_view import WordView

_COME = frozenset(map(folded, ("آمده", "می‌خوانیم")))
_MADE = frozenset(map(folded, ("شده", "شده‌است", "شد", "گردیده", "می‌شود")))
_JOINED = folded("\u200cشده")
"""As normalization joins it to the word before."""
_STATED = frozenset(map(folded, ("گفته", "افزوده", "نوشته")))
_CUES = frozenset({":", "؛", folded("که"), "«", '"', "“"})
_IN = folded("در")
_THIS = folded("این")
_OWNER_WORDS = 3
"""Between a paper and whose it is: «بیانیه امروز وزارت …»."""
_BEFORE_WORDS = 6
"""Between «در» and the paper: «در بخش دیگری از این بیانیه»."""


def written_verbs(view: WordView, lexicon: ActorsLexicon) -> Iterator[SpeechVerb]:
    """Yield the verbs by which a paper is quoted, in order."""
    past = 0
    for at in view.passage.places_of(lexicon.speech.papers):
        sentence = view.passage.sentence_of(at)
        inner = at + 1 < sentence.last and view.texts[at + 1] in lexicon.speech.papers
        if at < past or inner or not _is_quoted(view, at, sentence):
            continue
        if found := _verb(view, at, sentence, lexicon):
            past = found.last
            yield found


def _is_quoted(view: WordView, at: int, sentence: Sentence) -> bool:
    """Tell whether «در» stands before a paper, right before or with a part of it between."""
    return _IN in view.texts[max(sentence.first, at - _BEFORE_WORDS) : at]


def _verb(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> SpeechVerb | None:
    texts, end = view.texts, sentence.last
    for index in range(at + 1, end):
        first = last = 0
        if texts[index] in _COME:
            first, last = index, index + 1
        elif texts[index] in _MADE and index > at + 1 and _is_stated(texts[index - 1], lexicon):
            first, last = index - 1, index + 1
        elif texts[index].endswith(_JOINED) and _is_stated(texts[index].removesuffix(_JOINED), lexicon):
            first, last = index, index + 1
        if not last:
            continue
        last += int(last < end and texts[last] in lexicon.speech.auxiliaries)
        if last < end and texts[last] in _CUES:
            return SpeechVerb(first, last, sentence, 0, paper=at)
    return None


def _is_stated(text: str, lexicon: ActorsLexicon) -> bool:
    return text in _STATED or text in lexicon.speech.nouns.firsts


class Papers:
    """Whose the papers of a passage are."""

    def __init__(self, view: WordView, speakers: Speakers, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._speakers = speakers
        self._lexicon = lexicon
        self._last: Speaker | None = None
        """Whose paper was quoted last."""

    def owner(self, verb: SpeechVerb, spoke: Speaker | None) -> Speaker | None:
        """Return whose paper a verb quotes: named behind it, or as before."""
        found = self._named(verb)
        if found is None and self._view.texts[verb.paper - 1] == _THIS:
            found = self._last or self._announcing(verb) or spoke
        self._last = found or self._last
        return found

    def _named(self, verb: SpeechVerb) -> Speaker | None:
        """Return the body or office right behind a paper."""
        texts, at = self._view.texts, verb.paper
        first = at + max(1, self._lexicon.sources.statements.length(texts, at, verb.first))
        for each in self._speakers.between(first, min(first + _OWNER_WORDS, verb.first)):
            if not each.is_outlet:
                return each
        link = body_at(self._view, first, verb.first, self._lexicon)
        return Speaker(first, link.end, link.source.spot, None) if link else None

    def _announcing(self, verb: SpeechVerb) -> Speaker | None:
        """Return the subject of the sentence before: «وزارت خارجه … بیانیه‌ای صادر کرد. در این بیانیه …»."""
        if verb.sentence.first == 0:
            return None
        before = self._view.passage.sentence_of(verb.sentence.first - 1)
        return self._speakers.subject(before.first, before.last)
