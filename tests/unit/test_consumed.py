"""Events of a later release are read by this one, without what it cannot know."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from ingest.stream.record import Incoming
from support.articles import article, label
from workers.article import Article, Decision
from workers.consumed import consumed_article
from workers.demo.tail import rendered
from workers.enrich.facts import ConsularFact, FlightFact
from workers.enrich.kinds import ConsularKind, FlightStatus
from workers.parts import Span

SPAN = Span(field="title", start=0, end=5, surface="پرواز")


def event(**changed: Any) -> bytes:
    """Return an event with two facts, some of whose fields are of a later release."""
    facts = {
        "flight_status": (FlightFact(status=FlightStatus.CANCELLED, trigger=SPAN),),
        "consular": (ConsularFact(kind=ConsularKind.VISA_WAIVED, trigger=SPAN),),
    }
    whole = article(label("flights", 0.9, Decision.REJECTED)).model_copy(update=facts)
    return json.dumps(json.loads(whole.model_dump_json()) | changed).encode()


def test_what_this_release_wrote_is_read_as_it_is() -> None:
    written = event()

    assert consumed_article(written) == Article.model_validate_json(written)


def test_an_item_with_an_unknown_value_is_left_out_and_the_rest_stays() -> None:
    known = json.loads(event())["flight_status"][0]
    later = event(flight_status=[known | {"status": "teleported"}, known], weather="fine")

    read = consumed_article(later)

    assert [fact.status for fact in read.flight_status] == [FlightStatus.CANCELLED]
    assert len(read.consular) == 1


def test_a_chain_with_an_unknown_link_is_left_out_whole() -> None:
    known = {"name": "naroon", "kind": "outlet", "span": SPAN.model_dump()}
    chains = [{"sources": [known, known | {"kind": "oracle"}]}, {"sources": [known]}]

    read = consumed_article(event(attribution=chains))

    assert [len(chain.sources) for chain in read.attribution] == [1]


def test_a_single_unknown_value_is_left_out_where_the_event_may_be_without_it() -> None:
    assert consumed_article(event(date_flag="from_the_stars")).date_flag is None
    with pytest.raises(ValidationError):
        consumed_article(event(content_source="telepathy"))


@pytest.mark.parametrize("value", [b"", b"{}", b"[]", b"null", b"\xff", b'{"date_flag": "x"}'])
def test_what_is_no_article_is_refused_and_the_terminal_says_where_it_is(value: bytes) -> None:
    record = Incoming("rasad.articles.v1", 2, 7, datetime(2026, 6, 1, tzinfo=UTC), None, value)

    with pytest.raises(ValidationError):
        consumed_article(value)
    assert rendered(record) == "not an article: rasad.articles.v1, partition 2, offset 7"
