"""Whether it happened: the modality of a trigger, by its verb and by the words around it.

Knows nothing of kinds. `seeds/lexicon/modality.toml` holds the cues.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.kinds import Modality
from workers.enrich.lexicon import Phrases, load_lexicon
from workers.enrich.reading import Passage
from workers.enrich.triggers import Hit, TriggerFile, TriggerRule, build_triggers
from workers.enrich.verbs import Verbs
from workers.enrich.wordforms import Mood, VerbForm

_VERB_AFTER = 3
"""A verb so close after a bare noun is taken for its own: «بازداشت او نشد»."""
_STRONGEST = (Modality.DENIED, Modality.NEGATED, Modality.POSSIBLE, Modality.PLANNED)


class Side(StrEnum):
    """Where a cue stands, seen from the trigger."""

    BEFORE = "before"
    AFTER = "after"


class Cue(TriggerRule):
    """Words that say whether something happened."""

    modality: Modality
    side: Side
    reach: Annotated[int, Field(ge=0, le=60)]
    """How many words may stand between it and the trigger."""


class ModalityFile(TriggerFile):
    """What `modality.toml` holds."""

    future: Annotated[Phrases, Field(min_length=1)]
    """Auxiliaries right before a verb."""
    no_future: Annotated[Phrases, Field(min_length=1)]
    cue: Annotated[tuple[Cue, ...], Field(min_length=1)]


class Cues:
    """The cues of one side, ready to be found."""

    def __init__(self, path: Path, file: ModalityFile, side: Side, verbs: Verbs) -> None:
        self._side = side
        self._cues = tuple(cue for cue in file.cue if cue.side is side)
        self._triggers = build_triggers(path, file, self._cues, verbs)

    def of(self, hit: Hit, passage: Passage, ends_clause: Callable[[int], bool]) -> set[Modality]:
        """Return what the cues say that reach the trigger: a verb with which a clause ends, ends their reach."""
        told: set[Modality] = set()
        for found in self._triggers.find(hit.passage, passage, hit.sentence):
            before, after = (found.places, hit.places) if self._side is Side.BEFORE else (hit.places, found.places)
            modality = self._cues[found.rule].modality
            between = range(before[-1] + 1, after[0])
            if before[-1] >= after[0] or len(between) > self._cues[found.rule].reach:
                continue
            if modality is Modality.DENIED or not any(map(ends_clause, between)):
                told.add(modality)
        return told


class Modalities:
    """The cues, ready to be found; build once per process."""

    def __init__(self, file: ModalityFile, before: Cues, after: Cues, verbs: Verbs) -> None:
        self._future = frozenset(file.future)
        self._no_future = frozenset(file.no_future)
        self._verbs = verbs.forms
        self._before = before
        self._after = after

    def of(self, hit: Hit, passage: Passage) -> Modality:
        """Return whether it happened, as far as the sentence tells."""
        texts = passage.texts
        verb_at = self._verb_at(hit, texts)

        def ends_clause(at: int) -> bool:
            return at != verb_at and self._is_finite(texts[at])

        told = self._before.of(hit, passage, ends_clause) | self._after.of(hit, passage, ends_clause)
        form = None
        if verb_at is not None and not hit.negative:
            form = self._verbs[texts[verb_at]]
            if form.mood is Mood.FACT and verb_at in hit.places:
                told -= {Modality.PLANNED}
            told.update(_told(form))
            auxiliary = texts[verb_at - 1] if verb_at else ""
            if auxiliary in self._no_future:
                told.add(Modality.NEGATED)
            elif auxiliary in self._future:
                told.add(Modality.PLANNED)
        if form and form.mood is Mood.SUBJUNCTIVE and not told:
            return Modality.POSSIBLE
        return next((each for each in _STRONGEST if each in told), Modality.ACTUAL)

    def _is_finite(self, word: str) -> bool:
        """Tell a verb with which a clause ends."""
        form = self._verbs.get(word)
        return form is not None and (form.mood is Mood.FACT or form.mood is Mood.PRESENT)

    def _verb_at(self, hit: Hit, texts: Sequence[str]) -> int | None:
        """Return where its verb stands: in the phrase, else close after it."""
        for at in reversed(hit.places[1:]):
            if texts[at] in self._verbs:
                return at
        last = hit.places[-1]
        for at in range(last + 1, min(last + 1 + _VERB_AFTER, hit.sentence.last)):
            if not texts[at][0].isalnum():
                return None
            if texts[at] in self._verbs and texts[at] not in self._future:
                return at
        return None


def _told(form: VerbForm) -> set[Modality]:
    return {Modality.NEGATED} if form.negative else set()


def load_modalities(folder: Path, verbs: Verbs) -> Modalities:
    """Return the cues of `modality.toml`. Raises UsageError that lists every fault."""
    path = folder / "modality.toml"
    file = load_lexicon(path, ModalityFile)
    before, after = (Cues(path, file, side, verbs) for side in (Side.BEFORE, Side.AFTER))
    return Modalities(file, before, after, verbs)
