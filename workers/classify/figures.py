"""A model's figures on disk: arrays without pickle, and the card that vouches for them with a digest.

Knows nothing of texts or training; `train` writes what `model` reads.
"""

import hashlib
import json
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ingest.service.errors import UsageError

FIGURES_FILE = "figures.npz"
CARD_FILE = "card.json"
FORMAT = 2
"""Raised when serving code can no longer read older figures."""
_TEXTS = frozenset({"labels", "words", "prefixes", "concepts"})

type Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that serving needs; L labels, W words, F features (words, then prefixes, then pairs), D dimensions."""

    labels: Array
    """Names, sorted: (L,)."""
    words: Array
    """Folded words (W,); ids start at 1."""
    prefixes: Array
    """Prefixes of folded words; ids start at 1."""
    pairs: Array
    """Sorted keys of pairs of word ids, int64."""
    idf: Array
    """(F,), zero for a word that only has a vector; float16."""
    weights: Array
    """(F, L), in log-odds per unit of normalized TF-IDF; float16."""
    bias: Array
    """(L,); float32, as all below but vectors and signs."""
    vectors: Array
    """(W, D / 2) bytes: two dimensions in each, see `vectors.unpacked`."""
    vector_idf: Array
    """(W,); float16."""
    factors: Array
    """(L, R, D): the score adds `sign * (factor . vector) ** 2` for each of R factors."""
    signs: Array
    """(L, R); int8."""
    slopes: Array
    """(L, D): the score adds `slope . vector`."""
    constants: Array
    """(L,)."""
    concepts: Array
    """Names of K concepts, see `concepts`."""
    concept_of_word: Array
    """(W + 1, most of any word): numbers of concepts or -1; int16, row 0 is the unknown word's."""
    concept_pairs: Array
    """Sorted keys of pairs of word ids, int64."""
    concept_of_pair: Array
    """(pairs, most of any pair): numbers of concepts or -1; int16."""
    concept_weights: Array
    """(L, K, K): upper triangle; float16."""
    concept_bias: Array
    """(L,)."""
    stack: Array
    """(L, 14): weights of the stack's inputs, see `scoring.stack_inputs`."""
    assign_at: Array
    """(L,): calibrated probability from which a label is assigned."""
    abstain_at: Array
    """(L,): calibrated probability from which a label is not rejected."""

    def digest(self) -> str:
        """Return the SHA-256 of the content, whatever the file around it looks like."""
        digest = hashlib.sha256()
        for name, array in self._packed().items():
            digest.update(f"{name} {array.shape} {array.dtype.str}\n".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def save(self, folder: Path, card: dict[str, Any]) -> None:
        """Write figures and card, which names their digest."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FIGURES_FILE).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **self._packed())
        card = {"format": FORMAT, **card}
        text = json.dumps(card, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> tuple[Self, dict[str, Any]]:
        """Return figures and card. Raises UsageError when a file is missing or the two do not match."""
        try:
            card: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            if card.get("format") != FORMAT:
                raise UsageError(f"{folder / CARD_FILE}: format {card.get('format')!r}, this version reads {FORMAT}")
            with (folder / FIGURES_FILE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                figures = cls(**{field.name: _unpacked(field.name, arrays[field.name]) for field in fields(cls)})
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise UsageError(f"{folder}: no model that can be read: {error}") from error
        if card.get("digest") != figures.digest():
            raise UsageError(f"{folder / FIGURES_FILE}: not the figures that {CARD_FILE} describes (digest differs)")
        return figures, card

    def _packed(self) -> dict[str, Array]:
        return {field.name: _packed(field.name, getattr(self, field.name)) for field in fields(self)}


def _packed(name: str, array: Array) -> Array:
    """Return texts as UTF-8 lines: numpy's own four bytes a character would triple the file."""
    return np.frombuffer("\n".join(array.tolist()).encode(), dtype=np.uint8) if name in _TEXTS else array


def _unpacked(name: str, array: Array) -> Array:
    if name not in _TEXTS:
        return array
    text = array.tobytes().decode()
    return np.array(text.split("\n") if text else [], dtype=np.str_)
