"""Normalization: what hazm makes of a text, only faster.

Knows nothing of entries, Kafka or labels. With `hazm_parts`, the only module that touches hazm.

hazm runs some forty regular expressions over the whole text. Here the same rules run on what they can touch:
characters are looked up once as a set, spacing works on tokens, and what is known of a chunk between two spaces is
remembered, for most chunks were seen before. `reference` is hazm itself; tests hold the two equal.
"""

import re
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from workers.hazm_parts import constants, joined_verbs, words
from workers.offsets import Fold, OffsetMap, offset_map

ZWNJ = "\u200c"
_L = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
"""The letters of hazm's rules for repeated letters and for «می»."""
_LEANS_BACK = frozenset(".:!،؛؟»])}")
"""Marks that stand against the word before them (hazm's PUNC_AFTER)."""
_LEANS_ON = frozenset("«[({")
"""Marks that stand against the word after them (hazm's PUNC_BEFORE)."""

# No target is itself replaced, so that one character after the other comes to the same as all at once.
_REPLACED = {
    **dict(zip(constants.NUMBERS_SRC, constants.NUMBERS_DST, strict=True)),
    **dict(zip(constants.TRANSLATION_SRC, constants.TRANSLATION_DST, strict=True)),
}
_DIACRITICS = frozenset(map(chr, range(0x64B, 0x653)))
_SPECIALS = re.compile(constants.SPECIAL_CHARS_PATTERNS[0][0])
_LIGATURES = frozenset("".join(old for old, _ in constants.UNICODE_REPLACEMENTS)) - frozenset("(|)")
_RARE = _LIGATURES | frozenset(char for char in map(chr, range(0x600, 0xFF00)) if _SPECIALS.match(char))

_QUOTED, _DECIMAL, _ELLIPSIS = ((re.compile(old), new) for old, new in constants.PERSIAN_STYLE_PATTERNS)
_FOLD = Fold(
    replaced=_REPLACED,
    vanishing=_DIACRITICS | (_RARE - _LIGATURES) | {"ـ"},
    spelt_out=dict(constants.UNICODE_REPLACEMENTS),
)
_POINT = re.compile(r"\.[\d+]")
_TEXT_EDGES = re.compile(r"^ +| +$")
_SPACES = re.compile(r" {2,}")
_EMPTY_LINES = re.compile(r"\n{3,}")
_ZWNJS = re.compile(r"\u200c{2,}")
# Of the four rules for a lone ZWNJ: beside a space, or with a word on one side only, it joins nothing.
_IDLE_ZWNJ = re.compile(r"\u200c(?:(?= )|(?<= \u200c)|(?<=\w\u200c)(?!\w)|(?<!\w\u200c)(?=\w))")
_MARKS = re.compile(r'([؟!?]+|[\d.:]+|[:.،؛»\])}"«\[({/\\])')
_PUNCTUATION = tuple((re.compile(old), new) for old, new in constants.PUNCTUATION_SPACING_PATTERNS)

_COMPARATIVES = frozenset({"تر", "تری", "ترین", "گر", "گری", "ها", "های"})
_COPULAS = frozenset({"ام", "ایم", "اش", "اند", "ای", "اید", "ات"})
_CONTINUOUS = frozenset({"می", "نمی"})
_AFFIXES = _COMPARATIVES | _COPULAS | _CONTINUOUS | {"ی"}

_TRIPLE = re.compile(rf"([{_L}])\1{{2,}}")
_LETTER_RUN = re.compile(rf"[{_L}]+")
_MI = re.compile(rf"\b(ن?می)([{_L}]+)")

_REMEMBERED = 100_000
"""Chunks kept, at about 150 bytes each; a day of news holds fewer different ones."""
_REMEMBERED_LENGTH = 40
"""Longer chunks are links and noise that do not come again."""

type _Reading = tuple[tuple[str, ...], tuple[int, ...], bool]
"""Tokens of a chunk; which of them may join a neighbour; whether letters in it may change."""
_NOTHING: _Reading = ((), (), False)


