"""The seed article: its chain of sources, its two officials, and who of them says what."""

from pathlib import Path

import pytest

from tests.support.actors import Actors
from workers.enrich.kinds import SourceKind


@pytest.fixture(scope="module")
def article(data_dir: Path) -> Actors:
    return Actors((data_dir / "seed-article.txt").read_text(encoding="utf-8").strip())


def test_the_chain_runs_from_the_publisher_to_the_ministrys_site(article: Actors) -> None:
    [chain] = article.chains

    assert [(source.id, source.kind) for source in chain] == [
        ("aran-news", SourceKind.OUTLET),
        ("irna.ir", SourceKind.OUTLET),
        ("interior-ministry", SourceKind.ORGANISATION),
    ]


def test_the_two_officials_have_their_roles_and_countries(article: Actors) -> None:
    assert article.people() == [
        ("حسین ذوالفقاری", "معاون امنیتی و انتظامی وزیر کشور", "IR"),
        ("محترم اینجه", "قائم‌مقام وزارت کشور جمهوری ترکیه", "TR"),
    ]


def test_the_office_in_the_lead_is_the_one_who_is_named_in_the_next_paragraph(article: Actors) -> None:
    zolfaghari = article.persons[0]

    assert "ذوالفقاری" in {article.words(spot) for spot in zolfaghari.mentions}


def test_every_quote_has_the_right_one_of_the_two_speakers(article: Actors) -> None:
    speakers = [quote.person for quote in article.quotes]

    assert speakers == [0] * 7 + [1] * 3 + [None]  # «دو طرف ابراز امیدواری کردند»
