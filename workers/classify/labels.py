"""The label set: data of `seeds/labels.toml`, not code.

Knows nothing of models, thresholds or Kafka; a label's name is also the middle of its topic's name.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path, read_toml

type LabelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""Lower case, digits and hyphens: safe in topic names, metric labels and headers."""
type Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Label(BaseModel):
    """One subject that articles are about or not, apart from all others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: LabelName
    title_en: Text
    title_fa: Text
    definition: Text


class _LabelFile(BaseModel):
    """What `labels.toml` may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[tuple[Label, ...], Field(min_length=1)]


def load_labels(path: Path) -> tuple[Label, ...]:
    """Return the labels sorted by name. Raises UsageError that names file, key and reason."""
    try:
        labels = _LabelFile.model_validate(read_toml(path, "the label set")).label
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path}: {key_path(first['loc'])}: {first['msg']}") from error
    names = [label.name for label in labels]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{path}: label.name: {twice[0]!r} stands there twice")
    return tuple(sorted(labels, key=lambda label: label.name))
