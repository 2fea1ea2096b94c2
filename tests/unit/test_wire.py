"""The live page without a browser: what is shown, to whom, and what hostile input comes to."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest.service.errors import UsageError
from ingest.service.settings import seeds_dir
from support.articles import article, found, label, places
from workers.article import Article, Decision
from workers.classify.labels import load_labels
from workers.enrich.facts import (
    Attribution,
    CountryMention,
    Facts,
    Interaction,
    Organisation,
    Person,
    Quote,
    Source,
)
from workers.enrich.kinds import InteractionKind, SourceKind
from workers.parts import Span
from workers.wire.app import QUEUE_EVENTS, STREAMS, Wire, host_of
from workers.wire.board import Board, Posting
from workers.wire.card import card, whole
from workers.wire.facts import NAMES as NAMES_SHOWN
from workers.wire.marking import LEAD_CHARACTERS, Mark, Piece, lead, marked
from workers.wire.serve import hosts_of, listening_socket, served

TITLE = "پرواز تهران–استانبول از سر گرفته شد"
HOSTS = frozenset({"127.0.0.1"})
NAMES = {"IR": "ایران", "TR": "ترکیه"}


# ------------------------------------------------------------------------------------------- pieces and cards


def test_overlapping_evidence_is_cut_where_the_labels_change() -> None:
    pieces = marked("abcdef", [Mark(1, 4, "flights"), Mark(2, 6, "consular")])

    assert pieces == (
        Piece("a"),
        Piece("b", ("flights",)),
        Piece("cd", ("consular", "flights")),
        Piece("ef", ("consular",)),
    )


def test_evidence_that_lies_outside_the_text_is_left_out() -> None:
    assert marked("abc", [Mark(2, 9, "flights"), Mark(-1, 1, "flights"), Mark(1, 1, "flights")]) == (Piece("abc"),)


def test_names_and_evidence_that_overlap_are_cut_where_either_begins_or_ends() -> None:
    pieces = marked("abcdef", [Mark(0, 4, name=1), Mark(2, 6, "flights"), Mark(3, 4, name=0)])

    assert pieces == (
        Piece("ab", (), (1,)),
        Piece("c", ("flights",), (1,)),
        Piece("d", ("flights",), (0, 1)),
        Piece("ef", ("flights",)),
    )


def test_a_name_that_goes_on_behind_the_lead_is_marked_as_far_as_it_is_shown() -> None:
    text = "حرف " * 200

    pieces = lead(text, [Mark(300, 700, name=0)])

    assert [piece.names for piece in pieces] == [(), (0,), ()]
    assert pieces[1].text == text[300 : 300 + len(pieces[1].text)]
    assert pieces[2].text == " …"


def test_a_country_that_is_named_ten_thousand_times_takes_no_long() -> None:
    text = "ایران " * 10_000
    marks = [Mark(at, at + 5, name=0) for at in range(0, len(text), 6)]

    started = time.process_time()
    pieces = marked(text, marks)

    assert len(pieces) == 20_000
    assert time.process_time() - started < 2.0


def test_evidence_far_down_in_a_text_is_shown_with_its_surroundings() -> None:
    text = "حرف " * 400 + "ویزای ترکیه لغو شد " + "حرف " * 400
    at = text.index("ویزای")

    pieces = lead(text, [Mark(at, at + 5, "consular")])

    shown = "".join(piece.text for piece in pieces)
    assert Piece("ویزای", ("consular",)) in pieces
    assert "ترکیه لغو شد" in shown
    assert shown.count("…") == 2
    assert len(shown) < LEAD_CHARACTERS + 300


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//no.scheme/x", "http://[broken", None])
def test_only_links_of_http_can_be_clicked(url: str | None) -> None:
    board = Board(5)

    posting = board.post(article(title=TITLE, url=url))

    assert posting is not None
    assert card(posting, NAMES)["url"] is None


def test_the_whole_article_has_its_summary_only_where_the_text_does_not_begin_with_it() -> None:
    board = Board(5)
    apart = board.post(article(title=TITLE, summary="خلاصه", text="متن خبر"))
    the_same = board.post(article(title=TITLE, summary="متن", text="متن خبر"))

    assert apart is not None
    assert the_same is not None
    assert whole(apart, NAMES)["summary"] == [["خلاصه"]]
    assert whole(the_same, NAMES)["summary"] == []


# ------------------------------------------------------------------------------------------- who and what


CALL = "معاون وزیر کشور ایران با پلیس ترکیه گفت‌وگو کرد"


def a_call(**more: Any) -> Article:
    """Return an article with a name of each kind, some of them inside others."""
    one = Interaction(
        kind=InteractionKind.PHONE_CALL, cameo="04", trigger=places(CALL, "title", "گفت‌وگو")[0], parties=("IR", "TR")
    )
    facts = Facts(
        attribution=(Attribution(sources=(source("ایرنا"), source("وزارت کشور"))),),
        countries=tuple(
            CountryMention(code=code, weight=0.5, spans=places(CALL, "title", name)) for code, name in NAMES.items()
        ),
        persons=(
            Person(
                name=None,
                role="معاون وزیر کشور ایران",
                organisation=None,
                country="IR",
                spans=places(CALL, "title", "معاون وزیر کشور ایران"),
            ),
        ),
        organisations=(Organisation(name="پلیس ترکیه", id="TR/police", spans=places(CALL, "title", "پلیس ترکیه")),),
        quotes=(Quote(speaker="معاون", person=0, verb=None, span=places(CALL, "title", "گفت‌وگو")[0], direct=False),),
        interactions=(one,),
    )
    return article(title=CALL, facts=facts, **more)


def source(name: str) -> Source:
    return Source(name=name, kind=SourceKind.OUTLET, span=Span(field="text", start=0, end=1, surface="x"))


def posted(event: Article) -> Posting:
    posting = Board(5).post(event)
    assert posting is not None
    return posting


def test_a_card_names_countries_in_persian_and_everybody_once_with_a_key_to_filter_by() -> None:
    shown = card(posted(a_call()), NAMES)

    assert [(name["kind"], name["key"], name["name"]) for name in shown["names"]] == [
        ("country", "country:IR", "ایران"),
        ("country", "country:TR", "ترکیه"),
        ("person", "person:معاون وزیر کشور ایران/IR", "معاون وزیر کشور ایران"),
        ("organisation", "organisation:TR/police", "پلیس ترکیه"),
        ("source", "source:ایرنا", "ایرنا"),
        ("source", "source:وزارت کشور", "وزارت کشور"),
    ]
    assert shown["chains"] == [["خبرگزاری نارون", "ایرنا", "وزارت کشور"]]
    assert shown["happenings"] == [{"parts": ["گفت‌وگوی تلفنی", "ایران، ترکیه"], "modality": "actual"}]
    assert shown["quotes"] == [{"speaker": "معاون وزیر کشور ایران", "text": "گفت‌وگو", "direct": False}]


def test_names_within_names_are_marked_with_all_of_them_by_number() -> None:
    posting = posted(a_call())

    title = card(posting, NAMES)["title"]

    assert title == [
        ["معاون وزیر کشور ", [], [2]],
        ["ایران", [], [0, 2]],
        [" با "],
        ["پلیس ", [], [3]],
        ["ترکیه", [], [1, 3]],
        [" گفت‌وگو کرد"],
    ]
    assert whole(posting, NAMES)["title"] == title


def test_what_a_card_shows_of_one_article_is_bounded() -> None:
    long = "ب" * 3_000
    span = Span(field="text", start=0, end=1, surface=long)
    facts = Facts(
        organisations=tuple(Organisation(name=f"سازمان {number}", spans=(span,)) for number in range(3 * NAMES_SHOWN)),
        quotes=tuple(Quote(speaker=None, verb=None, span=span, direct=True) for _ in range(50)),
    )

    shown = card(posted(article(facts=facts)), NAMES)

    assert len(shown["names"]) == NAMES_SHOWN
    assert len(shown["quotes"]) < 20
    assert all(len(quote["text"]) < 300 for quote in shown["quotes"])


# ------------------------------------------------------------------------------------------- the board


def test_the_board_keeps_the_greatest_revision_and_drops_the_oldest_article() -> None:
    board = Board(2)
    first = article(title="یک", article_id="a" * 26, revision=2)

    assert board.post(first) is not None
    assert board.post(article(title="کهنه", article_id="a" * 26, revision=1)) is None
    assert board.post(first) is None
    board.post(article(title="دو"))
    board.post(article(title="سه"))

    assert [posting.article.title for posting in board.after(0)] == ["دو", "سه"]


def test_a_reader_that_comes_back_gets_what_it_has_not_seen() -> None:
    board = Board(10)
    for number in range(5):
        board.post(article(title=str(number)))

    assert [posting.number for posting in board.after(3)] == [4, 5]


# ------------------------------------------------------------------------------------------- over HTTP


@dataclass
class Page:
    """A page that is served, and what a browser would ask of it."""

    port: int
    loop: asyncio.AbstractEventLoop
    connections: list[http.client.HTTPConnection | http.client.HTTPResponse] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        self.connections += [response, connection]
        return response


@contextmanager
def serving(wire: Wire) -> Iterator[Page]:
    with listening_socket(("127.0.0.1", 0)) as listening, served(wire, HOSTS, listening) as loop:
        page = Page(listening.getsockname()[1], loop)
        try:
            yield page
        finally:
            for connection in page.connections:
                connection.close()


def a_wire(keep: int = 50) -> Wire:
    return Wire(Board(keep), load_labels(seeds_dir() / "labels.toml"), NAMES)


def events_of(response: http.client.HTTPResponse, count: int) -> list[tuple[str, str | None, Any]]:
    """Read so many events from a stream."""
    seen: list[tuple[str, str | None, Any]] = []
    fields: dict[str, str] = {}
    while len(seen) < count:
        line = response.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            if "data" in fields:
                seen.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
            fields = {}
    return seen


def test_a_stream_begins_with_what_is_there_and_goes_on_with_what_comes() -> None:
    wire = a_wire()
    wire.post(article(title="پیش از این"))
    with serving(wire) as page:
        response = page.ask("/events")
        assert response.headers["Content-Type"].startswith("text/event-stream")
        before = events_of(response, 2)
        page.loop.call_soon_threadsafe(wire.post, article(title="تازه"))
        after = events_of(response, 1)

    assert [name for name, _, _ in before] == ["state", "article"]
    assert [data["title"] for name, _, data in (*before, *after) if name == "article"] == [[["پیش از این"]], [["تازه"]]]
    assert after[0][1] == "2"


def test_a_stream_that_was_lost_goes_on_behind_the_last_event_seen() -> None:
    wire = a_wire()
    for number in range(4):
        wire.post(article(title=str(number)))
    with serving(wire) as page:
        seen = events_of(page.ask("/events", Last_Event_ID="3"), 2)

    assert [number for name, number, _ in seen if name == "article"] == ["4"]


def test_a_reader_that_does_not_read_is_let_go() -> None:
    wire = a_wire(keep=10 * QUEUE_EVENTS)
    with serving(wire) as page:
        response = page.ask("/events")
        events_of(response, 1)
        flooded = threading.Event()

        def flood() -> None:
            for number in range(3 * QUEUE_EVENTS):
                wire.post(article(title=str(number)))
            flooded.set()

        page.loop.call_soon_threadsafe(flood)
        assert flooded.wait(10)
        rest = response.read()

    # The stream ended by itself: the reader will come back and say where it was.
    assert rest.count(b"event: article") < QUEUE_EVENTS


def test_no_more_than_so_many_streams_are_open_at_once() -> None:
    with serving(a_wire()) as page:
        held = [page.ask("/events") for _ in range(STREAMS)]
        for response in held:
            events_of(response, 1)

        refused = page.ask("/events")

        assert refused.status == 503
        assert refused.headers["Retry-After"] == "30"


def test_readers_are_told_when_no_broker_answers() -> None:
    wire = a_wire()
    with serving(wire) as page:
        response = page.ask("/events")
        first = events_of(response, 1)
        page.loop.call_soon_threadsafe(lambda: wire.tell(broker_answers=False))
        second = events_of(response, 1)

    assert [data["broker"] for _, _, data in (*first, *second)] == [True, False]


@pytest.mark.parametrize("path", ["/", "/wire.js", "/card.js", "/wire.css", "/labels", "/articles/none", "/nowhere"])
def test_every_answer_forbids_what_is_not_the_pages_own(path: str) -> None:
    with serving(a_wire()) as page:
        headers = page.ask(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_that_somebody_made_resolve_to_us_gets_no_answer() -> None:
    wire = a_wire()
    wire.post(article(title=TITLE))
    with serving(wire) as page:
        refused = page.ask("/labels", Host="rebound.example")

        assert refused.status == 421
        assert b"label" not in refused.read()


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost:8470", "localhost"), ("[::1]:8470", "::1"), ("Wire.Example", "wire.example"), ("", "")],
)
def test_the_host_is_read_out_of_its_header(header: str, name: str) -> None:
    assert host_of(header) == name


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_through_the_page(method: str) -> None:
    with serving(a_wire()) as page:
        assert page.ask("/articles/x", method).status == 405


def test_an_article_that_is_still_there_can_be_read_whole() -> None:
    wire = a_wire()
    text = "هواپیمایی ماهان پرواز نجف را لغو کرد."
    event = article(
        label("flights", 0.9, Decision.ASSIGNED, found(text, "text", "پرواز")),
        label("consular", 0.1, Decision.REJECTED),
        title=TITLE,
        text=text,
    )
    wire.post(event)
    with serving(wire) as page:
        answer = json.loads(page.ask(f"/articles/{event.article_id}").read())

    assert ["پرواز", ["flights"]] in answer["text"]
    assert "".join(piece[0] for piece in answer["text"]) == text
    assert [entry["name"] for entry in answer["labels"]] == ["flights"]


# ------------------------------------------------------------------------------------------- where it is served


def test_an_address_that_others_can_reach_needs_a_name() -> None:
    with pytest.raises(UsageError, match="--allow-host"):
        hosts_of("0.0.0.0", ())

    assert hosts_of("0.0.0.0", ("Wire.Example",)) >= {"wire.example", "localhost"}


def test_a_port_that_is_taken_is_named() -> None:
    with listening_socket(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(UsageError, match=f"--port {port}"):
            listening_socket(("127.0.0.1", port))


def test_the_pages_files_name_nothing_elsewhere() -> None:
    folder = Path(__file__).resolve().parents[2] / "workers" / "wire" / "page"

    elsewhere = [
        (path.name, line)
        for path in sorted(folder.iterdir())
        for line in path.read_text(encoding="utf-8").splitlines()
        if ("//" in line.replace("// ", "") and "http" in line and "w3.org/2000/svg" not in line)
    ]

    assert elsewhere == []
