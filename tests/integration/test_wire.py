"""The live page as a person sees it: a real Kafka, `rasad wire`, and a headless Chromium."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest.stream.local_broker import LocalBroker
from ingest.stream.topics import Topics
from support.articles import article, found, label, places
from support.broker import eventually, make_topics, quick_environment, quick_kafka
from support.chromium import Chromium
from support.processes import RasadProcess
from workers.article import Article, Decision
from workers.enrich.facts import (
    Attribution,
    ConsularFact,
    CountryMention,
    Facts,
    Interaction,
    Organisation,
    Person,
    Place,
    Quote,
    Source,
)
from workers.enrich.kinds import ConsularKind, InteractionKind, Modality, SourceKind
from workers.publish import article_records

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("installations")]

FLIGHT = "شرکت هواپیمایی پروازهای تهران–استانبول 😀 را از سر گرفت"
FLIGHT_TEXT = (
    "سازمان هواپیمایی کشوری اعلام کرد پروازهای مستقیم تهران و استانبول از فردا از فرودگاه امام خمینی انجام می‌شود."
)
BORDER = "مرزبانان دو کشور گشت مشترک مرزی را آغاز کردند"
VISA = "روادید زائران كربلا رایگان شد"
HOSTILE = "<img src=x onerror=alert(1)><script>document.title='taken'</script> خبر"


class Page:
    """The page's server and what is published under it."""

    def __init__(self, broker: LocalBroker, topics: Topics, process: RasadProcess, url: str) -> None:
        self.url = url
        self.process = process
        self._topics = topics
        self._producer = KafkaProducer(bootstrap_servers=broker.bootstrap)

    def publish(self, *articles: Article) -> None:
        for each in articles:
            for record in article_records(each, topics=self._topics, ever_labels=frozenset()):
                self._producer.send(record.topic, key=record.key, value=record.value, headers=list(record.headers))
        self._producer.flush()

    def close(self) -> None:
        self._producer.close()


def flight(**more: str) -> Article:
    return article(
        label(
            "flights",
            0.93,
            Decision.ASSIGNED,
            found(FLIGHT, "title", "پروازهای") + found(FLIGHT_TEXT, "text", "فرودگاه"),
        ),
        label("consular", 0.41, Decision.ABSTAINED),
        title=FLIGHT,
        text=FLIGHT_TEXT,
        publisher="خبرگزاری نارون",
        **more,  # type: ignore[arg-type]
    )


def meeting(speaker: str, body: str, source: str = "ایرنا", **more: str) -> Article:
    """Return an article with a name of each kind in its title, evidence over one of them, and a quote."""
    title = f"{speaker} از {body} در تهران به ترکیه رفت؛ {source}"
    person = Person(
        name=speaker, role="معاون وزیر", organisation=None, country="IR", spans=places(title, "title", speaker)
    )
    (trigger,) = places(title, "title", "رفت")
    facts = Facts(
        attribution=(
            Attribution(sources=(Source(name=source, kind=SourceKind.OUTLET, span=places(title, "title", source)[0]),)),
        ),
        countries=(CountryMention(code="TR", weight=1.0, spans=places(title, "title", "ترکیه")),),
        persons=(person,),
        organisations=(Organisation(name=body, spans=places(title, "title", body)),),
        places=(Place(id="IR/tehran", name="تهران", country="IR", spans=places(title, "title", "تهران")),),
        quotes=(Quote(speaker=speaker, person=0, verb=None, span=trigger, direct=True),),
        interactions=(
            Interaction(
                kind=InteractionKind.VISIT, cameo="04", trigger=trigger, parties=("TR",), modality=Modality.PLANNED
            ),
        ),
        consular=(ConsularFact(kind=ConsularKind.CITIZENS_RELEASED, trigger=trigger, countries=("TR",), number=21),),
    )
    evidence = label("consular", 0.9, Decision.ASSIGNED, found(title, "title", "به ترکیه"))
    return article(evidence, title=title, facts=facts, **more)  # type: ignore[arg-type]


