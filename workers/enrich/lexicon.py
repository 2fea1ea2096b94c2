"""Reads the lexicons: the words that rules look for, in files that a person edits.

Knows nothing of what a lexicon means: each part of the enrichment brings the model of its own file.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ValidationError

from ingest.service.toml_document import problems_of, read_toml, refusal
from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.reading import folded


def _words(phrase: str) -> tuple[str, ...]:
    """Return the folded words of a phrase as a reading has them."""
    words = tuple(folded(word) for word in phrase.split(" "))
    if not all(words) or any(word.strip(ZWNJ) != word for word in words):
        raise ValueError("must be words with one space between them")
    return words


type Phrase = Annotated[str, AfterValidator(lambda text: " ".join(_words(text)))]
"""Words as a reading has them, folded, one space between them."""
type Phrases = tuple[Phrase, ...]


def load_lexicon[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """Return the lexicon of a file. Raises UsageError that lists every fault: file, key, value, reason."""
    document = read_toml(path, "the lexicon")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise refusal(problems_of(str(path), error)) from error
