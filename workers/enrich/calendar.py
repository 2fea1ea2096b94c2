"""The days that a text names: «فردا», «دوشنبه», «۲۵ شهریور», «هفته گذشته», «سال ۲۰۱۹», against its publication.

Knows nothing of other parts of the enrichment. A date whose year is neither told nor near is left out, not guessed.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from workers.enrich.calendar_days import (
    Days,
    System,
    day_of,
    month_and_year,
    month_beside,
    month_of,
    nearest_day,
    nearest_month,
    shifted_month,
    system_of,
    week_of,
    weekday_of,
    year_of,
)
from workers.enrich.calendar_lexicon import CalendarLexicon, Month
from workers.enrich.calendar_words import CENTURY_DIGITS, YEAR_DIGITS, CalendarWords, Year
from workers.enrich.found import FoundDate
from workers.enrich.reading import Passage, Reading, Sentence, Spot

_DASHES = frozenset("-–—")
_BETWEEN_DIGITS = _DASHES | {"/"}
_DATE_PARTS = 3
_NEAR = timedelta(days=2)
"""«دیروز ۵ تیر» is yesterday, whatever its number, unless the number says another day altogether."""
_SURE = timedelta(days=60)
"""A day without a year whose weekday does not fit is believed this near to publication: writers err in weekdays."""


def dates(reading: Reading, published: date | None, lexicon: CalendarLexicon) -> tuple[FoundDate, ...]:
    """Return the dates of the text in order, each run of days with the same words once.

    Without a publication date only dates that tell their year are placed.
    """
    found: dict[tuple[str, date, date], FoundDate] = {}
    for number, passage in enumerate(reading.passages):
        for sentence in _with_dates(passage, lexicon):
            texts = passage.texts[sentence.first : sentence.last]
            for start, end, (first, last) in _Scan(texts, published, lexicon).dates():
                spot = _spot(number, passage, sentence, start, end)
                found.setdefault((reading.text(spot), first, last), FoundDate(spot, first, last))
    return tuple(found.values())


def _with_dates(passage: Passage, lexicon: CalendarLexicon) -> Iterator[Sentence]:
    """Yield the sentences that may hold a date."""
    places = set(passage.places_of(lexicon.triggers))
    if passage.places_of(_DASHES) or "/" in passage.normalized:
        # numbers that may be, or begin, a date in digits alone
        places.update(
            at
            for at, text in enumerate(passage.texts)
            if (len(text) == YEAR_DIGITS or "/" in text) and text[0].isdigit()
        )
    sentences = passage.sentences
    numbers = {bisect_right(sentences, at, key=lambda each: each.first) - 1 for at in places}
    return (sentences[number] for number in sorted(numbers))


def _spot(number: int, passage: Passage, sentence: Sentence, start: int, end: int) -> Spot:
    return Spot(number, passage.starts[sentence.first + start], passage.ends[sentence.first + end - 1])


class _Scan(CalendarWords):
    """One sentence, read from left to right."""

    __slots__ = ()

    def dates(self) -> Iterator[tuple[int, int, Days]]:
        """Yield the dates: first word, word after the last, days."""
        at = past = 0
        while at < len(self.texts):
            text = self.texts[at]
            found = None
            if text in self.lexicon.starts or text[0].isdigit():
                found = self._digits(at) or self._days(at) or self._month_or_year(at)
            if found is None:
                at += 1
                continue
            end, days = found
            if days is not None and self.word(end) in self.lexicon.words.to:
                end, days = self._to_another(end, days)
            if days is not None:
                yield max(past, self._start(at)), end, days
            at = past = end

    def _to_another(self, end: int, days: Days) -> tuple[int, Days]:
        """Return the run from a date to a later one after «تا»: «28 مهرماه تا 30 مهرماه»."""
        at = self.inside(end + 1)
        second = self._of_month(at, None) or self._alone(at)
        whole = _joined(days, second[1]) if second else None
        return (second[0], whole) if second and whole else (end, days)

    def _start(self, at: int) -> int:
        """Return the place of what belongs to a date before the word that told of it: «روز», «سه», «این»."""
        words = self.lexicon.words
        if self.word(at - 1) in words.this and self.word(at) in (*words.week, *words.month):
            return at - 1
        if self.word(at) in (*words.week, *words.year) and self.word(at + 1) in words.previous[1:]:
            return at - 1 if self._count_before(at) is not None else at
        if self.word(at) in words.day and self.word(at + 1) in words.previous[1:]:
            return at - 1
        return at - 1 if self.word(at - 1) in words.day else at

    def _digits(self, at: int) -> tuple[int, Days | None] | None:
        """Return a date in digits alone, its year first or last: «۱۴۰۵/۳/۱۹»."""
        text, end = self.word(at), at + 1
        if not text[0].isdigit():
            return None
        parts = text.split("/")
        if (
            len(text) == YEAR_DIGITS
            and text.isdigit()
            and self.word(at + 1) in _BETWEEN_DIGITS
            and self.word(at + 3) in _BETWEEN_DIGITS
        ):
            parts, end = [text, self.word(at + 2), self.word(at + 4)], at + 5
        if len(parts) != _DATE_PARTS or not all(part.isdigit() for part in parts):
            return None
        year, month, day = map(int, parts)
        if len(parts[2]) == YEAR_DIGITS and (system := system_of(day)) is System.JALALI:
            year, day = day, year
        elif len(parts[0]) != YEAR_DIGITS or (system := system_of(year)) is None:
            return None
        placed = day_of(system, year, month, day)
        return (end, (placed, placed)) if placed else None

    def _days(self, at: int) -> tuple[int, Days | None] | None:
        """Return «امروز», a weekday and a day of a month, as far as they stand together, as one run of days."""
        end = at
        relative = self._by_now(at)
        if relative:
            end = relative[0]
        weekday = self.weekday_at(self.inside(end) if relative else end)
        if weekday:
            end = weekday[0]
        run = self._of_month(self.inside(end) if end > at else end, weekday[1] if weekday else None)
        if run:
            end = run[0]
            if not weekday and (after := self.weekday_at(self.inside(end))):
                end = after[0]
        if end == at:
            return None
        days = run[1] if run else None
        if (
            relative
            and (told := self._relative(relative[1]))
            and (days is None or abs(days[0] - told[0]) > _NEAR or relative[1])
        ):
            days = told
        if not run and not relative and weekday:
            end, days = self._of_week(at, *weekday)
        if self.word(end) == ")" and "(" in self.texts[at:end]:
            end += 1
        return end, days

    def _by_now(self, at: int) -> tuple[int, int] | None:
        """Return «امروز» or «روز گذشته», not of «دنیای امروز» or «سه روز گذشته»."""
        words, before = self.lexicon.words, self.word(at - 1)
        if before in words.nowadays or before in words.vague or before in words.numbers or before.isdigit():
            return None
        return None if self.is_nowadays(at) else self.phrase_at(at, self.lexicon.days)

    def _relative(self, days: int) -> Days | None:
        day = self.published and self.published + timedelta(days=days)
        return (day, day) if day else None

    def _of_week(self, at: int, end: int, weekday: int) -> tuple[int, Days | None]:
        """Return a weekday that has no date beside it."""
        published = self.published
        weeks = None
        if self.word(end) in self.lexicon.words.week and self.word(end + 1) in self.lexicon.directions:
            weeks, end = self.lexicon.directions[self.word(end + 1)], end + 2
        elif self.word(end) in self.lexicon.words.this and self.word(end + 1) in self.lexicon.words.week:
            weeks, end = 0, end + 2
        direction = None
        if weeks is None and self.word(end) in self.lexicon.directions and self.word(end + 1) != "از":
            direction, end = self.lexicon.directions[self.word(end)], end + 1
        if published is None:
            return end, None
        if weeks is not None:
            day = week_of(published, weeks)[0] + timedelta(days=weekday)
            return end, (day, day)
        ahead = (weekday - weekday_of(published)) % 7
        if direction is not None and not ahead:
            ahead = 7
        if ahead and (direction == -1 or (direction is None and not self._looks_ahead(at, end))):
            ahead -= 7
        if direction == -1 and ahead == 0:
            ahead = -7
        day = published + timedelta(days=ahead)
        return end, (day, day)

    def _looks_ahead(self, at: int, end: int) -> bool:
        """Tell whether the verb of a weekday is of the future: the first one after it, else the last one before it."""
        words = self.lexicon.words
        for place in (*range(end, len(self.texts)), *reversed(range(at))):
            text = self.texts[place]
            if text in words.future or f"{text} {self.word(place + 1)}" in words.future_pairs:
                return True
            if text in words.past:
                return False
        return False

    def _of_month(self, at: int, weekday: int | None) -> tuple[int, Days | None] | None:
        """Return a day of a month, or a run of them: «۲۵ شهریور», «۲ تا ۵ دی ماه ۱۴۰۴»."""
        first = self.number_at(at)
        if first is None:
            return None
        end, day = first
        last = day
        words = self.lexicon.words
        if self.word(end) in (*words.to, *words.and_, *_DASHES) and (second := self.number_at(end + 1)):
            if self.word(end) in words.and_ and second[1] != day + 1:
                return None  # two days that do not meet: the second one is found by itself
            end, last = second
        month = self.month_at(end)
        if month is None:
            return self._of_this_month(end, day, last)
        end, named = month
        year = self.year_after(end, named.system)
        if not year.fits or (named.dari and year.value is None and not named.marked):
            return year.end, None
        if year.value is None and self.word(at - 1) in words.not_dates:
            return year.end, None
        return year.end, self._run(named, year.value, day, last, weekday)

    def _of_this_month(self, at: int, first: int, last: int) -> tuple[int, Days | None] | None:
        """Return «۱۵ ماه جاری», «۲۰ ماه گذشته میلادی»."""
        if self.word(at) not in self.lexicon.words.month or self.word(at + 1) not in self.lexicon.directions:
            return None
        system = self.lexicon.systems.get(self.word(at + 2))
        month = self._around(system or System.JALALI, "month", self.lexicon.directions[self.word(at + 1)])
        days = (month[0] + timedelta(days=first - 1), month[0] + timedelta(days=last - 1)) if month else None
        inside = days is not None and month is not None and days[0] <= days[1] <= month[1]
        return at + 2 + (system is not None), days if inside else None

    def _run(self, month: Month, year: int | None, first: int, last: int, weekday: int | None) -> Days | None:
        """Return the days of a month from one to another."""
        if year is None:
            if self.published is None:
                return None
            near = nearest_day(month.system, month.number, first, self.published, weekday)
            if near is None or not self._believed(near, weekday):
                return None
            year, _ = month_and_year(month.system, near)
        start = day_of(month.system, year, month.number, first)
        end = day_of(month.system, year, month.number, last)
        return (start, end) if start and end and start <= end else None

    def _believed(self, day: date, weekday: int | None) -> bool:
        if weekday is None or weekday_of(day) == weekday or self.published is None:
            return True
        return abs(day - self.published) <= _SURE

    def _month_or_year(self, at: int) -> tuple[int, Days | None] | None:
        if self.texts[at] not in self.lexicon.triggers:
            return None
        return self._months(at) or self._alone(at) or self._shifted(at) or self._ago(at) or self._years(at)

    def _months(self, at: int) -> tuple[int, Days | None] | None:
        """Return «ماه‌های مارس و آوریل»."""
        words = self.lexicon.words
        if self.word(at) not in words.months:
            return None
        first = self.month_at(at + 1)
        second = first and self.word(first[0]) in (*words.to, *words.and_) and self.month_at(first[0] + 1)
        if not first or not second or first[1].system is not second[1].system:
            return None
        year = self.year_after(second[0], first[1].system)
        runs = [self._whole(month, year) for _, month in (first, second)]
        return year.end, _joined(runs[0], runs[1])

    def _whole(self, month: Month, year: Year) -> Days | None:
        if not year.fits:
            return None
        if year.value is not None:
            return month_of(month.system, year.value, month.number)
        return nearest_month(month.system, month.number, self.published) if self.published else None

    def _alone(self, at: int) -> tuple[int, Days | None] | None:
        """Return a month without a day: it needs «ماه», a year, or a name that means nothing else."""
        month = self.month_at(at)
        if month is None:
            return None
        end, named = month
        year = self.year_after(end, named.system)
        plain = self.word(at) in self.lexicon.words.plain and self.word(at - 1) in self.lexicon.words.before_plain
        by = self.lexicon.directions.get(self.word(year.end)) if year.value is None else None
        if by and self.published and self.word(year.end + 1) != "از":
            return year.end + 1, month_beside(named.system, named.number, self.published, by)
        if year.value is None and not named.marked and not plain:
            return None
        days = self._whole(named, year)
        if year.value is None and days and self.published and days[0] > self.published and self._was(at, end):
            days = month_beside(named.system, named.number, self.published, -1)
        return year.end, days

    def _was(self, at: int, end: int) -> bool:
        """Tell a month in which something has happened from one until which something lasts, or will be."""
        words = self.lexicon.words
        if self.word(at - 1) in words.to or self.word(at - 2) in words.to or self._looks_ahead(at, end):
            return False
        return any(text in words.past for text in self.texts[end:])

    def _shifted(self, at: int) -> tuple[int, Days | None] | None:
        """Return «هفته گذشته», «این هفته», «ماه جاری», «سال آینده», «امسال»."""
        words = self.lexicon.words
        text, before = self.word(at), self.word(at - 1)
        if text in self.lexicon.years:
            return at + 1, self._around(System.JALALI, "year", self.lexicon.years[text])
        units = {"week": words.week, "month": words.month, "year": words.year}
        unit = next((unit for unit, known in units.items() if text in known), None)
        if unit is None:
            return None
        by = self.lexicon.directions.get(self.word(at + 1))
        if by is None and before in words.this and unit != "year":
            return at + 1, self._around(System.JALALI, unit, 0)
        if by is None or before in words.vague or before in self.lexicon.words.numbers or before.isdigit():
            return None
        end = at + 2
        if by and self.word(end) == "از":
            return None
        system = self.lexicon.systems.get(self.word(end))
        return end + (system is not None), self._around(system or System.JALALI, unit, by)

    def _around(self, system: System, unit: str, by: int) -> Days | None:
        if self.published is None:
            return None
        if unit == "week":
            return week_of(self.published, by)
        if unit == "month":
            return shifted_month(system, self.published, by)
        return year_of(system, month_and_year(system, self.published)[0] + by)

    def _ago(self, at: int) -> tuple[int, Days | None] | None:
        """Return «سه روز پیش», «دو هفته قبل», «دو سال پیش»: one day, week or year."""
        words, text = self.lexicon.words, self.word(at)
        count = self._count_before(at)
        if count is None or self.word(at + 1) not in words.previous[1:] or self.word(at + 2) == "از":
            return None
        if self.word(at - 2) in words.about or (self.word(at - 2) == "از" and self.word(at - 3) in words.about):
            return None
        if text in words.day:
            return at + 2, self._relative(-count)
        unit = "week" if text in words.week else "year" if text in words.year else None
        return (at + 2, self._around(System.JALALI, unit, -count)) if unit else None

    def _count_before(self, at: int) -> int | None:
        """Return the number right before a word."""
        before = self.word(at - 1)
        return (
            int(before)
            if before.isdigit() and len(before) <= CENTURY_DIGITS
            else self.lexicon.words.numbers.get(before)
        )

    def _years(self, at: int) -> tuple[int, Days | None] | None:
        """Return «سال ۲۰۱۹», «سال‌های ۲۰۱۵ تا ۲۰۱۸»."""
        words = self.lexicon.words
        if self.word(at) not in (*words.year, *words.years):
            return None
        first = self._one_year(at + 1)
        if first is None:
            return None
        end, days = first
        several = words.years if self.word(end) not in words.to else (*words.year, *words.years)
        if self.word(at) in several and self.word(end) in (*words.to, *words.and_, *_DASHES):
            second = self._one_year(end + 1)
            if second:
                return second[0], _joined(days, second[1])
        if self.word(end) in words.and_ and (second := self._one_year(end + 1)) and days and second[1]:
            following = days[1] + timedelta(days=1) == second[1][0]
            return (second[0], _joined(days, second[1])) if following else (end, days)
        return end, days

    def _one_year(self, at: int) -> tuple[int, Days | None] | None:
        text = self.word(at)
        if not text.isdigit() or len(text) not in (CENTURY_DIGITS, YEAR_DIGITS):
            return None
        system = system_of(int(text)) if len(text) == YEAR_DIGITS else System.JALALI
        year = self.written_year(at, system) if system else None
        if year is None:
            return None
        return year.end, year_of(system, year.value) if system and year.fits and year.value else None


def _joined(first: Days | None, second: Days | None) -> Days | None:
    """Return the run from the beginning of one to the end of the other."""
    return (first[0], second[1]) if first and second and first[0] <= second[1] else None
