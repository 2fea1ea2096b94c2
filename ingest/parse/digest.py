"""The digest of an entry's content: it changes when a reader would see an edit, and only then.

Knows nothing of dates, links or identity.
"""

import hashlib
import re
import unicodedata

from ingest.parse.url import without_trackers

_INVISIBLE = re.compile(
    "[\u00ad\u0640\u064b-\u0652\u0654\u0670\u200b\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+"
)
"""ZWJ and its kin, tatweel, vowel marks, bidi marks: publishers' systems add and drop them, as spaces and ZWNJ."""
_DIGITS = re.compile("[٠-٩۰-۹]+")
_WORD = re.compile(r"\w{3,}")
_LETTERS = (("ي", "ی"), ("ى", "ی"), ("ئ", "ی"), ("ك", "ک"), ("ۀ", "ه"), ("ة", "ه"), ("ۂ", "ه"))


def fold(text: str) -> str:
    """Return `text` so that spellings that differ only in code points and spacing are equal; for comparison only."""
    text = unicodedata.normalize("NFKC", without_trackers(text))
    for variant, letter in _LETTERS:
        text = text.replace(variant, letter)
    text = "".join(text.split()).replace("\u200c", "")
    if _DIGITS.search(text):
        text = _DIGITS.sub(lambda run: "".join(str(unicodedata.digit(digit)) for digit in run.group()), text)
    return _INVISIBLE.sub("", text) if _INVISIBLE.search(text) else text


_ALIKE = str.maketrans(
    {variant: letter for variant, letter in _LETTERS if variant != "ئ"}
    | {chr(first + digit): str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
    | {"\u200c": " ", "\u00a0": " "}
)


def spelled_alike(text: str) -> str:
    """Return one line in one spelling, its words still apart: for rules and comparisons, never for output."""
    return " ".join(_INVISIBLE.sub("", text.translate(_ALIKE)).split())


def words(text: str) -> frozenset[str]:
    """Return the words of three and more letters, in one spelling."""
    return frozenset(_WORD.findall(spelled_alike(text)))


def content_digest(title: str, summary: str, text: str) -> str:
    """Return 32 hex digits over what a reader reads, each part by itself."""
    parts = (title, summary) if text == summary else (title, summary, text)
    folded = "\n".join(map(fold, parts))
    return hashlib.sha256(folded.encode()).hexdigest()[:32]
