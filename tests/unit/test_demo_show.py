"""What the terminal shows of events: rows that fit, stay in order and carry nothing that steers the terminal."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from support.articles import article as any_article
from workers.article import Article, ArticleKind, Decision, Evidence, LabelResult
from workers.demo.samples import Expected
from workers.demo.show import LRM, Summary, line, summary, truncate, wants_colour
from workers.enrich.facts import CountryMention
from workers.persian.plain import FSI, PDI, RLI, clean

TITLE = "گفت‌وگوی تلفنی معاونان وزیران کشور درباره مرز"
SEEN = datetime(2026, 1, 25, 8, 9, 10, tzinfo=UTC)
SGR = re.compile(r"\x1b\[[0-9;]*m")
STEERING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029"
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            [
                *STEERING,
                "\x1b",
                "\x9b",
                "\x07",
                "\r",
                "\n",
                "\t",
                "\u200c",
                "\u200d",
                "م",
                "ی",
                "ُ",
                "漢",
                "👩",
                "☎",
                "\ufe0f",
            ]
        ),
        st.characters(),
    ),
    max_size=120,
)


def label(name: str, score: float, decision: Decision, *words: str) -> LabelResult:
    evidence = tuple(Evidence(field="text", start=0, end=len(word), surface=word, weight=1.0) for word in words)
    return LabelResult(label=name, score=score, decision=decision, evidence=evidence)


REJECTED = label("consular", 0.02, Decision.REJECTED)
UNSURE = label("flights", 0.48, Decision.ABSTAINED)
FLIGHTS = label("flights", 0.91, Decision.ASSIGNED, "پروازهای", "فرودگاه")
SECURITY = label("security-cooperation", 0.974, Decision.ASSIGNED, "مرزبانی", "قاچاق")


def article(
    *labels: LabelResult,
    title: str = TITLE,
    publisher: str = "خبرگزاری نارون",
    revision: int = 1,
    language: str = "fa",
) -> Article:
    event = any_article(
        *labels, title=title, publisher=publisher, revision=revision, language=language, article_id="a" * 26
    )
    return event.model_copy(update={"first_seen_at": SEEN, "fetched_at": SEEN})


def plain(event: Article, width: int | None = None, kind: ArticleKind | None = None) -> str:
    return line(event, width=width, colour=False, kind=kind, zone=UTC)


# ------------------------------------------------------------------------------------------- one event


def test_an_event_tells_time_publisher_labels_evidence_and_title() -> None:
    shown = plain(article(REJECTED, FLIGHTS, SECURITY))

    pieces = re.split(r" {2,}", shown)
    assert pieces == [
        f"{LRM}08:09:10",
        f"{FSI}خبرگزاری نارون{PDI}",
        "flights 0.91",
        "security-cooperation 0.97",
        f"{RLI}«پروازهای، مرزبانی، فرودگاه، قاچاق»{PDI}",
        f"{RLI}{TITLE}{PDI}",
    ]


def test_the_weightiest_countries_of_a_labelled_article_are_named_between_labels_and_evidence() -> None:
    codes = ("IR", "TR", "IQ", "SY")
    countries = tuple(CountryMention(code=code, weight=0.2, spans=()) for code in codes)
    names = {"IR": "ایران", "TR": "ترکیه", "IQ": "\u202eعراق\x1b"}
    event = article(SECURITY).model_copy(update={"countries": countries})

    pieces = re.split(r" {2,}", line(event, width=None, colour=False, zone=UTC, countries=names))

    assert pieces[3:5] == [f"{RLI}(ایران، ترکیه، عراق){PDI}", f"{RLI}«مرزبانی، قاچاق»{PDI}"]
    assert "IR" in plain(event)
    assert "ایران" not in line(event.model_copy(update={"labels": ()}), width=None, colour=False, countries=names)


def test_an_abstained_label_is_marked_and_a_rejected_one_is_not_shown() -> None:
    shown = plain(article(REJECTED, UNSURE))

    assert "flights? 0.48" in shown
    assert "consular" not in shown


def test_evidence_of_a_label_that_was_not_assigned_is_not_shown() -> None:
    shown = plain(article(label("flights", 0.48, Decision.ABSTAINED, "فرودگاه"), SECURITY))

    assert "فرودگاه" not in shown
    assert "«مرزبانی، قاچاق»" in shown


def test_a_word_that_spoke_for_two_labels_is_shown_once() -> None:
    shown = plain(article(FLIGHTS, label("security-cooperation", 0.8, Decision.ASSIGNED, "فرودگاه", "پلیس")))

    assert shown.count("فرودگاه") == 1


def test_the_time_is_that_of_the_zone() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))

    assert "11:39:10" in line(article(), width=None, colour=False, zone=tehran)


def test_a_later_revision_is_marked_as_an_update() -> None:
    assert "updated r2" in plain(article(revision=2))
    assert "updated" not in plain(article())


def test_the_kind_of_the_event_wins_over_the_revision() -> None:
    assert "updated r1" in plain(article(), kind=ArticleKind.UPDATED)
    assert "updated" not in plain(article(revision=2), kind=ArticleKind.PUBLISHED)
    assert "withdrawn" in plain(article(), kind=ArticleKind.WITHDRAWN)


def test_an_article_without_a_title_is_shown_by_its_url() -> None:
    assert "https://www.narvan.example/news/1" in plain(article(title="\u200e \n"))


def test_a_title_in_another_language_is_isolated_by_its_first_letter() -> None:
    shown = plain(article(title="Talks resume", language="en"))

    assert shown.endswith(f"{FSI}Talks resume{PDI}")


# ---------------------------------------------------------------------------------------------- colours


def test_colour_wraps_pieces_and_changes_no_character() -> None:
    event = article(UNSURE, SECURITY, revision=2)

    coloured = line(event, width=120, colour=True, zone=UTC)

    assert SGR.sub("", coloured) == plain(event, 120)
    assert coloured.count("\x1b[0m") * 2 == len(SGR.findall(coloured))


def test_an_assigned_label_is_bright_and_an_abstained_one_dim() -> None:
    coloured = line(article(UNSURE, SECURITY), width=None, colour=True, zone=UTC)

    assert re.search(r"\x1b\[1;9\dmsecurity-cooperation 0\.97\x1b\[0m", coloured)
    assert "\x1b[2mflights? 0.48\x1b[0m" in coloured


def test_the_three_labels_have_three_colours() -> None:
    consular = label("consular", 0.9, Decision.ASSIGNED)

    coloured = line(article(consular, FLIGHTS, SECURITY), width=None, colour=True, zone=UTC)

    assert len(set(re.findall(r"\x1b\[1;(9\d)m", coloured))) == 3


@pytest.mark.parametrize(
    ("is_terminal", "environment", "wanted"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_only_a_terminal_without_no_color_is_coloured(
    is_terminal: bool, environment: dict[str, str], wanted: bool
) -> None:
    assert wants_colour(is_terminal, environment) is wanted


# ------------------------------------------------------------------------------------------------ width


def test_a_labelled_title_that_does_not_fit_gets_a_row_of_its_own() -> None:
    head, below = plain(article(SECURITY), width=80).split("\n")

    assert "security-cooperation 0.97" in head
    assert "«مرزبانی، قاچاق»" in head
    assert below == f"{LRM}          {RLI}{TITLE}{PDI}"


def test_a_title_without_a_label_is_cut_to_one_row() -> None:
    shown = plain(article(title=TITLE * 3), width=60)

    assert "\n" not in shown
    assert shown.endswith(f"…{PDI}")
    assert cell_len(shown) == 60


def test_evidence_that_is_cut_keeps_its_quotation_marks() -> None:
    head = plain(article(SECURITY), width=70).split("\n")[0]

    assert head.endswith(f"…»{PDI}")


def test_a_pipe_gets_one_row_however_long() -> None:
    assert "\n" not in plain(article(FLIGHTS, SECURITY, title=TITLE * 20))


def test_a_combining_mark_and_zwnj_take_no_cell() -> None:
    assert truncate("مُ\u200cی", 2) == "مُ\u200cی"
    assert truncate("می\u200cشود", 3) == "می…"


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert truncate("漢漢漢", 4) == "漢…"


def test_a_character_that_a_variation_selector_widens_is_counted_as_wide() -> None:
    telephone = "☎\ufe0f"
    assert cell_len(telephone) == 2

    assert cell_len(truncate(telephone * 3, 4)) == 4


@given(text=HOSTILE, cells=st.integers(1, 60))
def test_a_truncated_text_never_takes_more_cells_than_given(text: str, cells: int) -> None:
    assert cell_len(truncate(text, cells)) <= cells


# ---------------------------------------------------------------------------------------------- hostile


@given(title=HOSTILE, publisher=HOSTILE, word=HOSTILE, width=st.integers(20, 140))
def test_no_event_upsets_the_terminal_or_overflows_its_row(title: str, publisher: str, word: str, width: int) -> None:
    event = article(label("flights", 0.9, Decision.ASSIGNED, word), title=title, publisher=publisher)

    for row in plain(event, width).split("\n"):
        assert cell_len(row) <= width
        controls = [char for char in row if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]
        assert set(controls) <= {LRM, FSI, RLI, PDI, "\u200c", "\u200d"}
        assert row.startswith(LRM)
        assert row.count(LRM) == 1
        assert row.count(FSI) + row.count(RLI) == row.count(PDI)


def test_an_escape_sequence_in_a_title_loses_its_escape() -> None:
    assert clean("خبر\x1b[2J\x1b]0;x\x07 فوری\x9b31m") == "خبر[2J]0;x فوری31m"


def test_zwnj_survives_and_bidi_overrides_do_not() -> None:
    assert clean("\u202eمی\u200cشود\u202c\u2067 \n نو") == "می\u200cشود نو"


def test_a_label_name_of_an_event_is_not_trusted_either() -> None:
    shown = plain(article(label("fli\x1b[31mghts\u202e", 0.9, Decision.ASSIGNED, "x")))

    assert "\x1b" not in shown
    assert "\u202e" not in shown


# ---------------------------------------------------------------------------------------------- summary

PROMISED = Expected(articles=78, entries=81, updates=3, several_feeds=15, labels={"flights": 18, "consular": 17})
COUNTS = Summary(
    entries=81,
    articles=78,
    labels={"flights": 19},
    several_feeds=15,
    updates=3,
    dead_letters=0,
    p50_seconds=0.8123,
    p95_seconds=None,
    expected=PROMISED,
)


def rows(table: str) -> dict[str, list[str]]:
    cells = [re.split(r" {2,}", row.strip()) for row in table.splitlines()]
    return {row[0]: row[1:] for row in cells if len(row) > 1}


def test_the_summary_shows_every_figure_beside_what_was_expected() -> None:
    shown = rows(summary(COUNTS))

    assert shown["entries"] == ["81", "81", "ok"]
    assert shown["articles"] == ["78", "78", "ok"]
    assert shown["seen in several feeds"] == ["15", "15", "ok"]
    assert shown["updates"] == ["3", "3", "ok"]
    assert shown["dead letters"] == ["0", "0", "ok"]
    assert shown["label flights"] == ["19", "~18"]
    assert shown["label consular"] == ["0", "~17"]
    assert shown["seen to published, p50"] == ["0.81 s"]
    assert shown["seen to published, p95"] == ["-"]


def test_a_count_that_differs_is_told() -> None:
    short = Summary(80, 78, {}, 15, 2, 1, None, None, PROMISED)

    shown = rows(summary(short))

    assert [name for name, cells in shown.items() if cells[-1] == "differs"] == ["entries", "updates", "dead letters"]
    assert not short.reconciles()


def test_counts_that_agree_reconcile_whatever_the_model_thought_of_the_labels() -> None:
    assert COUNTS.reconciles()


def test_without_a_promise_only_dead_letters_stand_against_it() -> None:
    assert Summary(5, 5, {}, 0, 0, 0, 0.1, 0.2).reconciles()
    assert not Summary(5, 5, {}, 0, 0, 1, 0.1, 0.2).reconciles()
    assert "expected" not in summary(Summary(5, 5, {}, 0, 0, 0, 0.1, 0.2))


def test_the_summary_is_coloured_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in summary(COUNTS)

    monkeypatch.setenv("NO_COLOR", "1")
    assert SGR.sub("", summary(COUNTS, colour=True)).split() == summary(COUNTS).split()
    assert "\x1b[" in summary(COUNTS, colour=True)