class Normalizer:
    """`hazm.Normalizer().normalize` with its default options; build one per process (0.5 s, 30 MB)."""

    version = f"hazm-{version('hazm')}/default"

    def __init__(self) -> None:
        known = words()
        self._words = known.known
        self._verbs = joined_verbs()
        self._pairs = self._verbs | known.joined
        self._seconds = _tails(self._pairs) | constants.SUFFIXES
        self._plain: set[str] = set()
        self._read: dict[str, _Reading] = {"": _NOTHING}

    def __call__(self, text: str) -> str:
        """Return the normalized text; equal to `reference(text)` for every string."""
        chars = set(text)
        text = _spaced(_styled(_translated(text, chars), chars), chars)
        rare = not chars.isdisjoint(_RARE)
        quoted = '"' in text
        lines = text.split("\n")
        last = len(lines) - 1
        for number, line in enumerate(lines):
            if line and not line.isspace():
                joined = self._line(line, number == 0, rare)
                lines[number] = joined if quoted else _line_edges(joined, number == 0, number == last)
        text = "\n".join(lines)
        text = _punctuated_by_rule(text) if quoted else _punctuated(text, chars)
        if rare:
            for old, new in constants.UNICODE_REPLACEMENTS:
                text = text.replace(old, new)
            text = self._lettered(_SPECIALS.sub("", text))
        return text

    def _line(self, line: str, first: bool, rare: bool) -> str:
        """Return the line with its tokens spaced and joined."""
        chunks = line.replace("\t", " ").split(" ")
        plain = self._plain
        tokens: list[str] = []
        joinable: list[int] = []
        changes = False
        for chunk in chunks:
            if chunk in plain:
                tokens.append(chunk)
                continue
            parts, may_join, may_change = self._read.get(chunk) or self._reading(chunk)
            if may_join:
                joinable += [len(tokens) + at for at in may_join]
            tokens += parts
            if may_change:
                changes = True
        if joinable:
            tokens = _affixed(self._joined(tokens, joinable), first)
        text = " ".join(tokens)
        if rare:  # the letters are looked at when ligatures are spelt out and specials are gone
            return text.replace("هها", f"ه{ZWNJ}ها")
        return self._lettered(text.replace("هها", f"ه{ZWNJ}ها")) if changes else text

    def _reading(self, chunk: str) -> _Reading:
        """Return what there is to know of a chunk, and remember it."""
        parts = tuple(part for part in _MARKS.sub(r" \1 ", chunk).split(" ") if part)
        joins = tuple(at for at, part in enumerate(parts) if part in self._seconds or part in _AFFIXES)
        changes = "هها" in chunk or any(self._lettered(part) != part for part in parts)
        reading = (parts, joins, changes)
        if len(chunk) <= _REMEMBERED_LENGTH:
            if len(self._read) + len(self._plain) > _REMEMBERED:
                self._plain.clear()
                self._read = {"": _NOTHING}
            if parts == (chunk,) and not joins and not changes:
                self._plain.add(chunk)
            else:
                self._read[chunk] = reading
        return reading

    def _joined(self, tokens: list[str], joinable: list[int]) -> list[str]:
        """Join with ZWNJ the neighbours that are one word, and suffixes to known words."""
        result: list[str] = []
        start = 0
        for at in joinable:
            if start < at:
                result += tokens[start:at]
            start = at + 1
            token = tokens[at]
            if result:
                pair = f"{result[-1]}{ZWNJ}{token}"
                if pair in self._pairs or (token in constants.SUFFIXES and result[-1] in self._words):
                    result[-1] = pair
                    continue
            result.append(token)
        return result + tokens[start:]

    def _lettered(self, text: str) -> str:
        """Return the text without letters drawn out, and with «می» set off from known verbs."""
        if _TRIPLE.search(text):
            text = _LETTER_RUN.sub(self._undrawn, text)
        return _MI.sub(self._mi, text)

    def _undrawn(self, match: re.Match[str]) -> str:
        word = match.group()
        if not _TRIPLE.search(word) or word in self._words:
            return word
        once, twice = _TRIPLE.sub(r"\1", word), _TRIPLE.sub(r"\1\1", word)
        return once if once in self._words and twice not in self._words else twice

    def _mi(self, match: re.Match[str]) -> str:
        verb = f"{match.group(1)}{ZWNJ}{match.group(2)}"
        return verb if verb in self._verbs else match.group()


def reference(text: str) -> str:
    """Return what hazm itself makes of `text`: the measure of correctness and of speed."""
    normalized: str = _whole_hazm().normalize(text)
    return normalized


@cache
def _whole_hazm() -> Any:
    import hazm  # noqa: PLC0415 - four seconds and 150 MB that serving does without

    return hazm.Normalizer()


@lru_cache(maxsize=4)  # evidence and enrichment ask for the same fields of an article
def align(original: str, normalized: str) -> OffsetMap:
    """Return the map from the normalized text back to the original, for spans of evidence and of entities."""
    return offset_map(original, normalized, _FOLD)


def _tails(joined: frozenset[str]) -> set[str]:
    """Return all that follows a ZWNJ in one of the words: what a joinable token can look like."""
    tails: set[str] = set()
    for word in joined:
        tail = word
        while ZWNJ in tail:
            tail = tail.partition(ZWNJ)[2]
            tails.add(tail)
    return tails


