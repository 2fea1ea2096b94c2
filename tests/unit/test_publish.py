"""Publishing: what of a draft is published, under which text policy, and to which topics."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from ingest.event import ContentSource, DateConfidence, DateSource, Entry, TextPolicy, TextSuspect
from ingest.service.errors import Reject
from ingest.service.settings import seeds_dir
from ingest.stream.record import Record
from workers.article import Article, Decision, Draft, Evidence, LabelResult
from workers.classify.model import Classifier
from workers.enrich.facts import CountryMention, Facts, FlightFact, Person, Quote
from workers.enrich.kinds import FlightStatus
from workers.language import Language, Recognised
from workers.parts import FieldName, Span
from workers.pipeline import Tools, classify
from workers.publish import (
    EVENT_MAX_BYTES,
    EXCERPT_MAX_CHARS,
    ArticleState,
    article_from,
    article_records,
    excerpt,
    jalali,
)

ARTICLE_ID = "abcdefghijklmnopqrstuvwxyz"
SEEN = datetime(2026, 1, 27, 8, 30, tzinfo=UTC)
TITLE = "از سرگیری پروازهای مستقیم"
SUMMARY = "دو وزیر دربارهٔ پرواز گفت‌وگو کردند"
TEXT = "معاون وزیر گفت پروازهای مستقیم از سر گرفته می‌شود"


class Topics:
    articles = "test.articles"

    def label_topic(self, label: str) -> str:
        return f"test.{label}"


def entry(**changed: object) -> Entry:
    fields: dict[str, object] = {
        "article_id": ARTICLE_ID,
        "revision": 1,
        "publisher": "خبر نمونه",
        "site": "sample",
        "feeds": ("sample-main",),
        "guid": "1",
        "url": "https://sample.example/1",
        "canonical_url": "https://sample.example/1",
        "published_at": datetime(2026, 1, 27, 8, 2, 6, tzinfo=UTC),
        "updated_at": None,
        "first_seen_at": SEEN,
        "fetched_at": SEEN,
        "date_source": DateSource.PUBLISHED,
        "date_confidence": DateConfidence.EXACT,
        "title": TITLE,
        "summary": SUMMARY,
        "text": TEXT,
        "text_truncated": False,
        "text_sha256": "0" * 64,
        "content_source": ContentSource.FEED,
        "text_policy": TextPolicy.FULL,
        "language": "fa",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    return Entry.model_validate(fields | changed)


def evidence(field: FieldName, source: str, surface: str, weight: float = 1.0) -> Evidence:
    start = source.index(surface)
    return Evidence(field=field, start=start, end=start + len(surface), surface=surface, weight=weight)


def label(name: str, *found: Evidence, decision: Decision = Decision.ASSIGNED) -> LabelResult:
    return LabelResult(label=name, score=0.9, decision=decision, evidence=found)


def publish(draft: Draft, *, normalized_text: bool = False) -> Article:
    return article_from(
        draft, analysis=3, model_id="linear-1", normalizer="hazm/default", publish_normalized_text=normalized_text
    )


def records(article: Article, ever: frozenset[str] = frozenset()) -> tuple[Record, ...]:
    return article_records(article, topics=Topics(), ever_labels=ever)


def headers(record: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def assert_spans_stand_where_they_say(article: Article) -> None:
    for result in article.labels:
        for span in result.evidence:
            assert getattr(article, span.field)[span.start : span.end] == span.surface


def test_an_article_carries_all_of_its_entry_and_what_the_stages_made() -> None:
    found = (label("flights", evidence("text", TEXT, "پروازهای مستقیم")),)
    source = entry()

    article = publish(Draft(source, "عنوان", "خلاصه", "متن", found))

    shared = Entry.model_fields.keys() & Article.model_fields.keys()
    assert shared == Entry.model_fields.keys()
    assert {name: getattr(article, name) for name in shared} == {name: getattr(source, name) for name in shared}
    assert (article.analysis, article.model_id, article.normalizer) == (3, "linear-1", "hazm/default")
    assert (article.title_normalized, article.text_normalized, article.labels) == ("عنوان", None, found)
    assert article.published_at_jalali == "1404-11-07 11:32:06"


def test_an_article_carries_the_language_that_was_recognised_and_not_the_declared_one() -> None:
    article = publish(Draft(entry(), "عنوان", "خلاصه", "متن", (), Recognised(Language.ARABIC, 1 / 8)))

    assert (entry().language, article.language, article.persian_share) == ("fa", "ar", 0.125)


@pytest.mark.parametrize("backfill", [True, False])
def test_d10_an_article_says_whether_it_came_with_a_backfill(backfill: bool) -> None:
    assert publish(Draft(entry(backfill=backfill), "عنوان", "خلاصه", "متن", ())).backfill is backfill


def test_an_article_without_a_believed_date_has_no_jalali_date() -> None:
    assert publish(Draft(entry(published_at=None))).published_at_jalali is None


@pytest.mark.parametrize(
    ("instant", "rendered"),
    [
        # The night between two days, a leap day, and the summer time that ended in 2022.
        (datetime(2026, 3, 20, 20, 29, 59, tzinfo=UTC), "1404-12-29 23:59:59"),
        (datetime(2026, 3, 20, 20, 30, tzinfo=UTC), "1405-01-01 00:00:00"),
        (datetime(2025, 3, 20, 0, 0, tzinfo=UTC), "1403-12-30 03:30:00"),
        (datetime(2021, 7, 1, 0, 0, tzinfo=UTC), "1400-04-10 04:30:00"),
        (datetime(2026, 7, 1, 0, 0, tzinfo=timezone(timedelta(hours=9))), "1405-04-09 18:30:00"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), None),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), None),
    ],
)
def test_the_jalali_date_is_that_of_tehran(instant: datetime, rendered: str | None) -> None:
    assert jalali(instant) == rendered


def test_the_normalized_text_is_published_only_where_it_is_switched_on_and_the_policy_is_full() -> None:
    draft = Draft(entry(), text_normalized="متن")
    excerpted = Draft(entry(text_policy=TextPolicy.EXCERPT), text_normalized="متن")

    assert publish(draft).text_normalized is None
    assert publish(draft, normalized_text=True).text_normalized == "متن"
    assert publish(excerpted, normalized_text=True).text_normalized is None


def test_an_excerpt_ends_between_two_words() -> None:
    text = "واژه " * 200

    cut = excerpt(text)

    assert len(cut) == 399
    assert cut == ("واژه " * 80).rstrip()


def test_an_excerpt_keeps_a_word_that_ends_exactly_at_its_limit() -> None:
    text = "ا" * 200 + " " + "ب" * 199 + " پ"

    assert excerpt(text) == text[:EXCERPT_MAX_CHARS]


def test_an_excerpt_of_one_endless_word_is_cut_in_it() -> None:
    assert excerpt("ا" * 1_000) == "ا" * EXCERPT_MAX_CHARS


def test_a_short_text_is_its_own_excerpt_and_does_not_count_as_truncated() -> None:
    article = publish(Draft(entry(text_policy=TextPolicy.EXCERPT)))

    assert (article.text, article.summary, article.text_truncated) == (TEXT, SUMMARY, False)


def test_under_the_excerpt_policy_text_and_summary_are_cut_and_hidden_evidence_is_dropped_or_clipped() -> None:
    text = "پرواز " + "واژه " * 80 + "فرودگاه دور"
    cut = excerpt(text)
    hidden = evidence("text", text, "فرودگاه دور", 3.0)
    straddling = Evidence(field="text", start=0, end=len(text), surface=text, weight=2.0)
    seen = evidence("text", text, "پرواز", 1.0)
    draft = Draft(
        entry(text_policy=TextPolicy.EXCERPT, text=text, summary=text),
        labels=(label("flights", hidden, straddling, seen),),
    )

    article = publish(draft)

    assert (article.text, article.summary, article.title, article.text_truncated) == (cut, cut, TITLE, True)
    assert article.labels[0].evidence == (straddling.model_copy(update={"end": len(cut), "surface": cut}), seen)
    assert_spans_stand_where_they_say(article)


def test_a_span_that_begins_in_the_space_after_the_excerpt_is_dropped() -> None:
    text = "ا" * 399 + "  پرواز"
    span = Evidence(field="text", start=399, end=len(text), surface=text[399:], weight=1.0)

    article = publish(Draft(entry(text_policy=TextPolicy.EXCERPT, text=text), labels=(label("flights", span),)))

    assert [found.field for found in article.labels[0].evidence] == ["title"]


def test_without_text_an_assigned_label_points_at_the_title_with_no_weight_and_a_rejected_one_at_nothing() -> None:
    hidden = evidence("text", TEXT, "پروازهای")
    draft = Draft(
        entry(text_policy=TextPolicy.NONE),
        labels=(label("consular", hidden, decision=Decision.REJECTED), label("flights", hidden)),
    )

    article = publish(draft)

    assert (article.text, article.summary, article.title, article.text_truncated) == ("", "", TITLE, True)
    assert article.labels[0].evidence == ()
    assert article.labels[1].evidence == (Evidence(field="title", start=0, end=len(TITLE), surface=TITLE, weight=0.0),)
    assert_spans_stand_where_they_say(article)


def test_without_text_evidence_in_the_title_stays_as_it_is() -> None:
    in_title = evidence("title", TITLE, "پروازهای")
    draft = Draft(
        entry(text_policy=TextPolicy.NONE), labels=(label("flights", evidence("text", TEXT, "مستقیم"), in_title),)
    )

    assert publish(draft).labels[0].evidence == (in_title,)


def test_an_untitled_article_without_text_has_no_evidence_to_show() -> None:
    draft = Draft(
        entry(text_policy=TextPolicy.NONE, title=""), labels=(label("flights", evidence("text", TEXT, "مستقیم")),)
    )

    assert publish(draft).labels[0].evidence == ()


def test_an_article_of_the_longest_text_is_published_whole() -> None:
    text = "پرواز " * 11_000

    article = publish(Draft(entry(text=text), text_normalized=text), normalized_text=True)

    assert (article.text, article.text_truncated) == (text, False)
    assert len(article.model_dump_json().encode()) < EVENT_MAX_BYTES


def test_an_event_that_would_be_too_large_goes_without_its_text_and_says_so() -> None:
    # Each of these takes six bytes in JSON, so that a text within its own limit does not fit into an event.
    text = "پرواز" + "\u0007" * 128 * 1_024
    draft = Draft(entry(text=text), text_normalized=text, labels=(label("flights", evidence("text", text, "پرواز")),))

    article = publish(draft, normalized_text=True)

    assert (article.text, article.text_normalized, article.text_truncated) == ("", None, True)
    assert article.labels[0].evidence[0].field == "title"
    assert article.text_sha256 == "0" * 64
    assert len(article.model_dump_json().encode()) < EVENT_MAX_BYTES


def test_an_event_that_is_too_large_without_its_text_is_rejected() -> None:
    with pytest.raises(Reject) as refused:
        publish(Draft(entry(guid="x" * EVENT_MAX_BYTES)))

    assert refused.value.reason == "too_large"


def test_an_article_goes_to_its_topic_and_to_the_topic_of_each_assigned_label() -> None:
    found = (
        label("consular", decision=Decision.ABSTAINED),
        label("flights"),
        label("security-cooperation"),
    )

    sent = records(publish(Draft(entry(), labels=found)))

    assert [record.topic for record in sent] == ["test.articles", "test.flights", "test.security-cooperation"]
    assert {(record.key, record.value, record.headers) for record in sent} == {
        (ARTICLE_ID.encode(), sent[0].value, sent[0].headers)
    }
    assert [record.partition for record in sent] == [None, None, None]


def test_an_article_that_lost_its_label_goes_to_that_labels_topic_and_says_that_it_carries_none() -> None:
    article = publish(Draft(entry(revision=2), labels=(label("flights", decision=Decision.REJECTED),)))

    sent = records(article, frozenset({"flights"}))

    assert [record.topic for record in sent] == ["test.articles", "test.flights"]
    assert headers(sent[1])["ce_rasadlabels"] == ""
    assert headers(sent[1])["ce_type"] == "org.rasad.article.updated.v1"


def test_a_label_that_was_carried_before_and_is_carried_now_gets_one_copy() -> None:
    article = publish(Draft(entry(), labels=(label("flights"),)))

    assert [record.topic for record in records(article, frozenset({"flights", "consular"}))] == [
        "test.articles",
        "test.consular",
        "test.flights",
    ]


def test_the_headers_are_those_of_a_cloud_event_and_the_same_in_every_run() -> None:
    draft = Draft(entry(), labels=(label("consular"), label("flights")))

    first, second = records(publish(draft)), records(publish(draft))

    assert first == second
    assert headers(first[0]) == {
        "ce_specversion": "1.0",
        "ce_id": f"{ARTICLE_ID}/1.3",
        "ce_source": "/rasad/sample",
        "ce_type": "org.rasad.article.published.v1",
        "ce_time": "2026-01-27T08:30:00.000Z",
        "ce_subject": ARTICLE_ID,
        "ce_dataschema": "https://rasad.example/schemas/article.v1.json",
        "ce_rasadlabels": "consular,flights",
        "content-type": "application/json; charset=utf-8",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-4bf92f3577b34da6-01",
    }


def test_the_source_is_a_uri_reference_whatever_the_site_is_called() -> None:
    sent = records(publish(Draft(entry(site="خبر/یک ?"))))

    assert headers(sent[0])["ce_source"] == "/rasad/%D8%AE%D8%A8%D8%B1%2F%DB%8C%DA%A9%20%3F"


def test_the_value_is_readable_utf_8_json_and_gives_the_article_back() -> None:
    article = publish(Draft(entry(text=f"{TEXT} 👩‍👩‍👧 \u2028 \u0000"), labels=(label("flights"),)))

    value = records(article)[0].value

    assert value is not None
    assert TITLE.encode() in value
    assert Article.model_validate_json(value) == article


@pytest.mark.parametrize("escape", [r"\ud83d", r"\udd00", r"\udd00\ud83d"])
def test_a_lone_surrogate_cannot_come_in_with_an_entry(escape: str) -> None:
    whole = json.dumps(entry().model_dump(mode="json"))
    poisoned = whole.replace('"guid": "1"', f'"guid": "{escape}"')
    assert poisoned != whole

    with pytest.raises(ValidationError, match="Invalid JSON"):
        Entry.model_validate_json(poisoned)


def test_a_lone_surrogate_made_by_a_stage_is_an_error_and_never_bytes_that_are_not_utf_8() -> None:
    article = publish(Draft(entry(), title_normalized="\ud83d"))

    with pytest.raises(PydanticSerializationError, match="surrogates not allowed"):
        records(article)


def test_a_pair_of_surrogate_escapes_is_one_character() -> None:
    whole = json.dumps(entry().model_dump(mode="json")).replace('"guid": "1"', r'"guid": "\ud83d\ude00"')

    article = publish(Draft(Entry.model_validate_json(whole)))

    assert article.guid == "😀"
    assert "😀".encode() in (records(article)[0].value or b"")


def test_article_state_comes_back_as_it_was_stored_and_ignores_what_later_releases_add() -> None:
    state = ArticleState(labels=("consular", "flights"), revision=2, analysis=3, at=SEEN)
    stored = state.model_dump_json()
    later = json.dumps(json.loads(stored) | {"story_id": "x"})

    assert ArticleState.model_validate_json(stored) == state
    assert ArticleState.model_validate_json(later) == state


def test_e7_letters_that_are_none_are_not_scored_and_the_article_says_why() -> None:
    tools = Tools(
        normalizer=None,  # type: ignore[arg-type]
        classifier=Classifier.load(seeds_dir()),
        enricher=None,  # type: ignore[arg-type]
        analysis=1,
    )

    draft = classify(Draft(entry(text_suspect=TextSuspect.MOJIBAKE)), tools)

    assert {result.decision for result in draft.labels} == {Decision.REJECTED}
    assert draft.words == 0
    assert publish(draft).text_suspect is TextSuspect.MOJIBAKE


def facts_of(text: str, *surfaces: str) -> Facts:
    spans = tuple(span_of(text, surface) for surface in surfaces)
    return Facts(
        countries=(CountryMention(code="TR", weight=1.0, spans=spans),),
        persons=tuple(
            Person(name=span.surface, role=None, organisation=None, country=None, spans=(span,)) for span in spans
        ),
        quotes=(Quote(speaker=surfaces[-1], person=len(spans) - 1, verb=None, span=spans[-1], direct=True),),
        flights=(FlightFact(status=FlightStatus.CANCELLED, trigger=spans[0]),),
    )


def span_of(text: str, surface: str) -> Span:
    start = text.index(surface)
    return Span(field="text", start=start, end=start + len(surface), surface=surface)


def test_an_article_carries_the_facts_of_its_text() -> None:
    facts = facts_of(TEXT, "پروازهای مستقیم")

    article = publish(Draft(entry(), facts=facts))

    assert (article.countries, article.quotes, article.flight_status) == (facts.countries, facts.quotes, facts.flights)
    assert not article.facts_dropped


def test_of_a_text_that_is_held_back_the_facts_are_held_back_too_and_the_rest_still_knows_its_person() -> None:
    text = "حسین در آغاز" + " میان" * 200 + " رضا در پایان"
    facts = facts_of(text, "حسین", "رضا")
    shown = replace(facts, quotes=(facts.quotes[0].model_copy(update={"span": span_of(text, "آغاز")}),))

    excerpted = publish(Draft(entry(text_policy=TextPolicy.EXCERPT, text=text), facts=shown))
    nothing = publish(Draft(entry(text_policy=TextPolicy.NONE, text=text), facts=facts))

    assert [span.surface for span in excerpted.countries[0].spans] == ["حسین"]
    assert [person.name for person in excerpted.persons] == ["حسین"]
    assert [(quote.speaker, quote.person) for quote in excerpted.quotes] == [(None, None)]
    assert len(excerpted.flight_status) == 1
    assert (nothing.countries, nothing.persons, nothing.quotes, nothing.flight_status) == ((), (), (), ())


def test_an_event_that_is_too_large_loses_its_facts_before_its_text_and_says_so() -> None:
    text = "خبر " * 20_000
    span = Span(field="text", start=0, end=len(text) - 1, surface=text.strip())
    facts = Facts(countries=tuple(CountryMention(code="TR", weight=1.0, spans=(span,)) for _ in range(8)))

    article = publish(Draft(entry(text=text), facts=facts))

    assert article.facts_dropped
    assert (article.countries, article.text) == ((), text)
    assert len(article.model_dump_json().encode()) <= EVENT_MAX_BYTES
