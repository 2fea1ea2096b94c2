"""Serving: which labels an article gets, how sure that is, and why.

Knows nothing of training, and needs nothing of it: numpy and look-ups are enough.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ingest.service.errors import UsageError
from workers.article import Decision, Draft, Evidence, LabelResult
from workers.classify.evidence import ReadField, ReadFields, evidence
from workers.classify.features import FIELDS, Parts, article_parts, encode, prefix_features
from workers.classify.figures import Figures
from workers.classify.labels import load_labels
from workers.classify.packing import unpacked
from workers.classify.pieces import END, Ints, Pieces
from workers.classify.scoring import FeatureSpace, Scorer, Scores
from workers.classify.shares import Explanation, LabelTables
from workers.classify.stack import Doubles
from workers.classify.vocabulary import Vocabulary

MODEL_NAME = "labels"
"""Folder under `seeds/models/`: the model of the label set."""
CLEAR_FALL = 0.3
"""Log-odds that a label must fall below its threshold by without its evidence: a text that is cut is read anew, with
other sections and other neighbours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says of an article, and how much of it it knows."""

    results: tuple[LabelResult, ...]
    """One per label, sorted by label."""
    words: int
    unknown_words: int


class Classifier:
    """The label set's model, ready to serve; build one per process."""

    def __init__(self, figures: Figures, card: dict[str, Any]) -> None:
        words, prefixes = figures.words.tolist(), figures.prefixes.tolist()
        self._vocabulary = Vocabulary(words, prefixes)
        of_prefixes = prefix_features({prefix: at for at, prefix in enumerate(prefixes, start=1)}, len(words))
        space = FeatureSpace(len(words), self._vocabulary.rows, of_prefixes, figures.pairs)
        self._scorer = Scorer(figures, space, unpacked(figures.vectors))
        self._tables = [LabelTables.of(self._scorer, label) for label in range(len(figures.labels))]
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

    def classify(self, draft: Draft) -> Verdict:
        """Return the verdict on a draft with its normalized texts."""
        entry = draft.entry
        return self.judge(
            (draft.title_normalized, draft.summary_normalized, draft.text_normalized),
            (entry.title, entry.summary, entry.text),
        )

    def classify_texts(
        self, normalized: tuple[str, str, str], published: tuple[str, str, str]
    ) -> tuple[LabelResult, ...]:
        """Return one result per label for title, summary and text, each normalized and as published."""
        return self.judge(normalized, published).results

    def judge(self, normalized: tuple[str, str, str], published: tuple[str, str, str]) -> Verdict:
        """Return the verdict on title, summary and text, each normalized and as published."""
        parts = article_parts(*normalized)
        sequence, found = encode(tuple(part for _, part in parts), self._vocabulary.look_up)
        scores = self._scorer.scores(sequence)
        probabilities = scores.probabilities()
        fields: ReadFields | None = None
        results = []
        for label, (score, (assign_at, _)) in enumerate(zip(probabilities, self._bands, strict=True)):
            spans: tuple[Evidence, ...] = ()
            if score >= assign_at:
                fields = fields or _read_fields(parts, published, found)
                spans = self._evidence(label, fields, scores)
            results.append(self._result(label, score, spans))
        unknown = len(sequence.words) - len(sequence.words.nonzero()[0])  # UNKNOWN is zero
        return Verdict(tuple(results), len(sequence.words) - len((found.kinds == END).nonzero()[0]), unknown)

    def _result(self, label: int, score: float, spans: tuple[Evidence, ...]) -> LabelResult:
        assign_at, abstain_at = self._bands[label]
        decision = Decision.REJECTED if score < abstain_at else Decision.ABSTAINED
        if score >= assign_at:
            # without a word there is nothing to point at, whatever the constants say
            decision = Decision.ASSIGNED if spans else Decision.REJECTED
        return LabelResult(label=self.labels[label], score=round(score, 6), decision=decision, evidence=spans)

    def _evidence(self, label: int, fields: ReadFields, scores: Scores) -> tuple[Evidence, ...]:
        """Return the spans without which the label falls, where so many can be shown."""
        explanation = Explanation(self._tables[label], scores, fields.pieces)
        falls_at = _log_odds(self._bands[label][0]) - CLEAR_FALL

        def shares_without(places: Ints) -> Doubles | None:
            rest = explanation.without(places)
            return None if rest.log_odds < falls_at else explanation.shares(rest)

        return evidence(fields, explanation.shares(explanation.whole), shares_without)


def _read_fields(parts: Parts, published: tuple[str, str, str], found: Pieces) -> ReadFields:
    originals = dict(zip(FIELDS, published, strict=True))
    return ReadFields([ReadField(name, originals[name], part) for name, part in parts], found)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(bounded / (1 - bounded))
