"""Identity (HARDCASES D1 to D5, D11, B8): equal keys of one site mean the same article, and only then."""

import re

import pytest

from ingest.parse.identity import Marks, article_id, entry_keys

HOSTS = frozenset({"n.example", "n.ir"})


def marks(guid: str | None = None, url: str | None = None, title: str = "تیتر", text: str = "متن") -> Marks:
    return Marks(guid, url, title, text)


def keys(entry: Marks, *others: Marks) -> set[str]:
    return set(entry_keys([entry, *others], HOSTS)[0])


def same(one: Marks, other: Marks) -> bool:
    """Tell whether two entries, each from its own document, are the same article."""
    return bool(keys(one) & keys(other))


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (marks("503910", "https://n.example/news/503910/x"), "gpl"),
        (marks("tag:n.example,2026:1", "https://n.example/x"), "gl"),
        (marks(None, "https://n.example/x"), "l"),
        (marks(None, "https://n.example/post.php?id=5"), "pl"),
        (marks("https://n.example/?p=123", None), "gp"),
        (marks("", None), "h"),
        (marks("  ", "https://n.example/"), "h"),
        (marks("7", "https://n.example/x"), "l"),
        (marks("https://n.example/", "https://n.example"), "h"),
    ],
)
def test_d1_keys_come_strongest_first(entry: Marks, kinds: str) -> None:
    (found,) = entry_keys([entry], HOSTS)

    assert "".join(key[0] for key in found) == kinds
    assert all(re.fullmatch(r"[gplch]:[a-z2-7]{16}", key) for key in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # http to https, another domain of the site, www
        (marks("http://n.example/a/x"), marks("https://www.n.ir/a/x/")),
        (marks(None, "http://n.example/a/x"), marks(None, "https://n.ir/a/x")),
        # trackers
        (
            marks(None, "https://n.example/a?id=5"),
            marks(None, "https://n.example/a?utm_source=rss&id=5&fbclid=1#xtor=2"),
        ),
        (marks("https://n.example/a?utm_source=rss"), marks("https://n.example/a#comments")),
        # the headline in the slug was edited
        (marks(None, "https://n.example/news/503910/old"), marks(None, "https://n.example/news/503910/%D9%86")),
        (marks(None, "https://n.example/news/503910/old"), marks(None, "https://n.example/news/503910")),
        (
            marks(None, "https://n.example/news/1405/07/16/3412345/a"),
            marks(None, "https://n.ir/news/1405/07/16/3412345/b"),
        ),
        (marks(None, "https://n.example/1405/07/16/3412345/a"), marks(None, "https://n.ir/1405/07/16/3412345")),
        (
            marks(None, "https://n.example/fa/news/503910-old.html"),
            marks(None, "https://n.example/fa/news/503910-new.html"),
        ),
        (marks(None, "https://n.example/بخش-سیاسی-3/1712345-old"), marks(None, "https://n.ir/بخش-سیاسی-3/1712345-new")),
        (marks(None, "https://n.example/بخش-سیاسی-3/1712345-old"), marks(None, "https://n.ir/بخش-سیاسی-3/1712345")),
        (marks(None, "https://n.example/a/old/31276714.html"), marks(None, "https://n.example/a/new/31276714.html")),
        (marks(None, "https://n.example/a/old/31276714.html"), marks(None, "https://n.example/a/31276714.html")),
        (
            marks(None, "https://n.example/fa-ir/old/a-18652747"),
            marks(None, "https://n.example/fa-ir/new/a-18652747?maca=x"),
        ),
        (marks(None, "https://n.example/v?id=5&title=old"), marks(None, "https://n.example/v?title=new&id=5")),
        # RSS with a permalink, then Atom with a tag
        (
            marks("https://n.example/a/x", "https://n.example/a/x"),
            marks("tag:n.example,2026:9", "https://n.example/a/x"),
        ),
        # an edit of the content
        (marks("503910", title="قدیم"), marks("503910", title="جدید")),
        # nothing but content, in other code points
        (marks(title="يك كتاب", text="متن ۱"), marks(title="یک کتاب", text="متن 1")),
    ],
)
def test_d3_d4_d5_the_same_article_keeps_a_key(one: Marks, other: Marks) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (marks("503910"), marks("503911")),
        (marks(None, "https://n.example/news/503910/x"), marks(None, "https://n.example/news/503911/x")),
        (marks(None, "https://n.example/fa/news/503910/x"), marks(None, "https://n.example/en/news/503910/x")),
        (marks(None, "https://n.example/2026/10/08/a"), marks(None, "https://n.example/2026/10/08/b")),
        (marks(None, "https://n.example/20261008/a"), marks(None, "https://n.example/20261008/b")),
        (marks(None, "https://n.example/140507/a"), marks(None, "https://n.example/140507/b")),
        (marks(None, "https://n.example/tag/503910/a"), marks(None, "https://n.example/tag/503910/b")),
        (marks(None, "https://n.example/politics/503910-a"), marks(None, "https://n.example/politics/503911-a")),
        (marks(None, "https://n.example/politics/503910-a"), marks(None, "https://n.example/sport/503910-a")),
        (marks(None, "https://n.example/politics-503910/a"), marks(None, "https://n.example/politics-503910/b")),
        (marks(None, "https://n.example/sport/20261008-a"), marks(None, "https://n.example/sport/20261008-b")),
        (marks(None, "https://n.example/a/x/31276714.html"), marks(None, "https://n.example/a/x/31276715.html")),
        (marks(None, "https://n.example/fa/x/a-18652747"), marks(None, "https://n.example/fa/x/a-18652748")),
        (marks(None, "https://n.example/fa/x/18652747"), marks(None, "https://n.example/fa/y/18652747")),
        (marks(None, "https://n.example/i.php?m=news&id=7"), marks(None, "https://n.example/i.php?m=video&id=7")),
        (marks(None, "https://n.example/x?eid=5"), marks(None, "https://n.example/x?eid=6")),
        (marks(None, "https://n.example/?503910"), marks(None, "https://n.example/?503911")),
        (marks(None, "https://n.example/log#p1"), marks(None, "https://n.example/log#p2")),
        (marks(None, "https://a.test/x"), marks(None, "https://b.test/x")),
        (marks(None, "https://n.example/"), marks(None, "https://n.example/", text="متن دیگر")),
        (marks("1", "https://n.example/a"), marks("1", "https://n.example/b")),
        (marks(title="قیمت دلار", guid="111111"), marks(title="قیمت دلار", guid="222222")),
    ],
)
def test_distinct_articles_share_no_key(one: Marks, other: Marks) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    "entries",
    [
        [marks("same-guid", f"https://n.example/a/{number}") for number in range(4)],
        [marks("same-guid", None, title=f"تیتر {number}") for number in range(4)],
        [marks("same-guid", "https://n.example/", title=f"تیتر {number}") for number in range(4)],
        [marks(f"guid-{number}", "https://n.example/live") for number in range(4)],
        [marks(None, "https://n.example/live", title=f"تیتر {number}") for number in range(4)],
        [marks(f"guid-{number}", "https://n.example/news/503910/x") for number in range(4)],
        [marks("", "", title=f"تیتر {number}") for number in range(4)],
    ],
)
def test_d2_articles_that_share_a_guid_or_link_in_one_document_stay_distinct_in_any_order(entries: list[Marks]) -> None:
    forward = entry_keys(entries, HOSTS)
    backward = entry_keys(entries[::-1], HOSTS)

    assert len({key for found in forward for key in found}) >= len(entries)
    assert all(not set(one) & set(other) for one in forward for other in forward if one is not other)
    assert backward == forward[::-1]


def test_an_article_listed_twice_in_one_document_is_one_article() -> None:
    twice = [marks("503910", "https://n.example/news/503910/a"), marks("503910", "https://n.example/news/503910/b")]

    one, other = entry_keys(twice, HOSTS)

    assert set(one) & set(other)


def test_d2_an_article_keeps_a_key_when_its_neighbour_with_the_same_guid_has_left_the_feed() -> None:
    entry, neighbour = marks("same-guid", "https://n.example/a/1"), marks("same-guid", "https://n.example/a/2")

    assert keys(entry, neighbour) & keys(entry)


def test_an_article_id_depends_on_site_and_key_alone() -> None:
    found = article_id("tasnim", "g:abcdefghijklmnop")

    assert found == "rbfnll7a5cgne3kgfn44qptnzg"
    assert found != article_id("fars", "g:abcdefghijklmnop")
    assert re.fullmatch(r"[a-z2-7]{26}", found)
