"""The verbs of the lexicons, with all their forms.

Knows nothing of phrases. `seeds/lexicon/verbs.toml` holds the stems.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workers.enrich.lexicon import load_lexicon
from workers.enrich.wordforms import VerbForm, verb_forms


class Verb(BaseModel):
    """A verb by its infinitive and stems."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    infinitive: Annotated[str, Field(min_length=1)]
    past: Annotated[str, Field(min_length=1)]
    present: Annotated[str, Field(min_length=1)]


class VerbFile(BaseModel):
    """What `verbs.toml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: Annotated[tuple[Verb, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Verbs:
    """All verb forms, folded."""

    by_infinitive: Mapping[str, Mapping[str, VerbForm]]
    forms: Mapping[str, VerbForm]


NO_VERBS = Verbs({}, {})
"""For phrases that hold none."""


def load_verbs(folder: Path) -> Verbs:
    """Return the verbs of `verbs.toml`. Raises UsageError that lists every fault."""
    verbs = load_lexicon(folder / "verbs.toml", VerbFile).verb
    by_infinitive = {verb.infinitive: verb_forms(verb.past, verb.present) for verb in verbs}
    forms: dict[str, VerbForm] = {}
    for each in by_infinitive.values():
        for text, form in each.items():
            forms.setdefault(text, form)
    return Verbs(by_infinitive, forms)