def _translated(text: str, chars: set[str]) -> str:
    """Return the text in Persian letters and digits; `chars` learns what came in."""
    for char in chars.intersection(_REPLACED):
        text = text.replace(char, _REPLACED[char])
        chars.add(_REPLACED[char])
    return text


def _styled(text: str, chars: set[str]) -> str:
    """Return the text with Persian quotation marks, decimal points and ellipses, without diacritics."""
    if '"' in chars:
        text = _QUOTED[0].sub(_QUOTED[1], text)
        chars.update("«»")
    if "." in chars:
        if _POINT.search(text):
            text = _DECIMAL[0].sub(_DECIMAL[1], text)
        if "..." in text:
            text = _ELLIPSIS[0].sub(_ELLIPSIS[1], text)
    for char in chars & _DIACRITICS:
        text = text.replace(char, "")
    return text


def _spaced(text: str, chars: set[str]) -> str:
    """Return the text without needless spaces, empty lines, ZWNJs, tatweel and carriage returns."""
    if text[:1] == " " or text[-1:] == " " or text[-2:] == " \n":
        text = _TEXT_EDGES.sub("", text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    if ZWNJ in chars:
        if ZWNJ + ZWNJ in text:
            text = _ZWNJS.sub(ZWNJ, text)
        text = _IDLE_ZWNJ.sub("", text)
    for char in chars & {"ـ", "\r"}:
        text = text.replace(char, "")
    return text


def _affixed(tokens: list[str], first: bool) -> list[str]:
    """Return the tokens with the affixes joined that stand apart, in the order of hazm's rules."""
    if _AFFIXES.isdisjoint(tokens):
        return tokens
    tokens = _continuous(_ezafe(tokens, first), first)
    joined = list(tokens[:1])
    for before, token in pairwise(tokens):
        if token in _COMPARATIVES and _is_word_end(before):
            joined[-1] += ZWNJ + token
        else:
            joined.append(token)
    return _copulas(joined, first)


def _ends_in_he(tokens: list[str], first: bool) -> bool:
    """Tell whether the last token ends in «ه» after something that is no space: a line break is none."""
    token = tokens[-1]
    return token[-1] == "ه" and (len(token) > 1 or (len(tokens) == 1 and not first))


def _ezafe(tokens: list[str], first: bool) -> list[str]:
    """Join «ی» to a word in «ه» before it, unless it ends the line."""
    result = tokens[:1]
    for token in tokens[1:-1]:
        if token == "ی" and _ends_in_he(result, first):  # noqa: S105 - a word, no password
            result[-1] += f"{ZWNJ}ی"
        else:
            result.append(token)
    return result + tokens[1:][-1:]


def _continuous(tokens: list[str], first: bool) -> list[str]:
    """Join «می» and «نمی» to what follows; the rule asks for the start of the text or a space before them."""
    result: list[str] = []
    at, end = 0, len(tokens) - 1
    while at <= end:
        token = tokens[at]
        if token in _CONTINUOUS and at < end and (at > 0 or first):
            at += 1
            # a mark that leans on what follows gets its space back from a later rule
            gap = " " if tokens[at][0] in _LEANS_ON else ""
            token = f"{token}{ZWNJ}{gap}{tokens[at]}"
        result.append(token)
        at += 1
    return result


def _is_word_end(token: str) -> bool:
    """Tell whether the token's last two characters are of a word."""
    return len(token) > 1 and not any(
        char in _LEANS_BACK or char in _LEANS_ON or char.isdecimal() or char in " \n" for char in token[-2:]
    )


def _copulas(tokens: list[str], first: bool) -> list[str]:
    """Join «ام», «اند» and their like to a word in «ه» before them."""
    result = tokens[:1]
    for token in tokens[1:]:
        if token in _COPULAS and _ends_in_he(result, first):
            result[-1] += ZWNJ + token
        else:
            result.append(token)
    return result


def _line_edges(line: str, first: bool, last: bool) -> str:
    """Return the line with the spaces that hazm sets between a mark and a line break."""
    if not last and line[-1] in _LEANS_BACK:
        line += " "
    return f" {line}" if not first and line[0] in _LEANS_ON else line


def _punctuated(text: str, chars: set[str]) -> str:
    """Return the text with its marks against their words: hazm's rules, where tokens stand one space apart."""
    for mark in chars & _LEANS_BACK:
        text = text.replace(f" {mark}", mark)
    for mark in chars & _LEANS_ON:
        text = text.replace(f"{mark} ", mark)
    if "?" in chars:
        text = text.replace("!?", "! ?").replace("؟?", "؟ ?")
    return text


def _punctuated_by_rule(text: str) -> str:
    """Return the same for a text with an unpaired quotation mark, by hazm's own expressions."""
    for pattern, replacement in _PUNCTUATION:
        text = pattern.sub(replacement, text)
    return text
