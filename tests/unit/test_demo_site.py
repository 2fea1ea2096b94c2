"""The sample site of the demo: its data, its feed documents, and the HTTP that it speaks."""

import http.client
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from ingest.feeds import parse_registry
from ingest.service.errors import UsageError
from workers.demo.documents import html_of
from workers.demo.samples import LAST_WAVE, Publisher, SampleArticle, expected, load_samples
from workers.demo.site import Answers, SampleSite, SiteFeed

SAMPLES = Path(__file__).resolve().parents[2] / "seeds" / "samples"
LABELS = ("consular", "flights", "security-cooperation")
ARABIC_LETTERS = re.compile("[يك]")


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def get(site: SampleSite, path: str, method: str = "GET", **headers: str) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Response(response.status, response.read(), dict(response.getheaders()))
    finally:
        connection.close()


def path_of(feed: SiteFeed) -> str:
    return "/" + feed.url.split("/", 3)[3]


def entries(site: SampleSite, feed: SiteFeed) -> list[Any]:
    parsed = feedparser.parse(get(site, path_of(feed)).body)
    assert not parsed.bozo
    return list(parsed.entries)


def articles(samples: tuple[Publisher, ...]) -> list[SampleArticle]:
    return [article for publisher in samples for article in publisher.article]


def words(article: SampleArticle) -> set[str]:
    return set(re.findall(r"\w+", f"{article.lead} {article.body}".replace("ي", "ی").replace("ك", "ک")))


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite(SAMPLES) as serving:
        yield serving


@pytest.fixture(scope="module")
def samples() -> tuple[Publisher, ...]:
    return load_samples(SAMPLES)


