"""The words of the calendar, as `seeds/lexicon/calendar.toml` has them, made ready for looking up.

Knows nothing of texts.
"""

from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from workers.enrich.calendar_days import System
from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.lexicon import Phrase, Phrases, load_lexicon

type Months = Annotated[tuple[Phrases, ...], Field(min_length=12, max_length=12)]


class Month(NamedTuple):
    """A word that names a month."""

    system: System
    number: int
    marked: bool
    """Written with «ماه», so that it is a month wherever it stands."""
    dari: bool
    """Has other senses, and needs «ماه» or a year."""


class CalendarFile(BaseModel):
    """What `calendar.toml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jalali: Months
    dari: Months
    gregorian: Months
    weekdays: Annotated[tuple[Phrases, ...], Field(min_length=7, max_length=7)]
    """From Saturday on."""
    plain: Phrases
    before_plain: Phrases
    ordinals: Annotated[tuple[Phrases, ...], Field(min_length=31, max_length=31)]
    not_after: Phrases
    parts: Phrases
    nowadays: Phrases
    not_dates: Phrases
    after_year: Phrases
    not_before: Phrases
    month: Phrases
    months: Phrases
    day: Phrases
    year: Phrases
    years: Phrases
    week: Phrases
    from_: Annotated[Phrases, Field(alias="from")]
    to: Phrases
    and_: Annotated[Phrases, Field(alias="and")]
    previous: Phrases
    next: Phrases
    current: Phrases
    this: Phrases
    vague: Phrases
    gregorian_marks: Phrases
    jalali_marks: Phrases
    lunar_marks: Phrases
    future: Phrases
    future_pairs: Phrases
    past: Phrases
    being: Phrases
    joining: Phrases
    today: Phrase
    of_day: tuple[str, ...]
    nth: Phrase
    participle: Phrase
    about: Phrases
    every: Phrases
    capital: Phrase
    of_capital: Phrase
    numbers: dict[Phrase, int]
    relative_days: dict[Phrase, int]
    relative_years: dict[Phrase, int]


class CalendarLexicon:
    """The same, by word; build once per process."""

    def __init__(self, file: CalendarFile) -> None:
        self.words = file
        self.months = _months(file)
        self.weekdays = {
            tuple(phrase.split(" ")): number for number, phrases in enumerate(file.weekdays) for phrase in phrases
        }
        self.ordinals = {
            tuple(phrase.split(" ")): number
            for number, phrases in enumerate(file.ordinals, start=1)
            for phrase in phrases
        }
        self.days = {tuple(phrase.split(" ")): days for phrase, days in file.relative_days.items()}
        self.years = file.relative_years
        self.directions = {
            **dict.fromkeys(file.previous, -1),
            **dict.fromkeys(file.current, 0),
            **dict.fromkeys(file.next, 1),
        }
        self.systems = {
            **dict.fromkeys(file.gregorian_marks, System.GREGORIAN),
            **dict.fromkeys(file.jalali_marks, System.JALALI),
        }
        phrases = (*self.weekdays, *self.days)
        self.triggers = frozenset(
            {phrase[0] for phrase in phrases}
            | self.months.keys()
            | self.years.keys()
            | {*file.month, *file.months, *file.year, *file.years, *file.week, *file.day}
        )
        """A sentence without one of these and without a date in digits holds no date."""
        self.starts = self.triggers | {phrase[0] for phrase in self.ordinals}
        """With which a date begins, but for those that begin with a number."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
        return cls(load_lexicon(folder / "calendar.toml", CalendarFile))


def _months(file: CalendarFile) -> dict[str, Month]:
    months: dict[str, Month] = {}
    for system, dari, names in (
        (System.JALALI, True, file.dari),
        (System.GREGORIAN, False, file.gregorian),
        (System.JALALI, False, file.jalali),
    ):
        for number, spellings in enumerate(names, start=1):
            for name in spellings:
                months[name] = Month(system, number, marked=False, dari=dari)
                for word in file.month:
                    months[f"{name}{word}"] = months[f"{name}{ZWNJ}{word}"] = Month(system, number, True, dari)
    return months
