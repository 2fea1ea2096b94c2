from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from workers.classify.labels import load_labels

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LABEL = '[[label]]\nname = "{}"\ntitle_en = "A"\ntitle_fa = "الف"\ndefinition = "What it is."\n'


def test_the_projects_labels_are_those_that_consumers_rely_on() -> None:
    names = [label.name for label in load_labels(SEEDS / "labels.toml")]

    assert names == ["consular", "flights", "security-cooperation"]


def test_labels_come_sorted_by_name(tmp_path: Path) -> None:
    path = tmp_path / "labels.toml"
    path.write_text(LABEL.format("trade") + LABEL.format("energy"), encoding="utf-8")

    assert [label.name for label in load_labels(path)] == ["energy", "trade"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "label"),
        ("[[label]]\n", "label[0].name"),
        (LABEL.format("Trade"), "label[0].name"),
        (LABEL.format("a.b"), "label[0].name"),
        (LABEL.format("trade") + 'topic = "x"\n', "label[0].topic"),
        (LABEL.format("trade") * 2, "'trade' stands there twice"),
        ("label = [", "is not TOML"),
    ],
)
def test_an_invalid_label_set_is_refused_with_file_and_key(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "labels.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(UsageError) as raised:
        load_labels(path)

    assert str(path) in str(raised.value)
    assert reason in str(raised.value)


def test_an_absent_label_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_labels(tmp_path / "labels.toml")
