"""Lexicons are read with a model of their own, and every fault in one is told with its file and key."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from ingest.service.errors import UsageError
from workers.enrich.lexicon import Phrases, load_lexicon


class Verbs(BaseModel):
    model_config = ConfigDict(extra="forbid")

    verbs: Phrases


def written(folder: Path, text: str) -> Path:
    path = folder / "verbs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_phrases_are_words_as_a_reading_has_them(tmp_path: Path) -> None:
    path = written(tmp_path, 'verbs = ["آغاز كرد", "می‌گوید"]')

    assert load_lexicon(path, Verbs).verbs == ("اغاز کرد", "می‌گوید")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('verbs = ["گفت "]', "verbs[0] = 'گفت ': must be words with one space between them"),
        ("verbs = 3", "verbs = 3: "),
        ('verb = ["گفت"]', "verb = ['گفت']: unknown key"),
        ("", "verbs: required key is missing"),
        ("verbs = [", "is not TOML"),
    ],
)
def test_a_fault_names_file_key_and_reason(tmp_path: Path, text: str, fault: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(UsageError) as caught:
        load_lexicon(path, Verbs)

    assert str(path) in str(caught.value)
    assert fault in str(caught.value)
