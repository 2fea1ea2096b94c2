import json
from pathlib import Path

import pytest

from workers.language import Language, Recogniser, language_of, published_tag, speaks_for

SENTENCES = {
    Language.PERSIAN: (
        "وزیر امور خارجه با همتای عراقی خود دیدار کرد",
        "پروازهای کابل لغو شد",
        "رئيس جمهوري به بغداد سفر كرد",
        "شاروال کابل از بازسازی سرک‌ها خبر داد",
        "د. احمدی: باب المندب بسته است",
        "الحشد الشعبی و القسام و انصارالله: آتش‌بس شد",
        "لغو پرواز",
        "🔴 سامانه F-35 و B-52 در راه است",
    ),
    Language.ARABIC: (
        "الرئيس الإيراني يصل إلى بغداد في زيارة رسمية",
        "إلغاء الرحلات الجوية بسبب سوء الأحوال الجوية",
        "السَّلامُ عَلَيكُمْ وَرَحمةُ اللهِ في هذهِ الليلةِ",
    ),
    Language.SORANI: (
        "سەرۆکی هەرێم لەگەڵ وەزیری دەرەوە کۆبووەوە",
        "له‌ هه‌ولێر كۆبوونه‌وه‌یه‌ك به‌ڕێوه‌ چوو بۆ باسكردنی دۆخی ناوچه‌كه‌",
    ),
    Language.KURMANJI: ("Serokê Herêmê li Hewlêrê bi şandeke re civiya û li ser ewlehiyê axivî",),
    Language.PASHTO: ("د افغانستان د بهرنیو چارو وزیر په کابل کې له خپل سیال سره وکتل", "د هوايي ډګر الوتنې لغوه شوې"),
    Language.URDU: (
        "وزیر خارجہ کی بغداد میں عراقی ہم منصب سے ملاقات ہوئی",
        "پروازیں منسوخ کر دی گئیں اور ہیں",
    ),
    Language.ENGLISH: (
        "The two countries sign an agreement on border security",
        "Airport resumes its flights",
    ),
    Language.MIXED: ("پرواز دبی به تهران لغو شد. All of the flights were cancelled and they had to stay there",),
    Language.UNKNOWN: ("", "🔴 ۱۲۳ – 45", "BBC", "Президент встретился с министром", "@channel https://a.example/b"),
}


@pytest.mark.parametrize(("language", "text"), [(one, text) for one, texts in SENTENCES.items() for text in texts])
def test_a_sentence_is_recognised(language: Language, text: str) -> None:
    assert Recogniser()(("", text)).language is language


def test_a_persian_sentence_is_persian_in_whatever_feed_it_stands() -> None:
    recognised = Recogniser()(SENTENCES[Language.PERSIAN][:1], language_of("ar"))

    assert (recognised.language, recognised.persian_share) == (Language.PERSIAN, 1.0)


def test_a_persian_article_that_quotes_english_at_length_is_persian_still() -> None:
    persian = "سخنگوی وزارت خارجه در این نشست از گفت‌وگو با همتایان خود خبر داد. " * 6
    english = "The ministry said in a statement that the talks were held in a good atmosphere. " * 4

    recognised = Recogniser()(("نشست خبری", persian + english))

    assert recognised.language is Language.PERSIAN
    assert 0.4 < recognised.persian_share < 0.7


def test_words_that_tell_nothing_are_taken_for_the_feed_s_own_language() -> None:
    headline = ("اجتماع وزراء الدفاع",)

    assert Recogniser()(headline).language is Language.PERSIAN
    assert Recogniser()(headline, language_of("ar-IQ")).language is Language.ARABIC


def test_one_tail_of_a_hostile_length_is_neither_read_nor_remembered() -> None:
    recogniser = Recogniser()

    recognised = recogniser((("ا" * 100_000 + " در این شهر است ") * 3,))

    assert recognised.language is Language.PERSIAN
    assert max(map(len, recogniser._known)) < 50


def test_forgetting_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.language._REMEMBERED", 2)
    recogniser = Recogniser()

    assert [recogniser((text,)).language for texts in SENTENCES.values() for text in texts] == [
        language for language, texts in SENTENCES.items() for _ in texts
    ]
    assert len(recogniser._known) <= 2


def test_a_declared_variety_of_persian_says_more_and_stays() -> None:
    assert published_tag(Language.PERSIAN, "fa-AF") == "fa-AF"
    assert published_tag(Language.PERSIAN, "en") == "fa"
    assert published_tag(Language.ARABIC, "fa") == "ar"
    assert [language_of(tag) for tag in ("prs", "fa-AF", "ckb", "de")] == [
        Language.PERSIAN, Language.PERSIAN, Language.SORANI, Language.PERSIAN,
    ]  # fmt: skip


def test_arabic_letters_and_marks_of_vowels_hide_no_persian_word() -> None:
    assert [speaks_for(word) for word in ("كه", "مي", "«است»،", "بـــود", "شُد")] == [Language.PERSIAN] * 5


def test_no_labelled_article_is_taken_for_another_language(data_dir: Path) -> None:
    recogniser = Recogniser()
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]

    excluded = [row["id"] for row in rows if recogniser((row["title"], row["text"])).language is not Language.PERSIAN]

    assert excluded == []
