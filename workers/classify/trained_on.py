"""Which articles a model learned, as short digests: so that a score on them is never taken for one on new articles.

Knows nothing of models. Four bytes of a SHA-256 tell an article from nine thousand others, and nothing of its text.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.service.errors import UsageError
from workers.classify.measures import Bools

FILE = "trained-on.npy"
_HEX = 8


def save_digests(folder: Path, digests: Iterable[str]) -> None:
    """Write what was learned beside the model."""
    with (folder / FILE).open("wb") as file:
        np.save(file, np.unique(_short(digests)), allow_pickle=False)


def learned(folder: Path, digests: Iterable[str]) -> Bools:
    """Say of each article (`Row.digest`) whether the model of the folder learned it."""
    try:
        known = np.load(folder / FILE, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / FILE}: cannot be read, so nobody knows what the model learned: {error}") from error
    return np.isin(_short(digests), known)


def _short(digests: Iterable[str]) -> NDArray[np.uint32]:
    return np.array([int(digest[:_HEX], 16) for digest in digests], dtype=np.uint32)
