"""Encodings and the lies about them (HARDCASES E1 to E8): the right Persian text from every one of them."""

import codecs
from datetime import UTC, datetime

import pytest

from ingest.event import TextSuspect
from ingest.parse.digest import fold
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.parse.feed import parse_feed

TITLE = "گفت‌وگوی «تلفنی» وزیران درباره پروازهای تهران، ۱۲ آبان ۱۴۰۵"
TEXT = "وزیر امور خارجه در یک تماس تلفنی درباره همکاری‌های امنیتی، امور کنسولی و پروازهای مستقیم گفت‌وگو کرد. " * 5
NO_1256 = str.maketrans("یۀ۰۱۲۳۴۵۶۷۸۹", "يه0123456789")
"""windows-1256 has no Persian ye and no Persian digits: publishers write the Arabic letter and ASCII digits."""
NO_8859_6 = str.maketrans("یکگپچژ۰۱۲۳۴۵۶۷۸۹«»\u200c", 'يكغبجز0123456789"" ')
"""iso-8859-6 has Arabic's letters only, no ZWNJ and no guillemets: what publishers of Arabic systems wrote in it."""

CODECS = {
    "utf-8": ("utf-8", {}, "utf-8"),
    "windows-1256": ("cp1256", NO_1256, "cp1256"),
    "iso-8859-6": ("iso8859-6", NO_8859_6, "iso8859-6"),
    "utf-16": ("utf-16", {}, "utf-16-le"),
}
"""By label: the codec that writes it, the spelling that it forces, and what we say that it was."""
WRONG = {"utf-8": "windows-1256", "windows-1256": "utf-8", "iso-8859-6": "windows-1256", "utf-16": "utf-8"}


def document(declared: str | None, title: str, text: str) -> str:
    label = f' encoding="{declared}"' if declared else ""
    item = (
        f"<item><title>{title}</title><link>https://n.example/news/1/x</link><description>{text}</description></item>"
    )
    return f'<?xml version="1.0"{label}?>\n<rss version="2.0"><channel><title>خبر</title>{item}</channel></rss>'


def parsed(body: bytes, content_type: str | None, language: str = "fa") -> ParsedFeed:
    context = ParseContext(
        "n", "https://n.example/rss", content_type, "Asia/Tehran", language, datetime(2026, 11, 22, tzinfo=UTC)
    )
    return parse_feed(body, context)


def labels(real: str, lie: str) -> tuple[str | None, str | None]:
    """Return what declaration and header say of a document that is `real`."""
    wrong = WRONG[real]
    return {
        "truth": (real, f"text/xml; charset={real}"),
        "header lies": (real, f"text/xml; charset={wrong}"),
        "declaration lies": (wrong, f"text/xml; charset={real}"),
        "both lie": (wrong, f"application/rss+xml; charset={wrong}"),
        "neither says": (None, "text/xml"),
        "no header": (None, None),
    }[lie]


LIES = ("truth", "header lies", "declaration lies", "both lie", "neither says", "no header")


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("real", CODECS)
def test_e1_e2_e3_persian_is_read_from_every_encoding_whatever_is_said_of_it(real: str, lie: str) -> None:
    codec, spelling, name = CODECS[real]
    title, text = TITLE.translate(spelling), TEXT.translate(spelling)
    declared, content_type = labels(real, lie)

    feed = parsed(document(declared, title, text).encode(codec), content_type)

    assert feed.encoding == name
    assert (feed.entries[0].title, feed.entries[0].text) == (title, text.strip())


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("real", CODECS)
def test_x3_one_bad_byte_in_any_encoding_costs_one_character(real: str, lie: str) -> None:
    codec, spelling, name = CODECS[real]
    title, text = TITLE.translate(spelling), TEXT.translate(spelling)
    declared, content_type = labels(real, lie)
    bad = {"utf-8": b"\xff", "windows-1256": b"\x90", "iso-8859-6": b"\xff", "utf-16": b"\x00\xd8"}[real]
    place = "@@".encode(codec).removeprefix(codecs.BOM_UTF16_LE if codec == "utf-16" else b"")
    body = document(declared, f"{title}@@", text).encode(codec).replace(place, bad, 1)

    feed = parsed(body, content_type)

    entry = feed.entries[0]
    assert feed.encoding == name
    assert entry.title.startswith(title)
    assert len(entry.title) == len(title) + 1
    assert entry.text == text.strip()


def test_e2_the_fallback_for_persian_and_arabic_is_windows_1256_and_not_windows_1252() -> None:
    for language in ("fa", "fa-IR", "ar", "ps", "ckb"):
        feed = parsed(document(None, "یک".translate(NO_1256) + " خبر", "متن").encode("cp1256"), None, language)

        assert (feed.encoding, feed.entries[0].title) == ("cp1256", "يک خبر")


