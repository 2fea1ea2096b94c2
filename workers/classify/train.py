"""Training: from files of labelled articles to a model's figures and card.

Knows nothing of the stream. The same data and seed give the same figures, and so the same digest. No text goes into
the figures but words, prefixes of words and pairs of words that several articles have.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from workers.classify.across import across
from workers.classify.calibration import for_stream
from workers.classify.card import live_facts, readme, rounded
from workers.classify.concepts import Concept, ConceptTable
from workers.classify.corpus import Corpus, build_corpus
from workers.classify.corrections import corrected
from workers.classify.dataset import Dataset, read_dataset, stories
from workers.classify.evaluate import evaluate, out_of_fold
from workers.classify.features import pair_key, pair_of
from workers.classify.figures import Array, Figures
from workers.classify.fitting import Fitted, fit
from workers.classify.knowledge import NO_KNOWLEDGE, Knowledge
from workers.classify.measures import Bools, Evaluation
from workers.classify.packing import packed
from workers.classify.pieces import Ints
from workers.classify.stack import Doubles
from workers.classify.stream_part import estimated
from workers.classify.trained_on import save_digests
from workers.classify.vectors import WordVectors, train_vectors

README_FILE = "README.md"
KIND = "sections-3"
"""Raised with the kind of model; the id goes on with the digest."""
LIBRARIES = ("hazm", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What came of a training."""

    folder: Path
    model_id: str
    digest: str
    articles: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Material:
    """What models are fitted to: all labelled articles as matrices, and what they are taught of them."""

    vectors: WordVectors
    corpus: Corpus
    learned: Bools
    """(N, L): the labels as given, with the corrections."""


def material(dataset: Dataset, unlabelled: Sequence[str], knowledge: Knowledge, seed: int) -> Material:
    """Return what models are fitted to. Word vectors learn from articles from outside only."""
    texts = [f"{title}\n{text}" for title, text in zip(dataset.titles, dataset.texts, strict=True)]
    vectors = train_vectors([*texts[: dataset.judged], *unlabelled], seed)
    corpus = build_corpus(dataset, vectors, knowledge.concepts)
    return Material(vectors, corpus, corrected(dataset, knowledge.corrections))


def train(
    paths: Sequence[Path],
    folder: Path,
    seed: int,
    labels: Sequence[str],
    normalize: Callable[[str], str],
    knowledge: Knowledge = NO_KNOWLEDGE,
) -> TrainReport:
    """Fit a model to the articles of the files and write it to the folder. Raises UsageError on unusable data.

    Articles without the key `labels` teach word vectors only: which words go with which. With a live sample of them,
    probabilities are for the stream that they come from, else for the labelled articles.
    """
    dataset, unlabelled = read_dataset(paths, labels, normalize, knowledge.written, read=knowledge.read)
    outside, groups = dataset.from_outside(), stories(dataset)
    taught = material(dataset, unlabelled, knowledge, seed)
    corpus, learned = taught.corpus, taught.learned
    judged = out_of_fold(corpus, learned, groups, seed, dataset.judged)
    evaluation = evaluate(outside, judged, groups, seed)
    own, others = np.split(np.arange(len(dataset.ids)), [dataset.judged])
    fitted = fit(corpus, own, learned, groups, seed, others)
    figures = figures_of(dataset.labels, corpus, taught.vectors, fitted, knowledge.concepts)
    stream = estimated(paths, outside, judged, figures, knowledge.live, normalize, seed) if knowledge.live else None
    if stream:
        figures = for_stream(figures, stream.offsets())
    card = _card(dataset, len(unlabelled), groups, figures, evaluation, seed)
    card["data"]["corrected"], card["data"]["read"] = len(knowledge.corrections), len(knowledge.read)
    card["data"]["written"] = len(others) - len(knowledge.read)
    card["across"] = rounded([asdict(one) for one in across(corpus, outside, learned, judged, groups, seed)])
    card["live"] = live_facts(stream) if stream else None
    figures.save(folder, card)
    save_digests(folder, dataset.digests)
    (folder / README_FILE).write_text(readme(card), encoding="utf-8")
    return TrainReport(folder, card["model_id"], card["digest"], dataset.judged, evaluation)


