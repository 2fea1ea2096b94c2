"""Labelled articles from JSON lines, and which of them tell the same story.

Knows nothing of features or models. The texts stay in memory: nothing of them is written anywhere.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.service.errors import UsageError
from workers.classify.pieces import Ints, pieces
from workers.classify.read_for_training import TaughtArticle
from workers.classify.rows import Row, read_rows

FEWEST_ARTICLES = 25
"""One for each inner fold of each outer one; with fewer nothing can be chosen out of fold."""
SHINGLE_WORDS = 4
STORY_WORDS = 60
"""Near-duplicates agree in how they begin; the ends differ by signatures and cuts."""
COMMON_SHINGLE = 40
"""A shingle of more articles than this is a formula of the trade, not a story."""
SHARED = 0.5
"""Two articles tell one story when the shorter shares so much of its shingles."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled articles with normalized texts, sorted by id; those that only teach come last."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    """Names of the label set, sorted."""
    targets: NDArray[np.bool_]
    """(N, L)."""
    sure: NDArray[np.bool_]
    """False where the reader called it borderline."""
    kinds: tuple[str, ...]
    """What published each article: `agency` or `channel`."""
    judged: int
    """So many of the articles are judged; the rest were written or read for training, and no score counts them."""
    digests: tuple[str, ...]
    """`Row.digest` of each article: which text it is."""
    digest: str
    """SHA-256 over what was read, unlabelled texts included, whatever the order of lines and files."""

    def from_outside(self) -> Self:
        """Return the articles that scores count: those that were neither written nor read for training."""
        kept = slice(self.judged)
        return replace(
            self,
            ids=self.ids[kept],
            titles=self.titles[kept],
            texts=self.texts[kept],
            targets=self.targets[kept],
            sure=self.sure[kept],
            kinds=self.kinds[kept],
            digests=self.digests[kept],
        )


def read_dataset(
    paths: Sequence[Path],
    labels: Sequence[str],
    normalize: Callable[[str], str],
    written: Sequence[Path] = (),
    fewest: int = FEWEST_ARTICLES,
    read: Sequence[TaughtArticle] = (),
) -> tuple[Dataset, tuple[str, ...]]:
    """Return the labelled articles of the files (`.jsonl`, `.jsonl.gz`), and the normalized texts of all others.

    Articles of the `written` files teach and are not judged; one whose labels this label set has not all is left out.
    So do those of the files' articles without labels that were `read`; their texts stay among the unlabelled ones.
    Raises UsageError with file, line and reason.
    """
    rows: dict[str, Row] = {}
    unlabelled: dict[str, Row] = {}
    for path in paths:
        for number, row in enumerate(read_rows(path), start=1):
            known = unlabelled if row.labels is None else rows
            if row.id in known:
                raise UsageError(f"{path}:{number}: id: {row.id!r} was there before")
            if unknown := sorted(set(row.labels or ()) - set(labels)):
                raise UsageError(f"{path}:{number}: labels: {unknown[0]!r} is not in the label set")
            known[row.id] = row
    own = {
        row.id: row
        for path in written
        for row in read_rows(path)
        if row.labels is not None and set(row.labels) <= set(labels)
    }
    for article in read:
        own[article.id] = unlabelled[article.id].model_copy(update={"labels": article.labels})
    for label in labels:
        if sum(label in (row.labels or ()) for row in rows.values()) < fewest:
            raise UsageError(f"fewer than {fewest} articles carry the label {label!r}")
    others = (unlabelled[key] for key in sorted(unlabelled.keys() - rows.keys()))
    texts = tuple(f"{normalize(row.title)}\n{normalize(row.text)}" for row in others)
    ordered = [*(rows[key] for key in sorted(rows)), *(own[key] for key in sorted(own.keys() - rows.keys()))]
    return _dataset(ordered, len(rows), texts, tuple(sorted(labels)), normalize), texts


def _dataset(
    rows: Sequence[Row], judged: int, others: Sequence[str], labels: tuple[str, ...], normalize: Callable[[str], str]
) -> Dataset:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row.id, row.title, row.text, sorted(row.labels or ())]).encode())
    for text in others:
        digest.update(json.dumps(text).encode())
    return Dataset(
        ids=tuple(row.id for row in rows),
        titles=tuple(normalize(row.title) for row in rows),
        texts=tuple(normalize(row.text) for row in rows),
        labels=labels,
        targets=np.array([[label in (row.labels or ()) for label in labels] for row in rows], dtype=np.bool_),
        sure=np.array([row.sure for row in rows], dtype=np.bool_),
        kinds=tuple(row.kind for row in rows),
        judged=judged,
        digests=tuple(row.digest for row in rows),
        digest=digest.hexdigest(),
    )


def stories(dataset: Dataset) -> Ints:
    """Return for each article the number of its story: near-duplicates share one."""
    shingles = [_shingles(f"{title}\n{text}") for title, text in zip(dataset.titles, dataset.texts, strict=True)]
    articles_of: defaultdict[str, list[int]] = defaultdict(list)
    for article, own in enumerate(shingles):
        for shingle in own:
            articles_of[shingle].append(article)
    parents = list(range(len(shingles)))
    for article, own in enumerate(shingles):
        shared = Counter(_earlier(article, (articles_of[shingle] for shingle in own)))
        for other, count in shared.items():
            if count >= SHARED * min(len(own), len(shingles[other])):
                parents[_root(parents, article)] = _root(parents, other)
    return np.array([_root(parents, article) for article in range(len(parents))], dtype=np.int64)


def _shingles(text: str) -> set[str]:
    words = [piece.word for _, piece in zip(range(2 * STORY_WORDS), pieces(text), strict=False) if piece.word]
    words = words[:STORY_WORDS]
    return {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1))} - {""}


def _earlier(article: int, groups: Iterable[list[int]]) -> Iterator[int]:
    for group in groups:
        if len(group) <= COMMON_SHINGLE:
            yield from (other for other in group if other < article)


def _root(parents: list[int], article: int) -> int:
    while parents[article] != article:
        parents[article] = parents[parents[article]]
        article = parents[article]
    return article


def folds(groups: Ints, count: int, seed: int) -> Ints:
    """Return for each article its fold, so that no group sits in two; the same for the same seed."""
    names, members = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = np.empty(len(names), dtype=np.int64)
    fold_of[order] = np.arange(len(names)) % count
    return fold_of[members]
