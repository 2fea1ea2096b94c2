"""The seeds' normalizer, gazetteers and enricher, loaded once per process: together they take two seconds.

Knows nothing of what is looked for. What they remember of words changes no result.
"""

from functools import cache
from pathlib import Path

from workers.enrich.enrich import Enricher
from workers.enrich.gazetteer import Gazetteer, load_gazetteer
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@cache
def normalizer() -> Normalizer:
    """Return the normalizer."""
    return Normalizer()


@cache
def gazetteer() -> Gazetteer:
    """Return the seeds' gazetteers."""
    return load_gazetteer(SEEDS / "gazetteer")


@cache
def enricher() -> Enricher:
    """Return the enricher of the seeds."""
    return Enricher(gazetteer(), SEEDS / "lexicon")
