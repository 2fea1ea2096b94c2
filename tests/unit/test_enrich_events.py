"""What happened is found by its words: kinds, parties, numbers and whether it happened; the seed article as a whole."""

from datetime import date
from pathlib import Path

import pytest

from tests.support import enrichment
from workers.enrich import consular as consular_rules
from workers.enrich import flights as flight_rules
from workers.enrich import interactions as interaction_rules
from workers.enrich.found import FoundConsular, FoundDate, FoundFlight, FoundInteraction, FoundPerson
from workers.enrich.gazetteer import Gazetteer
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality
from workers.enrich.names import names_of
from workers.enrich.reading import Reading, Spot, read

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LEXICON = SEEDS / "lexicon"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return enrichment.gazetteer()


@pytest.fixture(scope="module")
def interaction_lexicon() -> interaction_rules.InteractionLexicon:
    return interaction_rules.load(LEXICON)


@pytest.fixture(scope="module")
def flight_lexicon() -> flight_rules.FlightLexicon:
    return flight_rules.load(LEXICON)


@pytest.fixture(scope="module")
def consular_lexicon() -> consular_rules.ConsularLexicon:
    return consular_rules.load(LEXICON)


def a_reading(text: str, title: str = "") -> Reading:
    """Return the reading of a text that is written as the normalizer writes it."""
    return read([("title", title, title), ("text", text, text)])


