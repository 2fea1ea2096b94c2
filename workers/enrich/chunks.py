"""What stands between two spaces, as its words: read once, then remembered, with the sets of words that it is in.

Knows nothing of articles or of what a set of words is for. The memory changes nothing about what is returned; it
serves one thread at a time.
"""

import re
from collections.abc import Collection
from operator import itemgetter
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_ˈ]+(?:[\u200c\u00ad][^\W\d_ˈ]+)*|\d+(?:[.,٫٬/]\d+)*|[^\w\s]")
"""A word with its joined suffixes, a number, or a mark; «ˈ», which stands for a quotation mark, is no letter of one.

Some write a soft hyphen for a ZWNJ.
"""
_QUOTE = "ˈ"
"""A letter to Unicode."""
_IS_WORD = re.compile(r"[^\W\d_ˈ]+(?:[\u200c\u00ad][^\W\d_ˈ]+)*").fullmatch
_IS_FOLDED = re.compile("[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u200c۰-۹0-9a-z.,،؛؟!:«»()]*").fullmatch
"""Tells what folding leaves as it is, most of all: that is several times cheaper than to fold it."""
_FOLDED = str.maketrans("أإآؤئةۀيىك\u00ad", "اااویههییک\u200c", "ءـ")
_REMEMBERED = 100_000
"""Chunks kept, at about 300 bytes each; then all are forgotten."""
_REMEMBERED_LENGTH = 40
"""Longer chunks are links and noise that do not come again."""
_SETS = 100
"""Sets of words kept, more than the lexicons of one process have; then all are forgotten."""


type _Members = tuple[tuple[int, ...], ...]


class Chunk(NamedTuple):
    """The words of a chunk, with their places in it."""

    texts: tuple[str, ...]
    """Folded."""
    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    members: _Members
    """For each word the sets of words that it is in, of those that were known when the chunk was read."""


texts_of, members_of = itemgetter(0), itemgetter(3)
FIRST = (0,)
"""Where the words of most chunks begin, which have one; known by its identity."""
_ONE = {length: (length,) for length in range(_REMEMBERED_LENGTH + 1)}


def folded(word: str) -> str:
    """Return the word in the one spelling that stands for all of them."""
    return word if _IS_FOLDED(word) else word.translate(_FOLDED).lower()


class Numbered(NamedTuple):
    """A set of words, and which of the known ones it is."""

    number: int
    words: Collection[str]


def _are_same(words: Collection[str], others: Collection[str]) -> bool:
    return len(words) == len(others) and set(words) == set(others)


class Chunks(dict[str, Chunk]):
    """All that is known of chunks; a chunk that it does not hold is read when it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.sets: dict[int, Numbered] = {}
        """The known sets of words, by their identity; they are held here, so that no other comes to have it."""
        self._numbers: dict[str, tuple[int, ...]] = {}
        """Of the sets that a word is in."""
        self.distinct = 0
        """How many of the known sets differ."""
        self._known_members: dict[_Members, _Members] = {}

    def __missing__(self, chunk: str) -> Chunk:
        """Read a chunk, and remember it."""
        found = self._read(chunk)
        if len(chunk) <= _REMEMBERED_LENGTH:
            if len(self) > _REMEMBERED:
                self.clear()
                self._known_members.clear()
            self[chunk] = found
        return found

    def learn(self, words: Collection[str]) -> None:
        """Take a set of words for known from now on; one that is known already keeps its number.

        A passage that was read before all were forgotten asks for sets that are known again by now.
        """
        if id(words) in self.sets:
            return
        same = next((each for each in self.sets.values() if _are_same(each.words, words)), None)
        if same is None:
            self.clear()
            self._known_members.clear()
        if len(self.sets) == _SETS:
            self.clear()
            self.sets, self._numbers, self.distinct, same = {}, {}, 0, None  # passages that were read go on with theirs
        if same is not None:
            self.sets[id(words)] = Numbered(same.number, words)
            return
        self.sets[id(words)] = Numbered(self.distinct, words)
        for word in words:
            self._numbers[word] = (*self._numbers.get(word, ()), self.distinct)
        self.distinct += 1

    def _read(self, chunk: str) -> Chunk:
        if (chunk.isalpha() and _QUOTE not in chunk) or _IS_WORD(chunk):
            text = folded(chunk) or chunk
            length = len(chunk)
            members = self._shared((self._numbers.get(text, ()),))
            return Chunk((text,), FIRST, _ONE.get(length) or (length,), members)
        texts: list[str] = []
        starts: list[int] = []
        lengths: list[int] = []
        for match in _WORD.finditer(chunk):
            word = match.group()
            texts.append(folded(word) or word)
            starts.append(match.start())
            lengths.append(len(word))
        members = self._shared(tuple([self._numbers.get(text, ()) for text in texts]))
        return Chunk(tuple(texts), tuple(starts), tuple(lengths), members)

    def _shared(self, members: _Members) -> _Members:
        """Return the one object for all chunks whose words are in the same sets: little memory is soon at hand."""
        return self._known_members.setdefault(members, members)
