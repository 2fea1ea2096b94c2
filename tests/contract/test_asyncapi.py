"""The AsyncAPI document says what the code does: topics, keys, headers, schemas."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ingest.stream.dead_letter import PREFIX, dead_letter
from ingest.stream.record import Incoming, Record
from ingest.stream.topics import Topics, TopicSpec
from ingest.turns import ENTRY_TYPE
from workers.article import Article, ArticleKind
from workers.classify.labels import load_labels
from workers.publish import article_records
from workers.schemas import schemas

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((Path(__file__).parent / "examples" / "v1").glob("article-*.json"))
DOCUMENT: dict[str, Any] = yaml.safe_load((PROJECT / "deploy" / "asyncapi.yaml").read_text(encoding="utf-8"))
CHANNELS: dict[str, dict[str, Any]] = DOCUMENT["channels"]
MESSAGES: dict[str, dict[str, Any]] = DOCUMENT["components"]["messages"]
TOPICS = Topics()


def labels() -> list[str]:
    return sorted(label.name for label in load_labels(PROJECT / "seeds" / "labels.toml"))


def described(channel: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the topics that a channel stands for."""
    parameters = channel.get("parameters", {})
    assert len(parameters) <= 1
    for name, parameter in parameters.items():
        yield from (channel["address"].replace(f"{{{name}}}", value) for value in parameter["enum"])
    if not parameters:
        yield channel["address"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    if isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(pointer: str) -> Any:
    found: Any = DOCUMENT
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return found


def problems(schema: dict[str, Any], instance: object) -> list[str]:
    """Return what is wrong with an instance under a schema of the document."""
    with_components = {**schema, "components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(with_components).iter_errors(instance)]


def text_headers(record: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def sent(path: Path) -> tuple[Article, tuple[Record, ...]]:
    article = Article.model_validate_json(path.read_bytes())
    return article, article_records(article, topics=TOPICS, ever_labels=frozenset())


def buried(value: bytes, key: bytes = b"key") -> Record:
    return dead_letter(
        Incoming("rasad.entries.v1", 3, 14, datetime(2026, 1, 1, tzinfo=UTC), key, value),
        topic=TOPICS.dead_letters,
        stage="decode",
        reason="unexpected",
        exception=ValueError("x"),
        attempts=1,
        pipeline_version="1/linear",
    )


def specs() -> list[TopicSpec]:
    return list(TOPICS.specs(labels()))


def test_the_document_describes_the_topics_that_the_code_creates_and_no_others() -> None:
    names = [name for channel in CHANNELS.values() for name in described(channel)]

    assert sorted(names) == sorted(spec.name for spec in specs())


def test_the_labels_are_those_of_the_seeds() -> None:
    assert sorted(CHANNELS["label"]["parameters"]["label"]["enum"]) == labels()


def test_partitions_and_settings_of_a_channel_are_those_of_the_code() -> None:
    told = {}
    for channel in CHANNELS.values():
        kafka = channel["bindings"]["kafka"]
        settings = {
            name: ",".join(value) if isinstance(value, list) else str(value)
            for name, value in kafka["topicConfiguration"].items()
        }
        told.update(dict.fromkeys(described(channel), (kafka["partitions"], settings)))

    assert told == {spec.name: (spec.partitions, dict(spec.config)) for spec in specs()}


def test_a_channel_with_one_topic_names_it_in_its_binding() -> None:
    for channel in CHANNELS.values():
        if "parameters" not in channel:
            assert channel["bindings"]["kafka"]["topic"] == channel["address"]


def test_every_channel_is_sent_to_by_some_operation() -> None:
    senders = {
        operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values() if operation["action"] == "send"
    }

    assert senders == {f"#/channels/{name}" for name in CHANNELS}


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))

    files = {reference for reference in found if not reference.startswith("#/")}
    assert files == {f"schemas/{name}" for name in schemas()}
    assert all((PROJECT / "deploy" / name).is_file() for name in files)
    assert all(resolved(pointer) for pointer in found - files)


def test_the_payload_of_a_message_is_the_schema_that_its_header_names() -> None:
    for name in ("article", "entry"):
        (own,) = [part for part in MESSAGES[name]["headers"]["allOf"] if "properties" in part]

        payload = MESSAGES[name]["payload"]["schema"]["$ref"].removeprefix("schemas/")

        assert own["properties"]["ce_dataschema"]["const"] == schemas()[payload]["$id"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_event_as_the_code_sends_it_has_the_headers_and_the_key_of_the_document(path: Path) -> None:
    _, records = sent(path)

    for record in records:
        assert problems(MESSAGES["article"]["headers"], text_headers(record)) == []
        assert problems(MESSAGES["article"]["bindings"]["kafka"]["key"], record.key.decode()) == []
        assert record.topic in {name for channel in CHANNELS.values() for name in described(channel)}


def test_the_document_knows_every_header_of_an_event() -> None:
    common, own = (
        set(part.get("properties", {})) or set(resolved(part["$ref"])["properties"])
        for part in MESSAGES["article"]["headers"]["allOf"]
    )
    _, (record, *_) = sent(EXAMPLES[0])

    assert text_headers(record).keys() == common | own


@pytest.mark.parametrize("missing", ["ce_id", "ce_type", "ce_rasadlabels", "traceparent", "content-type"])
def test_the_document_refuses_an_event_without_a_header(missing: str) -> None:
    _, (record, *_) = sent(EXAMPLES[0])
    headers = text_headers(record)
    del headers[missing]

    assert problems(MESSAGES["article"]["headers"], headers) != []


def test_the_types_of_the_document_are_those_of_the_code() -> None:
    told = {}
    for name in ("article", "entry"):
        (own,) = [part for part in MESSAGES[name]["headers"]["allOf"] if "properties" in part]
        told[name] = own["properties"]["ce_type"]

    assert told == {"article": {"enum": [kind.value for kind in ArticleKind]}, "entry": {"const": ENTRY_TYPE}}


def test_a_dead_letter_has_the_headers_of_the_document() -> None:
    schema = MESSAGES["deadLetter"]["headers"]
    cut = text_headers(buried(b"x" * 600_000, key=b"k" * 70_000))

    assert problems(schema, cut) == []
    assert problems(schema, text_headers(buried(b"x"))) == []
    assert {name for name in cut if name.startswith(PREFIX)} == schema["properties"].keys()


def test_every_pattern_of_the_document_is_anchored_at_both_ends() -> None:
    patterns = re.findall(r"pattern: (\S+)", (PROJECT / "deploy" / "asyncapi.yaml").read_text(encoding="utf-8"))

    assert len(patterns) > 10
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        re.compile(pattern)
