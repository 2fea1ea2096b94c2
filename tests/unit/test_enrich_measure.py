"""Measuring the enrichment: what counts as right, and what is refused."""

import gzip
import json
from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from tests.support import enrichment
from workers.enrich.enrich import Enricher
from workers.enrich.gold import digest_of
from workers.enrich.measure import Counts, EnrichmentReport, enrichment_report, publication
from workers.enrich.measure_text import enrichment_figures, enrichment_lines

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TITLE = "گفت‌وگوی عراق و ترکیه"
TEXT = "وزارت خارجه ترکیه فردا پاسخ می‌دهد. وزارت خارجه ترکیه در فرودگاه مهرآباد است."


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return enrichment.enricher()


def mark(field: str, surface: str) -> list[object]:
    start = {"title": TITLE, "text": TEXT}[field].index(surface)
    return [field, start, start + len(surface)]


def gold(half: str = "tune", **parts: object) -> dict[str, object]:
    return {"id": "a1", "half": half, "group": "agency", "sha256": digest_of(TITLE, TEXT), **parts}


def measured(folder: Path, enricher: Enricher, annotation: dict[str, object], text: str = TEXT) -> EnrichmentReport:
    annotations, data = folder / "gold.jsonl", folder / "data.jsonl"
    annotations.write_text(json.dumps(annotation), encoding="utf-8")
    data.write_text(json.dumps({"id": "a1", "title": TITLE, "text": text, "date": "1405-03-17"}), encoding="utf-8")
    return enrichment_report([annotations], [data], enricher, str)


def counts(report: EnrichmentReport, part: str) -> Counts:
    (figure,) = (each for each in report.figures if each.part == part and each.group is None)
    return figure.counts


def test_each_part_is_compared_by_its_own_rule(tmp_path: Path, enricher: Enricher) -> None:
    annotation = gold(
        countries=[{"code": "IQ", "span": mark("title", "عراق")}, {"code": "SY", "span": mark("title", "عراق")}],
        organisations=[{"span": mark("text", "وزارت خارجه ترکیه")}],
        airports=[{"span": mark("text", "فرودگاه مهرآباد"), "code": "THR"}],
        dates=[{"span": mark("text", "فردا"), "first": "2026-06-08", "last": "2026-06-08"}],
    )

    report = measured(tmp_path, enricher, annotation)

    assert counts(report, "countries") == Counts(gold=2, found=2, hits=1)
    for part in ("organisations", "airports", "dates"):
        assert counts(report, part) == Counts(1, 1, 1)


@pytest.mark.parametrize(
    ("part", "marked"),
    [
        ("organisations", {"span": mark("text", "فرودگاه مهرآباد")}),
        ("airports", {"span": mark("text", "فرودگاه مهرآباد"), "code": "IKA"}),
        ("dates", {"span": mark("text", "فردا"), "first": "2026-06-09", "last": "2026-06-09"}),
    ],
)
def test_another_place_code_or_day_is_wrong(
    tmp_path: Path, enricher: Enricher, part: str, marked: dict[str, object]
) -> None:
    assert counts(measured(tmp_path, enricher, gold(**{part: [marked]})), part) == Counts(1, 1, 0)


def test_what_is_annotated_twice_word_for_word_counts_once(tmp_path: Path, enricher: Enricher) -> None:
    body = {"span": mark("text", "وزارت خارجه ترکیه")}
    again = {"span": ["text", TEXT.rindex("وزارت"), TEXT.rindex("وزارت") + len("وزارت خارجه ترکیه")]}

    assert counts(measured(tmp_path, enricher, gold(organisations=[body, again])), "organisations").gold == 1


def test_scores_are_those_of_the_counts() -> None:
    some = Counts(gold=4, found=2, hits=1) + Counts(gold=0, found=2, hits=1)

    assert (some.precision, some.recall, some.f1) == (0.5, 0.5, 0.5)
    assert (Counts().precision, Counts().recall, Counts().f1) == (1.0, 1.0, 1.0)


def test_errors_are_shown_with_their_texts_only_of_the_half_that_rules_may_look_at(
    tmp_path: Path, enricher: Enricher
) -> None:
    wrong = [{"code": "SY", "span": mark("title", "عراق")}]

    tune = "\n".join(enrichment_lines(measured(tmp_path, enricher, gold(countries=wrong)), 1))
    test = "\n".join(enrichment_lines(measured(tmp_path, enricher, gold("test", countries=wrong)), 1))

    assert "- SY" in tune
    assert "+ TR" in tune
    assert "a1: 1 missed, 2 too many" in test
    assert "SY" not in test
    assert "TR" not in test


def test_the_figures_name_part_group_and_interval(tmp_path: Path, enricher: Enricher) -> None:
    figures = enrichment_figures(measured(tmp_path, enricher, gold()))

    (one,) = (each for each in figures if each["part"] == "dates" and each["group"] == "agency")
    assert one == {
        "part": "dates",
        "group": "agency",
        "gold": 0,
        "found": 1,
        "right": 0,
        "precision": 0.0,
        "recall": 1.0,
        "f1": 0.0,
        "f1_interval": [0.0, 0.0],
    }


def test_a_text_that_is_not_the_one_that_was_annotated_is_refused(tmp_path: Path, enricher: Enricher) -> None:
    with pytest.raises(UsageError, match="a1 is not the one that was annotated"):
        measured(tmp_path, enricher, gold(), text="متن دیگر")


def test_packed_data_is_read_and_of_an_article_that_stands_twice_the_first(tmp_path: Path, enricher: Enricher) -> None:
    annotations, packed, later = tmp_path / "gold.jsonl", tmp_path / "data.jsonl.gz", tmp_path / "later.jsonl"
    annotations.write_text(json.dumps(gold()), encoding="utf-8")
    row = {"id": "a1", "title": TITLE, "text": TEXT}
    packed.write_bytes(gzip.compress(json.dumps(row).encode()))
    later.write_text(json.dumps({**row, "text": "متن دیگر"}), encoding="utf-8")

    assert enrichment_report([annotations], [packed, later], enricher, str).articles == 1


@pytest.mark.parametrize(
    "content", [None, b"no gzip", gzip.compress(b"{}" * 100, mtime=0)[:-12]], ids=["absent", "not packed", "cut short"]
)
def test_data_that_cannot_be_read_is_refused_by_its_name(
    tmp_path: Path, enricher: Enricher, content: bytes | None
) -> None:
    annotations, data = tmp_path / "gold.jsonl", tmp_path / "data.jsonl.gz"
    annotations.write_text(json.dumps(gold()), encoding="utf-8")
    if content is not None:
        data.write_bytes(content)

    with pytest.raises(UsageError, match=r"data\.jsonl\.gz: cannot be read"):
        enrichment_report([annotations], [data], enricher, str)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1405-03-17 11:00", "2026-06-07"),
        ("2026-06-07T08:40:00", "2026-06-07"),
        ("۱۴۰۵/۳/۱۷", "2026-06-07"),
        ("1405-13-40", None),
        ("تاریخ", None),
        (None, None),
    ],
)
def test_the_day_of_publication_is_read_in_either_calendar(written: str | None, day: str | None) -> None:
    found = publication(written)

    assert (found and str(found.date())) == day
