"""Which encoding a document is read with, whatever its labels say (HARDCASES E1 to E8, X3)."""

import codecs

import pytest

from ingest.parse.digest import fold
from ingest.parse.encoding import codec_name, decode, repair_mojibake

PERSIAN = "یک خبر فارسی درباره پرواز تهران، «گفت‌وگو» و مرز"
WITHOUT_PERSIAN_YEH = PERSIAN.replace("ی", "ي").replace("«", '"').replace("»", '"')
"""windows-1256 has no Persian ی: publishers write the Arabic letter there."""


def xml(text: str, declared: str | None = None) -> str:
    label = f' encoding="{declared}"' if declared else ""
    return f'<?xml version="1.0"{label}?><rss><title>{text}</title></rss>'


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (xml(PERSIAN).encode(), None, "utf-8"),
        (xml(PERSIAN).encode(), "text/xml; charset=windows-1256", "utf-8"),
        (xml(PERSIAN, "windows-1256").encode(), "text/xml; charset=iso-8859-1", "utf-8"),
        (xml(PERSIAN, "utf-16").encode(), None, "utf-8"),
        (xml(PERSIAN).encode(), "text/xml", "utf-8"),
        (codecs.BOM_UTF8 * 2 + xml(PERSIAN).encode(), None, "utf-8"),
        (xml(PERSIAN).encode("utf-16"), None, "utf-16-le"),
        (codecs.BOM_UTF16_BE + xml(PERSIAN).encode("utf-16-be"), "text/xml; charset=utf-8", "utf-16-be"),
        (xml(PERSIAN).encode("utf-16-le"), None, "utf-16-le"),
        (xml(PERSIAN).encode("utf-16-be"), None, "utf-16-be"),
        (xml(PERSIAN).encode("utf-32"), None, "utf-32-le"),
        (codecs.BOM_UTF32_BE + xml(PERSIAN).encode("utf-32-be"), None, "utf-32-be"),
    ],
)
def test_e1_e5_unicode_bytes_are_read_as_what_they_are(body: bytes, content_type: str | None, encoding: str) -> None:
    decoded = decode(body, content_type, "fa")

    assert decoded.encoding == encoding
    assert PERSIAN in decoded.text
    assert "\ufeff" not in decoded.text


@pytest.mark.parametrize(
    ("declared", "content_type"),
    [
        ("utf-8", None),
        (None, None),
        (None, "text/xml; charset=utf-8"),
        ("windows-1256", "text/xml; charset=utf-8"),
        ("iso-8859-1", None),
        (None, "text/html; charset=ISO-8859-1"),
        ("binary", "text/xml; charset=windows1256"),
    ],
)
def test_e2_e3_windows_1256_is_found_for_a_persian_feed(declared: str | None, content_type: str | None) -> None:
    body = xml(WITHOUT_PERSIAN_YEH, declared).encode("cp1256")

    decoded = decode(body, content_type, "fa-IR")

    assert decoded.encoding == "cp1256"
    assert WITHOUT_PERSIAN_YEH in decoded.text


def test_e6_windows_1256_folds_to_the_utf8_original() -> None:
    legacy = decode(xml("كتابي 12", "windows-1256").encode("cp1256"), None, "fa").text

    assert fold(legacy) == fold(xml("کتابی ۱۲", "windows-1256"))


def test_x3_one_broken_byte_costs_one_character() -> None:
    body = xml(PERSIAN * 3).encode().replace("خبر".encode(), b"\xae" + "خبر".encode(), 1)

    decoded = decode(body, "text/xml; charset=windows-1256", "fa")

    assert decoded.encoding == "utf-8"
    assert decoded.text == xml(PERSIAN * 3).replace("خبر", "\ufffdخبر", 1)


def test_emoji_stored_as_encoded_surrogates_are_joined() -> None:
    body = xml(PERSIAN).encode().replace(b"<title>", b"<title>\xed\xa0\xbd\xed\xb8\x80", 1)

    assert decode(body, None, "fa").text == xml("😀" + PERSIAN)


@pytest.mark.parametrize(
    ("text", "codec", "declared", "language"),
    [
        ("Привет из Москвы", "windows-1251", "windows-1251", "ru"),
        ("Καλημέρα κόσμε", "iso-8859-7", "ISO-8859-7", "el"),
        ("Größe – café", "cp1252", "iso-8859-1", "de"),
        ("Größe: 5 €", "cp1252", "us-ascii", "de"),
        ("مرحبا بالعالم", "iso-8859-6", "iso-8859-6", "ar"),
        ("سلام دنيا", "mac_farsi", "x-mac-farsi", "fa"),
        ("中文新闻", "gb18030", "gb2312", "zh"),
    ],
)
def test_a_declared_legacy_encoding_is_used_when_the_bytes_allow(
    text: str, codec: str, declared: str, language: str
) -> None:
    body = xml("%", declared).encode().replace(b"%", text.encode(codec))

    assert decode(body, None, language).text == xml(text, declared)


def test_undeclared_bytes_of_another_language_are_detected() -> None:
    text = "Правительство сообщило о новых рейсах между столицами двух стран и о переговорах. " * 5

    assert text in decode(f"<rss>{text}</rss>".encode("cp1251"), None, "ru").text


def test_persian_in_a_feed_that_declares_latin_with_single_accents_stays_latin() -> None:
    assert "café" in decode(xml("le café de Téhéran", "iso-8859-1").encode("cp1252"), None, "fa").text


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf8", "utf-8"),
        ("UTF-8;", "utf-8"),
        ('"utf-8"', "utf-8"),
        ("unicode", "utf-8"),
        ("windows1256", "cp1256"),
        ("Windows-1256", "cp1256"),
        ("cp-1256", "cp1256"),
        ("ISO-8859-1", "cp1252"),
        ("latin-1", "cp1252"),
        ("iso-8859-6-i", "iso8859-6"),
        ("x-mac-farsi", "mac-farsi"),
        ("gbk", "gb18030"),
        ("binary", None),
        ("rot13", None),
        ("base64", None),
        ("utf-7", None),
        ("unicode_escape", None),
        ("idna", None),
        ("utf-8\0", None),
        ("", None),
    ],
)
def test_e8_charset_labels_are_read_as_publishers_spell_them(label: str, name: str | None) -> None:
    assert codec_name(label) == name


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1256"])
def test_e7_text_that_was_encoded_twice_is_mended(codec: str) -> None:
    def misread(word: str) -> str:
        return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in word.encode())

    broken = " ".join(misread(word) for word in PERSIAN.split())

    mended = decode(xml(broken).encode(), None, "fa").text

    if codec == "cp1256":  # single letters stay as they are: there a pair can be real Persian
        assert "خبر فارسی درباره پرواز" in mended
    else:
        assert mended == xml(PERSIAN)


@pytest.mark.parametrize("text", [PERSIAN, "Ø 5 mm, Ùber", "عکس و ط§ و ظ", "naïve café Å § Ø§"])
def test_e7_text_that_only_resembles_double_encoding_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == text
