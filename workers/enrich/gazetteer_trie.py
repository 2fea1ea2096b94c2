"""The trie of all forms: from folded words to the entries they name. Built once, then only read.

Knows nothing of texts. A form with a ZWNJ lies in it twice, broken and joined; a short name also as one word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workers.enrich.gazetteer_entries import Outlet, Rule
from workers.enrich.gazetteer_files import GazetteerData
from workers.enrich.gazetteer_forms import Form
from workers.enrich.gazetteer_match import Candidate
from workers.enrich.gazetteer_words import ZWNJ, context, joined_words_of, words_of

_JOINED_WORDS = 3
_JOINED_LETTERS = 6
"""A name of so many words at most and letters at least may be written as one word («آراننیوز»)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule with its contexts spelt out and folded, ready for `str.endswith` and `str.startswith`."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    named: bool = False
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()

    @property
    def looks_after(self) -> bool:
        """Tell whether it asks for what follows the form."""
        return bool(self.after or self.not_after)

    def holds(self, before: str, after: str) -> bool | None:
        """Return whether the form counts between two contexts; None where it counts if the text names the entry."""
        if before.endswith(self.not_before) or after.startswith(self.not_after):
            return False
        if not (self.before or self.after or self.named):
            return True
        if before.endswith(self.before) or after.startswith(self.after):
            return True
        return None if self.named else False


class End(NamedTuple):
    """A form that ends at a node."""

    form: Form
    condition: Condition | None


@dataclass(slots=True)
class Node:
    """A place in the trie: what may follow, and what ends here."""

    children: dict[str, "Node"] = field(default_factory=dict)
    ends: tuple[End, ...] = ()
    barrier: bool = False
    """A phrase that is no name ends here."""
    named: tuple[Candidate, ...] | None = None
    """What stands for whatever ends here, where that is the same in every text; empty where it is not.

    None before the first text that held it.
    """


@dataclass(frozen=True, slots=True)
class Trie:
    """All forms."""

    root: Node
    vocabulary: frozenset[str]
    """Every word of every form."""


def build_trie(data: GazetteerData) -> Trie:
    """Return the trie of the gazetteers."""
    root = Node()
    vocabulary: set[str] = set()
    phrases = {entry.id: _before_name(entry) for entry in data.entries if isinstance(entry, Outlet) and entry.phrases}
    contexts = {name: tuple(map(context, words)) for name, words in data.contexts.items()}
    reporting = contexts.get("report", ())
    as_one_word: list[End] = []
    for form in data.forms:
        own_phrases = phrases.get(form.entry.id, ())
        condition = Condition(before=(*reporting, *own_phrases)) if form.quoted else None
        if form.rule:
            condition = _condition(form.rule, contexts, own_phrases)
        end = End(form, condition)
        _node(root, form.words, vocabulary).ends += (end,)
        if ZWNJ in form.text and (joined := joined_words_of(form.text)) != form.words:
            _node(root, joined, vocabulary).ends += (end,)
        if form.bare and 1 < len(form.words) <= _JOINED_WORDS and sum(map(len, form.words)) >= _JOINED_LETTERS:
            as_one_word.append(end)
    for phrase in data.not_names:
        _node(root, words_of(phrase), vocabulary).barrier = True
    for end in as_one_word:
        word = "".join(end.form.words)
        if word not in vocabulary:
            _node(root, (word,), set()).ends += (end,)
    return Trie(root, frozenset(vocabulary | root.children.keys()))


def _node(root: Node, words: tuple[str, ...], vocabulary: set[str]) -> Node:
    node = root
    vocabulary.update(words)
    for word in words:
        following = node.children.get(word)
        if following is None:
            following = node.children[word] = Node()
        node = following
    return node


def _condition(rule: Rule, contexts: Mapping[str, tuple[str, ...]], phrases: tuple[str, ...]) -> Condition:
    return Condition(
        before=(*_spelt(rule.before, contexts), *phrases),
        after=_spelt(rule.after, contexts),
        named=rule.named,
        not_before=_spelt(rule.not_before, contexts),
        not_after=_spelt(rule.not_after, contexts),
    )


def _spelt(words: tuple[str, ...], contexts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return words and the words of contexts, folded, with a space around each."""
    return tuple(each for word in words for each in (contexts[word[1:]] if word[0] == "@" else (context(word),)))


def _before_name(outlet: Outlet) -> tuple[str, ...]:
    """Return what the outlet's house phrases say before its name."""
    forms = sorted((outlet.name, *outlet.names, *outlet.prefixed, *outlet.quoted), key=len, reverse=True)
    found: list[str] = []
    for phrase in outlet.phrases:
        name = next(form for form in forms if phrase.endswith(f" {form}"))
        found.append(context(phrase.removesuffix(name)))
    return tuple(found)
