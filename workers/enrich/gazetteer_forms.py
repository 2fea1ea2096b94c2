"""The forms of the entries: every spelling under which texts name one, and what each says.

Knows nothing of files and texts.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from workers.enrich.gazetteer_entries import Country, Entry, EntryKind, Outlet, Rule
from workers.enrich.gazetteer_words import words_of


class Sense(StrEnum):
    """What a form says of its entry."""

    NAME = "name"
    PEOPLE = "people"
    """A demonym or adjective: «ترکیه‌ای», «افغان»."""
    METONYM = "metonym"
    """The capital, which may stand for the government: «آنکارا»."""


class Form(NamedTuple):
    """One spelling of one entry."""

    text: str
    words: tuple[str, ...]
    """Folded."""
    entry: Entry
    sense: Sense
    rule: Rule | None = None
    quoted: bool = False
    """Counts only after words that report."""
    bare: bool = True
    """Stands without a prefix word, so that it may also be written as one word."""


def forms_of(entries: Iterable[Entry], prefixes: Mapping[EntryKind, tuple[str, ...]]) -> tuple[Form, ...]:
    """Return the forms of all entries.

    A form that a prefix word makes gives way to one that another entry has as its own: «خبرگزاری صدا و سیما» is the
    agency, not the broadcaster with a prefix word.
    """
    entries = tuple(entries)
    own = [form for entry in entries for form in _written(entry)]
    taken = {form.words for form in own}
    made = [form for entry in entries for form in _prefixed(entry, prefixes.get(entry.kind, ()))]
    return (*own, *(form for form in made if form.words not in taken))


def _written(entry: Entry) -> Iterator[Form]:
    rules = {rule.form: rule for rule in entry.rules}
    for text, sense in own_forms(entry).items():
        yield Form(text, words_of(text), entry, sense, rules.get(text))
    for text in entry.quoted if isinstance(entry, Outlet) else ():
        yield Form(text, words_of(text), entry, Sense.NAME, quoted=True)


def _prefixed(entry: Entry, prefixes: tuple[str, ...]) -> Iterator[Form]:
    """Yield the entry's names after each prefix word, but for those that begin with one."""
    if not prefixes:
        return
    quoted = entry.quoted if isinstance(entry, Outlet) else ()
    begun = tuple(f"{prefix} " for prefix in prefixes)
    texts = [text for text in (entry.name, *entry.names, *entry.prefixed, *quoted) if not text.startswith(begun)]
    after = [(text, words_of(text)) for text in texts]
    for prefix in prefixes:
        before = words_of(prefix)
        for text, words in after:
            yield Form(f"{prefix} {text}", before + words, entry, Sense.NAME, bare=False)


def own_forms(entry: Entry) -> dict[str, Sense]:
    """Return the forms that are found wherever they stand, each with its sense."""
    forms = dict.fromkeys((entry.name, *entry.names), Sense.NAME)
    if isinstance(entry, Country):
        forms |= dict.fromkeys((*entry.official, *entry.dari), Sense.NAME)
        forms |= dict.fromkeys(entry.people, Sense.PEOPLE)
        forms |= dict.fromkeys(entry.metonyms, Sense.METONYM)
    return forms


def written_forms(entry: Entry) -> tuple[str, ...]:
    """Return all forms that the file gives, without those that prefixes make."""
    quoted = entry.quoted if isinstance(entry, Outlet) else ()
    return (*own_forms(entry), *entry.prefixed, *quoted)
