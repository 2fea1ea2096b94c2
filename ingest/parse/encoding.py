"""Bytes of a document to text: which encoding it really has, whatever its labels say.

Knows nothing of XML beyond its declaration, and nothing of feeds.

The order, and why (RFC 7303 with what publishers really send):

1. a byte order mark, or the zero bytes of UTF-16 and UTF-32;
2. UTF-8 if the bytes are valid: no legacy text of any length is valid UTF-8 by chance;
3. UTF-8 with a few broken sequences: one bad byte costs one character, never the document;
4. the XML declaration, then the header's charset, if the bytes can be read so;
5. windows-1256 for languages in Arabic script; a detector for the others.

Between windows-1256 and iso-8859-6 the bytes decide: some of their commonest letters are not letters of the other.
"""

import codecs
import re
from dataclasses import dataclass
from email.message import Message

from charset_normalizer import from_bytes

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_WIDE = (  # "<" in the wide encodings, XML 1.0 appendix F
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_ALIASES = {
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "windows1256": "cp1256",
    "win1256": "cp1256",
    "cp-1256": "cp1256",
    "windows-1256-arabic": "cp1256",
    "arabic": "cp1256",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "macarabic": "mac_arabic",
    "x-mac-arabic": "mac_arabic",
    "macfarsi": "mac_farsi",
    "x-mac-farsi": "mac_farsi",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    # The Encoding Standard reads these as windows-1252, and so do publishers.
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_NOT_FOR_DOCUMENTS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})
_LATIN = frozenset({"cp1252", "iso8859-15", "iso8859-9", "cp1254"})
_ARABIC_CODECS = frozenset({"cp1256", "iso8859-6"})
_ARABIC_SCRIPT = frozenset({"fa", "ar", "ps", "ckb", "ur", "sd", "ug", "azb", "glk", "mzn"})

_DECLARATION = re.compile(rb"""^\s*(?:\xef\xbb\xbf)*\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']""")
_ONLY_1256 = re.compile(rb"[\xdb-\xdf\xed\x81\x8d\x8e\x90\x98]")
"""غ ـ ف ق ك ي پ چ ژ گ ک of windows-1256; in iso-8859-6 nothing, a vowel mark or a control character."""
_ONLY_8859_6 = re.compile(rb"[\xe7\xe8\xea]")
"""ه و ي of iso-8859-6; accented Latin letters in windows-1256."""
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_VALID_PER_BROKEN = 3
"""UTF-8 when valid multi-byte characters outnumber broken ones by this: UTF-8 with damage has hundreds to one,
windows-1256 Persian about 0.03 to one, so anything between serves."""
_DETECT_BYTES = 64 * 1_024


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a document, without byte order marks, and the codec it was read with."""

    text: str
    encoding: str


def decode(body: bytes, content_type: str | None, language: str) -> Decoded:
    """Return the text of `body`; never fails, bytes that cannot be read become U+FFFD."""
    decoded = _wide(body) or _utf8(body) or _legacy(body, content_type, language)
    return Decoded(repair_mojibake(decoded.text.replace("\ufeff", "")), decoded.encoding)


def codec_name(label: str) -> str | None:
    """Return Python's name for a charset label as publishers spell it, or None for one that no document has."""
    name = label.strip().strip("\"';,").strip().lower().replace(" ", "")
    name = _ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # refuses codecs that do not map text to bytes, such as rot13
    except (LookupError, ValueError):  # ValueError: a label with a null character
        return None
    return None if codec.name in _NOT_FOR_DOCUMENTS else _ALIASES.get(codec.name, codec.name)


def _wide(body: bytes) -> Decoded | None:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name)
    start = body[:4]
    for pattern, name in _BARE_WIDE:
        if start.startswith(pattern):
            return Decoded(body.decode(name, "replace"), name)
    return None


def _utf8(body: bytes) -> Decoded | None:
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = _joined_surrogates(body)
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    valid = len(text) - len(text.encode("ascii", "ignore")) - broken
    return Decoded(text, "utf-8") if valid >= _VALID_PER_BROKEN * broken else None


def _joined_surrogates(body: bytes) -> str:
    """Read UTF-8 in which emoji may be pairs of encoded surrogates (CESU-8, as some databases export it)."""
    if b"\xed" in body:
        try:
            text = body.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            pass
        else:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return body.decode("utf-8", "replace")


def _legacy(body: bytes, content_type: str | None, language: str) -> Decoded:
    arabic = language.partition("-")[0].lower() in _ARABIC_SCRIPT
    for label in (_declared(body), _charset(content_type)):
        name = codec_name(label) if label else None
        if name is None or name.startswith(("utf-8", "utf-16", "utf-32")):  # proven wrong by now
            continue
        if arabic and ((name in _LATIN and _looks_arabic(body)) or name in _ARABIC_CODECS):
            return _arabic(body, name)
        try:
            return Decoded(body.decode(name, "replace" if name in _LATIN else "strict"), name)
        except UnicodeDecodeError:
            continue
    if arabic:
        return _arabic(body, "cp1256")
    name = _detected(body)
    return Decoded(body.decode(name, "replace"), name)


