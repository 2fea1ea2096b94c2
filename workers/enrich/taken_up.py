"""Who is meant by «وی», «این مقام مسئول» or «این صندوق»: somebody who spoke or was named before.

Knows nothing of what is said. The last who spoke is handed in: it changes from quote to quote.
"""

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.speakers import KIND_LETTERS, Speaker, Speakers
from workers.enrich.word_view import WordView

_MORE_WORDS = 4
"""Of «این نماینده مردم تهران در مجلس»."""
_THIS = folded("این")
_SOURCES = tuple(
    map(
        folded,
        ("منبع", "منابع", "دو", "سه", "مقام", "شاهد", "مسئول", "مسوول", "کارشناس", "تحلیل", "دیپلمات", "فعال", "افراد"),
    )
)


class TakenUp:
    """The pronouns of one passage, and «این …»."""

    def __init__(self, view: WordView, speakers: Speakers, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._texts = view.texts
        self._speakers = speakers
        self._lexicon = lexicon

    def in_clause(self, first: int, last: int, begins: int) -> int | None:
        """Return the first index at which somebody is taken up who may be the subject."""
        for at in range(first, last):
            if self._texts[at] in self._lexicon.cues.taken_up and self._may_be_subject(at, first):
                if self.past(at, last):
                    return at
                if at == begins and self._named_before(at):
                    return at
        return None

    def _may_be_subject(self, at: int, first: int) -> bool:
        if at == first or self._texts[at - 1] in self._lexicon.speech.not_subject_after:
            return at == first
        announced = self._texts[at - 1] in self._lexicon.speech.nouns.firsts  # «بنا بر اعلام این منبع … گفت»
        return announced or not self._speakers.is_genitive(at, first)

    def _named_before(self, at: int) -> Speaker | None:
        """Return the body or source whose name begins with the noun of «این صندوق»."""
        if self._texts[at] != _THIS or at + 1 >= len(self._texts):
            return None
        return self._speakers.begins_with(self._texts[at + 1], at)

    def past(self, at: int, end: int) -> int:
        """Return the index after a pronoun, or «این مقام …»; 0 where none stands."""
        speech = self._lexicon.speech
        if self._texts[at] not in self._lexicon.cues.taken_up:
            return 0
        for phrases in (speech.pronouns, speech.demonstratives, speech.demonstratives_of_sources):
            if length := phrases.length(self._texts, at, end):
                last = at + length
                while phrases is not speech.pronouns and last < end and last < at + _MORE_WORDS:
                    if self._view.is_mark(last) or self._texts[last] in self._lexicon.stops:
                        break
                    last += 1
                return last
        return 0

    def meant(self, at: int, end: int, spoke: Speaker | None) -> Speaker | None:
        """Return whom a pronoun means: the last who spoke; «این منابع» the last source without a name."""
        this = self._texts[at] == _THIS and at + 1 < end
        if this and spoke and self._is_called(spoke, self._texts[at + 1]):
            return spoke
        if self._lexicon.speech.demonstratives_of_sources.length(self._texts, at, end):
            is_source = self._texts[at + 1].startswith(_SOURCES)
            noun = self._texts[at + 1]
            meant = self._speakers.unnamed_before(at) if is_source else self._speakers.body_before(at, noun)
            return meant or spoke
        return spoke if self.past(at, end) else self._named_before(at) or spoke

    def _is_called(self, spoke: Speaker, noun: str) -> bool:
        """Tell whether the name of who spoke last begins with the noun of «این کمیسیون»."""
        if spoke.person is not None or spoke.spot.passage != self._view.number:
            return False
        first = self._view.passage.index_at(spoke.spot.start)
        return self._texts[first].startswith(noun[:KIND_LETTERS])