@pytest.mark.parametrize("content_type", ["text/xml", "text/xml;", "text/xml; charset=us-ascii", "application/xml"])
def test_e4_text_xml_without_a_charset_is_not_ascii(content_type: str) -> None:
    feed = parsed(document("utf-8", TITLE, TEXT).encode(), content_type)

    assert feed.encoding == "utf-8"
    assert feed == parsed(document("utf-8", TITLE, TEXT).encode(), None)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (document("utf-16", TITLE, TEXT).encode(), "utf-8"),
        (document("utf-32", TITLE, TEXT).encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + document("utf-8", TITLE, TEXT).encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + document("utf-8", TITLE, TEXT).encode("utf-16-be"), "utf-16-be"),
        (document("utf-16", TITLE, TEXT).encode("utf-16-le"), "utf-16-le"),
        (document("utf-16", TITLE, TEXT).encode("utf-16-be"), "utf-16-be"),
        (document("utf-32", TITLE, TEXT).encode("utf-32"), "utf-32-le"),
        (codecs.BOM_UTF32_BE + document(None, TITLE, TEXT).encode("utf-32-be"), "utf-32-be"),
        (codecs.BOM_UTF8 + document("utf-8", TITLE, TEXT).encode(), "utf-8"),
        (codecs.BOM_UTF8 * 2 + document("utf-8", TITLE, TEXT).encode(), "utf-8"),
        (codecs.BOM_UTF8 + codecs.BOM_UTF8 + document("windows-1256", TITLE, TEXT).encode(), "utf-8"),
    ],
)
def test_e5_wide_encodings_marks_and_wrong_declarations_give_the_same_entries(body: bytes, encoding: str) -> None:
    feed = parsed(body, "text/xml; charset=iso-8859-1")

    assert feed.encoding == encoding
    assert feed.entries == parsed(document(None, TITLE, TEXT).encode(), None).entries


def test_e6_windows_1256_equals_the_utf8_original_after_normalization() -> None:
    spelled = document("windows-1256", TITLE.translate(NO_1256), TEXT.translate(NO_1256))

    (legacy,) = parsed(spelled.encode("cp1256"), "text/xml; charset=utf-8").entries
    (original,) = parsed(document("utf-8", TITLE, TEXT).encode(), None).entries

    assert fold(legacy.title) == fold(original.title)
    assert legacy.digest == original.digest
    assert legacy.keys == original.keys


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1256"])
def test_e7_double_encoded_text_is_mended_before_anybody_reads_it(codec: str) -> None:
    def misread(text: str) -> str:
        return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode())

    (entry,) = parsed(document("utf-8", misread(TITLE), misread(TEXT)).encode(), None).entries

    broken = sum(entry.text.count(pair) for pair in ("Ø§", "Ù†", "ط§", "ظ†"))
    assert broken == 0
    assert "تماس تلفنی درباره" in entry.text
    assert "وزیران درباره پروازهای تهران" in entry.title


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_e7_double_encoded_text_that_lost_bytes_is_flagged(codec: str) -> None:
    # Every byte that the codec does not have became a question mark, as in a database of that encoding.
    lossy = TEXT.encode().decode(codec, "replace").replace("\ufffd", "?").replace("Ø§", "Ø?").replace("ط§", "ط?")

    (garbled,) = parsed(document("utf-8", TITLE, lossy).encode(), None).entries
    (clean,) = parsed(document("utf-8", TITLE, TEXT).encode(), None).entries

    assert garbled.text_suspect is TextSuspect.MOJIBAKE
    assert clean.text_suspect is None


@pytest.mark.parametrize(
    "text",
    [
        "عکس از عکاس عکاسی، طپش قلب؛ ظریف: عکس، غذا، طلا… «طنز» عکس عکس",
        "Øresund og Ærø, Übung Ünder Ûber",
        "ظ، ع، غ، ط، ظ",
    ],
)
def test_e7_words_that_only_resemble_double_encoding_are_not_flagged(text: str) -> None:
    (entry,) = parsed(document("utf-8", TITLE, text).encode(), None).entries

    assert entry.text_suspect is None


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        *(
            (label, "utf-8")
            for label in ("utf8", "UTF-8;", '"utf-8"', "utf_8", "UTF8MB4", "unicode", "binary", "x-y", "")
        ),
        *((label, "cp1256") for label in ("windows1256", "Windows-1256", "cp-1256", "win1256", "CP1256", "x-cp1256")),
        *((label, "iso8859-6") for label in ("ISO-8859-6", "iso_8859-6", "iso-8859-6-i", "no-such-name")),
    ],
)
def test_e8_charsets_are_understood_as_publishers_spell_them(charset: str, codec: str) -> None:
    spelling: dict[int, str] = {"utf-8": {}, "cp1256": NO_1256, "iso8859-6": NO_8859_6}[codec]
    body = document(None, TITLE.translate(spelling), TEXT.translate(spelling)).encode(codec)

    feed = parsed(body, f"text/xml; charset={charset}")

    assert feed.encoding == codec
    assert feed.entries[0].title == TITLE.translate(spelling)
