"""Identity over years of moves, edits and odd documents (HARDCASES D1 to D5, D11), from documents to keys."""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.parse.document import ParseContext, ParsedEntry
from ingest.parse.feed import parse_feed

PROJECT = Path(__file__).resolve().parents[2]
FETCHED_AT = datetime(2026, 11, 22, tzinfo=UTC)


def entries(items: str, hosts: tuple[str, ...] = ("n.example",)) -> tuple[ParsedEntry, ...]:
    context = ParseContext("n", f"https://{hosts[0]}/rss", None, "Asia/Tehran", "fa", FETCHED_AT, hosts)
    return parse_feed(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), context).entries


def keys(items: str, hosts: tuple[str, ...] = ("n.example",)) -> list[set[str]]:
    return [set(entry.keys) for entry in entries(items, hosts)]


def item(title: str = "خبر", link: str = "", guid: str = "", text: str = "متن") -> str:
    marks = (f"<link>{link}</link>" if link else "") + (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
    return f"<item><title>{title}</title>{marks}<description>{text}</description></item>"


WITHOUT_GUID = item("الف", "https://n.example/a") + item("ب") + item("", text="پ") + item("ت", guid="7")

PRINT_KEYS = """
import json, sys
from datetime import UTC, datetime
from ingest.parse.document import ParseContext
from ingest.parse.feed import parse_feed
context = ParseContext("n", "https://n.example/rss", None, "Asia/Tehran", "fa", datetime(2026, 11, 22, tzinfo=UTC),
                       ("n.example",))
print(json.dumps([entry.keys for entry in parse_feed(sys.stdin.buffer.read(), context).entries]))
"""


def test_d1_entries_without_a_guid_have_the_same_ids_in_every_process() -> None:
    document = f'<rss version="2.0"><channel>{WITHOUT_GUID}</channel></rss>'.encode()

    shown = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", PRINT_KEYS],
                input=document,
                capture_output=True,
                check=True,
                cwd=PROJECT,
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT)},
            ).stdout
        )
        for seed in ("1", "2")
    ]

    assert shown[0] == shown[1] == [list(entry.keys) for entry in entries(WITHOUT_GUID)]
    assert [found[0][0] for found in shown[0]] == ["l", "h", "h", "h"]


@pytest.mark.parametrize("guid", ["<guid>tag:n.example,2026:1</guid>", "<guid/>", "<guid> </guid>", "<guid>0</guid>"])
@pytest.mark.parametrize("link", ["<link>https://n.example/{}</link>", "<link>https://n.example/</link>", ""])
def test_d2_items_that_share_a_guid_are_as_many_articles_in_any_order(guid: str, link: str) -> None:
    items = [f"<item><title>خبر {number}</title>{guid}{link.format(number)}</item>" for number in range(6)]

    forward, backward = keys("".join(items)), keys("".join(items[::-1]))

    assert all(not one & other for one in forward for other in forward if one is not other)
    assert backward == forward[::-1]


MOVES = [
    ("http://n.example", "https://n.example"),
    ("https://www.tasnimnews.com", "https://www.tasnimnews.ir"),
    ("http://www.tasnimnews.com", "https://tasnimnews.ir"),
    ("https://www.yjc.news", "https://www.yjc.ir"),
    ("https://www.farsnews.com", "https://farsnews.ir"),
    ("https://www.ilna.news", "https://www.ilna.ir"),
]
HOSTS = (
    *("n.example", "tasnimnews.com", "tasnimnews.ir", "www.yjc.news", "yjc.ir", "www.farsnews.com", "farsnews.ir"),
    *("ilna.news", "ilna.ir"),
)


@pytest.mark.parametrize(("before", "after"), MOVES)
@pytest.mark.parametrize("permalink", ["/fa/news/1405/07/16/3412345/slug", "/blog/a-slug", "/?p=4711", "/news/503910"])
@pytest.mark.parametrize("as_guid", [True, False])
def test_d3_a_site_that_moves_to_https_or_another_domain_brings_no_new_article(
    before: str, after: str, permalink: str, as_guid: bool
) -> None:
    old, new = (
        keys(item(link=base + permalink, guid=base + permalink if as_guid else ""), HOSTS) for base in (before, after)
    )

    assert old[0] & new[0]


def test_d3_the_same_path_on_a_host_of_another_site_is_another_article() -> None:
    ours, theirs = keys(
        item(link="https://yjc.ir/fa/news/1234567/a") + item("ب", "https://other.example/fa/news/1234567/a"), HOSTS
    )

    assert not ours & theirs


VARIANTS = [
    "https://n.example/page?id=503910",
    "https://n.example/page?id=503910&utm_source=rss&utm_medium=feed&utm_campaign=all",
    "https://n.example/page?fbclid=IwAR0x&id=503910",
    "https://n.example/page?id=503910#xtor=RSS-3208",
    "https://n.example/page;jsessionid=0A1B?id=503910",
    "https://n.example/page?id=503910&PHPSESSID=d41d8cd98f",
]


@pytest.mark.parametrize("variant", VARIANTS[1:])
@pytest.mark.parametrize("as_guid", [True, False])
def test_d4_trackers_and_sessions_in_link_or_guid_do_not_make_another_article(variant: str, as_guid: bool) -> None:
    plain, tracked = (keys(item(link=url, guid=url if as_guid else ""))[0] for url in (VARIANTS[0], variant))

    assert plain == tracked


@pytest.mark.parametrize(
    "shape",
    [
        "https://n.example/news/503910/{}",
        "https://n.example/fa/news/1405/07/16/3412345/{}",
        "https://n.example/fa/doc/news/503910/{}",
        "https://n.example/detail/503910/{}",
        "https://n.example/news/1405071603910/{}",
        "https://n.example/news/503910-{}.html",
        "https://n.example/detail.php?id=503910&title={}",
    ],
)
def test_d5_a_slug_that_was_edited_is_an_edit_of_the_same_article(shape: str) -> None:
    (first,), (edited,), (other,) = (
        entries(item(title, shape.format(slug).replace("03910", number).replace("12345", number)))
        for title, slug, number in (
            ("تیتر اول", "تیتر-اول", "03910"),
            ("تیتر دوم", "تیتر-دوم", "03910"),
            ("تیتر اول", "تیتر-اول", "03911"),
        )
    )

    assert set(first.keys) & set(edited.keys)
    assert first.digest != edited.digest
    assert not set(first.keys) & set(other.keys)


def test_d11_shuffled_items_have_the_same_keys_digests_and_dates() -> None:
    items = [item(f"خبر {n}", f"https://n.example/{n % 7}", guid=("", "g-1234", f"g-{n}-x")[n % 3]) for n in range(30)]
    shuffled = random.Random(5).sample(items, len(items))

    as_it_was = {entry.title: entry for entry in entries("".join(items))}
    turned = {entry.title: entry for entry in entries("".join(shuffled))}

    assert turned == as_it_was
    assert len(turned) == 30
