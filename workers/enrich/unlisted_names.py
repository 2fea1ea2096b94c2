"""Names that no list knows, told by what follows them at the head of a sentence: «… در گفت‌وگو با», «… گفت».

Knows nothing of offices, nor of which names mean the same person.
"""

from collections.abc import Iterator

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names_at import NameAt
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_WORDS = (1, 2, 3)
"""Of a name: four are a sentence."""
_ALSO = frozenset(map(folded, ("نیز", "هم", "همچنین")))
_STATING = frozenset(map(folded, ("بیان", "اشاره", "تاکید", "تأکید", "اعلام", "یادآوری", "تشریح", "انتقاد", "ابراز")))
_ANSWER = folded("پاسخ")
_ASIDES = frozenset(map(folded, ("ادامه", "پایان", "خاتمه", "اینباره", "این‌باره", "دراین‌باره", "این‌خصوص")))
"""Behind «در», between a speaker and the verb."""
_MATTERS = frozenset(map(folded, ("باره", "خصوص", "زمینه", "رابطه", "مورد", "ارتباط", "راستا", "حال")))
_THESE = frozenset(map(folded, ("این", "همین")))
_WRITING = frozenset(map(folded, ("نوشت", "نوشته", "می‌نویسد", "نویسد")))
_WRITING_WORDS = 4
_FEWEST_LETTERS = 3
_STROKES = frozenset("|/؛-–؟!")
_PLURAL_VERB = "ند"
_PLURALS = ("ها", "های", "هایی", "ترین", "ات")


def names_at_heads(view: WordView, lexicon: ActorsLexicon) -> dict[int, NameAt]:
    """Return the names by the index of their first word."""
    speech, texts = lexicon.cues.after_names, view.texts
    found: dict[int, NameAt] = {}
    for sentence, at in zip(view.passage.sentences, view.passage.openings, strict=True):
        end = sentence.last
        may_speak = not speech.isdisjoint(texts[at + 1 : min(at + 4, end)])
        if may_speak and (name := _name_at_head(view, at, end, lexicon)):
            found[at] = name
    if view.passage.name == "title" and ":" in texts:
        found |= {name.first: name for name in _before_colons(view, lexicon)}
    return found


def _before_colons(view: WordView, lexicon: ActorsLexicon) -> Iterator[NameAt]:
    """Yield the lone words before a colon at the beginning of a title or of its part: «…: باران می‌آید»."""
    end = len(view.texts)
    for colon in view.passage.where(":"):
        at = colon - 1
        begins = at == 0 or (at > 0 and view.texts[at - 1] in _STROKES)
        plain = (
            at >= 0
            and len(view.texts[at]) >= _FEWEST_LETTERS
            and not lexicon.sources.heads.length(view.texts, at, end)
            and _is_open(view, at, end, lexicon)
        )
        told = at >= 0 and (view.texts[at] in lexicon.people.not_given or view.texts[at] in _announcing(lexicon))
        if begins and plain and not told and colon + 1 < end:
            yield NameAt(at, colon, titled=False, known=True)
        elif plain and not told and colon + 1 < end and _is_title_name(view, at - 1, colon, lexicon):
            yield NameAt(at - 1, colon, titled=False, known=False)


def _is_title_name(view: WordView, first: int, colon: int, lexicon: ActorsLexicon) -> bool:
    """Tell two words before a colon that the news use for nothing else: «… …: باران می‌آید»."""
    if first < 0 or (first > 0 and view.texts[first - 1] not in _STROKES):
        return False
    head = view.texts[first]
    if lexicon.people.known.length(view.texts, colon - 1, colon) or head in lexicon.people.not_given:
        return False
    if head in _announcing(lexicon) or not _is_open(view, first, colon, lexicon):
        return False
    return all(_is_rare(view, index, lexicon) for index in (first, colon - 1))


def _announcing(lexicon: ActorsLexicon) -> frozenset[str]:
    return lexicon.sources.announcing.firsts | lexicon.speech.announcing.firsts | lexicon.speech.footers.firsts


