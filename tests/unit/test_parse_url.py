"""Links (HARDCASES X8, D4): resolved, encoded in one way, free of trackers, and never robbed of an article's id."""

import pytest

from ingest.parse.url import canonical, resolve, telling_fragment, without_trackers

BASE = "https://n.example/fa/rss/all"


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://n.example/news/1", "https://n.example/news/1"),
        ("  https://n.example/news/1\n", "https://n.example/news/1"),
        ("/news/1", "https://n.example/news/1"),
        ("item?id=5", "https://n.example/fa/rss/item?id=5"),
        ("//m.n.example/1", "https://m.n.example/1"),
        ("HTTPS://N.Example:443/News/1", "https://n.example/News/1"),
        ("http://n.example:80/1", "http://n.example/1"),
        ("http://n.example:8080/1", "http://n.example:8080/1"),
        ("https://user:secret@n.example/1", "https://n.example/1"),
        ("https://n.example/خبر تازه/1", "https://n.example/%D8%AE%D8%A8%D8%B1%20%D8%AA%D8%A7%D8%B2%D9%87/1"),
        ("https://خبر.example/1", "https://xn--ngblk.example/1"),
        ("\u200fhttps://n.example/1\u200e", "https://n.example/1"),
        ("http://127.0.0.1:8080/1", "http://127.0.0.1:8080/1"),
        ("http://localhost:8080/1", "http://localhost:8080/1"),
        ("javascript:alert(1)", None),
        ("mailto:a@n.example", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://n.example:99999/", None),
        ("http://exa mple/", None),
        ("https://n.exaےmple/1", None),
        ("https://n.examplesim2020", None),
        ("https://site.comabout", None),
        ("https://site.comsim2020/1", None),
        ("https://n.example/" + "a" * 5_000, None),
        ("", None),
        (None, None),
    ],
)
def test_x8_a_link_is_resolved_and_encoded_or_refused(raw: str | None, url: str | None) -> None:
    assert resolve(raw, BASE, frozenset({"n.example", "site.com"})) == url


def test_a_longer_domain_is_not_taken_for_a_forgotten_slash() -> None:
    assert resolve("https://site.com.example/1", BASE, frozenset({"site.com"})) is not None
    assert resolve("https://site.community/1", BASE, frozenset({"site.com"})) is not None


def test_x8_encoded_and_raw_forms_of_a_path_are_one_canonical_url() -> None:
    raw = resolve("https://n.example/news/503910/خبر-تازه", BASE)
    lower = resolve("https://n.example/news/503910/%d8%ae%d8%a8%d8%b1-%d8%aa%d8%a7%d8%b2%d9%87", BASE)

    assert raw is not None
    assert lower is not None
    assert canonical(raw) == canonical(lower)


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "&utm_source=rss&utm_medium=feed&utm_campaign=x",
        "&fbclid=Ab_3",
        "&gclid=1&ref=telegram",
        "&xtor=RSS-3208",
        "#xtor=RSS-1",
        "#comments",
        "&PHPSESSID=abc",
        "&rss",
        "&src=rss&wt_mc=rss.x",
    ],
)
def test_d4_trackers_do_not_change_the_canonical_url(tail: str) -> None:
    assert canonical("https://n.example/page?id=5" + tail) == "https://n.example/page?id=5"


@pytest.mark.parametrize(
    "url",
    [
        "https://n.example/news?eid=5039",
        "https://n.example/news?cid=12&id=5",
        "https://n.example/x?gallery=77&uid=9",
        "https://n.example/index.php?503910",
        "https://n.example/?p=5",
        "https://n.example/go?u=https%3A%2F%2Fb.example%2Fnews%2F1",
        "https://n.example/x?ref=12",
        "https://n.example/x?source=503910",
    ],
)
def test_parameters_that_may_be_an_articles_id_are_kept(url: str) -> None:
    assert canonical(url) == url


def test_a_session_in_the_path_is_dropped() -> None:
    assert canonical("https://n.example/news;jsessionid=A1/5") == "https://n.example/news/5"


def test_only_fragments_that_tell_entries_apart_count() -> None:
    assert telling_fragment("https://n.example/log#post-111") == "post-111"
    assert telling_fragment("https://n.example/log#xtor=RSS-1") == ""
    assert telling_fragment("https://n.example/log") == ""


def test_trackers_of_links_in_a_text_are_taken_out() -> None:
    text = "از https://n.example/a?utm_source=x و https://n.example/b?id=5&fbclid=1 آیا؟"

    assert without_trackers(text) == "از https://n.example/a و https://n.example/b?id=5 آیا؟"
