"""The shipped gazetteers: enough entries of each kind, the codes of the standards, and all of them found in texts."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import pytz
from babel import Locale

from tests.support import enrichment
from workers.enrich.gazetteer import Gazetteer
from workers.enrich.gazetteer_entries import Airport, City, Country, Crossing, EntryKind, Outlet, Province

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NEIGHBOURS = (
    "IR",
    "TR",
    "IQ",
    "AF",
    "PK",
    "AZ",
    "AM",
    "TM",
    "RU",
    "SA",
    "AE",
    "KW",
    "QA",
    "BH",
    "OM",
    "SY",
    "LB",
    "TJ",
    "UZ",
)

FLOORS = {
    EntryKind.COUNTRY: 250,
    EntryKind.PROVINCE: 31 + 34,
    EntryKind.CITY: 420,
    EntryKind.AIRPORT: 400,
    EntryKind.CROSSING: 90,
    EntryKind.AIRLINE: 215,
    EntryKind.OUTLET: 780,
    EntryKind.OFFICE: 40,
    EntryKind.BODY: 90,
    EntryKind.INTERNATIONAL: 80,
}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return enrichment.gazetteer()


def test_every_kind_has_entries_enough(gazetteer: Gazetteer) -> None:
    counts = {kind: len(list(gazetteer.entries(kind))) for kind in EntryKind}

    assert {kind: count for kind, count in counts.items() if count < FLOORS[kind]} == {}


def test_the_countries_are_those_of_iso_3166_and_kosovo(gazetteer: Gazetteer) -> None:
    codes = {entry.id for entry in gazetteer.entries(EntryKind.COUNTRY)}

    assert codes == {*pytz.country_names, "XK"}


def test_the_usual_persian_name_of_nearly_every_country_is_found(gazetteer: Gazetteer) -> None:
    # Unicode's names for a few territories are no texts' («کنگو - کینشاسا»), or are ambiguous alone («مالی»).
    names = {
        code: re.sub(r"ٔ|،.*| \(.*", "", name)
        for code, name in Locale("fa").territories.items()
        if code in pytz.country_names
    }

    missed = [
        code
        for code, name in names.items()
        if not any(
            (country := match.of(EntryKind.COUNTRY)) and country.id == code for match in gazetteer.find(f"کشور {name}.")
        )
    ]

    assert len(missed) <= 8, missed


def test_every_country_near_iran_has_people_and_a_capital(gazetteer: Gazetteer) -> None:
    for code in NEIGHBOURS:
        country = gazetteer.entry(code)
        assert isinstance(country, Country)
        assert country.people
        assert country.metonyms or code == "KW"  # Kuwait's capital has its country's name


@pytest.mark.parametrize("code", NEIGHBOURS)
def test_ministries_police_guards_and_services_of_each_neighbour_are_found(gazetteer: Gazetteer, code: str) -> None:
    bodies = {
        "وزارت امور خارجه": "foreign-ministry",
        "وزارت کشور": "interior-ministry",
        "وزارت دفاع": "defence-ministry",
        "پلیس": "police",
        "مرزبانی": "border-guard",
        "سرویس اطلاعاتی": "intelligence-service",
        "سفارت": "embassy",
        "سرکنسولگری": "consulate-general",
    }
    for words, office in bodies.items():
        [match] = gazetteer.find(f"{words} {gazetteer.entry(code).name} اعلام کرد")
        assert match.candidates[0].id == f"{code}/{office}" or match.candidates[0].country == code


def test_every_site_of_the_registry_is_an_outlet(gazetteer: Gazetteer) -> None:
    registry = tomllib.loads((SEEDS / "feeds.toml").read_text(encoding="utf-8"))
    outlets = {entry.id for entry in gazetteer.entries(EntryKind.OUTLET)}

    assert {site["id"] for site in registry["site"]} - outlets == set()


def test_most_persian_outlets_have_house_phrases(gazetteer: Gazetteer) -> None:
    outlets = [entry for entry in gazetteer.entries(EntryKind.OUTLET) if isinstance(entry, Outlet)]

    assert sum(bool(outlet.phrases) for outlet in outlets) >= 60
    assert {"reuters", "ap", "afp", "anadolu", "tass", "sputnik", "xinhua"} <= {outlet.id for outlet in outlets}


def test_the_provinces_are_those_of_iso_3166_2(gazetteer: Gazetteer) -> None:
    provinces = [entry for entry in gazetteer.entries(EntryKind.PROVINCE) if isinstance(entry, Province)]

    assert Counter(province.country for province in provinces) == {"IR": 31, "AF": 34}
    assert {f"IR-{number:02}" for number in range(31)} <= {province.id for province in provinces}


def test_every_province_of_iran_has_a_city(gazetteer: Gazetteer) -> None:
    cities = [entry for entry in gazetteer.entries(EntryKind.CITY) if isinstance(entry, City)]

    assert {f"IR-{number:02}" for number in range(31)} <= {city.province for city in cities}


def test_airports_of_a_country_have_its_icao_prefix(gazetteer: Gazetteer) -> None:
    prefixes = {"IR": "OI", "AF": "OA", "TR": "LT", "IQ": "OR", "PK": "OP", "SA": "OE", "AE": "OM", "SY": "OS"}
    airports = [entry for entry in gazetteer.entries(EntryKind.AIRPORT) if isinstance(entry, Airport)]

    for airport in airports:
        assert airport.iata or airport.id.isalpha()
        assert airport.id.startswith(prefixes.get(airport.country, ""))


def test_crossings_lie_between_two_countries(gazetteer: Gazetteer) -> None:
    for crossing in gazetteer.entries(EntryKind.CROSSING):
        assert isinstance(crossing, Crossing)
        assert crossing.countries[0] != crossing.countries[1]