def _name_at_head(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> NameAt | None:
    for length in _WORDS:
        last = at + length
        if last >= end or not all(_is_open(view, index, end, lexicon) for index in range(at, last)):
            return None
        if view.texts[at] in lexicon.people.not_given or not _speaks_at(view, last, end, lexicon):
            continue
        if length == 1:
            if _is_rare(view, at, lexicon) and speaks_alone(view, at, lexicon):
                return NameAt(at, last, titled=False, known=True)
            continue
        given = lexicon.people.given.length(view.texts, at, last) > 0 and _is_rare(view, last - 1, lexicon)
        if given or _is_interview(view, last, end, lexicon) or speaks_alone(view, last - 1, lexicon):
            return NameAt(at, last, titled=False, known=False)
    return None


def _is_rare(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell a word that the news do not use for anything else, and no paper, which writes."""
    text = view.texts[at]
    if not _WRITING.isdisjoint(view.texts[at + 1 : at + 1 + _WRITING_WORDS]):
        return False
    return len(text) > _FEWEST_LETTERS and text not in lexicon.people.usual and text not in lexicon.people.not_family


def _is_open(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell a word that may be of a name from those that are known to be of something else."""
    text = view.texts[at]
    if not text[0].isalpha() or text.isascii() or len(text) == 1 or text.endswith(_PLURALS):
        return False
    if text in lexicon.stops or text in lexicon.roles.ends or text in lexicon.roles.bodies:
        return False
    known = (lexicon.sources.organisation_words, lexicon.sources.outlet_words, lexicon.sources.unnamed_heads)
    if any(text in phrases.firsts for phrases in known) or at in view.names or at in view.inside:
        return False
    return not lexicon.roles.heads.length(view.texts, at, end)


def _speaks_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether what stands at an index follows a speaker: a verb of speech, «در گفت‌وگو», «با بیان»."""
    while at < end and view.texts[at] in _ALSO:
        at += 1
    at += _aside(view, at, end)
    if at + 1 >= end:
        return False
    if _is_interview(view, at, end, lexicon) or view.texts[at : at + 2] == ["در", _ANSWER]:
        return True
    if view.texts[at] == "با" and view.texts[at + 1] in _STATING:
        return True
    return any(not view.texts[last - 1].endswith(_PLURAL_VERB) for last in _verb_ends(view, at, end, lexicon))


def _aside(view: WordView, at: int, end: int) -> int:
    """Return how many words «در ادامه» or «در این باره» has that begins at an index; 0 if none does."""
    if at + 3 >= end or view.texts[at] != "در":
        return 0
    if view.texts[at + 1] in _ASIDES:
        return 2
    return 3 if view.texts[at + 1] in _THESE and view.texts[at + 2] in _MATTERS else 0


def _verb_ends(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Iterator[int]:
    speech = lexicon.speech
    if verb := speech.verbs.length(view.texts, at, end):
        yield at + verb
    noun = 0 if verb else speech.nouns.length(view.texts, at, end)
    if noun and (light := speech.light_verbs.length(view.texts, at + noun, end)):
        yield at + noun + light


def _is_interview(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    return view.texts[at] == "در" and lexicon.sources.interviews.length(view.texts, at + 1, end) > 0


def speaks_alone(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether the last word of a name speaks elsewhere without the first: «… گفت»."""
    for index in view.passage.where(view.texts[at]):
        begins = index == 0 or view.is_mark(index - 1) or _begins_line(view, index)
        if index != at and begins and _speaks_at(view, index + 1, len(view.texts), lexicon):
            return True
    return False


def comes_again(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a word stands elsewhere behind a title, or speaks alone."""
    titles = lexicon.people.titles.firsts
    places = view.passage.where(view.texts[at])
    titled = any(index != at and index > 0 and view.texts[index - 1] in titles for index in places)
    return titled or speaks_alone(view, at, lexicon)


def begins_elsewhere(view: WordView, at: int) -> bool:
    """Tell a word that stands elsewhere behind a mark or first of all, as a short name does that speaks again."""
    places = view.passage.where(view.texts[at])
    return any(index != at and (index == 0 or view.is_mark(index - 1)) for index in places)


def _begins_line(view: WordView, at: int) -> bool:
    passage = view.passage
    return "\n" in passage.normalized[passage.ends[at - 1] : passage.starts[at]]
