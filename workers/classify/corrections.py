"""Corrections: labelled articles whose labels a second reading found wrong, each with the reason.

Knows nothing of models. Corrections act on what training folds learn; scores use the labels as given, so that a model
is never praised for agreeing with whoever corrected.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import problems_of, read_toml, refusal
from workers.classify.dataset import Dataset
from workers.classify.measures import Bools


class Correction(BaseModel):
    """One label of one article."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Annotated[str, StringConstraints(min_length=1)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """`Row.digest` of the text that was read."""
    label: str
    carries: bool
    """What is right; the labels as given say the opposite."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    correction: tuple[Correction, ...] = ()


def load_corrections(path: Path) -> tuple[Correction, ...]:
    """Return the corrections of a file. Raises UsageError that names every fault."""
    try:
        return _File.model_validate(read_toml(path, "the file of corrections")).correction
    except ValidationError as error:
        raise refusal(problems_of(str(path), error)) from error


def corrected(dataset: Dataset, corrections: Sequence[Correction]) -> Bools:
    """Return what training folds learn: the labels as given, with the corrections.

    Raises UsageError for one that fits no article, names no label, or changes nothing.
    """
    at = {name: number for number, name in enumerate(dataset.ids)}
    label_at = {name: number for number, name in enumerate(dataset.labels)}
    learned = np.array(dataset.targets)
    for one in corrections:
        where = f"correction of {one.id} ({one.label})"
        if one.label not in label_at:
            raise UsageError(f"{where}: the labels are {', '.join(dataset.labels)}")
        if one.id not in at or dataset.digests[at[one.id]] != one.sha256:
            raise UsageError(f"{where}: no article of the data has this id and this text")
        place = at[one.id], label_at[one.label]
        if learned[place] == one.carries:
            raise UsageError(f"{where}: changes nothing, or stands there twice")
        learned[place] = one.carries
    return learned