def figures_of(
    labels: Sequence[str], corpus: Corpus, vectors: WordVectors, fitted: Fitted, concepts: Sequence[Concept] = ()
) -> Figures:
    """Return the model with ids of its own: only of the features that it kept."""
    space, linear, curved = corpus.space, fitted.base.linear, fitted.base.curved
    is_word = linear.columns < space.word_count
    is_pair = linear.columns >= space.pairs_start
    prefixes = linear.columns[~is_word & ~is_pair]
    words = [corpus.words[at] for at in linear.columns[is_word]]
    with_concepts = {corpus.words[at] for at in corpus.concept_words}
    extra = sorted((set(vectors.words) | with_concepts) - set(words))
    table = ConceptTable.of(concepts, [*words, *extra])
    row_of = {word: at for at, word in enumerate(vectors.words)}
    rows = np.array([row_of.get(word, -1) for word in [*words, *extra]], dtype=np.int64)

    new_id = np.zeros(space.word_count + 1, dtype=np.int64)
    new_id[linear.columns[is_word] + 1] = np.arange(1, len(words) + 1)
    first, second = pair_of(space.pairs[linear.columns[is_pair] - space.pairs_start])
    keys = pair_key(new_id[first], new_id[second])
    order = np.argsort(keys)

    def by_feature(figures: Doubles) -> Array:
        none = np.zeros((len(extra), *figures.shape[1:]))
        parts = figures[is_word], none, figures[~is_word & ~is_pair], figures[is_pair][order]
        return np.concatenate(parts).astype(np.float16)

    return Figures(
        labels=np.array(labels),
        words=np.array([*words, *extra]),
        prefixes=np.array([corpus.prefixes[at - space.word_count] for at in prefixes]),
        pairs=keys[order],
        idf=by_feature(linear.idf),
        weights=by_feature(linear.weights),
        bias=linear.bias.astype(np.float32),
        vectors=packed(np.where(rows[:, None] >= 0, vectors.levels[rows], 0).astype(np.int8)),
        vector_idf=np.where(rows >= 0, vectors.idf[rows], 0).astype(np.float16),
        factors=curved.factors,
        signs=curved.signs.astype(np.int8),
        slopes=curved.slopes,
        constants=curved.constants,
        concepts=np.array([concept.name for concept in concepts]),
        concept_of_word=table.of_word.astype(np.int16),
        concept_pairs=table.pairs,
        concept_of_pair=table.of_pair.astype(np.int16),
        concept_weights=fitted.base.concepts.weights.astype(np.float16),
        concept_bias=fitted.base.concepts.bias,
        stack=fitted.stack.astype(np.float32),
        assign_at=fitted.assign_at.astype(np.float32),
        abstain_at=fitted.abstain_at.astype(np.float32),
    )


def _card(
    dataset: Dataset, unlabelled: int, groups: Ints, figures: Figures, evaluation: Evaluation, seed: int
) -> dict[str, Any]:
    digest = figures.digest()
    bands = zip(dataset.labels, figures.assign_at.tolist(), figures.abstain_at.tolist(), strict=True)
    return {
        "model_id": f"{KIND}-{digest[:12]}",
        "digest": digest,
        "kind": "Per label, TF-IDF of words, prefixes and pairs with logistic regression, and mean word vectors with a "
        "quadratic form; stacked over the whole article, its best section and its first, with the concepts that its "
        "sentences bring together",
        "data": {
            "articles": dataset.judged,
            "stories": len(np.unique(groups[: dataset.judged])),
            "sure": int(dataset.sure[: dataset.judged].sum()),
            "unlabelled": unlabelled,
            "carry": {score.label: score.support for score in evaluation.labels},
            "sha256": dataset.digest,
        },
        "features": {
            "words": len(figures.words),
            "prefixes": len(figures.prefixes),
            "pairs": len(figures.pairs),
            "word_vectors": int((figures.vector_idf > 0).sum()),
            "dimensions": figures.slopes.shape[1],
            "concepts": len(figures.concepts),
        },
        "thresholds": {
            label: {"assign_at": round(assign_at, 4), "abstain_at": round(abstain_at, 4)}
            for label, assign_at, abstain_at in bands
        },
        "out_of_fold": rounded(asdict(evaluation)),
        "seed": seed,
        "versions": {name: version(name) for name in LIBRARIES},
    }
