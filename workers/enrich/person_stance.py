"""How a name or an office stands in its sentence: as what it begins with, behind a preposition, with a verb of speech.

Knows nothing of who is meant.
"""

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Sentence, folded
from workers.enrich.word_view import CLOSING, OPENING, WordView

_CLAUSE_WORDS = 40
"""Between an office and its verb: «… با بیان اینکه …، گفت»."""
_VERBAL_ENDINGS = ("ند", "است", "کرد", "شد", "بود", "داد", "\u200cاند")
_OBJECT_OF = frozenset(map(folded, ("از", "به", "در", "علیه", "برای", "درباره", "بر", "درخصوص", "پیرامون", "مانند")))
_ABOUT = frozenset(map(folded, ("درباره", "درخصوص", "پیرامون", "مانند", "همچون", "نظیر")))
_VERBAL_BEGINNINGS = ("می\u200c", "نمی\u200c")
_FREE = frozenset(
    map(folded, ("حالیکه", "درحالیکه", "هنگامیکه", "صورتیکه", "بطوریکه", "همانطورکه", "بوسیله", "به‌وسیله", "ازسوی"))
)
"""Conjunctions and prepositions that are written as one word: no nouns."""
_THESE = frozenset(map(folded, ("این", "همین", "آن", "همان")))
"""«در این زمینه»: nobody's, so that whoever follows begins something of their own."""
_LEADS = frozenset(
    map(
        folded,
        ("نام", "نام‌های", "اسامی", "رهبری", "ریاست", "فرماندهی", "سرپرستی", "دختر", "پسر", "گل", "اجرای", "هدایت"),
    )
)
"""Nouns before whoever the sentence is about."""
_REACTIONS = frozenset(
    map(folded, ("واکنش", "پاسخ", "هشدار", "توضیح", "توضیحات", "روایت", "ادعای", "اظهارات", "سخنان", "انتقاد"))
)
"""Nouns that begin a title before whoever speaks."""
_ALSO = frozenset(map(folded, ("نیز", "هم", "همچنین")))
_DASHES = frozenset("-–ـ")
_DATELINE_WORDS = 3
"""Before the dash of «گروه اجتماعی - وزیر …»."""
_EMPHASIS = frozenset("*_")
"""Marks of emphasis that some feeds leave in their text."""
_BEFORE_SUBJECT = frozenset("،,:|/")
_RANKS = frozenset(map(folded, ("پاسدار", "دوم", "یکم", "خلبان", "والمسلمین")))
"""Words inside titles."""
_ENDS_OF_TITLES = frozenset(map(folded, ("المسلمین", "رکن", "العظمی", "بسیجی", "جانباز", "پرافتخار", "رشید")))
"""Last words of titles of several, with which none begins."""


def says(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a verb of speech begins at an index."""
    speech = lexicon.speech
    if speech.verbs.length(view.texts, at, end):
        return True
    noun = speech.nouns.length(view.texts, at, end)
    return bool(noun and speech.light_verbs.length(view.texts, at + noun, end))


def speech_verb(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> int | None:
    """Return the index of the first verb of speech behind an index, in its clause or behind «با بیان اینکه …»."""
    firsts = lexicon.cues.speech
    for index in range(at, min(at + _CLAUSE_WORDS, sentence.last)):
        if view.texts[index] in firsts and says(view, index, sentence.last, lexicon):
            return index
    return None


def speaks(view: WordView, first: int, last: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell who speaks wherever it stands: a name right before a verb of speech, and «واکنش …» in a title."""
    before = view.texts[first - 1] if first > sentence.first else ""
    if view.passage.name == "title" and first == sentence.first + 1 and before in _REACTIONS:
        return True
    last += int(last < sentence.last and view.texts[last] in _ALSO)
    of_another = before in lexicon.roles.of_somebody or is_object(view, first, sentence, lexicon)
    return not of_another and last < sentence.last and says(view, last, sentence.last, lexicon)


def is_title(text: str, lexicon: ActorsLexicon) -> bool:
    """Tell a word of «سردار سرتیپ دوم پاسدار»."""
    return text in lexicon.people.titles.firsts or text in _RANKS


def is_object(view: WordView, first: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell whether a preposition stands before a place, or a noun as in «دفتر …»."""
    before = _before(view, first, sentence, lexicon)
    return before is not None and (view.texts[before] in _OBJECT_OF or _is_noun(view, before, sentence, lexicon))


def is_passing(view: WordView, first: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell who is named for the sake of something else: «مجسمه …», «پرچم …», or «کتاب» behind its title, «از …»."""
    before = _before(view, first, sentence, lexicon)
    if before is None or view.texts[first - 1] in OPENING:
        return False
    text = view.texts[before]
    if text == "از" and before > sentence.first:
        return view.texts[before - 1] in CLOSING
    return text in _ABOUT or (text not in _LEADS and _is_noun(view, before, sentence, lexicon))


def _before(view: WordView, first: int, sentence: Sentence, lexicon: ActorsLexicon) -> int | None:
    """Return the index of the word before a place, its titles and its quotation mark stepped over."""
    at = _at_titles(view, first, sentence, lexicon)
    while at > sentence.first and view.texts[at - 1] in OPENING:
        at = _at_titles(view, at - 1, sentence, lexicon)
    return at - 1 if at > sentence.first else None


def _at_titles(view: WordView, first: int, sentence: Sentence, lexicon: ActorsLexicon) -> int:
    """Return the index at which the titles before a place begin; its own if there are none."""
    at = first
    while at > sentence.first:
        text = view.texts[at - 1]
        whole = text in _ENDS_OF_TITLES and lexicon.people.titles.length_before(view.texts, sentence.first, at)
        if not (whole or is_title(text, lexicon)):
            break
        at -= whole or 1
    return at


def _is_noun(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell a noun that what follows belongs to: «دفتر …»."""
    text = view.texts[at]
    if _is_told_by(view, at + 1, sentence, lexicon) or (at > sentence.first and view.texts[at - 1] in _THESE):
        return False
    free = text in lexicon.stops or text in _FREE or text in lexicon.roles.ends or at in view.names
    verbal = text.endswith(_VERBAL_ENDINGS) or text.startswith(_VERBAL_BEGINNINGS)
    return text[0].isalpha() and not free and at not in view.inside and not verbal


def _is_told_by(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell the speaker of «به گفته …»."""
    return lexicon.speech.said_by.length_before(view.texts, sentence.first, at) > 0


def is_subject(view: WordView, first: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell whether a place begins its sentence, or what follows «به گزارش …،» there."""
    texts, at = view.texts, first
    while at > sentence.first and view.is_mark(at - 1) and texts[at - 1] not in _BEFORE_SUBJECT:
        at -= 1
    at = _at_titles(view, at, sentence, lexicon)
    while at > sentence.first and texts[at - 1] in _EMPHASIS:
        at -= 1
    if 0 < at - sentence.first <= _DATELINE_WORDS and texts[at] in _DASHES:
        return True
    if at == sentence.first or _is_told_by(view, at, sentence, lexicon):
        return True
    if texts[at - 1] in {":", "|", "/"}:
        return True
    outlet = view.inside.get(at - 1, at - 1)
    reports = outlet in view.names and view.names[outlet][0].of(EntryKind.OUTLET) is not None
    if texts[at - 1] not in {"،", ",", "«"} and not reports:
        return False
    head = view.past_marks(sentence.first, sentence.last)
    return lexicon.sources.reported_by.length(texts, head, sentence.last) > 0 and not any(
        says(view, index, sentence.last, lexicon) for index in range(head + 2, at)
    )
