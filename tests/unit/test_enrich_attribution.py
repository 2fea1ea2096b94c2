"""Chains of sources: what makes one, in which order, and what makes none."""

import pytest

from tests.support.actors import Actors
from workers.enrich.kinds import SourceKind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("به گزارش ایسنا، باران در راه است.", [["ایسنا"]]),
        ("به گزارش آران نیوز به نقل از ایرنا از وزارت کشور، مرز باز شد.", [["آران نیوز", "ایرنا", "وزارت کشور"]]),
        ("به گزارش ایسنا به نقل از رویترز، قیمت نفت بالا رفت.", [["ایسنا", "رویترز"]]),
        ("به گزارش ایسنا، خبرگزاری رویترز نوشت که باران آمد.", [["ایسنا", "خبرگزاری رویترز"]]),
        (
            "خبرگزاری رویترز در گزارشی تازه به نقل از یک منبع آگاه نوشت باران آمد.",
            [["خبرگزاری رویترز", "یک منبع آگاه"]],
        ),
        ("خبرگزاری بلومبرگ دیروز گزارش داد که کارخانه بسته شد.", [["خبرگزاری بلومبرگ"]]),
        ("خبرگزاری فارس: جاده بسته شد.", [["خبرگزاری فارس"]]),
        ("مهر: جاده بسته شد.", [["مهر"]]),
        ("وای نت عبری: جاده بسته شد.", [["وای نت"]]),
        ("منابع عبری: جاده بسته شد.", [["منابع عبری"]]),
        ("مقام‌های مطلع به اکسیوس: جاده بسته شد.", [["اکسیوس", "مقام‌های مطلع"]]),
        ("یک منبع مطلع در گفت‌وگو با ایسنا گفت: جاده بسته شد.", [["ایسنا", "یک منبع مطلع"]]),
        ("به گفته کارشناسان نظامی، جاده بسته شد.", [["کارشناسان نظامی"]]),
        ("جاده بسته شد. / ایسنا", [["ایسنا"]]),
        ("جاده بسته شد.\nمنبع: example.com", [["example. com"]]),
        ("به گزارش روزنامه «نمونه»، جاده بسته شد.", [["روزنامه «نمونه"]]),
    ],
)
def test_a_chain_runs_from_the_nearest_source_to_the_original_one(text: str, expected: list[list[str]]) -> None:
    assert Actors(text).sources() == expected


@pytest.mark.parametrize(
    "text",
    [
        "مدیر روزنامه شرق به دادگاه رفت.",
        "به گفته وزیر نیرو، برق قطع نمی‌شود.",
        "در سال مهر و محبت باران بارید.",
        "به گزارش‌ها رسیدگی شد.",
        "شبکه بانکی اعلام کرد وام می‌دهد.",
    ],
)
def test_an_outlet_that_is_only_named_and_an_official_who_speaks_are_no_source(text: str) -> None:
    assert Actors(text).sources() == []


def test_a_reporter_of_an_outlet_is_one_link_of_that_kind() -> None:
    [[source]] = Actors("به گزارش خبرنگار گروه اجتماعی ایسنا، مدرسه باز شد.").chains

    assert (source.kind, source.id) == (SourceKind.REPORTER, "isna.ir")


def test_an_outlet_taken_up_again_has_the_id_of_the_one_before() -> None:
    chains = Actors("رویترز گزارش داد باران آمد. این خبرگزاری به نقل از منابع آگاه نوشت سیل آمد.").chains

    assert [source.id for source in chains[1]] == ["reuters", None]
    assert [source.kind for source in chains[1]] == [SourceKind.OUTLET, SourceKind.ANONYMOUS]


def test_a_chain_stands_once_at_its_first_place() -> None:
    actors = Actors("به گزارش ایسنا، باران آمد.\nبه گزارش ایسنا، سیل آمد.")

    assert [chain[0].spot.start for chain in actors.chains] == [9]


def test_an_unnamed_source_whom_an_outlet_quotes_is_no_chain_of_its_own() -> None:
    actors = Actors("یک منبع آگاه گفت سیل آمد.\nبه گزارش ایسنا به نقل از رویترز، یک منبع آگاه گفت سیل آمد.")

    assert actors.sources() == [["ایسنا", "رویترز", "یک منبع آگاه"]]
