"""The model: what it says, how sure it is, and the signs that it is ageing."""

from boards import queries as q
from boards.panels import (
    FULL,
    PER_MINUTE,
    SHARE,
    SIXTH,
    THIRD,
    WARN,
    Board,
    Query,
    Section,
    chosen,
    good_below,
    heat,
    labels,
    lines,
    tile,
)

NOW = Section(
    "Which model, and does it still know the words?",
    (
        tile(
            "Models at once",
            "Different models, releases or normalizers that serve now. Good: 1; 2 only while a release is rolled out.",
            q.MODELS_AT_ONCE,
            steps=((2.0, WARN),),
        ),
        tile(
            "Unknown words in 1 h",
            "Share of the words that the model knows nothing of. Good: where it was when the model was released; a "
            "share that grows for weeks says that it is ageing.",
            q.UNKNOWN_WORDS,
            SHARE,
            steps=good_below(0.4, 0.6),
            decimals=1,
        ),
        labels(
            "Models that serve",
            "Good: one line.",
            q.MODELS,
            "model_id",
            "analysis",
            "normalizer",
            width=FULL - 2 * SIXTH,
        ),
    ),
)

SAYS = Section(
    "What it says",
    (
        lines(
            "Share of articles with a label, 1 h",
            "Good: the rhythm of the news, steady over weeks; a label at 0 for hours is a hole.",
            Query(q.LABEL_SHARE, "{{label}}"),
            unit=SHARE,
            width=THIRD,
        ),
        lines(
            "Share of articles abstained from, 1 h",
            "Scores between yes and no. Good: few in a hundred, and steady.",
            Query(q.ABSTAINED_SHARE, "{{label}}"),
            unit=SHARE,
            width=THIRD,
        ),
        lines(
            "Decisions per minute",
            "Committed articles by label and decision. Good: the three labels sum to the same.",
            Query(q.DECISIONS, "{{label}} {{decision}}"),
            unit=PER_MINUTE,
            width=THIRD,
        ),
    ),
)

SURE = Section(
    "How sure it is",
    (
        heat(
            "Scores: $label",
            "Published probabilities of articles in Persian. Good: dark at both ends and pale between; a band that "
            "wanders to the middle is a model that no longer knows.",
            q.buckets("rasad_label_score", f'label=~"$label", {q.PROCESS}'),
            SHARE,
            repeat="label",
        ),
        lines(
            "Mean score, 1 h",
            "Good: steady over weeks, hour by hour like yesterday.",
            Query(q.MEAN_SCORE, "{{label}}"),
            unit=SHARE,
        ),
        lines(
            "Score that one article in a hundred exceeds, 1 h",
            "Good: near 1 for every label; a label whose best articles score less and less is being lost.",
            Query(q.quantile(0.99, "rasad_label_score", "[1h]", q.PROCESS, "label"), "{{label}}"),
            unit=SHARE,
        ),
    ),
)

READS = Section(
    "What it reads",
    (
        lines(
            "Articles per minute, by language",
            "Only Persian is labelled. Good: mostly fa; a language that comes or goes is a feed that changed.",
            Query(q.LANGUAGES, "{{language}}"),
            unit=PER_MINUTE,
            stacked=True,
            width=FULL,
        ),
    ),
)

BOARD = Board(
    "model",
    "Rasad: model",
    "What the model says, how sure it is, and the signs that it is ageing.",
    (NOW, SAYS, SURE, READS),
    (chosen("process", "Process", "rasad_model_info"), chosen("label", "Label", "rasad_label_decisions_total")),
)
