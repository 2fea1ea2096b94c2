"""The gold set is what its guide says: articles of the data, spans inside their texts, halves that nobody chose."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gold import agreement, mark
from support.broker import PROJECT
from workers.enrich.gold import Half, digest_of, read_gold

GOLD = PROJECT / "tests" / "data" / "gold"
MORE = "tune-more.jsonl"
EVENTS = ("tune-events.jsonl", "tune-unlabelled.jsonl")
AGAIN = "again.jsonl"
FINAL = "final.jsonl"
FILES = {path.name: read_gold(path) for path in sorted(GOLD.glob("*.jsonl"))}
ARTICLES = [(name, article) for name, articles in FILES.items() for article in articles]


@pytest.fixture(scope="module")
def rows(data_dir: Path) -> dict[str, Any]:
    wanted = {article.id for _, article in ARTICLES}
    return {row["id"]: row for row in published(data_dir) if row["id"] in wanted}


def published(data_dir: Path) -> Iterator[dict[str, Any]]:
    """Yield the articles of the data: those to replay, then those with labels."""
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def spans_of(value: Any) -> list[tuple[str, int, int]]:
    """Return every span of a dumped annotation."""
    if isinstance(value, dict):
        return [span for part in value.values() for span in spans_of(part)]
    if isinstance(value, list | tuple):
        if len(value) == 3 and value[0] in ("title", "text"):
            return [(value[0], value[1], value[2])]
        return [span for part in value for span in spans_of(part)]
    return []


def test_the_test_half_is_there_with_enough_to_judge_by() -> None:
    test = FILES["test.jsonl"]

    assert len(test) >= 100
    assert all(article.half is Half.TEST for article in test)
    assert sum(len(article.quotes) for article in test) >= 200
    assert sum(len(article.countries) for article in test) >= 200


def test_an_article_stands_once_in_a_file_and_in_the_half_that_its_id_says() -> None:
    for name, articles in FILES.items():
        ids = [article.id for article in articles]
        assert ids == sorted(set(ids)), name
        for article in articles if name not in {*EVENTS, FINAL} else ():
            odd = hashlib.sha256(f"half/{article.id}".encode()).digest()[0] % 2
            assert article.half is (Half.TEST if odd else Half.TUNE)


def test_the_further_tuning_articles_stand_in_no_other_file() -> None:
    others = {article.id for name, article in ARTICLES if name != MORE}

    assert all(article.half is Half.TUNE for article in FILES[MORE])
    assert not {article.id for article in FILES[MORE]} & others


@pytest.mark.parametrize("events", EVENTS)
def test_the_articles_annotated_for_what_happened_alone_stand_in_no_other_file(events: str) -> None:
    others = {article.id for name, article in ARTICLES if name != events}

    assert all(article.half is Half.TUNE for article in FILES[events])
    assert not {article.id for article in FILES[events]} & others


def test_the_whole_test_half_is_read_twice() -> None:
    assert [article.id for article in FILES[AGAIN]] == [article.id for article in FILES["test.jsonl"]]


def test_two_readings_of_the_test_half_agree_as_the_guide_says(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(agreement, "DATA", data_dir)

    assert agreement.main([str(GOLD / "test.jsonl"), str(GOLD / AGAIN)]) == 0

    shown = capsys.readouterr().out
    told = (GOLD / "README.md").read_text(encoding="utf-8")
    assert len(shown.splitlines()) == 16
    for line in shown.splitlines()[1:]:
        part, (annotated, again, f1) = line[:19].strip(), line[19:].split()[:3]
        assert f"| {part} | {annotated}, {again} | {f1} |" in told


def test_a_reading_agrees_with_itself(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(agreement, "DATA", data_dir)

    agreement.main([str(GOLD / "test.jsonl"), str(GOLD / "test.jsonl")])

    assert {line[19:].split()[2] for line in capsys.readouterr().out.splitlines()[1:]} == {"1.000"}


def test_the_articles_kept_aside_for_the_final_measure_stand_in_no_other_file_and_are_not_shown() -> None:
    others = {article.id for name, article in ARTICLES if name != FINAL}

    assert all(article.half is Half.TEST for article in FILES[FINAL])
    assert not {article.id for article in FILES[FINAL]} & others


def test_the_further_tuning_articles_are_those_that_the_rule_picks(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mark, "DATA", data_dir)

    assert {row["id"] for row in mark.selected_more()} == {article.id for article in FILES[MORE]}


def test_the_further_tuning_articles_have_flights_and_names_to_find() -> None:
    assert sum(len(article.airports) + len(article.airlines) + len(article.crossings) for article in FILES[MORE]) >= 50
    assert sum(len(article.flights) for article in FILES[MORE]) >= 50
    assert sum(len(article.quotes) for article in FILES[MORE]) >= 200


@pytest.mark.parametrize("name", FILES)
def test_an_annotation_fits_the_text_it_was_made_on(name: str, rows: dict[str, Any]) -> None:
    for article in FILES[name]:
        row = rows[article.id]
        assert article.sha256 == digest_of(row["title"], row["text"]), article.id
        for field, start, end in spans_of(article.model_dump()):
            surface = row[field][start:end]
            assert len(surface) == end - start > 0, (article.id, field, start)
            assert surface == surface.strip(), (article.id, field, start)
