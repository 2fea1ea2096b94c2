"""OPML in and out: what a feed reader's list adds to the registry, and the registry as such a list."""

import tomllib
from pathlib import Path

import pytest

from ingest.feed_import import plan_import
from ingest.feeds import Registry, load_registry, parse_registry
from ingest.opml import Outline, read_opml, write_opml
from ingest.registry_file import NewFeed, NewFeeds, with_additions
from ingest.service.errors import UsageError

FILES = Path(__file__).resolve().parents[2] / "tests/data/registry"
SHIPPED = Path(__file__).resolve().parents[2] / "seeds/feeds.toml"

OPML = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="1.0"><head><title>x</title></head><body>
<outline text="Folder" title="Folder"><outline text="Deeper">
  <outline type="rss" text="  خبر\u200cگزاری
     نمونه\u202e " xmlUrl=" https://new.example/rss " htmlUrl="https://www.new.example/"/>
</outline></outline>
<outline text="A page" htmlUrl="https://new.example/"/>
<OUTLINE TEXT="Shouted" XMLURL="https://loud.example/feed"/>
</body></opml>
"""


@pytest.fixture
def registry() -> Registry:
    return load_registry(FILES / "valid-everything.toml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1256"])
def test_feeds_are_found_in_folders_whatever_the_encoding_and_the_case(encoding: str) -> None:
    document = OPML.format(encoding=encoding)
    document = document.replace("\u202e", "") if encoding == "windows-1256" else document
    # windows-1256 has no Persian ye
    document = document.replace("ی", "ي") if encoding == "windows-1256" else document

    outlines = read_opml("list.opml", document.encode(encoding))

    assert [(outline.url, outline.page) for outline in outlines] == [
        ("https://new.example/rss", "https://www.new.example/"),
        ("https://loud.example/feed", ""),
    ]
    assert outlines[0].title.replace("ي", "ی") == "خبر\u200cگزاری نمونه"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"<rss version='2.0'><channel/></rss>", "the document is a <rss>"),
        (b"<opml><body>", "no element found"),
        (b"", "no element found"),
        (b"just text", "syntax error"),
        (b"<?xml version='1.0' encoding='none-such'?><opml/>", "unknown encoding"),
        (b"<!DOCTYPE opml [<!ENTITY a 'aaaa'>]><opml/>", "it declares entities"),
        (b"<!DOCTYPE opml [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]><opml/>", "it declares entities"),
    ],
)
def test_what_is_no_opml_is_told_by_name(document: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=rf"list\.opml: not OPML: .*{message}"):
        read_opml("list.opml", document)


def test_a_new_site_gets_its_id_its_hosts_and_its_publisher_from_the_outline(registry: Registry) -> None:
    plan = plan_import([Outline("https://feeds.new.example/rss/tp/5", "نو", "https://new.example/")], registry)

    assert plan.additions == (
        NewFeeds(
            "new.example",
            (NewFeed("new-tp-5", "https://feeds.new.example/rss/tp/5"),),
            "نو",
            ("new.example", "www.new.example", "feeds.new.example"),
        ),
    )


def test_feeds_of_one_publisher_come_under_one_site(registry: Registry) -> None:
    plan = plan_import(
        [Outline("https://new.example/rss", "نو", ""), Outline("http://www.new.example/sport.xml", "ورزش", "")],
        registry,
    )

    (addition,) = plan.additions
    assert [feed.id for feed in addition.feeds] == ["new-main", "new-sport"]
    assert addition.publisher == "نو"


def test_a_feed_of_a_known_publisher_comes_under_its_site(registry: Registry) -> None:
    plan = plan_import(
        [
            Outline("https://one.example/art", "هنر", ""),
            Outline("https://proxy.example/two", "Two", "https://www.two.example/"),
        ],
        registry,
    )

    assert [(addition.site, addition.publisher) for addition in plan.additions] == [
        ("one.example", None),
        ("two.example", None),
    ]


def test_publishers_behind_one_proxy_stay_apart(registry: Registry) -> None:
    plan = plan_import(
        [
            Outline("https://proxy.example/a", "A", "https://a.example/"),
            Outline("https://proxy.example/b", "B", "https://b.example/"),
        ],
        registry,
    )

    assert [(addition.site, addition.hosts) for addition in plan.additions] == [
        ("a.example", ("a.example", "www.a.example")),
        ("b.example", ("b.example", "www.b.example")),
    ]


def test_what_is_known_in_any_spelling_or_stands_twice_is_counted_and_passed_over(registry: Registry) -> None:
    plan = plan_import(
        [
            Outline("http://www.one.example/sport/", "", ""),  # one-sport, in another spelling
            Outline("https://one.example/rss?a=1,2", "", ""),  # an alternate
            Outline("https://new.example/rss", "", ""),
            Outline("http://new.example/rss/", "", ""),
        ],
        registry,
    )

    assert (plan.known, len(plan.additions)) == (3, 1)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://new.example/fa/rss/1 /3", "no space"),
        ("feed://new.example/rss", "the scheme must be http or https"),
        ("/rss", "the scheme must be http or https"),
        ("https://[::1]/rss", "the host is no name"),
        ("https://new.example:99999/rss", "not a URL"),
        ("https://" + "ا" * 80 + ".example/", ""),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused_with_its_reason_and_the_others_stand(
    registry: Registry, url: str, why: str
) -> None:
    plan = plan_import([Outline(url, "x", ""), Outline("https://new.example/rss", "y", "")], registry)

    (told,) = plan.refused
    assert told.endswith(f": {url}")
    assert why in told
    assert [addition.site for addition in plan.additions] == ["new.example"]


def test_ids_that_are_taken_get_a_number(registry: Registry) -> None:
    plan = plan_import(
        [
            Outline("https://one.example/main", "", ""),
            Outline("https://one.example/main.php", "", ""),
            Outline(f"https://one.example/{'x' * 100}", "", ""),
            Outline(f"https://one.example/{'x' * 101}", "", ""),
        ],
        registry,
    )

    (addition,) = plan.additions
    assert [feed.id for feed in addition.feeds] == [
        "one-main-2",
        "one-main-3",
        f"one-{'x' * 59}",
        f"one-{'x' * 57}-2",
    ]


def test_a_list_that_was_written_from_one_registry_can_be_taken_into_another(registry: Registry) -> None:
    shipped = load_registry(SHIPPED)
    text = (FILES / "valid-everything.toml").read_text(encoding="utf-8")

    plan = plan_import(read_opml("x", write_opml(shipped.enabled).encode()), registry)
    merged = parse_registry("x", tomllib.loads(with_additions("feeds.toml", text, plan.additions)))

    assert (plan.known, plan.refused) == (0, ())
    assert len(merged.feeds) == len(registry.feeds) + len(shipped.enabled)
    assert {feed.url for feed in shipped.enabled} <= {feed.url for feed in merged.feeds.values()}
    assert len(merged.sites) == len(registry.sites) + len({feed.site for feed in shipped.enabled})


def test_a_registrys_own_list_adds_nothing_to_it() -> None:
    shipped = load_registry(SHIPPED)

    plan = plan_import(read_opml("x", write_opml(shipped.enabled).encode()), shipped)

    assert (plan.additions, plan.known) == ((), len(shipped.enabled))
