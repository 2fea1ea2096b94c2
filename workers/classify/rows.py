"""Lines of data files: articles with or without labels, as they were collected.

Knows nothing of features, models or what labels mean.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path

CHANNEL = "(Telegram)"
"""How the name of a source ends that is a channel; all others are agencies, newspapers and sites."""
DIGEST_CHARACTERS = 16
"""64 bits: enough to see that a text is not the one that was read."""
_YEAR = re.compile(r"(?<!\d)(1[34]\d\d|20[0-4]\d)(?!\d)")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
_GREGORIAN_FROM = 2000
_JALALI_BEHIND = 621
"""Nine months of a Gregorian year lie in the Jalali year that is so much less."""


class Row(BaseModel):
    """One line of the data; other keys are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, StringConstraints(min_length=1)]
    title: str = ""
    text: str = ""
    labels: tuple[str, ...] | None = None
    """Absent where nobody has read the article."""
    sure: bool = True
    source: str | None = None
    date: str | None = None
    """As found, in either calendar."""

    @property
    def digest(self) -> str:
        """Return the start of the SHA-256 of title and text as collected: which text it is, and nothing of it."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()[:DIGEST_CHARACTERS]

    @property
    def kind(self) -> str:
        """Return whether a channel or an agency published it."""
        return "channel" if (self.source or "").endswith(CHANNEL) else "agency"

    @property
    def year(self) -> int | None:
        """Return the Jalali year, give or take one for a Gregorian date; null where the date tells none."""
        found = _YEAR.search((self.date or "").translate(_DIGITS))
        if found is None:
            return None
        year = int(found.group())
        return year - _JALALI_BEHIND if year >= _GREGORIAN_FROM else year


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file (`.jsonl`, `.jsonl.gz`). Raises UsageError with file, line and reason."""
    open_it = gzip.open if path.suffix == ".gz" else open
    try:
        with open_it(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                yield _row(line, f"{path}:{number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _row(line: str, where: str) -> Row:
    try:
        return Row.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{where}: {key_path(first['loc']) or 'line'}: {first['msg']}") from error
