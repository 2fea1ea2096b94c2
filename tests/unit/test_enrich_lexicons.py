"""The files of trigger phrases: every fault is told by file, key and reason; words have the forms of texts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from workers.enrich import consular, flights, interactions
from workers.enrich.wordforms import Mood, VerbForm, noun_forms, verb_forms

LEXICON = Path(__file__).resolve().parents[2] / "seeds" / "lexicon"
LOADERS = {"interactions.toml": interactions.load, "flights.toml": flights.load, "consular.toml": consular.load}
USERS = [("interactions.toml", "kind"), ("flights.toml", "status"), ("consular.toml", "kind")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the lexicons that a test may spoil."""
    return Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))


def refused(load: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(UsageError) as error:
        load(folder)
    return str(error.value)


@pytest.mark.parametrize(("name", "key"), USERS)
def test_a_kind_that_is_not_on_the_closed_list_is_told(folder: Path, name: str, key: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + f'\n[[rule]]\n{key} = "dance"\nsay = ["رقص"]\n', "utf-8")

    assert f"{path}: rule[" in (said := refused(LOADERS[name], folder))
    assert f"].{key} = 'dance'" in said


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('say = ["… رفت"]', "begin and end with a word"),
        ('say = ["رفت …"]', "must begin and end with a word"),
        ('say = ["سفر  رسمی"]', "must be words with one space between them"),
        ('say = ["سفر @پرکشیدن"]', "پرکشیدن is no verb of verbs.toml"),
        ('say = ["سفر"]\nnear = ["nobody"]', "is no class of [words]"),
        ('say = ["سفر"]\nwithout = ["nobody"]', "is no class of [words]"),
        ('say = ["سفر"]\nnearby = ["state"]', "unknown key"),
        ("say = []", "at least 1 item"),
    ],
)
def test_a_phrase_that_cannot_be_found_is_told(folder: Path, line: str, reason: str) -> None:
    path = folder / "interactions.toml"
    path.write_text(path.read_text(encoding="utf-8") + f'\n[[rule]]\nkind = "visit"\n{line}\n', "utf-8")

    said = refused(interactions.load, folder)

    assert said.startswith(f"{path}: rule[")
    assert reason in said


def test_all_bad_phrases_are_told_at_once(folder: Path) -> None:
    path = folder / "flights.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + '\n[[rule]]\nstatus = "delayed"\nsay = ["@دویدن", "دیر …"]\n', "utf-8"
    )

    assert len(refused(flights.load, folder).splitlines()) == 2


@pytest.mark.parametrize("name", ["verbs.toml", "modality.toml"])
@pytest.mark.parametrize("load", LOADERS.values(), ids=LOADERS)
def test_a_file_that_all_need_and_that_is_missing_is_told(
    folder: Path, load: Callable[[Path], object], name: str
) -> None:
    (folder / name).unlink()

    assert f"{folder / name}: the lexicon does not exist" in refused(load, folder)


def test_a_cue_of_no_modality_is_told(folder: Path) -> None:
    path = folder / "modality.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + '\n[[cue]]\nmodality = "maybe"\nside = "left"\nreach = -1\nsay = ["شاید"]\n',
        "utf-8",
    )

    said = refused(interactions.load, folder)

    assert all(key in said for key in ("].modality = 'maybe'", "].side = 'left'", "].reach = -1"))


@pytest.mark.parametrize("form", ["پرواز", "پروازها", "پرواز\u200cهای", "پروازی", "پرواز\u200cهایی"])
def test_a_noun_has_its_suffixes_with_and_without_zwnj(form: str) -> None:
    assert form in noun_forms("پرواز")


def test_a_noun_in_he_has_the_suffixes_of_its_kind() -> None:
    assert {"حمله\u200cای", "حمله\u200cها"} <= noun_forms("حمله")


@pytest.mark.parametrize(
    ("form", "mood", "negative"),
    [
        ("کرد", Mood.FACT, False),
        ("کرده\u200cاند", Mood.FACT, False),
        ("می\u200cکرد", Mood.FACT, False),
        ("می\u200cکند", Mood.PRESENT, False),
        ("میکنند", Mood.PRESENT, False),
        ("بکند", Mood.SUBJUNCTIVE, False),
        ("کنند", Mood.SUBJUNCTIVE, False),
        ("کردن", Mood.INFINITIVE, False),
        ("نکرد", Mood.FACT, True),
        ("نمی\u200cکند", Mood.PRESENT, True),
        ("نکند", Mood.SUBJUNCTIVE, True),
    ],
)
def test_a_verb_form_tells_its_mood_and_whether_it_is_negative(form: str, mood: Mood, negative: bool) -> None:
    assert verb_forms("کرد", "کن")[form] == VerbForm(mood, negative)


@pytest.mark.parametrize("form", ["نیامد", "بیاید", "امد", "می\u200cاید"])
def test_a_verb_that_begins_with_a_vowel_takes_a_ye_after_its_prefix(form: str) -> None:
    assert form in verb_forms("آمد", "آی")
