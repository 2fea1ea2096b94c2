"""Serving: which labels an article gets, how sure that is, and why.

Knows nothing of training, and needs nothing of it: numpy and look-ups are enough.
"""

from pathlib import Path
from typing import Any, Self

from ingest.service.errors import UsageError
from workers.article import Decision, Draft, Evidence, LabelResult
from workers.classify.evidence import ReadField, evidence
from workers.classify.features import (
    FIELDS,
    PREFIX_LENGTHS,
    UNKNOWN,
    Encoder,
    Ints,
    Sequence,
    article_parts,
    prefix_features,
)
from workers.classify.figures import Figures
from workers.classify.labels import load_labels
from workers.classify.packing import unpacked
from workers.classify.scoring import FeatureSpace, Scorer, Scores

MODEL_NAME = "labels"
"""Folder under `seeds/models/`: the model of the label set."""


class Vocabulary:
    """Ids of a model's words and prefixes."""

    def __init__(self, figures: Figures) -> None:
        self._words = {word: at for at, word in enumerate(figures.words.tolist(), start=1)}
        self._prefixes = {prefix: at for at, prefix in enumerate(figures.prefixes.tolist(), start=1)}

    def look_up(self, word: str) -> tuple[int, int]:
        """Return the ids of a folded word and of its longest known prefix."""
        return self._words.get(word, UNKNOWN), self._longest_prefix(word)

    def prefix_features(self) -> Ints:
        """Return the features that each prefix id stands for."""
        return prefix_features(self._prefixes, len(self._words))

    def _longest_prefix(self, word: str) -> int:
        for length in reversed(PREFIX_LENGTHS):
            if len(word) > length and (at := self._prefixes.get(word[:length])):
                return at
        return UNKNOWN


class Classifier:
    """The label set's model, ready to serve; build one per process."""

    def __init__(self, figures: Figures, card: dict[str, Any]) -> None:
        vocabulary = Vocabulary(figures)
        space = FeatureSpace(len(figures.words), vocabulary.prefix_features(), figures.pairs)
        self._encoder = Encoder(vocabulary.look_up)
        self._scorer = Scorer(figures, space, unpacked(figures.vectors))
        self._bands = list(zip(figures.assign_at.tolist(), figures.abstain_at.tolist(), strict=True))
        self.labels: tuple[str, ...] = tuple(figures.labels.tolist())
        self.model_id: str = card["model_id"]
        self.unscored = tuple(LabelResult(label=label, score=0.0, decision=Decision.REJECTED) for label in self.labels)
        """What an article gets that is in no language that the model knows."""

    @classmethod
    def load(cls, seeds: Path) -> Self:
        """Return the model of a seeds folder. Raises UsageError when it is absent, damaged or of other labels."""
        folder = seeds / "models" / MODEL_NAME
        figures, card = Figures.load(folder)
        classifier = cls(figures, card)
        wanted = tuple(label.name for label in load_labels(seeds / "labels.toml"))
        if classifier.labels != wanted:
            raise UsageError(
                f"{folder}: the model knows {', '.join(classifier.labels)}; {seeds / 'labels.toml'} names "
                f"{', '.join(wanted)}: train it with `rasad train`"
            )
        return classifier

    def classify(self, draft: Draft) -> tuple[LabelResult, ...]:
        """Return one result per label, sorted by label, for a draft with its normalized texts."""
        entry = draft.entry
        return self.classify_texts(
            (draft.title_normalized, draft.summary_normalized, draft.text_normalized),
            (entry.title, entry.summary, entry.text),
        )

    def classify_texts(
        self, normalized: tuple[str, str, str], published: tuple[str, str, str]
    ) -> tuple[LabelResult, ...]:
        """Return one result per label for title, summary and text, each normalized and as published."""
        parts = article_parts(*normalized)
        sequence = self._encoder.encode(tuple(part for _, part in parts))
        scores = self._scorer.scores(sequence)
        originals = dict(zip(FIELDS, published, strict=True))
        fields = [ReadField(name, originals[name], part) for name, part in parts]
        return tuple(self._result(label, fields, sequence, scores) for label in range(len(self.labels)))

    def _result(self, label: int, fields: list[ReadField], sequence: Sequence, scores: Scores) -> LabelResult:
        score = float(scores.probability[label])
        assign_at, abstain_at = self._bands[label]
        decision = Decision.REJECTED if score < abstain_at else Decision.ABSTAINED
        found: tuple[Evidence, ...] = ()
        if score >= assign_at:
            found = evidence(fields, self._scorer.contributions(sequence, scores, label))
            # without a word there is nothing to point at, whatever the constants say
            decision = Decision.ASSIGNED if found else Decision.REJECTED
        return LabelResult(label=self.labels[label], score=round(score, 6), decision=decision, evidence=found)
