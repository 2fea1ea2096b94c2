"""The live sample: articles of the stream that were drawn at random and read, and how they were drawn.

Knows nothing of models. Holds ids, digests of texts and labels, never a text.

Labelled articles are picked where labels are likely, so that their mix says nothing of a live feed. The sample does:
the articles of the stream without labels are divided into strata by score, so many are drawn from each, and each that
was read stands for its stratum's share. The labelled articles of the stream were read before: each stands for itself.
"""

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path, read_toml
from workers.article import Decision, LabelResult
from workers.classify.rows import Row

READ_BY_DECISION = {Decision.ASSIGNED: 80, Decision.ABSTAINED: 60}
"""Articles read per stratum: precision of what is assigned is what consumers ask for first."""
BANDS = ((0.03, 60), (0.01, 120), (0.003, 200), (0.0, 200))
"""Rejected articles by greatest score, and how many are read: the lower the band, the more articles each one that is
read stands for, and the wider an interval that must allow for what chance left out."""


class ReadArticle(BaseModel):
    """One article that was drawn, and what a reader said of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    sha256: str
    """`Row.digest` of what was read."""
    labels: tuple[str, ...] | None = None
    """Absent until it has been read."""


class Stratum(BaseModel):
    """Articles that were drawn with one chance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    population: Annotated[int, Field(ge=1)]
    articles: Annotated[tuple[ReadArticle, ...], Field(min_length=1)]

    @property
    def weight(self) -> float:
        """Return how many articles of the stream each drawn one stands for."""
        return self.population / len(self.articles)


class LiveSample(BaseModel):
    """What was drawn, and what was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    model_id: str
    """Whose scores made the strata; the estimates hold for any model."""
    stratum: tuple[Stratum, ...]

    def ids(self) -> frozenset[str]:
        """Return the ids of all drawn articles."""
        return frozenset(article.id for stratum in self.stratum for article in stratum.articles)


@dataclass(frozen=True, slots=True)
class Scored:
    """An article of the stream and what the model said of it."""

    row: Row
    results: tuple[LabelResult, ...]


def read_sample(path: Path) -> LiveSample:
    """Return a sample, read or unread. Raises UsageError with file, key and reason."""
    try:
        return LiveSample.model_validate(read_toml(path, "the live sample"))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path}: {key_path(first['loc'])}: {first['msg']}") from error


def fits(sample: LiveSample, labels: Sequence[str], digests: Mapping[str, str]) -> bool:
    """Say whether the sample was read for this label set, and is of these articles without labels (digests by id)."""
    articles = [article for stratum in sample.stratum for article in stratum.articles]
    read_for = {name for article in articles for name in article.labels or ()}
    return read_for == set(labels) and all(digests.get(article.id) == article.sha256 for article in articles)


def load_sample(path: Path, labels: Sequence[str]) -> LiveSample:
    """Return a sample that has been read. Raises UsageError with file, key and reason."""
    sample = read_sample(path)
    seen: set[str] = set()
    for stratum in sample.stratum:
        for article in stratum.articles:
            if article.labels is None:
                raise UsageError(f"{path}: {article.id}: no labels: it has not been read")
            if unknown := sorted(set(article.labels) - set(labels)):
                raise UsageError(f"{path}: {article.id}: labels: {unknown[0]!r} is not in the label set")
            if article.id in seen:
                raise UsageError(f"{path}: {article.id}: stands there twice")
            seen.add(article.id)
        if len(stratum.articles) > stratum.population:
            raise UsageError(f"{path}: {stratum.name}: population: fewer than were drawn")
    return sample


def draw(scored: Iterable[Scored], model_id: str, seed: int) -> LiveSample:
    """Return a sample of articles nobody has read: the same for the same articles, scores and seed, in any order."""
    strata: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
    reads: dict[str, int] = {}
    for one in scored:
        rank, name, read = _stratum(one.results)
        strata[rank, name].append(one.row)
        reads[name] = read
    return LiveSample(
        seed=seed,
        model_id=model_id,
        stratum=tuple(
            Stratum(name=name, population=len(rows), articles=_drawn(rows, reads[name], seed))
            for (_, name), rows in sorted(strata.items())
        ),
    )


def _stratum(results: Sequence[LabelResult]) -> tuple[int, str, int]:
    """Return an article's stratum by rank and name, and how many are read of it."""
    for rank, decision in enumerate((Decision.ASSIGNED, Decision.ABSTAINED)):
        found = [result for result in results if result.decision is decision]
        if found:
            return rank, f"{decision}: {found[0].label}", READ_BY_DECISION[decision]
    score = max((result.score for result in results), default=0.0)
    band, (least, read) = next((at, band) for at, band in enumerate(BANDS) if score >= band[0])
    return 2 + band, f"{Decision.REJECTED}: from {least:g}", read


def _drawn(rows: Iterable[Row], count: int, seed: int) -> tuple[ReadArticle, ...]:
    """Draw by a hash of seed and id: chance that needs no order and no state."""
    by_chance = sorted(rows, key=lambda row: hashlib.sha256(f"{seed} {row.id}".encode()).digest())
    return tuple(ReadArticle(id=row.id, sha256=row.digest) for row in by_chance[:count])


def to_toml(sample: LiveSample) -> str:
    """Return the sample as a file, an article a line; one that has not been read lacks its labels."""
    lines = [
        "# Articles of the stream, drawn at random within strata of score and read: see workers/classify/README.md.",
        f"seed = {sample.seed}",
        f'model_id = "{sample.model_id}"',
    ]
    for stratum in sample.stratum:
        lines += ["", "[[stratum]]", f'name = "{stratum.name}"', f"population = {stratum.population}", "articles = ["]
        lines += [f"  {_inline(article)}," for article in stratum.articles]
        lines.append("]")
    text = "\n".join([*lines, ""])
    tomllib.loads(text)
    return text


def _inline(article: ReadArticle) -> str:
    names = None if article.labels is None else ", ".join(f'"{name}"' for name in article.labels)
    labels = "" if names is None else f", labels = [{names}]"
    return f'{{ id = "{article.id}", sha256 = "{article.sha256}"{labels} }}'


def drawn_rows(sample: LiveSample, rows: Mapping[str, Row]) -> tuple[Row, ...]:
    """Return the texts of the drawn articles, in order. Raises UsageError when one is absent or has changed."""
    found = []
    for stratum in sample.stratum:
        for article in stratum.articles:
            row = rows.get(article.id)
            if row is None:
                raise UsageError(f"live sample: {article.id} is not in the data: give the file that it was drawn from")
            if row.digest != article.sha256:
                raise UsageError(f"live sample: {article.id}: its text is not the one that was read")
            found.append(row)
    return tuple(found)


def strata_of(sample: LiveSample) -> tuple[tuple[float, ...], tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """Return of each drawn article, in order, its weight, its stratum's number (from 1 on) and its labels."""
    every = [
        (stratum.weight, number, article.labels or ())
        for number, stratum in enumerate(sample.stratum, start=1)
        for article in stratum.articles
    ]
    weights, numbers, labels = zip(*every, strict=True)
    return weights, numbers, labels
