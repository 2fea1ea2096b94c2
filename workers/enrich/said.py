"""How far speech goes: the words between a verb of speech, or a head, and where the speech ends.

Knows nothing of speakers.
"""

from collections.abc import Callable, Sequence

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Sentence, folded
from workers.enrich.speech_verbs import SpeechVerb
from workers.enrich.word_view import OPENING, WordView

_THAT = folded("که")
_CLAUSE = frozenset(map(folded, ("و", "،", "؛", "ولی", "اما")))
_COLONS = frozenset(":؛")
"""Right behind a verb a semicolon is one too."""
_FEW_WORDS = 4
"""In quotation marks are a word or two that the speech takes up, not the speech."""
_QUOTED_WORDS = 250
"""Of a quotation that goes on over lines."""
_LINES = 12
"""Of a post that one speaker's words may fill."""

type _Range = tuple[int, int]


class Said:
    """The ends of speech in one passage; ranges are of words, half-open, without marks at either end."""

    def __init__(
        self,
        view: WordView,
        lexicon: ActorsLexicon,
        verbs: Sequence[SpeechVerb],
        colons: Sequence[int],
        begins_person: Callable[[int], bool],
    ) -> None:
        self._view = view
        self._texts = view.texts
        self._lexicon = lexicon
        self._verbs = verbs
        self._colons = frozenset(colons)
        self._begins_person = begins_person
        self._speaking = {verb.sentence.first for verb in verbs}
        """Sentences with a verb of speech, by their first word."""

    def trimmed(self, first: int, last: int) -> _Range | None:
        """Return a range without the marks at its ends; None where it holds no word."""
        while first < last and (self._view.is_mark(first) or self._texts[first] == _THAT):
            first += 1
        while last > first and self._view.is_mark(last - 1):
            last -= 1
        return (first, last) if first < last else None

    def to_sentence_end(self, first: int, sentence: Sentence) -> _Range | None:
        """Return the rest of a sentence."""
        return self.trimmed(first, sentence.last)

    def after(self, verb: SpeechVerb) -> tuple[_Range | None, bool]:
        """Return what follows a verb of speech, and whether it is direct speech."""
        at, end = verb.last, verb.sentence.last
        while at < end and (self._texts[at] in {"،", _THAT, "*"}):
            at += 1
        colon = at < end and self._texts[at] in _COLONS
        at += int(colon)
        while at < end and self._texts[at] == "*":
            at += 1
        if at < end and self._texts[at] in OPENING and self._texts[at] != "(":
            last = self._closing(at)
            if last:
                return self._quoted(at, last, verb, colon=colon), True
        if colon:
            return self.trimmed(at, self._paragraph_end(at, verb)), True
        return self.trimmed(at, self._clause_end(at, verb)), False

    def _quoted(self, at: int, last: int, verb: SpeechVerb, *, colon: bool) -> _Range | None:
        """Return what stands in quotation marks, or more where they close within the sentence."""
        rest = self.trimmed(last + 1, verb.sentence.last) if last < verb.sentence.last else None
        if rest is None or last - at > _FEW_WORDS:
            return self.trimmed(at, last)
        return self.trimmed(at, self._paragraph_end(at, verb) if colon else self._clause_end(at, verb))

    def _closing(self, opening: int) -> int:
        """Return the index of the mark that closes a quotation in its line; 0 where none does."""
        return self._closed(opening, self._line_end(opening)) or self._closed_later(opening)

    def _closed_later(self, opening: int) -> int:
        """Return the same where the quotation fills further lines and none begins before it ends; 0 where none ends."""
        if self._texts[opening] != "«":
            return 0
        end = min(len(self._texts), self._line_end(opening) + _QUOTED_WORDS)
        for at in range(self._line_end(opening), end):
            if self._texts[at] in {"«", "@"}:
                return 0
            if self._texts[at] == "»":
                return at
        return 0

    def _closed(self, opening: int, line_end: int) -> int:
        """Return the index of the mark that closes a quotation before an end; 0 where none does."""
        depth = 0
        for at in range(opening, line_end):
            text = self._texts[at]
            if text in {"«", "“"}:
                depth += 1
            elif text in {"»", "”"}:
                depth -= 1
                if depth <= 0:
                    return at
            elif text in {'"', "'"} and at > opening and self._texts[opening] == text:
                return at
        return 0

    def _line_end(self, at: int) -> int:
        sentences = self._view.passage.sentences
        number = self._number(at)
        line = sentences[number].line
        while number + 1 < len(sentences) and sentences[number + 1].line == line:
            number += 1
        return sentences[number].last

    def _number(self, at: int) -> int:
        """Return the number of the sentence that holds a word."""
        sentences = self._view.passage.sentences
        low, high = 0, len(sentences) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if sentences[middle].first <= at:
                low = middle
            else:
                high = middle - 1
        return low

    def _clause_end(self, at: int, verb: SpeechVerb) -> int:
        """Return the end of the sentence, or of the clause before its next verb of speech."""
        following = next((each for each in self._verbs if each.sentence is verb.sentence and each.first > at), None)
        if following is None:
            return verb.sentence.last
        begins = following.from_first - 1 if following.from_first > at else following.first
        for index in range(begins - 1, at, -1):
            if self._texts[index] in _CLAUSE:
                return index
        return verb.sentence.last if begins == following.first else begins

    def _paragraph_end(self, at: int, verb: SpeechVerb) -> int:
        """Return the end of the line, or of the sentence before the next one with a verb of speech."""
        sentences = self._view.passage.sentences
        at = self._view.past_marks(at, len(self._texts))
        if at >= len(self._texts):
            return at
        number = self._number(at)
        begins = self._view.past_marks(sentences[number].first, at) == at
        if begins and sentences[number].line != verb.sentence.line:
            return self._lines_end(number)
        end = self._clause_end_after_colon(at, verb, sentences[number])
        if end < sentences[number].last:
            return end
        line = sentences[number].line
        while number + 1 < len(sentences):
            following = sentences[number + 1]
            if following.line != line or self._is_told(following):
                break
            number += 1
        return sentences[number].last

    def _is_told(self, sentence: Sentence) -> bool:
        """Tell a sentence of the report from one that is still said."""
        if sentence.first in self._speaking or self._begins_person(sentence.first):
            return True
        speech = self._lexicon.speech
        taken_up = (speech.pronouns, speech.demonstratives, speech.demonstratives_of_sources)
        others = (speech.said_by, self._lexicon.sources.reported_by)
        return any(phrases.length(self._texts, sentence.first, sentence.last) for phrases in (*taken_up, *others))

    def _clause_end_after_colon(self, at: int, verb: SpeechVerb, sentence: Sentence) -> int:
        quoting = (each for each in self._verbs if each.sentence is verb.sentence and at < each.first)
        following = next((each for each in quoting if self._texts[each.last : each.last + 1] == [":"]), None)
        if following is None:
            return sentence.last
        clauses = (index for index in range(following.first - 1, at, -1) if self._texts[index] in _CLAUSE)
        return next(clauses, sentence.last)

    def after_head(self, colon: int) -> _Range | None:
        """Return what follows the colon of a head: its line, and the lines of the post that go on."""
        first = self._view.past_marks(colon + 1, len(self._texts))
        if first >= len(self._texts):
            return None
        if self._is_footer(first):
            return None
        return self.trimmed(first, self._head_end(first))

    def _head_end(self, first: int) -> int:
        """Return the end of the lines of a head's speech; in a title that of its part between strokes."""
        end = self._lines_end(self._number(first))
        if self._view.passage.name != "title":
            return end
        return next((at for at in range(first, end) if self._texts[at] in {"|", "/"}), end)

    def from_start(self) -> _Range | None:
        """Return a whole short post that a title's head has announced."""
        first = self._view.past_marks(0, len(self._texts))
        if first >= len(self._texts) or self._is_footer(first):
            return None
        return self.trimmed(first, self._lines_end(self._number(first)))

    def first_line(self) -> _Range | None:
        """Return the first line, if nobody is said to speak in it: speech that a title's head has announced."""
        first = self._view.past_marks(0, len(self._texts))
        if first >= len(self._texts) or self._is_footer(first):
            return None
        end = self._line_end(first)
        speaks = end == len(self._texts) or any(verb.first < end for verb in self._verbs)
        return None if speaks or any(colon < end for colon in self._colons) else self.trimmed(first, end)

    def _lines_end(self, number: int) -> int:
        """Return the end of the last line that goes on with the speech of a sentence's line."""
        sentences = self._view.passage.sentences
        end = self._line_end(sentences[number].first)
        bulleted = False
        for _ in range(_LINES):
            while number + 1 < len(sentences) and sentences[number + 1].first < end:
                number += 1
            number += 1
            if number >= len(sentences):
                break
            first = self._view.past_marks(sentences[number].first, sentences[number].last)
            marks = first >= sentences[number].last
            bulleted = bulleted or marks or first > sentences[number].first
            line_end = self._line_end(sentences[number].first)
            if marks:
                if "@" in self._texts[sentences[number].first : sentences[number].last]:
                    break
                end = max(end, line_end)
                continue
            if not bulleted or self._ends_speech(first, line_end) or self._is_footer(sentences[number].first):
                break
            end = line_end
            bulleted = False
        return end

    def _ends_speech(self, first: int, last: int) -> bool:
        """Tell whether a line is somebody else's, a report about it, or no speech at all."""
        if self._is_footer(first) or any(first <= colon < last for colon in self._colons):
            return True
        return any(sentence in self._speaking for sentence in range(first, last))

    def _is_footer(self, at: int) -> bool:
        end = len(self._texts)
        begins = range(at, min(at + 3, end))
        return any(self._texts[index] == "@" for index in begins) or bool(
            self._lexicon.speech.footers.length(self._texts, at, end)
        )