class Finder:
    """The three parts over one text."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        interactions: interaction_rules.InteractionLexicon,
        flights: flight_rules.FlightLexicon,
        consular: consular_rules.ConsularLexicon,
    ) -> None:
        self._gazetteer = gazetteer
        self._interactions = interactions
        self._flights = flights
        self._consular = consular

    def interactions(
        self,
        reading: Reading,
        persons: tuple[FoundPerson, ...] = (),
        dates: tuple[FoundDate, ...] = (),
    ) -> tuple[FoundInteraction, ...]:
        names = names_of(reading, self._gazetteer)
        return interaction_rules.interactions(reading, names, persons, dates, self._interactions)

    def flights(self, reading: Reading) -> tuple[FoundFlight, ...]:
        return flight_rules.flights(reading, names_of(reading, self._gazetteer), self._flights)

    def consular(self, reading: Reading) -> tuple[FoundConsular, ...]:
        return consular_rules.consular(reading, names_of(reading, self._gazetteer), self._consular)


@pytest.fixture(scope="module")
def find(
    gazetteer: Gazetteer,
    interaction_lexicon: interaction_rules.InteractionLexicon,
    flight_lexicon: flight_rules.FlightLexicon,
    consular_lexicon: consular_rules.ConsularLexicon,
) -> Finder:
    return Finder(gazetteer, interaction_lexicon, flight_lexicon, consular_lexicon)


@pytest.mark.parametrize(
    ("text", "kind", "parties"),
    [
        ("وزیر خارجه ایران در تماس تلفنی با همتای ترکیه‌ای خود سخن گفت.", "phone_call", {"IR", "TR"}),
        ("وزیر خارجه عراق با رئیس‌جمهور ترکیه دیدار و گفتگو کرد.", "meeting", {"IQ", "TR"}),
        ("وزیر دفاع پاکستان فردا به عمان سفر رسمی خواهد داشت.", "visit", {"PK", "OM"}),
        ("کمیسیون مشترک مرزی ایران و پاکستان در زاهدان برگزار شد.", "joint_commission", {"IR", "PK"}),
        ("عراق و ایران یادداشت تفاهم امنیتی امضا کردند.", "agreement", {"IR", "IQ"}),
        ("ایران و عمان رزمایش مشترک دریایی برگزار می‌کنند.", "cooperation", {"IR", "OM"}),
        ("ژاپن کمک‌های بشردوستانه به افغانستان فرستاد.", "aid", {"JP", "AF"}),
        ("پاکستان سه ملوان هندی را آزاد کرد.", "release", {"PK", "IN"}),
        ("استرداد متهم فراری از گرجستان به ایران انجام شد.", "extradition", {"GE", "IR"}),
        ("فرانسه کارکنان سفارت خود را از لبنان خارج کرد.", "evacuation", {"FR", "LB"}),
        ("چین خواستار آزادی فوری شهروند خود در ژاپن شد.", "demand", {"CN", "JP"}),
        ("قطر حمله به لبنان را محکوم کرد.", "criticism", {"QA", "LB"}),
        ("روسیه سفیر آلمان را احضار کرد.", "criticism", {"RU", "DE"}),
        ("هند درخواست پاکستان را رد کرد.", "refusal", {"IN", "PK"}),
        ("کره شمالی کره جنوبی را به حمله تهدید کرد.", "threat", {"KP", "KR"}),
        ("کانادا پنج شرکت روسیه را تحریم کرد.", "sanction", {"CA", "RU"}),
        ("سودان روابط خود را با کنیا قطع کرد؛ قطع روابط از امروز است.", "break", {"SD", "KE"}),
        ("پلیس ترکیه دو شهروند ایرانی را بازداشت کرد.", "arrest", {"TR", "IR"}),
        ("آلمان بیست پناهجوی افغان را اخراج کرد.", "expulsion", {"DE", "AF"}),
        ("نیروی دریایی هند یک نفتکش را توقیف کرد.", "operation", {"IN"}),
        ("روسیه به اوکراین حمله موشکی کرد.", "attack", {"RU", "UA"}),
        ("یک قایق در سواحل یونان غرق شد.", "incident", {"GR"}),
        ("لهستان شش فروند جنگنده به اوکراین فروخته است.", "cooperation", {"PL", "UA"}),
        ("کنیا به ژاپن اجازه داد از یک پایگاه دریایی استفاده کند.", "cooperation", {"KE", "JP"}),
        ("کانادا ارسال محموله‌های تسلیحاتی به سودان را متوقف کرد.", "break", {"CA", "SD"}),
        ("خروج نیروهای آلمان از سودان قطعی شد.", "break", {"DE", "SD"}),
        ("هشدار مصر به سودان درباره سدسازی.", "criticism", {"EG", "SD"}),
        ("فرمانده سودانی: انبارهای کنیا را هدف قرار خواهیم داد.", "threat", {"SD", "KE"}),
        ("دادگاه هند یک تاجر ایرانی را به ده سال زندان محکوم کرد.", "arrest", {"IN", "IR"}),
        ("مصر روابط خود را با قطر از سر گرفت؛ از سرگیری روابط مصر و قطر.", "cooperation", {"EG", "QA"}),
        ("سردار احمدی وارد اسلام‌آباد شد تا درباره مرز ایران گفتگو کند.", "visit", {"PK", "IR"}),
    ],
)
def test_an_interaction_has_its_kind_and_parties(find: Finder, text: str, kind: str, parties: set[str]) -> None:
    found = {each.kind: each for each in find.interactions(a_reading(text))}

    assert InteractionKind(kind) in found
    assert set(found[InteractionKind(kind)].parties) == parties


@pytest.mark.parametrize(
    "text",
    [
        "هوا در تهران فردا آفتابی است.",
        "میدان آزادی امروز شلوغ بود.",
        "تیم فوتبال ایران در دیدار تدارکاتی با عراق مسابقه داد.",
        "به گزارش ایسنا، قیمت طلا در بازار آزاد تهران بالا رفت.",
        "مدیر شرکت در نشست خبری از افزایش تولید گفت.",
        "درباره حمله قلبی و درمان آن در ایران بیشتر بدانید.",
        "پروتکل‌های بهداشتی در مدارس تهران اجرا می‌شود.",
        "مدیر شرکت با خبرگزاری ایرنا گفت‌وگو کرد.",
        "هواپیما در فرودگاه گرگان به زمین نشست.",
    ],
)
def test_what_is_between_no_parties_is_no_interaction(find: Finder, text: str) -> None:
    assert find.interactions(a_reading(text)) == ()


def test_what_is_told_far_below_as_past_is_background_and_no_news(find: Finder) -> None:
    lead = "هوای تهران امروز آفتابی است. فردا نیز چنین خواهد بود. باران هفته بعد می‌بارد. "
    past = "این کشور پس از حمله سال گذشته گندم نمی‌خرد."

    found = find.interactions(a_reading(lead + past, title="درخواست کمک نظامی اوکراین از آلمان"))

    assert {each.kind for each in found} <= {InteractionKind.REQUEST, InteractionKind.AID}


def test_the_trigger_is_the_longest_phrase(find: Finder) -> None:
    reading = a_reading("وزیر خارجه ایران در تماس تلفنی با وزیر خارجه عراق گفتگو کرد.")

    [found] = find.interactions(reading)

    assert reading.text(found.trigger) == "تماس تلفنی"


def test_who_is_only_talked_about_is_no_party(find: Finder) -> None:
    [found] = find.interactions(a_reading("دیدار وزیر خارجه قطر با وزیر خارجه مصر درباره سودان"))

    assert set(found.parties) == {"QA", "EG"}


def test_an_airport_tells_the_party_that_a_sentence_leaves_out(find: Finder) -> None:
    [found] = find.interactions(a_reading("", title="حمله هند به فرودگاه کراچی"))

    assert set(found.parties) == {"IN", "PK"}


def test_a_meeting_in_the_lead_stands_beside_what_the_title_tells(find: Finder) -> None:
    reading = a_reading("وزیر دفاع قطر در دیدار با وزیر دفاع عمان سخن گفت.", title="انتقاد قطر از سودان")

    assert {each.kind for each in find.interactions(reading)} == {"criticism", "meeting"}


def test_below_the_lead_a_word_without_parties_is_no_news(find: Finder) -> None:
    text = "هوای تهران امروز آفتابی است. فردا نیز چنین خواهد بود. در این جلسه گفته شد که باران می‌بارد."

    found = find.interactions(a_reading(text, title="انتقاد قطر از سودان"))

    assert {each.kind for each in found} == {"criticism"}


def test_a_bare_noun_counts_in_a_title_and_not_below_what_the_title_tells(find: Finder) -> None:
    below = a_reading("هوای مسقط آفتابی است. این کشور از پیشنهاد او خبر دارد.", title="رزمایش مشترک عمان و قطر")

    assert [each.kind for each in find.interactions(a_reading("", title="پیشنهاد عمان به قطر"))] == ["offer"]
    assert [each.kind for each in find.interactions(below)] == ["cooperation"]


def test_persons_bring_their_countries_and_dates_their_days(find: Finder) -> None:
    text = "احمد رضایی دوشنبه با وزیر خارجه عراق دیدار کرد."
    person = FoundPerson(name=Spot(0, 0, 10), role=None, country="IR")
    day = date(2026, 1, 5)

    [found] = find.interactions(a_reading(text), (person,), (FoundDate(Spot(0, 11, 17), day, day),))

    assert found.persons == (0,)
    assert set(found.parties) == {"IR", "IQ"}
    assert (found.first, found.last) == (day, day)


def test_a_party_that_the_sentence_leaves_out_is_the_one_that_the_title_names(find: Finder) -> None:
    reading = a_reading("وزیر خارجه در تماس تلفنی با همتای عراقی خود سخن گفت.", title="مقام‌های ایران در راه")

    found = {each.kind: each for each in find.interactions(reading)}

    assert set(found[InteractionKind.PHONE_CALL].parties) == {"IR", "IQ"}


def test_a_capital_speaks_for_its_government_and_is_a_place_after_a_preposition(find: Finder) -> None:
    [agreement] = find.interactions(a_reading("آنکارا و مسکو در تهران توافق کردند."))

    assert set(agreement.parties) == {"TR", "RU"}


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("پلیس ترکیه دو شهروند ایرانی را بازداشت کرد.", Modality.ACTUAL),
        ("قرار است پلیس ترکیه دو شهروند ایرانی را بازداشت کند.", Modality.PLANNED),
        ("دو شهروند ایرانی در ترکیه بازداشت خواهند شد.", Modality.PLANNED),
        ("ممکن است دو شهروند ایرانی در ترکیه بازداشت شوند.", Modality.POSSIBLE),
        ("احتمال بازداشت دو شهروند ایرانی در ترکیه هست.", Modality.POSSIBLE),
        ("دو شهروند ایرانی در ترکیه بازداشت نشدند.", Modality.NEGATED),
        ("دو شهروند ایرانی در ترکیه بازداشت نخواهند شد.", Modality.NEGATED),
        ("ترکیه خبر بازداشت دو شهروند ایرانی را تکذیب کرد.", Modality.DENIED),
        ("دو شهروند ایرانی در ترکیه بازداشت شدند که محاکمه خواهند شد.", Modality.ACTUAL),
        ("پلیس ترکیه در مسیر بازداشت دو شهروند ایرانی است.", Modality.PLANNED),
    ],
)
def test_the_words_around_a_trigger_tell_whether_it_happened(find: Finder, text: str, modality: Modality) -> None:
    found = {each.kind: each for each in find.interactions(a_reading(text))}

    assert found[InteractionKind.ARREST].modality is modality


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("پروازهای تهران به استانبول لغو شد.", "cancelled"),
        ("هواپیمایی امارات پروازهای خود را به بغداد به حالت تعلیق درآورد.", "suspended"),
        ("پروازهای مشهد به نجف از سر گرفته شد.", "resumed"),
        ("ایران از ترکیه درخواست راه‌اندازی پروازهای مستقیم کرد.", "requested"),
        ("پرواز تهران به شیراز با تأخیر انجام شد.", "delayed"),
        ("هواپیمای مسافربری مسیر خود را تغییر داد.", "diverted"),
        ("هواپیمای مسافربری در فرودگاه شیراز فرود اضطراری کرد.", "emergency"),
        ("هواپیمای مسافربری در نزدیکی یاسوج سقوط کرد.", "accident"),
        ("فرودگاه بغداد هدف حمله موشکی قرار گرفت.", "attacked"),
        ("حریم هوایی عراق تا اطلاع بعدی بسته شد.", "airspace_closed"),
        ("حریم هوایی قطر بازگشایی شد.", "airspace_opened"),
        ("فرودگاه دمشق تا فردا تعطیل شد.", "airport_closed"),
        ("فرودگاه حلب بازگشایی شد.", "airport_opened"),
        ("برقراری پرواز مستقیم تهران و مسکو آغاز شد.", "opened"),
        ("نخستین پرواز حجاج به جده انجام شد.", "operated"),
        ("هواپیماها در فرودگاه مسقط متوقف‌شده و برنمی‌خیزند.", "suspended"),
        ("آغاز پروازهای فرودگاه گرگان پس از یک سال وقفه.", "resumed"),
        ("محدودیت‌های پروازی در فرودگاه تبریز رفع شد.", "resumed"),
        ("آژانس هوانوردی به شرکت‌های هواپیمایی توصیه کرد از آسمان سودان عبور نکنند.", "requested"),
        ("پرواز حجاج هنوز انجام نشده است.", "delayed"),
        ("هواپیمای باری به علت فرود سخت آسیب دید.", "emergency"),
        ("ماجرای سرنگونی هواپیمای مسافری در مجلس بررسی شد.", "attacked"),
        ("ایرلاین‌های کشور زمین‌گیر شده‌اند.", "suspended"),
        ("تعلیق فعالیت فرودگاه لاهور تأیید شد.", "airport_closed"),
        ("شرکت‌های هواپیمایی از آسمان سودان اجتناب کنند.", "requested"),
    ],
)
def test_flights_have_their_status(find: Finder, text: str, status: str) -> None:
    assert FlightStatus(status) in {each.status for each in find.flights(a_reading(text))}


def test_that_flights_take_place_counts_where_nothing_else_happens_to_them(find: Finder) -> None:
    alone = find.flights(a_reading("نخستین پرواز حجاج به جده انجام شد."))
    beside = find.flights(a_reading("نخستین پرواز حجاج به جده انجام شد. پروازهای مشهد به جده لغو شد."))

    assert {each.status for each in alone} == {FlightStatus.OPERATED}
    assert {each.status for each in beside} == {FlightStatus.CANCELLED}


def test_a_flight_fact_names_airline_airport_and_countries_of_the_route(find: Finder) -> None:
    [fact] = find.flights(a_reading("هواپیمایی ماهان پروازهای فرودگاه مشهد به نجف در عراق را لغو کرد."))

    assert fact.airlines == ("IRM",)
    assert fact.airports == ("OIMM",)
    assert set(fact.countries) == {"IR", "IQ"}


def test_an_airline_that_nobody_knows_has_its_flights_cancelled_all_the_same(find: Finder) -> None:
    [fact] = find.flights(a_reading("ایرلاین زربال همه پروازهای خود را لغو کرد."))

    assert (fact.status, fact.airlines, fact.airports) == (FlightStatus.CANCELLED, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "یک جنگنده ارتش هند سقوط کرد.",
        "یک فروند پهپاد در آسمان ایران سرنگون شد.",
        "پرواز پرندگان مهاجر به تالاب آغاز شد.",
        "کنسرت فردا لغو شد.",
        "جاده چالوس بسته شد.",
        "برخورد قانونی با گران‌فروشی بلیت هواپیما در راه است.",
    ],
)
def test_what_is_no_civil_flight_has_no_status(find: Finder, text: str) -> None:
    assert find.flights(a_reading(text)) == ()


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("لغو روادید میان ایران و عراق تصویب شد.", "visa_waived", None),
        ("سفارت آلمان ویزای دانشجویان ایرانی را صادر نکرد.", "visa_refused", None),
        ("صدور ویزای چین برای ایرانیان آسان شد.", "visa_issued", None),
        ("ورود شهروندان سودان به آمریکا ممنوع شد.", "entry_banned", None),
        ("سفارت بریتانیا در کابل تعطیل شد.", "consulate_closed", None),
        ("بازگشایی سفارت عربستان در تهران نزدیک است.", "consulate_opened", None),
        ("فرانسه به شهروندان خود توصیه کرد به لبنان سفر نکنند.", "travel_warning", None),
        ("گارد ساحلی کویت ۱۲ صیاد ایرانی را بازداشت کرد.", "citizens_arrested", 12),
        ("بیست و سه ملوان هندی از زندان ایران آزاد شدند.", "citizens_released", 23),
        ("هزار و دویست نفر از اتباع افغانستان دیپورت شدند.", "citizens_deported", 1200),
        ("دو شهروند ایرانی در ترکیه کشته شدند.", "citizens_harmed", 2),
        ("ثبت‌نام زائران اربعین آغاز شد.", "entry_rules", None),
        ("گذرنامه اتباع خارجی تمدید می‌شود.", "documents", None),
        ("هفت دانشجوی ایرانی از روسیه به کشور بازگشتند.", "citizens_repatriated", 7),
        ("لغو ویزای ورود برای گردشگران ژاپنی در راه است.", "visa_waived", None),
        ("هند درخواست ویزای بازیکنان ایران را رد کرد.", "visa_refused", None),
        ("ده مهاجر غیرقانونی از یونان به الجزایر بازگردانده شدند.", "citizens_deported", 10),
        ("خلبان اسیر ایرانی در قطر است.", "citizens_arrested", None),
        ("بازگشت زائران از پایانه بازرگان آغاز شد.", "citizens_repatriated", None),
        ("کاهش کارکنان سفارت کانادا در سودان آغاز شد.", "consulate_closed", None),
        ("سفارت ژاپن از شهروندان خود خواست محتاط باشند.", "travel_warning", None),
        ("اتباع پرو باید روادید دریافت کنند.", "visa_required", None),
    ],
)
def test_consular_facts_have_their_kind_and_the_number_of_people(
    find: Finder, text: str, kind: str, number: int | None
) -> None:
    found = {each.kind: each for each in find.consular(a_reading(text))}

    assert ConsularKind(kind) in found
    assert found[ConsularKind(kind)].number == number


def test_what_did_not_happen_is_itself_the_fact_where_its_kind_says_so(find: Finder) -> None:
    [refused] = find.consular(a_reading("", title="سفارت هند به دو بازیکن ایرانی ویزا نداده است"))

    assert (refused.kind, refused.modality) == (ConsularKind.VISA_REFUSED, Modality.ACTUAL)


def test_flights_are_found_below_the_lead_by_words_of_their_own(find: Finder) -> None:
    lead = "هوای تهران امروز آفتابی است. " * 9
    told = find.flights(a_reading(lead + "پروازهای تهران به نجف از سر گرفته شد."))
    said = find.flights(a_reading(lead + "پرواز حامل زائران فرود آمد."))

    assert [each.status for each in told] == [FlightStatus.RESUMED]
    assert said == ()


def test_the_papers_of_travellers_count_in_a_title_and_not_in_passing(find: Finder) -> None:
    [fact] = find.consular(a_reading("", title="گذرنامه زائران تا مهر اعتبار دارد"))

    assert fact.kind in {ConsularKind.DOCUMENTS, ConsularKind.ENTRY_RULES}
    assert find.consular(a_reading("گذرنامه او در خانه ماند.", title="خاطره یک سفر")) == ()


@pytest.mark.parametrize("text", ["دو سارق در تهران بازداشت شدند.", "سفارت ایران در مسکو اعلام کرد هوا سرد است."])
def test_what_crosses_no_border_is_no_consular_fact(find: Finder, text: str) -> None:
    assert find.consular(a_reading(text)) == ()


@pytest.mark.parametrize(
    "title",
    ["بازداشت سرآشپز در تهران", "آزادی سرآشپز در تهران", "اخراج نویسنده از انجمن تهران"],
)
def test_what_happens_at_home_is_no_consular_fact(find: Finder, title: str) -> None:
    assert find.consular(a_reading("", title=title)) == ()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("بازداشت سرآشپز ژاپنی در پاکستان", "citizens_arrested"),
        ("آزادی سرآشپز ژاپنی در پاکستان", "citizens_released"),
        ("احتمال اخراج نویسنده یونانی از کانادا", "citizens_deported"),
    ],
)
def test_a_title_tells_of_somebody_abroad_without_a_word_for_who_it_is(find: Finder, title: str, kind: str) -> None:
    assert ConsularKind(kind) in {each.kind for each in find.consular(a_reading("", title=title))}


def test_somebody_abroad_is_told_of_far_below_the_title_and_somebody_at_home_is_not(find: Finder) -> None:
    lead = "هوای تهران امروز آفتابی است. بازار تهران شلوغ بود. قیمت نان تغییر نکرد. مدارس باز هستند. "
    abroad = find.consular(a_reading(lead + "عمان دو ملوان هندی را بازداشت کرد.", title="اخبار کوتاه"))
    at_home = find.consular(a_reading(lead + "پلیس عمان دو سارق را بازداشت کرد.", title="اخبار کوتاه"))

    assert [each.kind for each in abroad] == [ConsularKind.CITIZENS_ARRESTED]
    assert at_home == ()


@pytest.mark.parametrize(
    "title",
    ["گرامیداشت آزادی خرمشهر در تهران", "پارلمان یونان حمله به لبنان را محکوم کرد", "ژاپن هند را به سستی متهم کرد"],
)
def test_freedom_condemning_and_accusing_happen_to_nobody_abroad(find: Finder, title: str) -> None:
    assert find.consular(a_reading("", title=title)) == ()


def test_a_kind_too_rare_to_be_weighed_is_told_wherever_it_stands(find: Finder) -> None:
    lead = "هوای تهران امروز آفتابی است. " * 6
    [fact] = find.consular(a_reading(lead + "خانواده یک مسافر خواهان حمایت کنسولی شد.", title="اخبار کوتاه"))

    assert fact.kind is ConsularKind.HELP_REQUESTED


def test_the_seed_article_tells_of_a_call_of_flights_asked_for_and_of_consular_help(
    find: Finder, data_dir: Path
) -> None:
    title, _, text = (data_dir / "seed-article.txt").read_text(encoding="utf-8").strip().partition("\n")
    normalizer = enrichment.normalizer()
    reading = read([("title", title, normalizer(title)), ("text", text, normalizer(text))])

    calls = [each for each in find.interactions(reading) if each.kind is InteractionKind.PHONE_CALL]
    asked = [each for each in find.flights(reading) if each.status is FlightStatus.REQUESTED]
    helped = [each for each in find.consular(reading) if each.kind is ConsularKind.HELP_REQUESTED]

    assert [set(call.parties) for call in calls] == [{"IR", "TR"}]
    assert [set(flight.countries) for flight in asked] == [{"IR", "TR"}]
    assert [set(fact.countries) for fact in helped] == [{"IR", "TR"}]
    assert reading.span(calls[0].trigger).surface == "تماس تلفنی"
