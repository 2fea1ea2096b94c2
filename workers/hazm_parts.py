"""The parts of hazm that normalization stands on: its rules, its words and its verbs, without the rest of it.

Knows nothing of what is done with them.

`import hazm` brings taggers, parsers and the whole of nltk with it: four seconds and 150 MB before the first word. The
modules wanted here are hazm's own, unchanged; only the `__init__` of the packages on the way to them is not run.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

_PACKAGES = ("hazm", "nltk", "nltk.stem", "nltk.tokenize")
"""Those whose `__init__` imports what nobody here needs; a parent stands before its children."""
_ZWNJ = "\u200c"
_COLUMNS = 3
"""Word, count and parts of speech; hazm skips lines of another shape."""


@contextmanager
def _bare_packages() -> Iterator[None]:
    """Let modules of the packages be imported without the packages' `__init__`, and leave no trace of it.

    Whoever imports hazm or nltk later gets them whole.
    """
    before = sys.modules.copy()
    for name in _PACKAGES:
        if name not in before:
            sys.modules[name] = _bare(name)
    # nltk's guard against slow expressions takes the library `regex`, 0.1 s; nothing that is wanted here searches
    sys.modules.setdefault("nltk.redos", re)
    try:
        yield
    finally:
        for name in sys.modules.keys() - before.keys():
            if name.partition(".")[0] in _PACKAGES:
                del sys.modules[name]


def _bare(name: str) -> Any:
    """Return a package that knows where its modules are, and nothing else. Raises ModuleNotFoundError."""
    parent = name.rpartition(".")[0]
    spec = PathFinder.find_spec(name, sys.modules[parent].__path__ if parent else None)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return module_from_spec(spec)


with _bare_packages():
    constants: Any = import_module("hazm.constants")
    _files: Any = import_module("hazm.utils")
    _conjugation: Any = import_module("hazm.lemmatizer").Conjugation()


@dataclass(frozen=True, slots=True)
class Words:
    """hazm's words."""

    known: frozenset[str]
    joined: frozenset[str]
    """Those of several parts with ZWNJ between them, as far as hazm has seen them in use."""


def words() -> Words:
    """Read hazm's list of words."""
    known: set[str] = set()
    counts: dict[str, int] = {}
    with _files.default_words.open(encoding="utf-8") as lines:
        for line in lines:
            columns = line.strip().split("\t")
            if len(columns) == _COLUMNS:
                known.add(columns[0])
                if _ZWNJ in columns[0]:
                    counts[columns[0]] = int(columns[1])  # of a word that stands there twice the last line counts
    return Words(frozenset(known), frozenset(word for word, count in counts.items() if count > 0))


def joined_verbs() -> frozenset[str]:
    """Return the forms of hazm's verbs that are one word with a ZWNJ in it, such as those with «می»."""
    forms = (form for verb in _files.verbs_list() for form in _conjugation.get_all(verb))
    return frozenset(form for form in forms if _ZWNJ in form and " " not in form)
