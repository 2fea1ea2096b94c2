"""What the pipeline makes of an article that is not Persian: recognised, marked, and not labelled."""

import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from ingest.event import Entry
from workers.article import Article, Decision
from workers.assemble import warm_tools
from workers.metrics import WorkerMetrics
from workers.pipeline import Tools, article_of

EXAMPLE = Path(__file__).parent / "examples" / "v1" / "entry-full.json"
ABOUT_FLIGHTS = {
    "fa": ("لغو پروازهای تهران", "همه پروازهای فرودگاه مهرآباد به علت مه‌آلود بودن هوا لغو شد و پرواز نجف تأخیر دارد."),
    "ar": ("إلغاء الرحلات", "أعلنت إدارة مطار النجف إلغاء جميع الرحلات الجوية إلى طهران بسبب سوء الأحوال الجوية."),
    "ckb": ("گەشتەکان ڕاگیران", "فڕۆکەخانەی هەولێر هەموو گەشتە ئاسمانییەکانی بۆ تاران لەبەر کەشوهەوای خراپ ڕاگرت."),
    "en": (
        "Flights cancelled",
        "The airport of Tehran cancelled all of its flights, as the fog did not lift.",
    ),
}


@pytest.fixture(scope="module")
def tools() -> Tools:
    return warm_tools()


def published(tools: Tools, title: str, text: str) -> Article:
    known = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    entry = Entry.model_validate(known | {"title": title, "summary": "", "text": text})
    return article_of(entry, tools, lambda _stage, _seconds, _draft: None, lambda: 0.0)


def test_persian_is_labelled(tools: Tools) -> None:
    article = published(tools, *ABOUT_FLIGHTS["fa"])

    assert (article.language, article.persian_share, article.assigned()) == ("fa", 1.0, ("flights",))


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_another_language_is_marked_and_has_every_label_rejected(tools: Tools, language: str) -> None:
    article = published(tools, *ABOUT_FLIGHTS[language])

    assert article.language == language
    assert article.persian_share is not None
    assert article.persian_share < 0.4
    assert [(one.label, one.score, one.decision, one.evidence) for one in article.labels] == [
        (label, 0.0, Decision.REJECTED, ()) for label in tools.classifier.labels
    ]


def test_articles_are_counted_by_language(tools: Tools) -> None:
    registry = CollectorRegistry()
    metrics = WorkerMetrics(registry, tools.classifier.labels)

    for language in ("fa", "ar", "ar"):
        article = published(tools, *ABOUT_FLIGHTS[language])
        metrics.committed(article, article.fetched_at)

    counted = [
        registry.get_sample_value("rasad_article_languages_total", {"language": one}) for one in ("fa", "ar", "mul")
    ]
    assert counted == [1, 2, 0]
