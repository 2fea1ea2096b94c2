"""The words of a sentence as dates are made of them: numbers, days of the week, months and years at a place.

Knows nothing of how they make a date.
"""

from dataclasses import dataclass
from datetime import date

from workers.enrich.calendar_days import System, month_and_year, system_of
from workers.enrich.calendar_lexicon import CalendarLexicon, Month

CENTURY_DIGITS, YEAR_DIGITS = 2, 4
_OPENING = frozenset("(«،")
_LAST_CENTURY = 60
"""A year of two digits from here on is of 13xx; the smaller ones could be a number of anything."""
LONGEST_PHRASE = 3
"""Words of the longest phrase: «بیست و یکم»."""


@dataclass(frozen=True, slots=True)
class Year:
    """What stands where a year may stand."""

    value: int | None
    end: int
    fits: bool = True
    """False where a number stands there that may be a year and cannot be told."""


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """One sentence; each method looks at a place and returns where what it found ends, and what it is."""

    texts: list[str]
    published: date | None
    lexicon: CalendarLexicon

    def word(self, place: int) -> str:
        """Return the word at a place; nothing outside the sentence."""
        return self.texts[place] if 0 <= place < len(self.texts) else ""

    def phrase_at(self, at: int, phrases: dict[tuple[str, ...], int]) -> tuple[int, int] | None:
        """Return the end and the value of the longest phrase at a place."""
        if self.word(at) not in self.lexicon.starts:
            return None
        for length in range(LONGEST_PHRASE, 0, -1):
            words = tuple(self.texts[at : at + length])
            value = phrases.get(words)
            if value is not None:
                return at + len(words), value
        return None

    def number_at(self, at: int) -> tuple[int, int] | None:
        """Return the end and the value of a day of a month, in digits or as an ordinal."""
        text = self.word(at)
        if text.isdigit() and len(text) <= CENTURY_DIGITS:
            return at + 1, int(text)
        return None if self.word(at - 1) in self.lexicon.words.parts else self.phrase_at(at, self.lexicon.ordinals)

    def inside(self, at: int) -> int:
        """Return the place after an opening mark and «روز»."""
        if self.word(at) in _OPENING:
            at += 1
        return at + 1 if self.word(at) in self.lexicon.words.day else at

    def weekday_at(self, at: int) -> tuple[int, int] | None:
        """Return the end and the number of a day of the week; None where it means something else."""
        found = self.phrase_at(at, self.lexicon.weekdays)
        words = self.lexicon.words
        if found and (self.word(at - 1) in words.not_after or self.word(found[0]) in words.not_before):
            return None
        if found and (self.word(found[0]) in words.every or self._is_capital(at)):
            return None
        return found

    def _is_capital(self, at: int) -> bool:
        """Tell Tajikistan's capital from a Monday: «در دوشنبه»."""
        words = self.lexicon.words
        inside = self.word(at) == words.capital and self.word(at - 1) == "در"
        return inside and any(text.startswith(words.of_capital) for text in self.texts)

    def is_nowadays(self, at: int) -> bool:
        """Tell «امروز» at the head of a clause that says how things are: «امروز همه نگران هستند»."""
        words, before = self.lexicon.words, self.word(at - 1)
        if self.word(at) != words.today or (before[:1].isalnum() and before not in words.joining):
            return False
        if self.word(at + 1) in words.of_day or self.word(at + 1).endswith(words.nth) or self.weekday_at(at + 2):
            return False
        verbs = (*words.past, *words.future, *words.being)
        first = next((place for place in range(at + 1, len(self.texts)) if self.texts[place] in verbs), at)
        perfect = self.word(first) == words.being[0] and self.word(first - 1).endswith(words.participle)
        return self.word(first) in words.being and not perfect

    def month_at(self, at: int) -> tuple[int, Month] | None:
        """Return a month with «ماه» before or after it."""
        words = self.lexicon.words
        before = self.word(at) in words.month
        month = self.lexicon.months.get(self.word(at + before))
        if month is None:
            return None
        end = at + before + 1
        if self.word(end) in words.month:
            return end + 1, month._replace(marked=True)
        return end, month._replace(marked=month.marked or before)

    def year_after(self, at: int, system: System) -> Year:
        """Return the year after a month, if one stands there."""
        end = at
        told = self.word(end) in self.lexicon.words.year
        if told:
            end += 1
        text = self.word(end)
        if told and text in self.lexicon.directions:
            return self.year_from_now(system, self.lexicon.directions[text], end + 1)
        if not told and text in self.lexicon.years:
            return self.year_from_now(system, self.lexicon.years[text], end + 1)
        if not text.isdigit():
            return Year(None, at)
        return self.written_year(end, system) or Year(None, end + 1 if told else at, fits=not told)

    def year_from_now(self, system: System, by: int, end: int) -> Year:
        """Return the year so many years after that of publication."""
        if self.published is None:
            return Year(None, end, fits=False)
        return Year(month_and_year(system, self.published)[0] + by, end)

    def written_year(self, at: int, system: System) -> Year | None:
        """Return a year in digits; None where the number is no year."""
        text, after = self.word(at), self.word(at + 1)
        if after in self.lexicon.words.lunar_marks:
            return Year(None, at + 2, fits=False)
        end = at + 2 if after in self.lexicon.systems else at + 1
        if len(text) == YEAR_DIGITS:
            fits = system_of(int(text)) is system
            return Year(int(text) if fits else None, end, fits)
        if len(text) != CENTURY_DIGITS or self.month_at(at + 1):
            return None
        # «۱۵ خرداد ۹۸» tells a year and «۱۵ خرداد ۹۸ نفر» does not: what cannot be told apart is no date.
        ends = not after or not after[0].isalnum() or after in self.lexicon.words.after_year
        if system is System.JALALI and ends and int(text) >= _LAST_CENTURY:
            return Year(1300 + int(text), end)
        return Year(None, end, fits=False)
