"""The JSON Schemas of the events: generated from the models, and held compatible with their first release.

Knows nothing of topics or records. `python -m workers.schemas` writes them.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from ingest.event import Entry, FeedControl
from workers.article import Article
from workers.publish import ARTICLE_SCHEMA

type Schema = Mapping[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENTRY_SCHEMA = ARTICLE_SCHEMA.replace("article", "entry")
CONTROL_SCHEMA = ARTICLE_SCHEMA.replace("article", "feed-control")

_PROMISE = (
    "Within version 1 fields and values of enumerations may be added, and nothing is removed, renamed or given another "
    "type: consumers must accept fields and values that they do not know."
)
_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"})


class _Generator(GenerateJsonSchema):
    """Leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        del schema
        return False


def schemas() -> dict[str, Schema]:
    """Return the schema of each event by its file name."""
    return {
        "article.v1.json": _schema(Article, ARTICLE_SCHEMA, "Article event, version 1"),
        "entry.v1.json": _schema(Entry, ENTRY_SCHEMA, "Entry event, version 1"),
        "feed-control.v1.json": _schema(FeedControl, CONTROL_SCHEMA, "Control record, version 1"),
    }


def rendered(schema: Schema) -> str:
    """Return the schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def breaking_changes(old: Schema, new: Schema) -> tuple[str, ...]:
    """Return what in `new` a consumer of `old`, or a reader of events stored under `old`, cannot live with.

    Allowed are annotations, further optional properties and further values of an enumeration. All else is a break,
    also a wider type, which surprises a consumer, and a narrower one, which refuses what is stored.
    """
    return tuple(_breaks(old, new, (old, new), "$"))


def _schema(model: type[BaseModel], uri: str, title: str) -> Schema:
    generated = model.model_json_schema(mode="serialization", schema_generator=_Generator)
    about = (generated.pop("description"), _PROMISE)
    del generated["title"]
    return {"$schema": DIALECT, "$id": uri, "title": title, "description": "\n\n".join(about), **generated}


def _breaks(old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str) -> Iterator[str]:
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS):
        before, after = old.get(keyword), new.get(keyword)
        if keyword == "properties":
            yield from _property_breaks(before or {}, after or {}, roots, path)
        elif keyword == "required":
            yield from _required_breaks(before or [], after or [], path)
        elif keyword == "enum" and before and after:
            yield from (f"{path}: the value {gone!r} is gone" for gone in before if gone not in after)
        elif keyword == "items" and before and after:
            yield from _breaks(before, after, roots, f"{path}[]")
        elif keyword == "anyOf" and before and after:
            for number, (one, other) in enumerate(zip_longest(before, after, fillvalue={"type": "absent"})):
                yield from _breaks(one, other, roots, f"{path}|{number}")
        elif before != after:
            yield f"{path}: {keyword} was {before!r} and is {after!r}"


def _property_breaks(old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str) -> Iterator[str]:
    for name, before in old.items():
        if name in new:
            yield from _breaks(before, new[name], roots, f"{path}.{name}")
        else:
            yield f"{path}.{name}: the property is gone"


def _required_breaks(old: list[str], new: list[str], path: str) -> Iterator[str]:
    yield from (f"{path}.{name}: was always there and is optional" for name in old if name not in new)
    yield from (f"{path}.{name}: is required, and stored events may lack it" for name in new if name not in old)


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Return the schema, or the definition that it refers to."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    definition: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
    return definition


def main(folder: Path) -> None:
    """Write the files."""
    for name, schema in schemas().items():
        (folder / name).write_text(rendered(schema), encoding="utf-8")


if __name__ == "__main__":
    main(Path("deploy/schemas"))
