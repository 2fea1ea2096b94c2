"""The words by which names of organisations begin and end: `seeds/lexicon/organisations.toml`, checked and folded.

Knows nothing of articles. Build once per process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from workers.enrich.body_lists import BodyLists, ListFile
from workers.enrich.body_names import NameFile, NameWords, sentence_words
from workers.enrich.kind_words import ByFirst, Ends, by_first
from workers.enrich.lexicon import Phrase, Phrases, load_lexicon

_LONGEST_NAME, _SHORT_NAME = 5, 2


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heads: Phrases
    pairs: Phrases
    quoted_only: Phrases
    placed_only: Phrases
    parts: Phrases
    anyones: Phrases
    doing: Mapping[Phrase, Phrases]
    needs_owner: tuple[str, ...]
    never: tuple[str, ...]
    named: Phrases
    not_placed: Phrases
    through: Phrases
    numbered: Phrases
    generic: Phrases
    describing: Phrases
    companions: Phrases
    short: Phrases
    stops: Phrases
    not_stops: Phrases
    between: Phrases
    by_name: Phrases
    of_body: Phrases
    of_place: Phrases
    ministries: Phrases
    lists: ListFile
    names: NameFile
    only_after: Mapping[Phrase, Phrases]


@dataclass(frozen=True, slots=True)
class OrganisationLexicon:
    """How names of organisations begin and end; what comes before a name, within it and behind it."""

    heads: ByFirst
    named: ByFirst
    pairs: frozenset[str]
    quoted_only: frozenset[str]
    """Kinds of which any number stand in a text without a name: only one in quotation marks is named."""
    placed_only: frozenset[str]
    """Kinds that are named by a place alone: «پلیس تهران»."""
    parts: frozenset[str]
    """Kinds of parts of bodies: «معاونت», «کمیسیون»."""
    anyones: frozenset[str]
    """Words before a kind by which no name follows: «این شرکت …»."""
    doing: Mapping[str, frozenset[str]]
    """Words before a kind word by which it is what is done: «با شرکت …», «نحوه اداره …»."""
    needs_owner: frozenset[str]
    """Offices that are only named together with whose they are."""
    never: frozenset[str]
    """Offices that are no organisation even with their country."""
    ends: Ends
    not_placed: frozenset[str]
    """Words that are of no kind before a place: «مرکز قم»."""
    short: frozenset[str]
    """Kinds whose names are short: what goes on is the sentence."""
    short_ends: Ends
    words: NameWords
    ministries: frozenset[str]
    """Kinds behind which another body of the kind may be listed without it."""
    lists: BodyLists
    between: frozenset[str]
    """Words that may stand between an office and the country whose it is."""
    by_name: frozenset[str]
    """Kinds whose names, where they are known, hold no more than is known."""
    of_body: frozenset[str]
    """Kinds that are named by the body behind them alone: «دبیرخانه سازمان ملل»."""
    only_after: Mapping[str, frozenset[str]]
    """Of `named`: words that are names only right after certain words: «سرمربی استقلال»."""
    of_place: frozenset[str]
    """Organisations without a word of a kind that a place may follow: «سپاه تهران»."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
        file = load_lexicon(folder / "organisations.toml", _File)
        stops = frozenset((*file.stops, *file.heads)).union(sentence_words(folder)).difference(file.not_stops)
        generic = frozenset(file.generic)
        numbered = frozenset(file.numbered)
        words = NameWords.load(folder, file.names)
        through = frozenset((first, second) for first, _, second in (each.partition(" ") for each in file.through))
        ends = Ends(
            stops, generic, _LONGEST_NAME, through, numbered, frozenset(file.describing), frozenset(file.companions)
        )
        return cls(
            by_first(file.heads),
            by_first(file.named),
            frozenset(file.pairs),
            frozenset(file.quoted_only),
            frozenset(file.placed_only),
            frozenset(file.parts),
            frozenset(file.anyones),
            {kind: frozenset(words) for kind, words in file.doing.items()},
            frozenset(file.needs_owner),
            frozenset(file.never),
            ends,
            frozenset(file.not_placed),
            frozenset(file.short),
            Ends(stops, generic, _SHORT_NAME, through, numbered),
            words,
            frozenset(file.ministries),
            BodyLists.load(file.lists, words, ends),
            frozenset(file.between),
            frozenset((*file.short, *file.by_name)),
            frozenset(file.of_body),
            {name: frozenset(words) for name, words in file.only_after.items()},
            frozenset(file.of_place),
        )

    def ends_of(self, head: str) -> Ends:
        """Return where names after a kind word end."""
        return self.short_ends if head in self.short else self.ends
