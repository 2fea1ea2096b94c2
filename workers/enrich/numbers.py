"""Whole numbers in running text: digits of any script, number words, and what mixes the two.

Knows nothing of what is counted. «۵۵», «بیست و سه», «حدود ۲ میلیون و ۷۰۰ هزار», "1,250".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

_UNITS = (
    ("یک", 1),
    ("دو", 2),
    ("سه", 3),
    ("چهار", 4),
    ("پنج", 5),
    ("شش", 6),
    ("هفت", 7),
    ("هشت", 8),
    ("نه", 9),
    ("ده", 10),
    ("یازده", 11),
    ("دوازده", 12),
    ("سیزده", 13),
    ("چهارده", 14),
    ("پانزده", 15),
    ("شانزده", 16),
    ("هفده", 17),
    ("هجده", 18),
    ("هیجده", 18),
    ("نوزده", 19),
    ("بیست", 20),
    ("سی", 30),
    ("چهل", 40),
    ("پنجاه", 50),
    ("شصت", 60),
    ("هفتاد", 70),
    ("هشتاد", 80),
    ("نود", 90),
    ("صد", 100),
    ("یکصد", 100),
    ("دویست", 200),
    ("سیصد", 300),
    ("چهارصد", 400),
    ("پانصد", 500),
    ("ششصد", 600),
    ("شیشصد", 600),
    ("هفتصد", 700),
    ("هشتصد", 800),
    ("نهصد", 900),
)
_WORDS = dict(_UNITS)
_VALUES = frozenset(_WORDS.values())
_TEN = 10
_HUNDRED = 100
_SCALES = {"هزار": 1_000, "میلیون": 1_000_000, "ملیون": 1_000_000, "میلیارد": 1_000_000_000}
_AND = "و"
_GROUPING = str.maketrans("", "", ",٬")
_DECIMAL = str.maketrans("٫/", "..")
_DIGITS = 18
"""A run of more digits counts nothing that news count; it is a telephone or card number."""
_GREATEST = 10**18


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number; `first` and `last` are indexes of its words, half-open."""

    first: int
    last: int
    value: int


def numbers_in(words: Sequence[str]) -> Iterator[Number]:
    """Yield the numbers of a run of folded words, in order, the longest that begins at each place.

    What is no whole number («۲٫۵ درصد») is none, but «۲٫۵ میلیون» is. «یک» alone is one, although it may be an article.
    """
    at = 0
    while at < len(words):
        word = words[at]
        if not (word in _WORDS or word in _SCALES or word[:1].isdecimal()) or (number := _number(words, at)) is None:
            at += 1
        else:
            yield number
            at = number.last


def _number(words: Sequence[str], first: int) -> Number | None:
    """Return the longest number that begins at a word."""
    total = group = Decimal(0)
    scale = _GREATEST
    at = past = first
    found: Number | None = None
    while at < len(words):
        word = words[at]
        if word == _AND and at == past != first:
            at += 1
            continue
        joined = at == past != first
        if word in _SCALES and (joined or at == first) and _SCALES[word] < scale:
            scale = _SCALES[word]
            total, group = total + (group or 1) * scale, Decimal(0)
        elif (
            not joined
            and (value := _value(word)) is not None
            and _follows(words[past - 1] if group else "", value, group, scale)
        ):
            group += value
        else:
            break
        at = past = at + 1
        if (whole := total + group) == int(whole) < _GREATEST:
            found = Number(first, past, int(whole))
    return found


def _follows(before: str, value: Decimal, group: Decimal, scale: int) -> bool:
    """Tell whether a value may stand after what a group holds: «صد و بیست و سه», never «سه و پنج» or «۲۰ و ۵»."""
    if not group:
        return value < scale
    if before not in _WORDS or value not in _VALUES:
        return False
    return value < (_HUNDRED if group % _HUNDRED == 0 else _TEN if group % _TEN == 0 and group > _TEN else 0)


def _value(word: str) -> Decimal | None:
    """Return what a number word or a run of digits stands for."""
    if not word[:1].isdecimal():
        return Decimal(_WORDS[word]) if word in _WORDS else None
    plain = word.translate(_GROUPING).translate(_DECIMAL)
    if len(plain) > _DIGITS or plain.count(".") > 1 or not all(char.isdecimal() or char == "." for char in plain):
        return None
    return Decimal(plain)
