"""The table of dates, `tests/data/dates.tsv`: hundreds of strings with the instant that each means (T1 to T8)."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.parse.dates import Reading, read_date

TABLE = Path(__file__).resolve().parents[1] / "data" / "dates.tsv"
FETCHED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One string with what it means."""

    group: str
    raw: str
    zone: ZoneInfo
    instant: datetime | None
    sure: str

    def read(self) -> Reading:
        return read_date(self.raw, self.zone, FETCHED_AT)

    def shown(self) -> str:
        return f"{self.raw!r} in {self.zone.key}: {self.instant} {self.sure}, read as {self.read()}"


def unescaped(raw: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), raw)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    found, group = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            group = line.removeprefix("# ")
            continue
        raw, zone, instant, sure = line.split("\t")
        at = None if instant == "-" else datetime.fromisoformat(instant)
        found.append(Row(group, unescaped(raw), ZoneInfo(zone), at, "" if sure == "-" else sure))
    return found


def agrees(row: Row) -> bool:
    at = row.read().at
    return (at.replace(microsecond=0) if at else None) == row.instant


def test_the_table_is_large_and_has_every_kind_of_date(rows: list[Row]) -> None:
    kinds = Counter(row.group for row in rows)

    assert len(rows) >= 500
    assert len({(row.raw, row.zone.key) for row in rows}) == len(rows)
    assert sum(row.instant is None for row in rows) >= 100
    assert all(count >= 10 for group, count in kinds.items() if group not in {"half of the day", "nothing"})
    assert {row.sure for row in rows} == {"exact", "assumed_zone", "day", "unparsable", "future", "ancient", ""}


def test_t1_to_t8_at_least_995_of_1000_dates_are_the_right_instant(rows: list[Row]) -> None:
    wrong = [row.shown() for row in rows if not agrees(row)]

    assert len(wrong) <= len(rows) * 0.005, "\n".join(wrong)


def test_t1_t2_t7_no_date_is_ever_accepted_with_another_year(rows: list[Row]) -> None:
    wrong = [
        row.shown()
        for row in rows
        if (at := row.read().at)
        and (row.instant is None or at.astimezone(row.zone).year != row.instant.astimezone(row.zone).year)
    ]

    assert wrong == []


def test_t8_what_is_read_says_how_sure_it_is_and_what_is_refused_says_why(rows: list[Row]) -> None:
    wrong = [
        row.shown()
        for row in rows
        if (reading := row.read()) and row.sure != (reading.confidence if reading.at else reading.flag or "")
    ]

    assert wrong == []
