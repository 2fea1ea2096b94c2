import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workers.article import Article, Decision, Draft, Evidence, LabelResult
from workers.assemble import warm_tools
from workers.enrich.facts import Facts, Interaction, Organisation
from workers.enrich.kinds import InteractionKind
from workers.feedless import feedless_entry
from workers.language import Language, Recognised
from workers.parts import Span
from workers.try_out import classified, verdict_lines

TITLE = "لغو پروازها"
TEXT = "هوا مه‌آلود است.\nهمه پروازهای فرودگاه لغو شد.\nبازار گرم است.\n"


def draft(text: str = TEXT, language: Language = Language.PERSIAN) -> Draft:
    start = text.index("پروازهای")
    span = Evidence(field="text", start=start, end=start + 8, surface="پروازهای", weight=1.5)
    flights = LabelResult(label="flights", score=0.93, decision=Decision.ASSIGNED, evidence=(span,))
    other = LabelResult(label="consular", score=0.2, decision=Decision.REJECTED)
    entry = feedless_entry(TITLE, text, datetime(2026, 1, 1, tzinfo=UTC))
    return replace(Draft(entry), labels=(other, flights), recognised=Recognised(language, 0.5))


def test_evidence_is_marked_where_it_stands_and_lines_without_any_are_left_out() -> None:
    lines = list(verdict_lines(draft(), "m-1"))

    marked = next(line for line in lines if "⟦" in line)
    assert marked == "\u2067همه ⟦پروازهای⟧ فرودگاه لغو شد.\u2069"
    assert not any("بازار" in line or "مه‌آلود" in line for line in lines)
    assert lines.count("…") == 2
    assert lines[-2:] == ["language fa: Persian, 50% of the words are Persian", "model m-1"]


def test_in_a_terminal_evidence_has_the_colour_of_its_label() -> None:
    lines = list(verdict_lines(draft(), "m-1", colour=True))

    (label,) = [line for line in lines if "flights" in line]
    (marked,) = [line for line in lines if "فرودگاه" in line]
    assert label.startswith("\x1b[93mflights")
    assert "\x1b[1;93mپروازهای\x1b[0m" in marked
    assert "⟦" not in marked


def test_what_the_article_says_is_told_in_persian_lines_of_their_own_direction() -> None:
    call = Interaction(
        kind=InteractionKind.PHONE_CALL,
        cameo="04",
        trigger=Span(field="title", start=0, end=1, surface="x"),
        parties=("IR", "QQ"),
    )

    lines = list(verdict_lines(replace(draft(), facts=Facts(interactions=(call,))), "m-1", {"IR": "ایران"}))

    assert "\u2067رویداد: گفت‌وگوی تلفنی · ایران، QQ\u2069" in lines
    assert lines[-3] == ""


def test_a_name_of_a_text_does_not_steer_the_terminal_either() -> None:
    body = Organisation(name="\x1b[2J\u202eپلیس\r\x07", country="\x1b", spans=())

    shown = "".join(verdict_lines(replace(draft(), facts=Facts(organisations=(body,))), "m-1", {}))

    assert "پلیس" in shown
    assert not {"\x1b", "\u202e", "\x07", "\r"}.intersection(shown)


def test_nothing_of_a_text_steers_the_terminal() -> None:
    hostile = "\x1b[2J\u202eهمه\x07 پروازهای\r\x1b]0;x\x07 لغو شد"

    shown = "".join(verdict_lines(draft(hostile), "m-1"))

    assert not {"\x1b", "\u202e", "\x07", "\r"}.intersection(shown)


def test_a_text_that_is_not_persian_is_said_to_be_unlabelled() -> None:
    lines = list(verdict_lines(draft(language=Language.ARABIC), "m-1"))

    assert "language ar: Arabic, 50% of the words are Persian" in lines
    assert any(line.startswith("only Persian is labelled") for line in lines)


def test_a_text_goes_through_all_stages() -> None:
    made = classified(warm_tools(), TITLE, TEXT)

    assert made.recognised == Recognised(Language.PERSIAN, 1.0)
    assert [result.label for result in made.labels if result.decision is Decision.ASSIGNED] == ["flights"]


def rasad(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "ingest.cli", "classify", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "there is no text"),
        ("\ufeff \n\n".encode(), "there is no text"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
    ],
)
def test_what_cannot_be_classified_is_refused_in_one_line(given: bytes, said: str) -> None:
    ended = rasad(given=given)

    assert (ended.returncode, ended.stdout) == (2, b"")
    (line,) = ended.stderr.decode().splitlines()
    assert said in line


def test_json_has_the_names_of_the_event() -> None:
    ended = rasad("--json", given=f"{TITLE}\n{TEXT}".encode())

    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert list(document)[:4] == ["language", "persian_share", "labels", "model_id"]
    assert set(document) <= set(Article.model_fields)
    assert [status["status"] for status in document["flight_status"]] == ["cancelled"]
    assert (document["language"], document["persian_share"]) == ("fa", 1.0)
    assert [result["label"] for result in document["labels"] if result["evidence"]] == ["flights"]