def border() -> Article:
    return article(
        label("security-cooperation", 0.88, Decision.ASSIGNED, found(BORDER, "title", "گشت مشترک")),
        title=BORDER,
        publisher="آسمان‌راه",
    )


@pytest.fixture(scope="module")
def page(chromium: str, broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert chromium
    namespace, log = "wire", tmp_path_factory.mktemp("wire") / "wire.log"
    topics = make_topics(quick_kafka(broker.bootstrap), namespace)
    environment = {**quick_environment(broker.bootstrap), "RASAD_NAMESPACE": namespace}
    process = RasadProcess("wire", "--port", "0", environment=environment, log=log)
    with process:
        text = eventually(lambda: log.read_text(encoding="utf-8"), lambda seen: "http://" in seen, 60, "the page")
        served = Page(broker, topics, process, re.findall(r"http://\S+", text)[0])
        served.publish(flight(), border(), meeting("کیارش بهین‌مهر", "سازمان رایزنی"))
        yield served
        served.close()


def titles(browser: Chromium) -> list[str]:
    shown = (
        "[...document.querySelectorAll('article')].filter(a => !a.hidden).map(a => a.querySelector('h2').textContent)"
    )
    seen = browser.evaluate(shown)
    assert isinstance(seen, list)
    return seen


@pytest.fixture(scope="module")
def window(page: Page) -> Iterator[Chromium]:
    assert page.url
    with Chromium() as running:
        yield running


@pytest.fixture
def browser(page: Page, window: Chromium) -> Chromium:
    """Return the browser with the page newly loaded."""
    window.open("about:blank")
    window.open(page.url)
    window.until("document.querySelectorAll('article').length >= 3")
    return window


def test_events_stand_there_from_right_to_left_with_their_evidence_marked(browser: Chromium) -> None:
    assert {FLIGHT, BORDER} <= set(titles(browser))
    assert browser.evaluate("getComputedStyle(document.querySelector('article h2')).direction") == "rtl"
    marks = browser.evaluate("[...document.querySelectorAll('mark')].map(m => [m.textContent, m.title])")
    assert ["پروازهای", "پروازها"] in marks
    assert ["گشت مشترک", "همکاری امنیتی"] in marks


def test_an_event_that_comes_is_shown_without_a_reload_and_an_edit_replaces_what_was_there(
    page: Page, browser: Chromium
) -> None:
    page.publish(article(title=VISA, article_id="v" * 26))
    browser.until(f"document.querySelector('article h2').textContent === '{VISA}'")

    page.publish(article(title=f"{VISA}؛ تکمیل شد", article_id="v" * 26, revision=2))

    browser.until(f"document.querySelector('article h2').textContent === '{VISA}؛ تکمیل شد'")
    assert VISA not in titles(browser)
    assert "ویرایش ۲" in browser.evaluate("document.querySelector('article .about').textContent")


def test_labels_publisher_and_search_narrow_what_is_shown(browser: Chromium) -> None:
    everything = len(titles(browser))

    browser.key("2")
    assert titles(browser) == [FLIGHT]
    browser.key("0")
    assert len(titles(browser)) == everything

    browser.key("/")
    browser.write("گشت مشترك")  # with the Arabic kaf
    assert len(titles(browser)) == 1

    browser.evaluate(
        "(s => { s.value = ''; s.dispatchEvent(new Event('input')); s.blur(); })(document.querySelector('#search'))"
    )
    chosen = (
        "(p => { p.value = 'آسمان‌راه'; p.dispatchEvent(new Event('change')); })(document.querySelector('#publisher'))"
    )
    browser.evaluate(chosen)
    assert titles(browser) == [BORDER]


def test_keys_walk_through_the_articles_and_open_the_whole_text(browser: Chromium) -> None:
    browser.key("2")
    browser.key("ت", code="KeyJ")  # the letter of this key on a Persian keyboard
    assert browser.evaluate("document.activeElement.tagName") == "ARTICLE"

    browser.key("Enter")

    browser.until("document.querySelector('.whole') !== null")
    assert browser.evaluate("document.querySelector('.whole').textContent") == FLIGHT_TEXT
    browser.key("?")
    assert browser.evaluate("document.querySelector('#help').open") is True


def test_a_page_that_pauses_counts_what_waits(page: Page, browser: Chromium) -> None:
    browser.key("p")
    page.publish(article(title="هنگام درنگ"))

    browser.until("!document.querySelector('#fresh').hidden")
    assert "هنگام درنگ" not in titles(browser)
    browser.evaluate("document.querySelector('#fresh').click()")
    browser.until("document.querySelector('article h2').textContent === 'هنگام درنگ'")


CARD = "[...document.querySelectorAll('article')].find(a => a.textContent.includes('کیارش بهین‌مهر'))"


def test_a_card_says_in_persian_where_what_happened_who_says_so_and_who_said_what(browser: Chromium) -> None:
    said = browser.evaluate(
        f"(card => ['.countries li', '.happening', '.chain', '.quotes li'].map(part => "
        f"[...card.querySelectorAll(part)].map(one => one.textContent)))({CARD})"
    )

    assert said == [
        ["ترکیه"],
        ["آزادی اتباع · ۲۱ نفر · ترکیه", "سفر رسمی · ترکیه · برنامه"],
        ["خبرگزاری نارون به نقل از ایرنا"],
        ["کیارش بهین‌مهر: «رفت»"],
    ]
    persons = browser.evaluate(f"{CARD}.querySelector('.groups section').textContent")
    assert persons == "اشخاصکیارش بهین‌مهر، معاون وزیر، ایران"


def test_names_are_marked_beside_the_evidence_each_kind_with_a_line_of_its_own(browser: Chromium) -> None:
    marked = browser.evaluate(
        f"[...{CARD}.querySelectorAll('h2 .name')].map(name => "
        "[name.textContent, name.title, getComputedStyle(name).textDecorationStyle, !!name.closest('mark')])"
    )

    assert [mark[:2] for mark in marked] == [
        ["کیارش بهین‌مهر", "شخص: کیارش بهین‌مهر، معاون وزیر، ایران"],
        ["سازمان رایزنی", "سازمان: سازمان رایزنی"],
        ["تهران", "جا: تهران"],
        ["ترکیه", "کشور: ترکیه"],
        ["ایرنا", "منبع: ایرنا"],
    ]
    assert len({style for _, _, style, _ in marked}) == 5
    assert [inside for _, _, _, inside in marked] == [False, False, False, True, False]

    browser.key("n")

    lines = f"[...{CARD}.querySelectorAll('h2 .name')].map(name => getComputedStyle(name).textDecorationLine)"
    assert set(browser.evaluate(lines)) == {"none"}
    browser.key("n")
    assert set(browser.evaluate(lines)) == {"underline"}


def only_meetings(shown: list[str]) -> bool:
    """Tell whether meetings are shown and nothing else; a test before may have published one more."""
    return bool(shown) and all("در تهران به ترکیه رفت" in title for title in shown)


def test_a_country_and_a_name_narrow_what_is_shown_and_searching_finds_both(browser: Chromium) -> None:
    everything = len(titles(browser))
    chosen = (
        "(c => { c.value = 'country:TR'; c.dispatchEvent(new Event('change')); })(document.querySelector('#country'))"
    )

    browser.evaluate(chosen)
    assert only_meetings(titles(browser))
    browser.key("0")
    assert len(titles(browser)) == everything

    browser.evaluate(f"{CARD}.querySelector('.named.person').click()")
    assert all("کیارش" in title for title in titles(browser))
    pressed = f"[...{CARD}.querySelectorAll('[aria-pressed=true]')].map(name => name.textContent)"
    assert browser.evaluate(pressed) == ["کیارش بهین‌مهر"]
    assert browser.evaluate("document.querySelector('#name').textContent") == "شخص: کیارش بهین‌مهر ✕"
    browser.evaluate("document.querySelector('#name').click()")
    assert len(titles(browser)) == everything
    assert browser.evaluate("document.querySelector('#name').hidden") is True

    browser.write("معاون وزير آزادی")  # an office and a happening, neither in title nor lead; with the Arabic yeh
    assert only_meetings(titles(browser))


def test_a_key_unfolds_who_and_the_tab_key_reaches_every_name(browser: Chromium) -> None:
    browser.evaluate(f"{CARD}.focus()")
    browser.key("ه", code="KeyI")

    assert browser.evaluate(f"{CARD}.querySelector('details').open") is True
    reached = browser.evaluate(
        f"[...{CARD}.querySelectorAll('.named')].every(name => name.tagName === 'BUTTON' && name.tabIndex === 0)"
    )
    assert reached is True
    browser.key("i")
    assert browser.evaluate(f"{CARD}.querySelector('details').open") is False


def test_markup_and_direction_marks_in_names_stay_text_of_their_own(page: Page, browser: Chromium) -> None:
    script = "<script>document.title='taken'</script>"
    page.publish(meeting(f"{script}\u202e بد", "<img src=x onerror=alert(1)>", "CNN\u2067", article_id="h" * 26))
    card = f"document.querySelector('#a-{'h' * 26}')"
    browser.until(f"{card} !== null")

    names = browser.evaluate(f"[...{card}.querySelectorAll('.named')].map(name => name.textContent)")
    assert names == ["ترکیه", f"{script} بد", "<img src=x onerror=alert(1)>", "تهران", "CNN"]
    assert browser.evaluate("document.querySelectorAll('article img, article script').length") == 0
    assert browser.evaluate("document.title") == "رصد"
    loose = f"[...{card}.querySelectorAll('.named, .chain, .happening')].filter(n => !n.querySelector('bdi')).length"
    assert browser.evaluate(loose) == 0
    assert "\u202e" not in browser.evaluate(f"[...{card}.querySelectorAll('[title]')].map(n => n.title).join()")
    browser.evaluate(f"{card}.querySelector('.named.person').click()")
    assert titles(browser) == [browser.evaluate(f"{card}.querySelector('h2').textContent")]


def test_markup_in_a_title_stays_text(page: Page, browser: Chromium) -> None:
    page.publish(article(title=HOSTILE, url="javascript:alert(1)"))

    browser.until("document.querySelector('article h2').textContent.startsWith('<img')")
    assert titles(browser)[0] == HOSTILE
    assert browser.evaluate("document.querySelectorAll('article img, article script').length") == 0
    assert browser.evaluate("document.title") == "رصد"
    assert browser.evaluate("document.querySelector('article').querySelector('.origin') === null")


def test_the_page_asks_nobody_else_and_complains_of_nothing(page: Page, browser: Chromium) -> None:
    assert browser.complaints() == []
    assert all(url.startswith(page.url) for url in browser.requested())


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_is_light_or_dark_as_the_reader_has_it(page: Page, dark: bool, tmp_path: Path) -> None:
    with Chromium(dark=dark) as browser:
        browser.open(page.url)
        browser.until("document.querySelectorAll('article').length >= 2")
        paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = browser.evaluate("getComputedStyle(document.body).color")
        browser.screenshot(tmp_path / "page.png")

    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (paper, ink)]
    assert (brightness[0] < brightness[1]) is dark
    assert (tmp_path / "page.png").stat().st_size > 10_000


def test_the_page_says_so_when_its_server_is_gone_and_ends_cleanly_on_ctrl_c(
    chromium: str, broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    assert chromium
    make_topics(quick_kafka(broker.bootstrap), namespace)
    log = tmp_path / "wire.log"
    environment = {**quick_environment(broker.bootstrap), "RASAD_NAMESPACE": namespace}
    with RasadProcess("wire", "--port", "0", environment=environment, log=log) as process, Chromium() as browser:
        text = eventually(lambda: log.read_text(encoding="utf-8"), lambda seen: "http://" in seen, 60, "the page")
        browser.open(re.findall(r"http://\S+", text)[0])
        browser.until("document.querySelector('#state').dataset.state === 'live'")

        process.signal(signal.SIGINT)

        assert process.running.wait(15) == 0
        browser.until("document.querySelector('#state').dataset.state === 'lost'")
