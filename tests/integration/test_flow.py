"""Feeds in, article events out: real processes on a real Kafka."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest.stream.local_broker import LocalBroker
from support.broker import eventually, read_topic
from support.feed_site import Item
from support.installation import Installation, body, event_ids, revisions_in_order

pytestmark = pytest.mark.xdist_group("installations")

FLIGHT = "شرکت هواپیمایی پروازهای مستقیم تهران و استانبول را از هفته آینده از سر می‌گیرد"
FLIGHT_TEXT = (
    "سازمان هواپیمایی کشوری اعلام کرد پروازهای مستقیم تهران و استانبول که دو ماه لغو شده بود از هفته آینده "
    "از فرودگاه امام خمینی برقرار می‌شود. شرکت هواپیمایی بلیت این پروازها را از فردا می‌فروشد."
)
CULTURE = "نمایشگاه نقاشی کودکان در کتابخانه مرکزی گشایش یافت"
CULTURE_TEXT = "در این نمایشگاه چهل نقاشی از کودکان دبستانی به دیوار رفته است و تا پایان ماه برپا خواهد بود."


@pytest.fixture(scope="module")
def running(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(broker, "flow", tmp_path_factory.mktemp("flow")) as installation:
        installation.start("fetcher-0")
        installation.start("worker-0")
        for process in installation.processes.values():
            process.wait_ready()
        yield installation


def of(installation: Installation, guid: str) -> list[dict[str, object]]:
    return [event for event in map(body, installation.articles()) if event["guid"] == guid]


def test_an_item_of_a_feed_becomes_one_event(running: Installation) -> None:
    running.site.add(running.path(0), Item("one", CULTURE, CULTURE_TEXT))

    eventually(lambda: of(running, "one"), bool, 30, "the event")

    (event,) = of(running, "one")
    assert event["title"] == CULTURE
    assert event["revision"] == 1
    assert event["site"] == "site-0"
    assert event["feeds"] == ["feed-0"]
    assert event["published_at"] == "2026-11-22T06:30:00Z"
    assert [label["label"] for label in event["labels"]] == ["consular", "flights", "security-cooperation"]  # type: ignore[attr-defined]


def test_twenty_polls_of_the_same_feed_yield_no_second_event(running: Installation) -> None:
    running.site.add(running.path(1), Item("steady", CULTURE, CULTURE_TEXT))
    eventually(lambda: of(running, "steady"), bool, 30, "the event")
    polls = len(running.site.answers[running.path(1)])

    eventually(lambda: len(running.site.answers[running.path(1)]), lambda seen: seen >= polls + 20, 60, "20 polls")

    assert len(of(running, "steady")) == 1


def test_an_edit_that_loses_its_label_is_on_the_labels_topic_too(running: Installation) -> None:
    running.site.add(running.path(2), Item("edited", FLIGHT, FLIGHT_TEXT))
    eventually(lambda: of(running, "edited"), bool, 30, "the event")

    running.site.edit(running.path(2), "edited", title=CULTURE, text=CULTURE_TEXT)

    events = eventually(lambda: of(running, "edited"), lambda seen: len(seen) == 2, 30, "the update")
    assert [event["revision"] for event in events] == [1, 2]
    on_label = [
        record
        for record in read_topic(running.kafka, running.topics.label_topic("flights"))
        if body(record)["guid"] == "edited"
    ]
    assert [record.header("ce_type") for record in on_label] == [
        "org.rasad.article.published.v1",
        "org.rasad.article.updated.v1",
    ]
    assert [record.header("ce_rasadlabels") for record in on_label] == ["flights", ""]


def test_a_record_that_is_no_entry_goes_to_the_dead_letters_with_its_bytes(running: Installation) -> None:
    producer = KafkaProducer(bootstrap_servers=running.broker.bootstrap)
    place = producer.send(running.topics.entries, key=b"poison", value=b'{"title": 7}').get(10)
    producer.close()

    (letter,) = eventually(lambda: read_topic(running.kafka, running.topics.dead_letters), bool, 30, "the dead letter")

    assert (letter.key, letter.value) == (b"poison", b'{"title": 7}')
    assert letter.header("rasad-stage") == "decode"
    assert letter.header("rasad-topic") == running.topics.entries
    assert (letter.header("rasad-partition"), letter.header("rasad-offset")) == (
        str(place.partition),
        str(place.offset),
    )


def test_items_are_counted_once_per_stage(running: Installation) -> None:
    running.site.add(running.path(3), *(Item(f"count-{number}", f"{CULTURE} {number}", "") for number in range(30)))
    eventually(
        lambda: [event for event in map(body, running.articles()) if str(event["guid"]).startswith("count-")],
        lambda events: len(events) == 30,
        30,
        "the events",
    )
    worker, fetcher = running.processes["worker-0"], running.processes["fetcher-0"]
    articles = len(running.articles())

    entries = eventually(
        lambda: (
            fetcher.metric('rasad_entries_total{outcome="new"}')
            + fetcher.metric('rasad_entries_total{outcome="updated"}')
        ),
        lambda count: count == articles,
        10,
        "the fetcher's count",
    )

    for stage in ("normalize", "classify", "enrich", "publish"):
        assert worker.metric(f'rasad_items_total{{outcome="ok",stage="{stage}"}}') == entries
    dead = len(read_topic(running.kafka, running.topics.dead_letters))
    assert (
        worker.metric('rasad_items_total{outcome="unexpected",stage="decode"}')
        + worker.metric('rasad_items_total{outcome="rejected",stage="decode"}')
        == dead
    )


def test_every_process_can_be_restarted_and_goes_on_where_it_was(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    with Installation(broker, namespace, tmp_path) as installation:
        for round_number in range(2):
            for slot in ("fetcher-0", "worker-0"):
                installation.start(slot)
            for process in installation.processes.values():
                process.wait_ready()
            for number in range(installation.sites):
                installation.site.add(
                    installation.path(number),
                    *(Item(f"{round_number}-{item}", f"{CULTURE} {round_number} {item}", "") for item in range(5)),
                )
            installation.wait_for_articles((round_number + 1) * 5 * installation.sites)
            codes = {slot: process.terminate() for slot, process in installation.processes.items()}
            assert codes == {"fetcher-0": 0, "worker-0": 0}, installation.processes["fetcher-0"].tail()

        articles = installation.articles()

    assert set(event_ids(articles).values()) == {1}
    assert len(articles) == 2 * 5 * 6
    assert revisions_in_order(articles)
