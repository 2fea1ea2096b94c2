"""Which language a text is in, told by its letters and by the small words that every sentence needs.

Knows nothing of feeds, labels or the model. Reads texts as published: normalization turns the letters that tell
Kurdish, Pashto and Urdu apart into Persian ones.

Each word speaks for one language, or for none: by a letter that only one of them writes, else by being one of its small
words. A word that tells nothing is counted with the others of its script. Dari and the Persian of Iran differ in words
of content, so they are one language here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """What a text can be recognised as, in BCP 47 primary tags; a metric label."""

    PERSIAN = "fa"
    ARABIC = "ar"
    SORANI = "ckb"
    KURMANJI = "ku"
    """Kurdish in Latin letters."""
    PASHTO = "ps"
    URDU = "ur"
    ENGLISH = "en"
    MIXED = "mul"
    """Several, and none of them prevails."""
    UNKNOWN = "und"
    """No words, or words of a language that is none of these."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text was recognised as."""

    language: Language
    persian_share: float
    """Of its words, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Profile:
    """What gives a language away."""

    letters: str
    """That none of the others writes."""
    words: str
    """Small ones that none of the others has."""


_ARABIC_SCRIPT = {
    Language.SORANI: _Profile(
        "ەۆێڕڵڤ",
        # the older way of writing, with «ه» and ZWNJ for «ە»
        "له‌ به‌ که‌ ئه‌م ئه‌و له‌گه‌ڵ له‌سه‌ر هه‌روه‌ها ده‌کات ده‌بێت ئه‌وه‌ بۆ ئێمه‌ کرا بوو نێوان",
    ),
    Language.PASHTO: _Profile("ټډړږښڼځڅېۍ", "د په سره دغه هغه وو شوی کړی لپاره یوه کوی وایی ویلی څخه"),
    Language.URDU: _Profile("ٹڈڑںےہھۓ", "اور کا تھا تھی گیا گئی رہا کہا نہ بھی لیا ہوا"),
    Language.ARABIC: _Profile(
        "ةإ",
        "فی إلى أن عن مع هذا هذه الذی التی الذین کان کانت قال قالت ذلک تلک منذ عند عندما حیث أو لم لن وقد وکان وقال "
        "بأن أنه أنها لیس وفی ومن ولا وهو وهی هو هناک أی أکثر لدى سوف أنا ماذا ولکن فقد ثم أمام وأن وأضاف مما وعلى "
        "إنه فیها فیه منها منه لها بها إذا لأن یتم تم وإن أیضا یکون تکون",
    ),
    Language.PERSIAN: _Profile(
        "",
        "در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد شده می اند های وی آنها باید شود دارد کرده بود "
        "خواهد اما یا هر اگر کند داد دو همه همین اینکه آنکه ولی نمی هستند نیست شدن کردن ای کنند بودن باشد کنید دهد "
        "داده دارند سال می‌شود می‌کند شما آنان ایشان وقتی هنگام درباره همچنین چون بدون بوده آمد "
        "یافت شوند نشان افزود اظهار خبر اعلام دیگر آیا خیلی هنوز فقط باز توسط طی کنم کنیم بودند شدند داشت داشته دارم "
        "هست میشود میکند میشه رو تر ترین بیش نام نفر حضور روی سوی جهت مورد درصد هزار",
    ),
}
_LATIN_SCRIPT = {
    Language.KURMANJI: _Profile("", "ji bo û di de ku ya yê yên bi li ev ew jî xwe wê dike kir her hat dibe bû ye nav"),
    Language.ENGLISH: _Profile(
        "",
        "the of and to in is that for on with as at by from was are be it its has have had this which an or not but "
        "said will their they his he her she we our you your who were been after into than about more would can could "
        "says if no all out up there when what how",
    ),
}
_LIKE_ARABIC = re.compile(r"(?:ال|وال(?!دین|یبال)|لل)\w{3,}")
"""The article; Persian has borrowed such words, and one of them alone proves nothing."""
_BORROWED = ("البته", "الزام", "الله", "الهی", "الگو", "المپیک", "الکتر", "الماس", "البرز", "الحاق", "المللی", "الهام")

_TELLS_NOTHING = "arabic script"
_NO_ARABIC = "arabic script, not arabic"
"""Persian, Kurdish, Pashto and Urdu share four letters that Arabic lacks."""
_LATIN = "latin script"
_OTHER = "other script"
_NO_WORD = ""

_PREVAILS = 0.7
"""Share of a language that is not Persian, from which a text is in that language."""
_PERSIAN_FROM = 0.4
"""A Persian article with a long statement in another language is Persian still: there is enough of it to read."""
_FEW = 3
"""So many words of another language must be seen, and outweighed where one word is Persian: headlines quote names,
prayers and the titles of films, and in few words the small ones may be missing."""

_WORD = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*(?:(?<=ه)\u200c)?")
_ADDRESS = re.compile(r"[@/]|www\.|\.(?:com|ir|org)\b")
_FOLDED = str.maketrans("يك", "یک", "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652ـ")
"""Persian is written with Arabic letters too; marks of vowels and lengthened words change no word."""
_ARABIC_LETTER = re.compile("[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f]")

_ENOUGH = 200
"""Words tell a share to within 0.07; of a longer text every second is read, or every third, and so on."""

_PERSIAN_TAGS = ("fa", "prs", "pes")

_REMEMBERED = 50_000
"""Chunks between spaces, at about 150 bytes each; then all are forgotten."""
_LONGEST = 40
"""A longer chunk is a link or noise."""


def _by_word(profiles: Mapping[Language, _Profile]) -> dict[str, str]:
    return {word: each.value for each, profile in profiles.items() for word in profile.words.split()}


_WORDS = {**_by_word(_LATIN_SCRIPT), **_by_word(_ARABIC_SCRIPT)}
_LETTERS = {letter: each.value for each, profile in _ARABIC_SCRIPT.items() for letter in profile.letters}
_TELLING = re.compile(f"[{''.join(_LETTERS)}]")
_NO_ARABIC_LETTER = re.compile("[پچژگ]")


def speaks_for(chunk: str) -> str:
    """Return the language that a chunk between two spaces speaks for, else its script; empty for no word."""
    found = _WORD.search(chunk.translate(_FOLDED))
    if not found:
        return _NO_WORD
    word = found.group()
    if not _ARABIC_LETTER.match(word):
        return _NO_WORD if _ADDRESS.search(chunk) else _by_other_letters(word)
    return _WORDS.get(word) or _by_arabic_letters(word)


def _by_arabic_letters(word: str) -> str:
    if telling := _TELLING.search(word):
        return _LETTERS[telling.group()]
    if _NO_ARABIC_LETTER.search(word):
        return _NO_ARABIC
    like_arabic = _LIKE_ARABIC.match(word) and not word.startswith(_BORROWED)
    return Language.ARABIC.value if like_arabic else _TELLS_NOTHING


def _by_other_letters(word: str) -> str:
    return _WORDS.get(word.lower()) or (_LATIN if _LATIN_LETTER.match(word) else _OTHER)


_WITHOUT_ARABIC = (Language.PERSIAN, Language.SORANI, Language.PASHTO, Language.URDU)
"""In the order in which a tie is broken."""
_SURELY_PERSIAN = {Language.PERSIAN.value, _NO_ARABIC, _TELLS_NOTHING, _NO_WORD}


class Recogniser:
    """Recognises languages, and remembers the words that it saw; build one per process."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, texts: Iterable[str], expected: Language = Language.PERSIAN) -> Recognised:
        """Return the language of an article; words that tell nothing are taken for the expected one's."""
        chunks = [chunk for text in texts for chunk in text.split()]
        return judged(Counter(self._voices(chunks[:: 1 + len(chunks) // _ENOUGH])), expected)

    def _voices(self, chunks: list[str]) -> list[str]:
        voices = list(map(self._known.get, chunks))
        if None in voices:
            return [
                self._learnt(chunk) if voice is None else voice for chunk, voice in zip(chunks, voices, strict=True)
            ]
        return voices  # type: ignore[return-value]  # without a None they are texts all

    def _learnt(self, chunk: str) -> str:
        if len(chunk) > _LONGEST:
            return speaks_for(chunk[:_LONGEST])
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        voice = self._known[chunk] = speaks_for(chunk)
        return voice


def language_of(tag: str) -> Language:
    """Return the language of a BCP 47 tag; Persian for one that is not among them, as this is about Persian news."""
    primary = tag.partition("-")[0].lower()
    return Language(primary) if primary in Language else Language.PERSIAN


def published_tag(language: Language, declared: str) -> str:
    """Return the tag that an article carries: a declared `fa-AF` or `prs` says more than that it is Persian."""
    return declared if language is Language.PERSIAN and declared.partition("-")[0] in _PERSIAN_TAGS else language


def judged(counts: Mapping[str, int], expected: Language = Language.PERSIAN) -> Recognised:
    """Return the language from how many words speak for each."""
    if counts.keys() <= _SURELY_PERSIAN and counts.get(Language.PERSIAN.value):
        return Recognised(Language.PERSIAN, 1.0)
    words = dict.fromkeys(Language, 0.0)
    words |= _of_arabic_script(counts, expected) | _of_latin_script(counts)
    words[Language.UNKNOWN] += counts.get(_OTHER, 0)
    total = sum(words.values())
    if not total:
        return Recognised(Language.UNKNOWN, 0.0)
    persian = words[Language.PERSIAN] / total
    if persian >= _PERSIAN_FROM:
        return Recognised(Language.PERSIAN, persian)
    most = max(words, key=words.__getitem__)
    if words[most] / total >= _PREVAILS:
        return Recognised(most, persian)
    return Recognised(Language.MIXED, persian)


def _of_arabic_script(counts: Mapping[str, int], expected: Language) -> dict[Language, float]:
    """Return the words of each language of the script; those that tell nothing go as the telling ones do."""
    spoken = {language: float(counts.get(language.value, 0)) for language in _ARABIC_SCRIPT}
    spoken[max(_WITHOUT_ARABIC, key=spoken.__getitem__)] += counts.get(_NO_ARABIC, 0)
    told, rest = sum(spoken.values()), counts.get(_TELLS_NOTHING, 0)
    expected = expected if expected in _ARABIC_SCRIPT else Language.PERSIAN
    if not told or (expected is Language.PERSIAN and told - spoken[Language.PERSIAN] < _FEW):
        return {expected: told + rest}
    weight = spoken | {Language.PERSIAN: spoken[Language.PERSIAN] + _FEW * (spoken[Language.PERSIAN] > 0)}
    total = sum(weight.values())
    return {language: (told + rest) * share / total for language, share in weight.items()}


def _of_latin_script(counts: Mapping[str, int]) -> dict[Language, float]:
    spoken = {language: float(counts.get(language.value, 0)) for language in _LATIN_SCRIPT}
    told, rest = sum(spoken.values()), counts.get(_LATIN, 0)
    if not told:
        return {Language.UNKNOWN: rest}
    return {language: (told + rest) * share / told for language, share in spoken.items()}
