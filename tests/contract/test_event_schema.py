"""The consumer contract: the committed schemas are those of the models, and no release breaks what the first promised.

`examples/v1/` is frozen: its events and schemas are never edited to make a test pass, for consumers and topics hold
them already.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from ingest.event import Entry, FeedControl
from ingest.turns import ENTRY_SCHEMA as SENT_BY_FETCHERS
from workers.article import Article
from workers.publish import ARTICLE_SCHEMA
from workers.schemas import CONTROL_SCHEMA, ENTRY_SCHEMA, breaking_changes, main, rendered, schemas

PROJECT = Path(__file__).resolve().parents[2]
COMMITTED = PROJECT / "deploy" / "schemas"
FROZEN = Path(__file__).parent / "examples" / "v1"

KINDS: dict[str, tuple[type[BaseModel], str, str]] = {
    "article": (Article, "article.v1.json", "schema.json"),
    "entry": (Entry, "entry.v1.json", "entry-schema.json"),
    "control": (FeedControl, "feed-control.v1.json", "control-schema.json"),
}

type Schema = dict[str, Any]
type Edit = Callable[[Schema], object]


def load(path: Path) -> Schema:
    loaded: Schema = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def frozen_examples() -> list[Path]:
    return sorted(path for kind in KINDS for path in FROZEN.glob(f"{kind}-*.json") if "schema" not in path.name)


def edited(schema: Schema, edit: Edit) -> Schema:
    changed = deepcopy(schema)
    edit(changed)
    assert changed != schema
    return changed


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_committed_schema_is_the_one_of_todays_model(name: str) -> None:
    assert (COMMITTED / name).read_text(encoding="utf-8") == rendered(schemas()[name]), "run: make schemas"


def test_the_generator_writes_all_schemas_and_nothing_else_is_committed_beside_them(tmp_path: Path) -> None:
    main(tmp_path)

    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in COMMITTED.iterdir()}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_schema_is_a_valid_one_that_says_what_it_is(name: str) -> None:
    schema = load(COMMITTED / name)

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/{name}")
    assert schema["title"]
    assert "must accept fields and values that they do not know" in schema["description"]


def test_events_name_the_schema_that_is_theirs() -> None:
    ids = {name: schema["$id"] for name, schema in schemas().items()}

    assert ids == {
        "article.v1.json": ARTICLE_SCHEMA,
        "entry.v1.json": ENTRY_SCHEMA,
        "feed-control.v1.json": CONTROL_SCHEMA,
    }
    assert SENT_BY_FETCHERS == ENTRY_SCHEMA


def test_there_are_examples_of_what_consumers_meet() -> None:
    articles = [load(path) for path in frozen_examples() if path.name.startswith("article-")]

    assert {article["revision"] for article in articles} == {1, 2}
    assert {sum(label["decision"] == "assigned" for label in article["labels"]) for article in articles} >= {0, 1, 3}
    assert any(article["guid"] is None for article in articles)
    assert any(article.keys() - Article.model_fields.keys() for article in articles)


@pytest.mark.parametrize("path", frozen_examples(), ids=lambda path: path.stem)
def test_a_frozen_example_validates_and_parses_today(path: Path) -> None:
    model, committed, _ = KINDS[path.name.partition("-")[0]]
    example = load(path)

    Draft202012Validator(load(COMMITTED / committed)).validate(example)
    parsed = model.model_validate_json(path.read_bytes())

    again = json.loads(parsed.model_dump_json())
    known = example.keys() & model.model_fields.keys()
    assert {name: again[name] for name in known - {"labels"}} == {name: example[name] for name in known - {"labels"}}


@pytest.mark.parametrize("path", frozen_examples(), ids=lambda path: path.stem)
def test_what_todays_model_writes_of_an_example_is_valid_under_the_first_schema(path: Path) -> None:
    model, _, first = KINDS[path.name.partition("-")[0]]

    written = json.loads(model.model_validate_json(path.read_bytes()).model_dump_json())

    Draft202012Validator(load(FROZEN / first)).validate(written)


@pytest.mark.parametrize("path", frozen_examples(), ids=lambda path: path.stem)
def test_the_spans_of_an_example_stand_where_they_say(path: Path) -> None:
    example = load(path)

    for label in example.get("labels", ()):
        for span in label["evidence"]:
            assert example[span["field"]][span["start"] : span["end"]] == span["surface"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_todays_schema_breaks_nothing_that_the_first_release_promised(kind: str) -> None:
    _, committed, first = KINDS[kind]

    assert breaking_changes(load(FROZEN / first), load(COMMITTED / committed)) == ()


def property_of(schema: Schema, name: str) -> Schema:
    found: Schema = schema["properties"][name]
    return found


BREAKS: dict[str, tuple[Edit, str]] = {
    "a property is removed": (
        lambda schema: schema["properties"].pop("rights"),
        "$.rights: the property is gone",
    ),
    "a property is renamed": (
        lambda schema: schema["properties"].update(origin=schema["properties"].pop("rights")),
        "$.rights: the property is gone",
    ),
    "a property of a part is removed": (
        lambda schema: schema["$defs"]["Evidence"]["properties"].pop("surface"),
        "$.labels[].evidence[].surface: the property is gone",
    ),
    "a required property becomes optional": (
        lambda schema: schema["required"].remove("title"),
        "$.title: was always there and is optional",
    ),
    "an optional property becomes required": (
        lambda schema: schema["required"].append("rights"),
        "$.rights: is required, and stored events may lack it",
    ),
    "a new property is required": (
        lambda schema: (schema["properties"].update(new={"type": "string"}), schema["required"].append("new")),
        "$.new: is required, and stored events may lack it",
    ),
    "a type changes": (
        lambda schema: property_of(schema, "revision").update(type="string"),
        "$.revision: type was 'integer' and is 'string'",
    ),
    "a type becomes wider": (
        lambda schema: schema["$defs"]["LabelResult"]["properties"]["label"].update(type=["string", "null"]),
        "$.labels[].label: type was 'string' and is ['string', 'null']",
    ),
    "null is allowed no more": (
        lambda schema: property_of(schema, "guid")["anyOf"].pop(),
        "$.guid|1: type was 'null' and is 'absent'",
    ),
    "null is newly allowed": (
        lambda schema: schema["properties"].update(title={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "$.title: anyOf was None and is [{'type': 'string'}, {'type': 'null'}]",
    ),
    "a list becomes one value": (
        lambda schema: schema["properties"].update(feeds={"type": "string"}),
        "$.feeds: type was 'array' and is 'string'",
    ),
    "an enumeration loses a value": (
        lambda schema: schema["$defs"]["Decision"]["enum"].remove("abstained"),
        "$.labels[].decision: the value 'abstained' is gone",
    ),
    "free text becomes an enumeration": (
        lambda schema: property_of(schema, "language").update(enum=["fa"]),
        "$.language: enum was None and is ['fa']",
    ),
    "a bound is added": (
        lambda schema: property_of(schema, "title").update(maxLength=80),
        "$.title: maxLength was None and is 80",
    ),
    "a pattern changes": (
        lambda schema: property_of(schema, "article_id").update(pattern="^[0-9]+$"),
        "$.article_id: pattern was '^[a-z2-7]{26}$' and is '^[0-9]+$'",
    ),
    "a format changes": (
        lambda schema: property_of(schema, "fetched_at").update(format="date"),
        "$.fetched_at: format was 'date-time' and is 'date'",
    ),
    "unknown fields are refused": (
        lambda schema: schema.update(additionalProperties=False),
        "$: additionalProperties was None and is False",
    ),
}


@pytest.mark.parametrize("what", sorted(BREAKS))
def test_the_gate_sees_that(what: str) -> None:
    edit, told = BREAKS[what]
    first = load(FROZEN / "schema.json")

    assert told in breaking_changes(first, edited(first, edit))


ALLOWED: dict[str, Edit] = {
    "a further optional property": lambda schema: schema["properties"].update(new={"type": "string"}),
    "a further value of an enumeration": lambda schema: schema["$defs"]["Decision"]["enum"].append("deferred"),
    "another description": lambda schema: schema.update(description="Other words."),
    "a definition under another name": lambda schema: (
        schema["$defs"].update(Verdict=schema["$defs"].pop("LabelResult")),
        property_of(schema, "labels").update(items={"$ref": "#/$defs/Verdict"}),
    ),
    "properties in another order": lambda schema: schema["required"].reverse(),
}


@pytest.mark.parametrize("what", sorted(ALLOWED))
def test_the_gate_allows(what: str) -> None:
    first = load(FROZEN / "schema.json")

    assert breaking_changes(first, edited(first, ALLOWED[what])) == ()
