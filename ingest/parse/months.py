"""Names of months and weekdays as Persian publishers write them, in the spelling that `dates` folds to.

Knows nothing of formats. Folded: lower case, ی and ک for ي and ك, ا for أ إ آ, spaces for ZWNJ.
"""

from enum import StrEnum


class Calendar(StrEnum):
    """Which calendar a month's name belongs to."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"


_JALALI = (
    "فروردین farvardin حمل hamal",
    "اردیبهشت ordibehesht ثور sawr",
    "خرداد khordad جوزا jawza",
    "تیر tir سرطان saratan",
    "مرداد امرداد mordad اسد asad",
    "شهریور shahrivar سنبله sonbola",
    "مهر mehr میزان mizan",
    "ابان aban عقرب aqrab",
    "اذر azar قوس qaws",
    "دی dey جدی jadi",
    "بهمن bahman دلو dalw",
    "اسفند esfand حوت hut",
)
"""Iran's names in both scripts, then Afghanistan's; the months of both are the same days."""

_GREGORIAN = (
    "january jan ژانویه جنوری ینایر کانون_الثانی",
    "february feb فوریه فبروری فبرایر شباط",
    "march mar مارس مارچ اذار",
    "april apr اوریل اپریل ابریل نیسان",
    "may مه می مایو ایار",
    "june jun ژوئن ژوین جون یونیو حزیران",
    "july jul ژوئیه ژوییه جولای جولایی یولیو تموز",
    "august aug اوت اگوست اگست اغسطس اب",
    "september sept sep سپتامبر سپتمبر سبتمبر ایلول",
    "october oct اکتبر اکتوبر تشرین_الاول",
    "november nov نوامبر نومبر نوفمبر تشرین_الثانی",
    "december dec دسامبر دسمبر دیسمبر کانون_الاول",
)
"""English, then Persian, Dari and Arabic names; an underscore stands for a space."""


def _numbered(names: tuple[str, ...], calendar: Calendar) -> dict[str, tuple[Calendar, int]]:
    return {
        name.replace("_", " "): (calendar, number)
        for number, line in enumerate(names, start=1)
        for name in line.split()
    }


MONTHS = _numbered(_JALALI, Calendar.JALALI) | _numbered(_GREGORIAN, Calendar.GREGORIAN)
"""Calendar and number, 1 to 12, by folded name."""

WEEKDAYS = (
    r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?",
    r"(?:(?:یک|دو|سه|چهار|پنج) ?)?شنبه",
    "جمعه|ادینه",
    "الاحد|الاثنین|الثلاثاء|الاربعاء|الخمیس|الجمعة|السبت",
)
"""Patterns; a weekday is never believed, dates with a wrong one are common."""
