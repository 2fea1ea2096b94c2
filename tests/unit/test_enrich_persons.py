"""Persons: name, office and country, and which places mean the same one."""

from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from tests.support.actors import Actors
from tests.support.enrichment import SEEDS
from workers.enrich.lexicon_actors import load_actors_lexicon


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("حسین کریمی، معاون وزیر نیرو گفت باران می‌آید.", ("حسین کریمی", "معاون وزیر نیرو", "IR")),
        ("معاون وزیر نیرو «حسین کریمی» گفت باران می‌آید.", ("حسین کریمی", "معاون وزیر نیرو", "IR")),
        ("وزیر خارجه آمریکا مارکو روبیو گفت باران می‌آید.", ("مارکو روبیو", "وزیر خارجه آمریکا", "US")),
        ("آرتین والاس، شهردار نیویورک گفت باران می‌آید.", ("آرتین والاس", "شهردار نیویورک", "US")),
        ("وزیر انرژی آمریکا گفت باران می‌آید.", (None, "وزیر انرژی آمریکا", "US")),
        ("سفیر ایران در مسکو گفت باران می‌آید.", (None, "سفیر ایران در مسکو", "IR")),
        ("دکتر حسن رضایی گفت باران می‌آید.", ("حسن رضایی", None, None)),
        ("سردار حسن رضایی گفت باران می‌آید.", ("حسن رضایی", None, "IR")),
        ("نخست‌وزیر گفت باران می‌آید.", (None, "نخست‌وزیر", None)),
        ("ترامپ گفت باران می‌آید.", ("ترامپ", None, "US")),
        ("وزیر راه و شهرسازی گفت باران می‌آید.", (None, "وزیر راه و شهرسازی", "IR")),
        ("مدیرعامل شرکت ایرباس گفت باران می‌آید.", (None, "مدیرعامل شرکت ایرباس", None)),
        ("آرتین والاس، ولی‌عهد عربستان گفت باران می‌آید.", ("آرتین والاس", "ولی‌عهد عربستان", "SA")),
        ("آرتین والاس صدر اعظم آلمان گفت باران می‌آید.", ("آرتین والاس", "صدر اعظم آلمان", "DE")),
        ("حسن رضایی کندلوس - معاون وزیر نیرو گفت باران می‌آید.", ("حسن رضایی کندلوس", "معاون وزیر نیرو", "IR")),
        ("خانم «هیونکا کندلوس کاوسی» گفت باران می‌آید.", ("هیونکا کندلوس کاوسی", None, None)),
        ("فارس: هیونکا، رئیس‌جمهور کره جنوبی گفت باران می‌آید.", ("هیونکا", "رئیس‌جمهور کره جنوبی", "KR")),
    ],
)
def test_a_person_has_a_name_without_titles_an_office_and_a_country(
    text: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    assert Actors(text).people() == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "جاده خیابان شهید محمد کریمی بسته شد.",
        "بیمارستان امام حسین باز شد.",
        "یک مدیر گفت باران می‌آید.",
        "این وزیر رفت.",
        "پرواز به مشهد لغو شد.",
        "باران عمر مفید پل را کم کرد. مفید است.",
    ],
)
def test_streets_hospitals_and_anybody_at_all_are_nobody(text: str) -> None:
    assert Actors(text).people() == []


def test_later_short_forms_mean_the_full_name() -> None:
    actors = Actors("حسین کریمی، معاون وزیر نیرو آمد. کریمی گفت باران می‌آید. سپس کریمی رفت.")

    [person] = actors.persons
    assert [actors.words(spot) for spot in person.mentions] == ["کریمی", "کریمی"]


def test_the_office_in_the_lead_and_the_name_in_the_next_sentence_are_one_person() -> None:
    actors = Actors("رئیس پلیس کشور گفت: جاده باز است. به گزارش ایسنا، سردار حسن رضایی در تهران سخن گفت.")

    assert actors.people() == [("حسن رضایی", "رئیس پلیس کشور", "IR")]


def test_officials_of_two_states_are_two_persons() -> None:
    people = Actors("وزیر خارجه ترکیه با وزیر خارجه عراق دیدار کرد.").people()

    assert people == [(None, "وزیر خارجه ترکیه", "TR"), (None, "وزیر خارجه عراق", "IQ")]


def test_an_office_says_which_body_it_belongs_to() -> None:
    actors = Actors("رئیس سازمان حج و زیارت گفت باران می‌آید.")

    assert actors.words(actors.persons[0].organisation) == "سازمان حج و زیارت"


def test_a_fault_in_the_lexicon_names_the_file_and_the_key(tmp_path: Path) -> None:
    for path in (SEEDS / "lexicon").glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "words.toml").write_text('prepositions = ["با"]\nother = []\n', encoding="utf-8")

    with pytest.raises(UsageError, match=r"words\.toml: others: required key is missing"):
        load_actors_lexicon(tmp_path)


def test_a_deputy_of_somebody_by_name_is_that_ones_deputy() -> None:
    assert Actors("معاون ترامپ، جی‌دی ونس گفت باران می‌آید.").people() == [("جی‌دی ونس", "معاون ترامپ", "US")]


def test_an_outlets_name_in_quotation_marks_holds_no_office_behind_the_comma() -> None:
    actors = Actors("به گزارش خبرگزاری دولتی عربستان «سپا»، رئیس‌جمهور ایران گفت باران می‌آید.")

    assert actors.people() == [(None, "رئیس‌جمهور ایران", "IR")]


def test_two_names_without_a_mark_between_them_are_not_one() -> None:
    actors = Actors("بنیامین نتانیاهو حسن رضایی، معاون وزیر نیرو، را دید.")

    assert ("حسن رضایی", "معاون وزیر نیرو", "IR") in actors.people()