@pytest.fixture
def publisher_file(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a writer of a folder that holds one publisher with `old` replaced by `new`."""

    def write(old: str, new: str) -> Path:
        text = (SAMPLES / "narvan.toml").read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "narvan.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return write


# ------------------------------------------------------------------------------------------------ the data


def test_three_publishers_have_at_least_sixty_articles(samples: tuple[Publisher, ...]) -> None:
    assert [publisher.publisher.id for publisher in samples] == ["asemanrah", "chakavak", "narvan"]
    assert len(articles(samples)) >= 60


@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_clear_positives_and_is_lost_among_negatives(
    label: str, samples: tuple[Publisher, ...]
) -> None:
    carrying = [article for article in articles(samples) if label in article.labels]

    assert len(carrying) >= 8
    assert len(carrying) < len(articles(samples)) / 2


def test_only_labels_of_the_guide_are_used_and_each_list_is_sorted(samples: tuple[Publisher, ...]) -> None:
    versions = [version for article in articles(samples) for version in (article, article.edit) if version]

    assert {label for version in versions for label in version.labels} == set(LABELS)
    assert all(list(version.labels) == sorted(set(version.labels)) for version in versions)


def test_one_article_carries_all_three_labels_in_three_sections(samples: tuple[Publisher, ...]) -> None:
    (triple,) = [article for article in articles(samples) if article.labels == LABELS]

    assert triple.body.count("\n## ") == 3
    assert len(triple.feeds) == 2


def test_the_text_file_for_trying_out_is_that_article(samples: tuple[Publisher, ...]) -> None:
    (triple,) = [article for article in articles(samples) if article.labels == LABELS]

    text = (SAMPLES / "article.txt").read_text(encoding="utf-8")

    assert text == f"{triple.title}\n\n{triple.lead}\n\n{triple.body.strip().replace('## ', '')}\n"


@pytest.mark.parametrize(("original", "copy"), [(318414, 9031), (318414, 709), (318426, 9039)])
def test_wire_copies_say_nearly_the_same_and_name_their_source(
    original: int, copy: int, samples: tuple[Publisher, ...]
) -> None:
    by_id = {article.id: article for article in articles(samples)}
    first, second = words(by_id[original]), words(by_id[copy])

    assert len(first & second) / len(first | second) > 0.75
    assert re.search("به گزارش .{3,20} به نقل از خبرگزار[یي] نارون", by_id[copy].body)


def test_some_articles_are_typed_with_arabic_letters_and_some_without_zwnj(samples: tuple[Publisher, ...]) -> None:
    texts = [f"{article.title} {article.lead} {article.body}" for article in articles(samples)]

    assert sum(bool(ARABIC_LETTERS.search(text)) for text in texts) >= 3
    assert sum(re.search(r"\bم[یي] \w", text) is not None and "\u200c" not in text for text in texts) >= 2
    assert sum("\u200c" in text for text in texts) >= 40


def test_an_edit_loses_the_label_another_gains_one_and_a_third_keeps_it(samples: tuple[Publisher, ...]) -> None:
    edited = {(a.labels, a.edit.labels) for a in articles(samples) if a.edit}

    assert edited == {
        (("consular",), ()),
        ((), ("security-cooperation",)),
        (("flights",), ("flights",)),
    }


def test_dates_are_written_in_all_the_forms_that_the_demo_shows(samples: tuple[Publisher, ...]) -> None:
    dates = [article.published for article in articles(samples)]
    written = [date for date in dates if date]

    assert dates.count(None) == 1
    assert sum(bool(re.match("[۰-۹]", date)) for date in written) == 2
    assert any(re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8}", date) for date in written)
    assert any(date.endswith("+0330") for date in written)
    assert any(re.match(r"\d{4}-.*\+03:30", date) for date in written)
    assert any(date.endswith("Z") for date in written)


def test_the_weekday_of_every_rfc_822_date_is_the_right_one(samples: tuple[Publisher, ...]) -> None:
    dates = [a.published for a in articles(samples) if a.published and a.published[0].isascii() and "," in a.published]

    assert len(dates) > 30
    assert all(f"{parsedate_to_datetime(date):%a}" == date[:3] for date in dates)


# ------------------------------------------------------------------------------------------- bad data


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "خبرگزاری نارون | همه خبرها"', 'titel = "x"', r"feed\[0\]\.titel.*unknown key"),
        ("id = 318402", "id = 318401", "article 318401 is there twice"),
        ('feeds = ["narvan-main"]', 'feeds = ["narvan-sport"]', "no feed has the id narvan-sport"),
        ("wave = 1", "wave = 9", r"article\[0\]\.wave"),
        ("sample = true", "sample = false", "sample"),
        ("https://www.narvan.example/", "https://www.narvan.com/", r"publisher\.permalink"),
        ("sample = true", "sample =", "not TOML"),
    ],
)
def test_a_fault_in_the_data_is_told_with_its_file_and_key(
    old: str, new: str, told: str, publisher_file: Callable[[str, str], Path]
) -> None:
    folder = publisher_file(old, new)

    with pytest.raises(UsageError, match=rf"narvan\.toml.*{told}"):
        load_samples(folder)


def test_an_edited_article_may_not_stand_in_two_feeds(publisher_file: Callable[[str, str], Path]) -> None:
    head = 'id = 318412\nwave = 1\nfeeds = ["narvan-main"'
    folder = publisher_file(head, f'{head}, "narvan-world"')

    with pytest.raises(UsageError, match="one feed and in wave 1"):
        load_samples(folder)


def test_a_folder_without_publishers_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sample publisher"):
        SampleSite(tmp_path)


# ------------------------------------------------------------------------------------------ the documents


def test_feedparser_reads_every_feed_as_the_data_says(site: SampleSite, samples: tuple[Publisher, ...]) -> None:
    site.advance()
    site.advance()
    publishers = {publisher.publisher.id: publisher for publisher in samples}

    for feed in site.feeds():
        publisher = publishers[feed.site]
        wanted = publisher.in_feed(feed.feed, LAST_WAVE)
        read = entries(site, feed)
        assert [entry.title for entry in read] == [article.title for article in wanted]
        assert [entry.link for entry in read] == [publisher.permalink(article) for article in wanted]
        assert len({entry.id for entry in read}) == len(wanted)


def test_the_formats_are_two_kinds_of_rss_and_one_atom(site: SampleSite) -> None:
    read = {feed.feed: feedparser.parse(get(site, path_of(feed)).body) for feed in site.feeds()}

    assert {feed: parsed.version for feed, parsed in read.items()} == {
        "asemanrah-posts": "atom10",
        "chakavak-daily": "rss20",
        "narvan-main": "rss20",
        "narvan-world": "rss20",
    }
    assert not any("content" in entry for entry in read["chakavak-daily"].entries)


def test_lead_and_body_come_through_whole(site: SampleSite, samples: tuple[Publisher, ...]) -> None:
    by_link = {publisher.permalink(article): article for publisher in samples for article in publisher.article}

    for feed in site.feeds():
        for entry in entries(site, feed):
            article = by_link[entry.link]
            if feed.feed == "chakavak-daily":
                assert entry.summary == html_of(f"{article.lead}\n\n{article.body}")
            else:
                assert entry.get("summary", "") == article.lead
                assert [part.value for part in entry.get("content", [])] == [html_of(article.body)] * bool(article.body)


def test_subheadings_are_headings_and_markup_in_a_text_is_escaped() -> None:
    assert html_of("یک & دو\n\n## سه < چهار\nپنج\n") == "<p>یک &amp; دو</p><h3>سه &lt; چهار</h3><p>پنج</p>"


def test_every_entry_and_every_feed_is_marked_as_a_sample(site: SampleSite) -> None:
    for feed in site.feeds():
        parsed = feedparser.parse(get(site, path_of(feed)).body)
        assert "ساختگی" in parsed.feed.rights
        assert all("نمونه" in [tag.term for tag in entry.tags] for entry in parsed.entries)
        assert all(".example/" in entry.link for entry in parsed.entries)


def test_dates_stand_in_the_feed_as_the_data_writes_them(site: SampleSite, samples: tuple[Publisher, ...]) -> None:
    by_link = {publisher.permalink(article): article for publisher in samples for article in publisher.article}

    for feed in site.feeds():
        read = entries(site, feed)
        assert [entry.get("published") for entry in read] == [by_link[entry.link].published for entry in read]


def test_the_category_feed_repeats_articles_of_the_main_feed(site: SampleSite) -> None:
    feeds = {feed.feed: {entry.link for entry in entries(site, feed)} for feed in site.feeds()}

    assert feeds["narvan-world"] < feeds["narvan-main"]


# -------------------------------------------------------------------------------------- waves and edits


def test_the_counts_are_those_that_a_reader_of_the_feeds_would_count(site: SampleSite) -> None:
    seen: dict[str, set[str]] = {}
    texts: set[tuple[str, str]] = set()

    def poll() -> None:
        for feed in site.feeds():
            for entry in entries(site, feed):
                seen.setdefault(entry.link, set()).add(feed.feed)
                texts.add((entry.link, entry.title))

    for change in (site.advance, site.publish_edits, site.advance):
        poll()
        change()
    poll()

    assert site.expected() == site.expected_now()
    assert site.expected().articles == len(seen)
    assert site.expected().entries == len(texts)
    assert site.expected().updates == len(texts) - len(seen) == 3
    assert site.expected().several_feeds == sum(len(feeds) > 1 for feeds in seen.values()) > 5


def test_labels_are_counted_once_an_article_in_any_version(samples: tuple[Publisher, ...]) -> None:
    first = expected(samples, edits=False).labels
    whole = expected(samples).labels

    assert whole == {**first, "security-cooperation": first["security-cooperation"] + 1}


def test_a_wave_shows_more_articles_and_the_last_one_is_the_last(site: SampleSite) -> None:
    shown = [site.expected_now().articles]
    for _ in range(3):
        site.advance()
        shown.append(site.expected_now().articles)

    assert shown[0] < shown[1] < shown[2] == shown[3] == site.expected().articles
    assert site.wave == LAST_WAVE


def test_an_edit_keeps_the_permalink_and_the_guid(site: SampleSite) -> None:
    (feed,) = [feed for feed in site.feeds() if feed.feed == "narvan-main"]
    before = {entry.link: entry for entry in entries(site, feed)}

    site.publish_edits()

    after = {entry.link: entry for entry in entries(site, feed)}
    assert {link: entry.id for link, entry in after.items()} == {link: entry.id for link, entry in before.items()}
    changed = [link for link in after if after[link].title != before[link].title]
    assert len(changed) == 2
    assert all(after[link].summary != before[link].summary for link in changed)


# ------------------------------------------------------------------------------------------------- HTTP


def test_an_unchanged_document_is_answered_with_304(site: SampleSite) -> None:
    path = path_of(site.feeds()[0])
    first = get(site, path)

    by_tag = get(site, path, If_None_Match=f'"other", W/{first.headers["ETag"]}')
    by_date = get(site, path, If_Modified_Since=first.headers["Last-Modified"])

    assert (first.status, by_tag.status, by_date.status) == (200, 304, 304)
    assert by_tag.body == by_date.body == b""
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert site.answers() == Answers(full=1, not_modified=2)


def test_a_changed_document_is_sent_to_who_has_the_old_one(site: SampleSite) -> None:
    path = path_of(site.feeds()[0])
    first = get(site, path)

    site.advance()

    for condition in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
        {"If_None_Match": first.headers["ETag"], "If_Modified_Since": first.headers["Last-Modified"]},
        {"If_Modified_Since": "yesterday"},
    ):
        again = get(site, path, **condition)
        assert again.status == 200
        assert again.body != first.body


def test_changes_within_one_second_get_different_dates_and_none_in_the_future() -> None:
    now = datetime(2026, 2, 1, 12, 0, 0, tzinfo=UTC)
    with SampleSite(SAMPLES, clock=now.timestamp) as site:
        path = path_of(site.feeds()[-2])
        dates = [get(site, path).headers["Last-Modified"]]
        for change in (site.advance, site.publish_edits, site.advance):
            change()
            dates.append(get(site, path).headers["Last-Modified"])

    assert len(set(dates)) == 4
    assert all(parsedate_to_datetime(date) <= now for date in dates)


def test_a_document_that_an_edit_does_not_touch_keeps_its_validators(site: SampleSite) -> None:
    (feed,) = [feed for feed in site.feeds() if feed.feed == "narvan-world"]
    before = get(site, path_of(feed))

    site.publish_edits()

    after = get(site, path_of(feed))
    assert (after.headers["ETag"], after.headers["Last-Modified"]) == (
        before.headers["ETag"],
        before.headers["Last-Modified"],
    )


def test_delivered_means_that_every_changed_feed_was_asked_for(site: SampleSite) -> None:
    assert not site.delivered()
    for feed in site.feeds():
        get(site, path_of(feed))
    assert site.delivered()

    site.publish_edits()

    assert not site.delivered()
    for feed in site.feeds():
        if feed.feed in {"narvan-main", "chakavak-daily"}:
            get(site, path_of(feed))
    assert site.delivered()


def test_head_sends_the_headers_alone(site: SampleSite) -> None:
    path = path_of(site.feeds()[0])

    whole, head = get(site, path), get(site, path, method="HEAD")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_the_index_page_lists_the_feeds_and_other_paths_are_not_found(site: SampleSite) -> None:
    index = get(site, "/")

    assert index.status == 200
    assert all(feed.url in index.body.decode() for feed in site.feeds())
    assert get(site, "/robots.txt").status == 404


@pytest.mark.parametrize(("fault", "told"), [(ConnectionResetError, False), (TimeoutError, False), (ValueError, True)])
def test_a_client_that_hangs_up_is_not_told_as_a_fault(
    fault: type[Exception], told: bool, site: SampleSite, capsys: pytest.CaptureFixture[str]
) -> None:
    def hang_up() -> None:
        raise fault

    try:
        hang_up()
    except fault:
        site._server.handle_error(None, ("127.0.0.1", 1))

    assert (fault.__name__ in capsys.readouterr().err) is told


def test_a_port_in_use_is_a_usage_error(site: SampleSite) -> None:
    with pytest.raises(UsageError, match=f"port {site.port} on 127.0.0.1 is in use"):
        SampleSite(SAMPLES, port=site.port)


def test_a_number_that_is_no_port_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="65535"):
        SampleSite(SAMPLES, port=70_000)


def test_a_closed_site_gives_its_port_back() -> None:
    with SampleSite(SAMPLES) as first:
        port = first.port

    with SampleSite(SAMPLES, port=port) as second:
        assert get(second, "/").status == 200


# --------------------------------------------------------------------------------------------- registry


def test_the_registry_is_one_that_the_fetcher_takes(site: SampleSite) -> None:
    registry = parse_registry("registry", tomllib.loads(site.registry()))

    assert sorted(registry.sites) == ["asemanrah", "chakavak", "narvan"]
    assert {feed.id: feed.url for feed in registry.enabled} == {feed.feed: feed.url for feed in site.feeds()}
    assert {feed.publisher for feed in registry.enabled} == {"خبرگزاری نارون", "روزنامه چکاوک", "آسمان‌راه"}
    assert all(feed.allow_private for feed in registry.enabled)
    assert [feed.id for feed in registry.of_site("narvan")] == ["narvan-main", "narvan-world"]
