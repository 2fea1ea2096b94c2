"""Reading published events back, also those of a later release: what a reader does not know is left out, not refused.

Knows nothing of Kafka. Unknown fields are ignored by the models themselves; here are the unknown values of closed sets.
"""

import json
from typing import Any

from pydantic import ValidationError

from workers.article import Article


def consumed_article(value: bytes) -> Article:
    """Return the article that an event holds. Raises ValidationError when it is none.

    Of a list, such as `interactions`, the items with a value that this release does not know are left out whole: half a
    chain of sources would say something else. A single such value is left out where the event may be without it.
    """
    try:
        return Article.model_validate_json(value)
    except ValidationError as error:
        unknown = [fault["loc"] for fault in error.errors() if fault["type"] == "enum"]
        if not unknown:
            raise
        return Article.model_validate_json(json.dumps(_without(json.loads(value), unknown)))


def _without(event: dict[str, Any], places: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """Leave out the item of a list, or the field, that each place is in."""
    items = {place[:2] for place in places if len(place) > 1}
    fields = {place[0] for place in places if len(place) == 1}
    return {
        name: [item for number, item in enumerate(value) if (name, number) not in items]
        if isinstance(value, list)
        else value
        for name, value in event.items()
        if name not in fields
    }
