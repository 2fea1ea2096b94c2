"""Names as they are compared: one the end of the other, with and without what writers leave out.

Knows nothing of people, or of where in a text a name stands.
"""

from functools import lru_cache

FEWEST_FAMILY_LETTERS = 3
"""A shorter family name does not stand alone."""
_FEWEST_WITH_ARTICLE = 4
_FEWEST_WORDS = 2
_ARTICLE, _SAYYID, _ZWNJ = "ال", "سید", "\u200c"


def is_name_of(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Tell whether one name is the end of the other or all of it but the last word, or both begin and end alike."""
    if "".join(words) == "".join(others):
        return True
    short, long = sorted((_bare(words), _bare(others)), key=len)
    if long[-len(short) :] == short:
        return True
    if len(short) > 1 and long[:-1] == short:
        return True
    return len(short) > 1 and short[-1] == long[-1] and short[0] in long


@lru_cache(maxsize=1_024)
def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name without the Arabic article and «سید», which writers leave out."""
    bare = tuple(word.removeprefix(_ARTICLE) if len(word) > _FEWEST_WITH_ARTICLE else word for word in words)
    if len(bare) < _FEWEST_WORDS:
        return bare
    first = bare[0].removeprefix(_SAYYID)
    return (first, *bare[1:]) if first else bare[1:]


def family_forms(family: str) -> tuple[str, ...]:
    """Return the ways in which a family name is written when it stands alone."""
    plain = family.replace(_ZWNJ, "")
    bare = family.removeprefix(_ARTICLE)
    return (family, plain, bare) if len(bare) > FEWEST_FAMILY_LETTERS else (family, plain)
