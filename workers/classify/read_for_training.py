"""Articles of the stream that were read for training: which ones, and what labels they carry.

Knows nothing of models. Holds ids, digests of texts and labels, never a text: whoever has the stream can learn from
them. They teach and no score counts them, for they were picked where a model was unsure.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import problems_of, read_toml, refusal


class TaughtArticle(BaseModel):
    """One article, and the labels that a reader gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(min_length=1)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """`Row.digest` of the text that was read."""
    labels: tuple[str, ...] = ()


class ReadForTraining(BaseModel):
    """What was read, and which labels were looked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    looked_for: Annotated[tuple[str, ...], Field(min_length=1)]
    articles: tuple[TaughtArticle, ...] = ()

    def fitting(self, labels: Sequence[str], digests: Mapping[str, str]) -> tuple[TaughtArticle, ...]:
        """Return the articles that teach these labels, of those in the stream (digests by id).

        None when other labels were looked for: that an article lacks a label says nothing when nobody asked.
        """
        if set(labels) != set(self.looked_for):
            return ()
        return tuple(one for one in self.articles if digests.get(one.id) == one.sha256)


def load_read_for_training(path: Path) -> ReadForTraining:
    """Return what a file holds. Raises UsageError that names every fault."""
    try:
        read = ReadForTraining.model_validate(read_toml(path, "the articles read for training"))
    except ValidationError as error:
        raise refusal(problems_of(str(path), error)) from error
    seen: set[str] = set()
    for one in read.articles:
        if one.id in seen:
            raise UsageError(f"{path}: {one.id}: stands there twice")
        if unknown := sorted(set(one.labels) - set(read.looked_for)):
            raise UsageError(f"{path}: {one.id}: labels: {unknown[0]!r} was not looked for")
        seen.add(one.id)
    return read
