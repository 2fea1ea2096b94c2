"""What a chaos run must come to: read from the topics as any consumer reads them, compared with what was served.

Pure. Knows nothing of faults and of processes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.stream.record import Incoming
from support.installation import body, event_ids, revisions_in_order

Served = Mapping[str, tuple[str, ...]]
"""An item's id to the titles that it had, the latest last."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was served, and all that is committed."""

    served: Served
    poison: tuple[bytes, ...]
    entries: Sequence[Incoming]
    """Without heartbeats."""
    articles: Sequence[Incoming]
    dead_letters: Sequence[Incoming]
    labels: Mapping[str, Sequence[Incoming]] = field(default_factory=dict)
    """The label topics by label."""


def broken(outcome: Outcome) -> list[str]:
    """Return every promise that does not hold, in words; empty if all hold."""
    return [
        *_records(outcome.served, outcome.entries, "the entries"),
        *_records(outcome.served, outcome.articles, "the articles"),
        *_same(outcome.entries, outcome.articles),
        *_labels(outcome),
        *_dead_letters(outcome.poison, outcome.dead_letters),
    ]


def _records(served: Served, records: Sequence[Incoming], where: str) -> Iterator[str]:
    again = {event: times for event, times in event_ids(records).items() if times > 1}
    if again:
        yield f"{len(again)} events are among {where} more than once: {_some(again)}"
    if not revisions_in_order(records):
        yield f"the revisions of an article are not in order, or have a gap, among {where}"
    titles: dict[str, list[str]] = {}
    for record in records:
        event = body(record)
        titles.setdefault(event["guid"], []).append(event["title"])
    missing = sorted(served.keys() - titles.keys())
    if missing:
        yield f"{len(missing)} of {len(served)} items are not among {where}: {_some(missing)}"
    unknown = sorted(titles.keys() - served.keys())
    if unknown:
        yield f"{len(unknown)} items that nobody served are among {where}: {_some(unknown)}"
    behind = [item for item in served.keys() & titles.keys() if titles[item][-1] != served[item][-1]]
    if behind:
        yield f"the last edit of {len(behind)} items is not the last among {where}: {_some(sorted(behind))}"
    invented = [item for item in served.keys() & titles.keys() if not _within(titles[item], served[item])]
    if invented:
        yield f"{len(invented)} items have revisions that were not served so among {where}: {_some(sorted(invented))}"


def _within(published: Sequence[str], served: Sequence[str]) -> bool:
    """Tell whether these are some of those, in the same order: an edit between two polls is seen by nobody."""
    rest = iter(served)
    return all(title in rest for title in published)


def _same(entries: Sequence[Incoming], articles: Sequence[Incoming]) -> Iterator[str]:
    def versions(records: Sequence[Incoming]) -> Counter[tuple[str, int]]:
        return Counter((body(record)["article_id"], body(record)["revision"]) for record in records)

    lost, invented = versions(entries) - versions(articles), versions(articles) - versions(entries)
    if lost:
        yield f"{lost.total()} entries have no article: {_some(sorted(lost))}"
    if invented:
        yield f"{invented.total()} articles have no entry: {_some(sorted(invented))}"


def _labels(outcome: Outcome) -> Iterator[str]:
    due: dict[str, list[str]] = {label: [] for label in outcome.labels}
    ever: dict[bytes | None, set[str]] = {}
    for record in outcome.articles:
        carried = ever.setdefault(record.key, set())
        carried |= {label["label"] for label in body(record)["labels"] if label["decision"] == "assigned"}
        for label in carried & due.keys():
            due[label].append(record.header("ce_id") or "")
    for label, records in outcome.labels.items():
        if event_ids(records) != Counter(due[label]):
            yield f"the topic of {label} does not hold the events of the articles that carry it"


def _dead_letters(poison: Sequence[bytes], letters: Sequence[Incoming]) -> Iterator[str]:
    came = Counter(letter.value for letter in letters)
    sent: Counter[bytes | None] = Counter(poison)
    if came - sent:
        reasons = Counter(
            (letter.header("rasad-stage"), letter.header("rasad-reason"))
            for letter in letters
            if (came - sent)[letter.value]
        )
        yield f"{(came - sent).total()} dead letters too many: {_some(sorted(map(str, reasons)))}"
    if sent - came:
        yield f"{(sent - came).total()} poison records are not among the dead letters"


def _some(these: object) -> str:
    shown = list(these)[:3]  # type: ignore[call-overload]
    return ", ".join(map(str, shown))
