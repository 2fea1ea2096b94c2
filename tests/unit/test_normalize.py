import gzip
import json
import random
from pathlib import Path

import pytest

from workers.normalize import Normalizer, align, reference

TRICKY = (
    "",
    " ",
    "\n",
    "سلام   دنیا",
    " می رود و نمی گوید ",
    "كتاب هاي علي در مدرسة",
    "12.5 درصد، 3.4.5 و +.+ و ٣٫٢",
    "«سلام » ( دنیا ) [ متن ]",
    'او گفت "سلام" و "رفت',
    '" متن " است',
    "نقل قول:\n«متن»\nو پایان.\n\n\n\nآغاز",
    "واقعا؟؟!! نه!? شاید ؟?",
    "خانه ی ما ، خانه ها ، شده اند .",
    "خانه ی",
    "ه ی ما\nه ام",
    "می «گفت» و می ) رفت",
    "نمی\nمی رود",
    "سلاممممم به همهههه و ههههها",
    "میدانم نمیشود ۲میشود",
    "حَذفِ اِعراب و خانۀ ما و خانهٔ او",
    "\u200cسلام\u200c به\u200c\u200cهمه \u200c. \u200c",
    "سلام\u200c.\u200c«\u200cدنیا\u200c»",
    "﷽ و ۱۰ ﷼ و (ﷰ|ﷹ) و ﷺ",
    "یک\tدو\r\nسه\u00a0چهار\u2009پنج\x0bشش",
    "متن...بعد . . . و …",
    "https://example.com/a?b=c&d=e#f (x) {y}",
    "زمین لرزه ای گزارش ها های بزرگ تر ترین گر گری",
    "🎥 متن\n🔹\n@کانال | لینک",
)


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return Normalizer()


@pytest.mark.parametrize("text", TRICKY)
def test_each_rule_comes_to_what_hazm_makes_of_it(normalizer: Normalizer, text: str) -> None:
    assert normalizer(text) == reference(text)


def test_a_text_comes_out_the_same_when_its_words_were_seen_before(normalizer: Normalizer) -> None:
    text = "میشود گفت که كتاب ها، سلامممم و خانه ی ما"

    assert normalizer(text) == normalizer(text) == reference(text)


def test_forgetting_what_was_read_changes_nothing(normalizer: Normalizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.normalize._REMEMBERED", 3)

    assert [normalizer(text) for text in TRICKY] == [reference(text) for text in TRICKY]


def test_replay_articles_come_out_as_from_hazm(normalizer: Normalizer, data_dir: Path) -> None:
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    sample = random.Random(4).sample(articles, 1_000)

    wrong = [
        article["id"]
        for article in sample
        if any(normalizer(article[name]) != reference(article[name]) for name in ("title", "text"))
    ]

    assert wrong == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    ["ابپتثج" * 10_000, "ا" * 60_000, '"' * 60_000, "می " * 20_000, "\u200c " * 30_000, "«" * 60_000, " ه ی" * 15_000],
)
def test_hostile_texts_of_the_greatest_length_take_no_longer_than_others(normalizer: Normalizer, text: str) -> None:
    normalized = normalizer(text)

    assert len(align(text, normalized).starts) == len(normalized)


def test_the_version_names_hazm_and_its_options(normalizer: Normalizer) -> None:
    assert normalizer.version == "hazm-0.12.1/default"


@pytest.mark.parametrize(
    ("original", "word", "surface"),
    [
        ("رئيس  كتابخانه ملی", "کتابخانه", "كتابخانه"),
        ("کتاب ها را دید", "کتاب\u200cها", "کتاب ها"),
        ("پروازهـــا لغو شد", "پروازها", "پروازهـــا"),
        ("حَذفِ اِعراب", "حذف", "حَذفِ"),
        ("سلامممم بر همه", "بر", "بر"),
        ("نقل ... و بعد", "بعد", "بعد"),
        ("﷽ آغاز", "الرحمن", "﷽"),
        ("تا 25 نفر", "۲۵", "25"),
        ('او گفت "برو" و رفت', "«برو»", '"برو"'),
    ],
)
def test_a_normalized_word_leads_back_to_what_was_published(
    normalizer: Normalizer, original: str, word: str, surface: str
) -> None:
    normalized = normalizer(original)
    start = normalized.index(word)

    begin, end = align(original, normalized).span(start, start + len(word))

    assert original[begin:end] == surface


def test_e6_text_from_windows_1256_is_normalized_to_what_its_utf8_original_is(normalizer: Normalizer) -> None:
    original = "وزیر خارجه در نامه‌ای گفت: «پروازهای مستقیم از ۱۲ مهر آغاز می‌شود»، و مجلس آن را تأیید کرد."
    legacy = original.translate(str.maketrans("ی۰۱۲۳۴۵۶۷۸۹", "ي0123456789"))

    assert legacy.encode("cp1256").decode("cp1256") == legacy
    assert normalizer(legacy) == normalizer(original)
