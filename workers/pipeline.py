"""The story of one article: from the entry as a feed gave it to the event that consumers get.

Pure: normalizer, classifier and clock come in as arguments. Knows nothing of Kafka; `worker` reads, commits, counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

import stamina

from ingest.event import Entry
from ingest.service.errors import Reject, Retryable
from workers.article import Article, Draft
from workers.classify.model import Classifier
from workers.enrich.enrich import Enricher
from workers.language import Language, Recogniser, language_of
from workers.normalize import Normalizer
from workers.parts import FieldName
from workers.publish import article_from


class StageName(StrEnum):
    """Where an item may stand; a metric label and a dead letter's header."""

    DECODE = "decode"
    NORMALIZE = "normalize"
    CLASSIFY = "classify"
    ENRICH = "enrich"
    PUBLISH = "publish"


class StageFailed(Exception):
    """A stage raised; the cause says whether the item can ever work."""

    def __init__(self, stage: StageName, cause: Exception) -> None:
        super().__init__(f"{stage}: {cause!r}")
        self.stage = stage
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Tools:
    """What the stages work with: built once per process, warm before the process says that it is ready."""

    normalizer: Normalizer
    classifier: Classifier
    enricher: Enricher
    analysis: int
    """Release of the pipeline (`seeds/pipeline.toml`), raised with every model or rule change."""
    publish_normalized_text: bool = False
    recogniser: Recogniser = field(default_factory=Recogniser)

    @property
    def version(self) -> str:
        """Return what a dead letter says of the pipeline that could not take it."""
        return f"{self.analysis}/{self.classifier.model_id}"


def normalize(draft: Draft, tools: Tools) -> Draft:
    """Bring the letters, digits and spaces of title, summary and text into one form."""
    entry = draft.entry
    text = tools.normalizer(entry.text)
    return replace(
        draft,
        title_normalized=tools.normalizer(entry.title),
        # A feed that gives a lead only has it in both fields.
        summary_normalized=text if entry.summary == entry.text else tools.normalizer(entry.summary),
        text_normalized=text,
    )


def classify(draft: Draft, tools: Tools) -> Draft:
    """Recognise the language; of Persian score each label, decide, and point at the words that spoke for it.

    Letters that are none speak for nothing.
    """
    entry = draft.entry
    recognised = tools.recogniser((entry.title, entry.text or entry.summary), language_of(entry.language))
    if recognised.language is not Language.PERSIAN or entry.text_suspect is not None:
        return replace(draft, recognised=recognised, labels=tools.classifier.unscored)
    verdict = tools.classifier.classify(draft)
    return replace(
        draft,
        recognised=recognised,
        labels=verdict.results,
        words=verdict.words,
        unknown_words=verdict.unknown_words,
    )


def enrich(draft: Draft, tools: Tools) -> Draft:
    """Find who, where, said by whom and what happened, each with its place in the text; in Persian alone."""
    entry = draft.entry
    if entry.text_suspect is not None or (draft.recognised and draft.recognised.language is not Language.PERSIAN):
        return draft
    fields: tuple[tuple[FieldName, str, str], ...] = (
        ("title", entry.title, draft.title_normalized),
        ("summary", entry.summary, draft.summary_normalized),
        ("text", entry.text, draft.text_normalized),
    )
    return replace(draft, facts=tools.enricher.enrich(fields, entry.published_at, entry.site))


STAGES: tuple[tuple[StageName, Callable[[Draft, Tools], Draft]], ...] = (
    (StageName.NORMALIZE, normalize),
    (StageName.CLASSIFY, classify),
    (StageName.ENRICH, enrich),
)

Observe = Callable[[StageName, float, Draft], None]
"""Told of each stage that an item passed, with the seconds it took and what it made."""

TRIES = 3
"""Of a stage that raises Retryable. The stages do no I/O: what may work later works at once or not in this batch."""


def article_of(entry: Entry, tools: Tools, observe: Observe, clock: Callable[[], float]) -> Article:
    """Take one entry through the stages. Raises StageFailed with the stage and what it raised."""
    draft = Draft(entry)
    for name, stage in STAGES:
        started = clock()
        draft = _bounded(name, partial(stage, draft, tools))
        observe(name, clock() - started, draft)
    return _bounded(
        StageName.PUBLISH,
        lambda: article_from(
            draft,
            analysis=tools.analysis,
            model_id=tools.classifier.model_id,
            normalizer=tools.normalizer.version,
            publish_normalized_text=tools.publish_normalized_text,
        ),
    )


def _bounded[Result](name: StageName, step: Callable[[], Result]) -> Result:
    """Run a step: again after a Retryable, a bounded number of times; anything else raises StageFailed at once."""
    try:
        try:
            return step()
        except Retryable:
            return stamina.RetryingCaller(attempts=TRIES - 1, wait_initial=0.01, wait_max=0.1)(Retryable, step)
    except Exception as error:
        raise StageFailed(name, error) from error


def reason_of(cause: Exception) -> str:
    """Return the reason that a dead letter carries: a Reject's own, else what kind of surprise it was."""
    if isinstance(cause, Reject):
        return cause.reason
    return "retries_exhausted" if isinstance(cause, Retryable) else "unexpected"
