"""The closed lists of the enrichment: what a source, an interaction, a flight or a consular fact can be.

Knows nothing of texts. Consumers rely on the values; they must accept values that they do not know.
"""

from enum import StrEnum


class SourceKind(StrEnum):
    """Who stands behind a statement."""

    OUTLET = "outlet"
    """A news agency, newspaper, broadcaster, site or channel."""
    ORGANISATION = "organisation"
    """A public body, company or other organisation, its site, statement or public-relations office."""
    PERSON = "person"
    """Somebody with a name or an office."""
    REPORTER = "reporter"
    """The outlet's own correspondent, without another source."""
    ANONYMOUS = "anonymous"
    """Somebody who is not named: «یک منبع آگاه», «منابع محلی», «رسانه‌های عربی»."""


class Modality(StrEnum):
    """Whether it happened."""

    ACTUAL = "actual"
    """It happened, happens or is reported as a fact, also when only one side says so."""
    PLANNED = "planned"
    """It is announced, promised or under way to happen."""
    POSSIBLE = "possible"
    """It is asked for, threatened, proposed, feared or conditional."""
    NEGATED = "negated"
    """It did not happen, or does not."""
    DENIED = "denied"
    """Somebody says that it did not happen, against a report that it did."""


class InteractionKind(StrEnum):
    """What parties did with each other, or a state with people; `CAMEO` maps each to a root code."""

    STATEMENT = "statement"
    """One party addresses another, and no other kind says how."""
    REQUEST = "request"
    OFFER = "offer"
    PHONE_CALL = "phone_call"
    MEETING = "meeting"
    """Officials meet, hold talks, a conference or a summit."""
    VISIT = "visit"
    """An official or delegation travels to another country."""
    JOINT_COMMISSION = "joint_commission"
    AGREEMENT = "agreement"
    """A treaty, memorandum, contract or deal, signed or reached."""
    COOPERATION = "cooperation"
    """Parties work together: drill, patrol, exchange of intelligence, training, transfer of arms."""
    AID = "aid"
    RELEASE = "release"
    """Prisoners, detained people or ships are let go or exchanged."""
    EXTRADITION = "extradition"
    EVACUATION = "evacuation"
    """People are taken or called out of a country."""
    DEMAND = "demand"
    CRITICISM = "criticism"
    """Condemns, protests, accuses, summons an ambassador."""
    REFUSAL = "refusal"
    THREAT = "threat"
    SANCTION = "sanction"
    """Bans, sanctions, restrictions on a state, its companies or its people."""
    BREAK = "break"
    """Ties, agreements or cooperation ended or suspended; embassies closed, diplomats expelled."""
    ARREST = "arrest"
    """Arrested, detained, tried or sentenced."""
    EXPULSION = "expulsion"
    """People deported or turned away."""
    OPERATION = "operation"
    """A police or military operation, seizure, interception."""
    ATTACK = "attack"
    """Strike, bombing, shooting, killing."""
    INCIDENT = "incident"
    """Accident or emergency that nobody did on purpose."""


CAMEO: dict[InteractionKind, str] = {
    InteractionKind.STATEMENT: "01",
    InteractionKind.REQUEST: "02",
    InteractionKind.OFFER: "03",
    InteractionKind.PHONE_CALL: "04",
    InteractionKind.MEETING: "04",
    InteractionKind.VISIT: "04",
    InteractionKind.JOINT_COMMISSION: "04",
    InteractionKind.AGREEMENT: "05",
    InteractionKind.COOPERATION: "06",
    InteractionKind.AID: "07",
    InteractionKind.EVACUATION: "07",
    InteractionKind.RELEASE: "08",
    InteractionKind.EXTRADITION: "06",
    InteractionKind.DEMAND: "10",
    InteractionKind.CRITICISM: "11",
    InteractionKind.REFUSAL: "12",
    InteractionKind.THREAT: "13",
    InteractionKind.SANCTION: "16",
    InteractionKind.BREAK: "16",
    InteractionKind.ARREST: "17",
    InteractionKind.EXPULSION: "17",
    InteractionKind.OPERATION: "17",
    InteractionKind.ATTACK: "18",
    InteractionKind.INCIDENT: "",
}
"""Root codes of the CAMEO event ontology, as strings; empty where it has no kind (accidents)."""


class FlightStatus(StrEnum):
    """What happened to flights, an airport or airspace."""

    OPENED = "opened"
    """A new route or service."""
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REQUESTED = "requested"
    """Somebody asks for flights to start, resume or stop."""
    CANCELLED = "cancelled"
    DELAYED = "delayed"
    DIVERTED = "diverted"
    OPERATED = "operated"
    """Flights take place: pilgrims flown, passengers brought home, an increase in flights."""
    EMERGENCY = "emergency"
    """Emergency landing, technical fault, bomb warning, hijack, without a crash."""
    ACCIDENT = "accident"
    ATTACKED = "attacked"
    """An airport or a civil aircraft is struck."""
    AIRPORT_CLOSED = "airport_closed"
    AIRPORT_OPENED = "airport_opened"
    AIRSPACE_CLOSED = "airspace_closed"
    AIRSPACE_OPENED = "airspace_opened"


class ConsularKind(StrEnum):
    """What happened to people across borders, and to their papers."""

    VISA_WAIVED = "visa_waived"
    VISA_REQUIRED = "visa_required"
    VISA_ISSUED = "visa_issued"
    VISA_REFUSED = "visa_refused"
    """Refused, revoked or no longer issued, for a person or a group."""
    ENTRY_BANNED = "entry_banned"
    ENTRY_RULES = "entry_rules"
    """Conditions, registration, crossings and times for travellers and pilgrims."""
    DOCUMENTS = "documents"
    """Passports, residence, census and work papers of foreigners or citizens abroad."""
    CONSULATE_OPENED = "consulate_opened"
    """An embassy or consulate, too."""
    CONSULATE_CLOSED = "consulate_closed"
    """Closed or evacuated."""
    TRAVEL_WARNING = "travel_warning"
    CITIZENS_ARRESTED = "citizens_arrested"
    CITIZENS_RELEASED = "citizens_released"
    """Released or exchanged."""
    CITIZENS_REPATRIATED = "citizens_repatriated"
    """Brought home or evacuated."""
    CITIZENS_DEPORTED = "citizens_deported"
    CITIZENS_HARMED = "citizens_harmed"
    """Killed, hurt, kidnapped, missing or stranded abroad."""
    HELP_REQUESTED = "help_requested"
    """Somebody asks for consular help or easing."""
