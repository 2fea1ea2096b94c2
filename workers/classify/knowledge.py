"""Knowledge: what the project itself brings to a training, beside the labelled data.

Knows nothing of models. All of it lies in the seeds folder, and each part can be left out. What the project knows of
articles that are not in the data (labels read off their stream, corrections, a sample of the stream) says nothing there
and is left out too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingest.service.errors import UsageError
from workers.classify.concepts import Concept, load_concepts
from workers.classify.corrections import Correction, load_corrections
from workers.classify.live import fits, read_sample
from workers.classify.read_for_training import TaughtArticle, load_read_for_training
from workers.classify.rows import read_rows


class Part(StrEnum):
    """What can be left out."""

    CONCEPTS = "concepts"
    WRITTEN = "written"
    READ = "read"
    CORRECTIONS = "corrections"
    LIVE = "live"


def parts_of(names: Sequence[str]) -> frozenset[Part]:
    """Return the parts of these names. Raises UsageError on a name of none."""
    if unknown := [name for name in names if name not in set(Part)]:
        raise UsageError(f"--without {unknown[0]}: the parts are {', '.join(Part)}")
    return frozenset(map(Part, names))


CONCEPTS_FILE = "concepts.toml"
LABELLED_FOLDER = "labelled"
READ_FILE = "read-for-training.toml"
CORRECTIONS_FILE = "corrections.toml"
LIVE_FILE = "live-sample.toml"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What goes into a training with the data."""

    concepts: tuple[Concept, ...] = ()
    written: tuple[Path, ...] = ()
    """Files of labelled articles that were written for training; they teach and are not judged."""
    corrections: tuple[Correction, ...] = ()
    """Act on what is learned; no score counts them."""
    live: Path | None = None
    """A live sample of the data's articles without labels."""
    read: tuple[TaughtArticle, ...] = ()
    """Articles of the data's stream that were read for training; they teach and are not judged."""

    def told(self) -> str:
        """Return what it holds, for the one who trains."""
        parts = [
            f"{len(self.concepts)} concepts",
            f"written articles of {', '.join(path.name for path in self.written) or 'no file'}",
            f"{len(self.read)} articles of the stream",
            f"{len(self.corrections)} corrections",
            f"live sample {self.live}" if self.live else "no live sample: probabilities for the labelled articles",
        ]
        return ", ".join(parts)


NO_KNOWLEDGE = Knowledge()


@dataclass(frozen=True, slots=True)
class Seeds:
    """A seeds folder, and which parts of it to leave out."""

    folder: Path
    labels: tuple[str, ...]
    without: frozenset[Part] = frozenset()

    def knowledge(
        self, paths: Sequence[Path], *, corrections: Path | None = None, live: Path | None = None
    ) -> Knowledge:
        """Return what the folder knows that fits the data files.

        `corrections` and `live` are files to take instead of the folder's, whether they fit or not: then it is for the
        training to say what is wrong with them. Raises UsageError on a file that cannot be read.
        """
        labelled, unlabelled = _digests(paths)
        concepts = None if Part.CONCEPTS in self.without else self.folder / CONCEPTS_FILE
        return Knowledge(
            concepts=load_concepts(concepts) if concepts else (),
            written=() if Part.WRITTEN in self.without else tuple(sorted(self._labelled.glob("*.jsonl"))),
            read=self._read(unlabelled),
            corrections=load_corrections(corrections) if corrections else self._corrections(labelled),
            live=live or self._live(unlabelled),
        )

    @property
    def _labelled(self) -> Path:
        return self.folder / LABELLED_FOLDER

    def _read(self, digests: Mapping[str, str]) -> tuple[TaughtArticle, ...]:
        file = self._labelled / READ_FILE
        if Part.READ in self.without or not file.exists():
            return ()
        return load_read_for_training(file).fitting(self.labels, digests)

    def _corrections(self, digests: Mapping[str, str]) -> tuple[Correction, ...]:
        file = self._labelled / CORRECTIONS_FILE
        if Part.CORRECTIONS in self.without or not file.exists():
            return ()
        every = load_corrections(file)
        return tuple(one for one in every if one.label in self.labels and digests.get(one.id) == one.sha256)

    def _live(self, digests: Mapping[str, str]) -> Path | None:
        file = self._labelled / LIVE_FILE
        if Part.LIVE in self.without or not file.exists():
            return None
        return file if fits(read_sample(file), self.labels, digests) else None


def _digests(paths: Sequence[Path]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the digests by id of the articles with labels, and of those without."""
    labelled: dict[str, str] = {}
    unlabelled: dict[str, str] = {}
    for path in paths:
        for row in read_rows(path):
            (unlabelled if row.labels is None else labelled)[row.id] = row.digest
    return labelled, unlabelled
