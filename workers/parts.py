"""What all parts of the published event are made of: frozen models and spans of the published text.

Knows nothing of articles, labels or enrichment.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FieldName = Literal["title", "summary", "text"]


class Part(BaseModel):
    """A frozen part of the event; unknown fields of later versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Span(Part):
    """A piece of a published field, half-open, in Unicode code points; `surface` is what stands there."""

    field: FieldName
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    surface: str
