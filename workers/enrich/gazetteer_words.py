"""Words as the gazetteers compare them: one form for the spellings that writers mix.

Knows nothing of entries or of the trie. Splits as `workers.normalize` and the classifier's features do, and takes a
ZWNJ for a break like a space, so that «ترکیه‌ای» and «ترکیه ای» are the same two words.
"""

import re

ZWNJ = "\u200c"
WORD = re.compile(r"[^\W\d_]+|\d+")

_SPELLINGS = str.maketrans("أإآؤئةۀيىك0123456789٠١٢٣٤٥٦٧٨٩", "اااویههییک" + "۰۱۲۳۴۵۶۷۸۹" * 2, "ءـ")
_CONTEXT: list[int | str | None] = list(range(0x2020))
"""By code point, up to the last one that is replaced: a list is looked up in several times faster than a dictionary,
which says of every usual letter that it does not know it."""
for _code, _to in (
    _SPELLINGS
    | str.maketrans(dict.fromkeys(".!؟?؛;:|\n", " | "))
    | str.maketrans(dict.fromkeys("«»\"'()[]{}،,-–—/\u200c\t", " "))
).items():
    _CONTEXT[_code] = _to

_IS_FOLDED = re.compile("[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u200c۰-۹a-z]*").fullmatch
"""Tells what folding leaves as it is, most of all: that is several times cheaper than to fold it."""

STOP = "|"
"""Stands in a context for the end of a sentence or line, which no context reaches over."""


def folded(word: str) -> str:
    """Return the word in the one spelling that stands for all of them; its length may change."""
    return word if _IS_FOLDED(word) else word.translate(_SPELLINGS).lower()


def words_of(form: str) -> tuple[str, ...]:
    """Return the folded words of a name, split at spaces, ZWNJs and marks."""
    return tuple(folded(word) for word in WORD.findall(form))


def joined_words_of(form: str) -> tuple[str, ...]:
    """Return the same for a writer who leaves the ZWNJs out altogether."""
    return words_of(form.replace(ZWNJ, ""))


def context(text: str) -> str:
    """Return the words of a stretch of text, a space around each, sentence ends as `STOP`."""
    return f" {' '.join(text.translate(_CONTEXT).lower().split())} "
