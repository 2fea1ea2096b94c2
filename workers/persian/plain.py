"""One clean line of any text, and the marks that keep its direction to itself.

Knows nothing of terminals, pages or events: whoever shows a string that somebody else wrote takes it from here.
"""

import unicodedata

FSI, RLI, PDI = "\u2068", "\u2067", "\u2069"
"""Isolates (UAX 9): Persian in a line of Latin text does not reorder its neighbours."""

_JOINERS = frozenset("\u200c\u200d")
"""ZWNJ and ZWJ shape Persian words; every other format character is an instruction to what shows it."""
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """Return text as one line without control characters, bidi controls or anything else that steers a terminal."""
    spaced = (" " if char.isspace() else char for char in text)
    kept = (char for char in spaced if char in _JOINERS or unicodedata.category(char) not in _UNSHOWN)
    return " ".join("".join(kept).split())