def _arabic(body: bytes, named: str) -> Decoded:
    """Read an 8-bit encoding of Arabic script; the label counts where the bytes do not tell, as in a short text."""
    windows, iso = len(_ONLY_1256.findall(body)), len(_ONLY_8859_6.findall(body))
    name = "iso8859-6" if iso > windows or (iso == windows and named == "iso8859-6") else "cp1256"
    return Decoded(body.decode(name, "replace"), name)


def _declared(body: bytes) -> str | None:
    found = _DECLARATION.match(body[:1_024])
    return found.group(1).decode("ascii", "ignore") if found else None


def _charset(content_type: str | None) -> str | None:
    if not content_type:
        return None
    message = Message()
    message["content-type"] = re.sub(r"[\r\n]", " ", content_type)
    charset = message.get_param("charset")
    return charset if isinstance(charset, str) else None


def _looks_arabic(body: bytes) -> bool:
    """Tell whether high bytes come in words, as in Persian, or one by one, as accents do in Latin script."""
    runs = _HIGH_RUN.findall(body)
    return sum(map(len, runs)) > 2 * len(runs)


def _detected(body: bytes) -> str:
    best = from_bytes(body[:_DETECT_BYTES]).best()
    return best.encoding if best else "cp1252"


_CONTINUATION = range(0x80, 0xC0)
_ARABIC_LEADS = frozenset(range(0xD8, 0xDC))
"""First bytes of the Arabic block, U+0600 to U+06FF, in UTF-8."""
_LATIN_LEAD = 0xC2
"""First byte of « and »."""
_PUNCTUATION_LEAD = 0xE2
"""First byte of ZWNJ and of typographic punctuation, three bytes each."""


def _reverse(codec: str) -> dict[str, int]:
    """Return byte values by what each looks like when UTF-8 is misread: as this codec has it, or as Latin-1."""
    table = {chr(value): value for value in range(0x80, 0x100)}
    for value in range(0x80, 0x100):
        char = bytes([value]).decode(codec, "ignore")
        if char:
            table[char] = value
    return table


def _pair(table: dict[str, int], leads_of_two: frozenset[int]) -> str:
    """Return the pattern of one character of Persian text in UTF-8 as it looks when misread by a codec."""
    leads = "".join(char for char, value in table.items() if value in leads_of_two)
    tails = "".join(re.escape(char) for char, value in table.items() if value in _CONTINUATION)
    three = "".join(char for char, value in table.items() if value == _PUNCTUATION_LEAD)
    return f"(?:[{leads}][{tails}]|[{three}][{tails}]{{2}})"


_MISREADINGS = tuple(
    # Without a misread alef there is no misread Persian; looking for it costs nothing. Certain: five such characters in
    # a row never occur by chance. Then also the shorter words are mended; in windows-1256 a single pair can be real
    # Persian, so two are asked for, and C2 is the letter آ there.
    (alef, table, re.compile(_pair(table, _ARABIC_LEADS) + "{5}"), re.compile(_pair(table, leads) + f"{{{least},}}"))
    for alef, table, leads, least in (
        ("Ø§", _reverse("cp1252"), _ARABIC_LEADS | {_LATIN_LEAD}, 1),
        ("ط§", _reverse("cp1256"), _ARABIC_LEADS, 2),
    )
)


_GARBLED_SHARE = 0.3
"""Of the letters of a text, in misread pairs: Persian has the pairs of windows-1256 too, about one letter in a hundred
(عکس is one), and what was encoded twice has nothing else."""
_GARBLED_PAIRS = 5
_GARBLED = tuple((alef[0], re.compile(_pair(table, _ARABIC_LEADS))) for alef, table, _, _ in _MISREADINGS)


def is_garbled(text: str) -> bool:
    """Tell whether a text still reads as UTF-8 in another encoding: bytes were lost on its way, so it cannot be mended.

    Ø, Ù, Ú and Û (or ط, ظ, ع and غ) are the first bytes of nearly all Persian letters in UTF-8.
    """
    for lead, pair in _GARBLED:
        if lead in text:
            pairs = len(pair.findall(text))
            if pairs >= _GARBLED_PAIRS and 2 * pairs >= _GARBLED_SHARE * len(text.replace(" ", "")):
                return True
    return False


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that the publisher read as windows-1252 or -1256 and encoded again; other text stays as it is."""
    for alef, table, certain, run in _MISREADINGS:
        if alef in text and certain.search(text):

            def reread(match: re.Match[str], table: dict[str, int] = table) -> str:
                try:
                    return bytes(table[char] for char in match.group()).decode("utf-8")
                except UnicodeDecodeError:
                    return match.group()

            text = run.sub(reread, text)
    return text
