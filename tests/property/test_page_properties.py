"""Whatever becomes of pages, polls, edits and processes: each revision is published once, and none is lost."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.event import TEXT_MAX_BYTES
from ingest.fetch.outcome import Reason
from ingest.parse.boilerplate import kind_of
from ingest.parse.page import PageContext, extract_page
from ingest.parse.wellformed import legal
from ingest.service.errors import Reject
from ingest.stream.transform import Turn
from support.article_pages import FAMILIES, LEAD, Publisher, nastooh
from support.polling import FEED, PAGE_RULES, Polling

FULL = replace(FEED, full_text=True)
KEYS = ("a", "b", "c")
PAGES = (
    "page",
    "other",
    Reason.NOT_FOUND,
    Reason.SERVER_ERROR,
    Reason.FORBIDDEN,
    Reason.DEADLINE,
    Reason.TOO_MANY_REQUESTS,
)
ROBOTS = ("User-agent: *\nAllow: /\n", "User-agent: *\nDisallow: /b\n", Reason.SERVER_ERROR, Reason.NOT_FOUND)

events = st.one_of(
    st.tuples(st.just("page"), st.sampled_from(KEYS), st.sampled_from(PAGES)),
    st.tuples(st.just("edit"), st.sampled_from(KEYS), st.none()),
    st.tuples(st.just("robots"), st.none(), st.sampled_from(ROBOTS)),
    st.tuples(st.just("crash"), st.none(), st.sampled_from((0, 1, 2))),
    st.tuples(st.just("wait"), st.none(), st.sampled_from((5, 40, 200, 700))),
)


def document(versions: Counter[str]) -> bytes:
    items = "".join(
        f"<item><guid>{key}</guid><link>https://news.example/{key}</link><title>خبر {key}</title>"
        f"<description>{LEAD} نسخه {versions[key]}</description></item>"
        for key in KEYS
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def crash_in_mid_commit(polling: Polling, committed: int) -> None:
    """Let the process die after so many transactions of a look, and the next one take over."""
    turns = iter(polling.task.turns((), frozenset({0})))
    for _ in range(committed):
        polling.records += next(turns, Turn()).records
    next(turns, None)  # decided, and never committed
    polling.begin()


@settings(max_examples=50, deadline=None)
@given(st.lists(events, max_size=12))
def test_each_revision_is_published_once_and_the_last_content_of_each_entry_comes_out(
    story: list[tuple[str, str | None, object]],
) -> None:
    versions = Counter[str](dict.fromkeys(KEYS, 0))
    publisher = Publisher(lambda: document(versions))
    polling = Polling((FULL,), publisher)
    for what, key, value in story:
        if what == "page" and key is not None:
            page = nastooh(f"خبر {key}") if value == "page" else "<html><p>چیزی دیگر.</p></html>"
            publisher.pages[f"/{key}"] = value if isinstance(value, Reason) else page
        elif what == "edit" and key is not None:
            versions[key] += 1
        elif what == "robots":
            publisher.robots = value  # type: ignore[assignment]
        elif what == "crash":
            crash_in_mid_commit(polling, int(str(value)))
        else:
            polling.pass_time(value, step=5)  # type: ignore[arg-type]
    polling.pass_time(60, step=5)
    # A host that turned us away is left alone for a minute, a feed is polled within the hour, a page waits ten minutes.
    polling.pass_time(6_000, step=50)

    published = polling.entries()
    revisions = {key: [entry.revision for entry in published if entry.guid == key] for key in KEYS}
    assert all(found == list(range(1, len(found) + 1)) for found in revisions.values()), revisions
    last = {entry.guid: entry for entry in published}
    assert all(last[key].summary.endswith(f"نسخه {versions[key]}") for key in KEYS if versions[key] <= 6)
    assert set(last) == set(KEYS)
    assert polling.task._owned[0].memory.pending == {}


PIECES = (
    "<",
    ">",
    "</div>",
    "<div>",
    "<article>",
    "<p>",
    "&zwnj;",
    "&#0;",
    "\x00",
    "\ud7ff",
    "\u200c",
    "<!--",
    "<svg>",
    "{",
    "\n",
)
pages = st.sampled_from([page("ازسرگیری پروازها") for page in FAMILIES.values()])
cuts = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.sampled_from(PIECES) | st.text(max_size=8)), max_size=8
)


@settings(max_examples=80, deadline=None)
@given(pages, cuts, st.sampled_from(["utf-8", "windows-1256", "utf-16"]))
def test_a_damaged_page_gives_clean_text_or_none(
    page: str, damage: list[tuple[float, float, str]], encoding: str
) -> None:
    for at, length, piece in damage:
        start = int(at * len(page))
        page = page[:start] + piece + page[start + int(length * len(page)) :]
    context = PageContext("news.example", None, "fa", PAGE_RULES.families, PAGE_RULES.remove)

    with suppress(Reject):
        found = extract_page(page.encode(encoding, "ignore"), context)

        assert legal(found.text) == found.text
        assert len(found.text.encode()) <= TEXT_MAX_BYTES
        assert "\ua78f" not in found.text
        assert all(kind_of(line) is None for line in found.text.split("\n"))
