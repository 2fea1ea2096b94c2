"""The gazetteers: every country, place, organisation, outlet and airline that Rasad knows by name.

Knows nothing of articles or of what a name means for one. Enrichment stages use it like this:

    gazetteer = load_gazetteer(seeds_dir() / "gazetteer")   # once per process
    for match in gazetteer.find(normalized):                # in order, none inside another
        match.start, match.end, match.surface               # whole words of the normalized text, half-open
        match.candidates                                    # one or more readings, each an entry with its sense

`workers.normalize.align` takes the offsets back to the published text.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from workers.enrich.gazetteer_entries import Airline, Airport, Entry, EntryKind
from workers.enrich.gazetteer_files import GazetteerData, read_gazetteers
from workers.enrich.gazetteer_match import Candidate, Match
from workers.enrich.gazetteer_matcher import Matcher
from workers.enrich.gazetteer_trie import build_trie

__all__ = ["Candidate", "Gazetteer", "Match", "load_gazetteer"]


class Gazetteer:
    """All entries by id and code, and the matcher over their names; build once per process."""

    def __init__(self, data: GazetteerData) -> None:
        self._entries = {entry.id: entry for entry in data.entries}
        self._by_iata = {
            (entry.kind, entry.iata): entry
            for entry in data.entries
            if isinstance(entry, Airline | Airport) and entry.iata
        }
        self._matcher = Matcher(build_trie(data))

    def find(self, text: str) -> tuple[Match, ...]:
        """Return the names in a hazm-normalized text, in order, none inside another.

        The longest form wins. A form that is only sometimes a name is there only where its rule holds; a form that
        stands for several entries comes with all of them. An office («سفارت», «وزارت کشور») and the country after it
        are one match whose candidate has `country`; without a country after it, `country` is None.
        """
        chunks = text.replace("\n", " ").split(" ")
        return self.find_in(
            text, chunks, list(accumulate(map(len, chunks), lambda at, length: at + length + 1, initial=0))
        )

    def find_in(self, text: str, chunks: Sequence[str], starts: Sequence[int]) -> tuple[Match, ...]:
        """Return the same of a text of which it is known where its chunks between spaces and line breaks begin."""
        return self._matcher.find(text, chunks, starts)

    def entry(self, entry_id: str) -> Entry:
        """Return the entry of an id. Raises KeyError where there is none."""
        return self._entries[entry_id]

    def entries(self, kind: EntryKind) -> Iterator[Entry]:
        """Yield the entries of a kind."""
        return (entry for entry in self._entries.values() if entry.kind is kind)

    def airport(self, iata: str) -> Entry | None:
        """Return the airport of an IATA code; ICAO codes are ids."""
        return self._by_iata.get((EntryKind.AIRPORT, iata))

    def airline(self, iata: str) -> Entry | None:
        """Return the airline of an IATA code; ICAO designators are ids."""
        return self._by_iata.get((EntryKind.AIRLINE, iata))


def load_gazetteer(folder: Path) -> Gazetteer:
    """Return the gazetteers of a folder. Raises UsageError that lists every fault: file, entry, key, reason."""
    return Gazetteer(read_gazetteers(folder))
