"""Classifying a text by hand: the same stages as the stream's, without feeds or Kafka, shown in a terminal.

Knows nothing of where the text came from, and takes it for hostile: nothing of it may steer the terminal.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from workers.article import Decision, Draft, LabelResult
from workers.demo.show import BOLD, CYAN, DIM, GREEN, NO_NAMES, RED, YELLOW
from workers.feedless import feedless_entry
from workers.language import Language, Recognised
from workers.parts import FieldName
from workers.persian.facts import fact_lines
from workers.persian.phrases import Countries
from workers.persian.plain import FSI, PDI, RLI, clean
from workers.pipeline import STAGES, Tools
from workers.publish import fields_of

EVIDENCE_SHOWN = 5
_LABEL_COLOURS = ("92", "93", "95", "96", "94")
_OF_DECISION = {Decision.ASSIGNED: GREEN, Decision.ABSTAINED: YELLOW, Decision.REJECTED: DIM}
_OPEN, _CLOSE = "⟦⟧"
"""Around evidence where there are no colours; brackets that turn with the direction of the text."""
_LEFT_OUT = "…"
_NAMES = {
    Language.PERSIAN: "Persian",
    Language.ARABIC: "Arabic",
    Language.SORANI: "Kurdish (Sorani)",
    Language.KURMANJI: "Kurdish (Kurmanji)",
    Language.PASHTO: "Pashto",
    Language.URDU: "Urdu",
    Language.ENGLISH: "English",
    Language.MIXED: "several languages",
    Language.UNKNOWN: "no language that is recognised",
}


def classified(tools: Tools, title: str, text: str) -> Draft:
    """Return what the pipeline makes of a title and a text."""
    draft = Draft(feedless_entry(title, text, datetime.now(UTC)))
    for _, stage in STAGES:
        draft = stage(draft, tools)
    return draft


def as_json(draft: Draft, model_id: str) -> dict[str, Any]:
    """Return the verdict as a document, with the names that events have."""
    recognised = _recognised(draft)
    return {
        "language": recognised.language,
        "persian_share": round(recognised.persian_share, 3),
        "labels": [result.model_dump(mode="json") for result in draft.labels],
        "model_id": model_id,
        **{name: [part.model_dump(mode="json") for part in parts] for name, parts in fields_of(draft.facts).items()},
    }


def verdict_lines(
    draft: Draft, model_id: str, countries: Countries = NO_NAMES, *, colour: bool = False
) -> Iterator[str]:
    """Yield the verdict for a person: each label with what spoke for it, then that in the text, then what it says.

    `countries`: their Persian names by code.
    """
    recognised = _recognised(draft)
    for place, result in enumerate(draft.labels):
        decision = _styled(result.decision, _OF_DECISION[result.decision], colour)
        yield f"{_styled(f'{result.label:<22}', _label_colour(place, result), colour)} {result.score:.3f}  {decision}"
        for evidence in result.evidence[:EVIDENCE_SHOWN]:
            where = f"{evidence.field} {evidence.start}-{evidence.end}"
            yield f"    {evidence.weight:+.2f}  {where:<16} {_isolated(clean(evidence.surface), recognised)}"
    yield ""
    yield from _highlighted(draft, recognised, colour)
    yield from _facts(draft, countries, colour)
    share = f"{recognised.persian_share:.0%} of the words are Persian"
    yield f"language {recognised.language}: {_NAMES[recognised.language]}, {share}"
    if recognised.language is not Language.PERSIAN:
        yield _styled("only Persian is labelled: every label is rejected with score 0", RED, colour)
    yield f"model {model_id}"


def _facts(draft: Draft, countries: Countries, colour: bool) -> Iterator[str]:
    """Yield what the enrichment found, a line for each part of it."""
    told = list(fact_lines(draft.facts, countries))
    for fact in told:
        yield f"{RLI}{_styled(fact.title, CYAN, colour)}: {fact.text}{PDI}"
    if told:
        yield ""


def _recognised(draft: Draft) -> Recognised:
    return draft.recognised or Recognised(Language.UNKNOWN, 0.0)


def _highlighted(draft: Draft, recognised: Recognised, colour: bool) -> Iterator[str]:
    """Yield the title and the lines of the text that hold evidence, with the evidence marked."""
    owners = {"title": _owners(draft, "title"), "text": _owners(draft, "text")}
    if title := _marked(draft.entry.title, owners["title"], colour):
        yield _styled(_isolated(title, recognised), BOLD, colour and not any(owners["title"]))
    start, left_out, shown = 0, False, False
    for line in draft.entry.text.splitlines(keepends=True):
        own = owners["text"][start : start + len(line)]
        start += len(line)
        if any(own):
            if left_out:
                yield _LEFT_OUT
            yield _isolated(_marked(line, own, colour), recognised)
            left_out, shown = False, True
        else:
            left_out = left_out or bool(line.strip())
    if shown and left_out:
        yield _LEFT_OUT
    if title or shown:
        yield ""


def _owners(draft: Draft, field: FieldName) -> list[str]:
    """Return for each character of a field the colour of the first label that it spoke for; empty for none."""
    text = draft.entry.title if field == "title" else draft.entry.text
    owners = [""] * len(text)
    for place, result in enumerate(draft.labels):
        for span in result.evidence:
            if span.field == field:
                for at in range(span.start, span.end):
                    owners[at] = owners[at] or _label_colour(place, result)
    return owners


def _label_colour(place: int, result: LabelResult) -> str:
    return _LABEL_COLOURS[place % len(_LABEL_COLOURS)] if result.decision is Decision.ASSIGNED else ""


def _marked(line: str, owners: list[str], colour: bool) -> str:
    """Return the line, cleaned, with each run of evidence in its label's colour, or in brackets."""
    shown = ""
    for owner, run in groupby(zip(line, owners, strict=True), key=lambda pair: pair[1]):
        raw = "".join(char for char, _ in run)
        text = f"{' ' * raw[:1].isspace()}{clean(raw)}{' ' * raw[-1:].isspace()}" if clean(raw) else " " * bool(shown)
        if owner and text.strip():
            text = _styled(text, f"{BOLD};{owner}", colour) if colour else f"{_OPEN}{text}{_CLOSE}"
        shown += text
    return shown.strip()


def _isolated(text: str, recognised: Recognised) -> str:
    """Return a text of either direction in an isolate (UAX 9), so that its neighbours stay where they are."""
    latin = recognised.language in {Language.ENGLISH, Language.KURMANJI, Language.UNKNOWN}
    return f"{FSI if latin else RLI}{text}{PDI}"


def _styled(text: str, style: str, colour: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if colour and style else text
