"""What the closed lists of the enrichment are called in Persian, shortly, for people who read events.

Knows nothing of articles. A value that is not here (of a later release) is shown as it is.
"""

from collections.abc import Mapping
from enum import StrEnum

from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality


class EntityKind(StrEnum):
    """What is marked in a text as somebody or something with a name."""

    COUNTRY = "country"
    PERSON = "person"
    ORGANISATION = "organisation"
    """An airline, too."""
    PLACE = "place"
    """A city, province, airport or border crossing."""
    SOURCE = "source"
    """A link of an attribution chain."""


ENTITIES: Mapping[str, str] = {
    EntityKind.COUNTRY: "کشور",
    EntityKind.PERSON: "شخص",
    EntityKind.ORGANISATION: "سازمان",
    EntityKind.PLACE: "جا",
    EntityKind.SOURCE: "منبع",
}

MODALITIES: Mapping[str, str] = {
    Modality.ACTUAL: "",
    Modality.PLANNED: "برنامه",
    Modality.POSSIBLE: "احتمال",
    Modality.NEGATED: "رخ نداده",
    Modality.DENIED: "تکذیب‌شده",
}
"""What stands beside a happening that is no plain fact."""

INTERACTIONS: Mapping[str, str] = {
    InteractionKind.STATEMENT: "اظهار نظر",
    InteractionKind.REQUEST: "درخواست",
    InteractionKind.OFFER: "پیشنهاد",
    InteractionKind.PHONE_CALL: "گفت‌وگوی تلفنی",
    InteractionKind.MEETING: "دیدار",
    InteractionKind.VISIT: "سفر رسمی",
    InteractionKind.JOINT_COMMISSION: "کمیسیون مشترک",
    InteractionKind.AGREEMENT: "توافق",
    InteractionKind.COOPERATION: "همکاری",
    InteractionKind.AID: "کمک",
    InteractionKind.RELEASE: "آزادسازی",
    InteractionKind.EXTRADITION: "استرداد",
    InteractionKind.EVACUATION: "تخلیه",
    InteractionKind.DEMAND: "مطالبه",
    InteractionKind.CRITICISM: "انتقاد",
    InteractionKind.REFUSAL: "رد کردن",
    InteractionKind.THREAT: "تهدید",
    InteractionKind.SANCTION: "تحریم",
    InteractionKind.BREAK: "قطع رابطه",
    InteractionKind.ARREST: "بازداشت",
    InteractionKind.EXPULSION: "اخراج",
    InteractionKind.OPERATION: "عملیات",
    InteractionKind.ATTACK: "حمله",
    InteractionKind.INCIDENT: "حادثه",
}

FLIGHTS: Mapping[str, str] = {
    FlightStatus.OPENED: "پرواز تازه",
    FlightStatus.SUSPENDED: "توقف پرواز",
    FlightStatus.RESUMED: "ازسرگیری پرواز",
    FlightStatus.REQUESTED: "درخواست پرواز",
    FlightStatus.CANCELLED: "لغو پرواز",
    FlightStatus.DELAYED: "تأخیر پرواز",
    FlightStatus.DIVERTED: "تغییر مسیر پرواز",
    FlightStatus.OPERATED: "انجام پرواز",
    FlightStatus.EMERGENCY: "وضعیت اضطراری پرواز",
    FlightStatus.ACCIDENT: "سانحهٔ هوایی",
    FlightStatus.ATTACKED: "حمله به فرودگاه یا هواپیما",
    FlightStatus.AIRPORT_CLOSED: "بسته شدن فرودگاه",
    FlightStatus.AIRPORT_OPENED: "باز شدن فرودگاه",
    FlightStatus.AIRSPACE_CLOSED: "بسته شدن آسمان",
    FlightStatus.AIRSPACE_OPENED: "باز شدن آسمان",
}

CONSULAR: Mapping[str, str] = {
    ConsularKind.VISA_WAIVED: "لغو روادید",
    ConsularKind.VISA_REQUIRED: "الزام روادید",
    ConsularKind.VISA_ISSUED: "صدور روادید",
    ConsularKind.VISA_REFUSED: "رد روادید",
    ConsularKind.ENTRY_BANNED: "منع ورود",
    ConsularKind.ENTRY_RULES: "شرایط ورود",
    ConsularKind.DOCUMENTS: "مدارک و اقامت",
    ConsularKind.CONSULATE_OPENED: "گشایش نمایندگی",
    ConsularKind.CONSULATE_CLOSED: "بسته شدن نمایندگی",
    ConsularKind.TRAVEL_WARNING: "هشدار سفر",
    ConsularKind.CITIZENS_ARRESTED: "بازداشت اتباع",
    ConsularKind.CITIZENS_RELEASED: "آزادی اتباع",
    ConsularKind.CITIZENS_REPATRIATED: "بازگشت اتباع",
    ConsularKind.CITIZENS_DEPORTED: "اخراج اتباع",
    ConsularKind.CITIZENS_HARMED: "آسیب به اتباع",
    ConsularKind.HELP_REQUESTED: "درخواست کمک کنسولی",
}


def title_of(value: str, titles: Mapping[str, str]) -> str:
    """Return what a value is called; one that nobody has named, as it is."""
    return titles.get(value, value.replace("_", " "))
