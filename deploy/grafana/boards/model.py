"""The model: what it says, how sure it is, and the signs that it is ageing; and what the enrichment finds."""

from boards import queries as q
from boards.panels import (
    FULL,
    PER_MINUTE,
    SECONDS,
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

FINDS = Section(
    "What the enrichment finds",
    (
        tile(
            "Nobody and nowhere, 1 h",
            "Share of the labelled articles in which neither a country nor an organisation was found. Good: as on "
            "other days, about one in twenty; near 1, the gazetteers or the normalizer are broken.",
            q.ENRICHMENT_BLANK,
            SHARE,
            steps=good_below(0.2, 0.5),
            decimals=0,
            width=THIRD,
        ),
        tile(
            "Enrich, p99 in 1 h",
            "Seconds that the enrichment takes for one article. Good: below 0.05 s; long articles cost more.",
            q.ENRICH_SECONDS,
            SECONDS,
            steps=good_below(0.1, 0.5),
            width=THIRD,
        ),
        tile(
            "Facts left out in 24 h",
            "Articles whose event would have been too large with what was found. Good: 0.",
            q.ENRICHMENT_DROPPED,
            steps=good_below(0.5, 20),
            decimals=0,
            width=THIRD,
        ),
        lines(
            "Articles per minute, by what is known of them",
            "`named`: a country or an organisation at least. Good: nearly all of the labelled ones are.",
            Query(q.ENRICHMENT_ARTICLES, "labelled {{labelled}}, {{found}}"),
            unit=PER_MINUTE,
            stacked=True,
            width=THIRD,
        ),
        lines(
            "Items of an article, 1 h",
            "How much of each part is found in an article, in the mean. Good: steady; a part at 0 for hours is a hole.",
            Query(q.ENRICHMENT_ITEMS, "{{part}}"),
            width=THIRD,
        ),
        lines(
            "Unresolved, 1 h",
            "Share of the items that are known by their words alone: a source, body or airport without an id, a quote "
            "without a speaker. Good: steady; what grows wants names in the gazetteers.",
            Query(q.ENRICHMENT_UNRESOLVED, "{{part}}"),
            unit=SHARE,
            width=THIRD,
        ),
        *(
            lines(
                f"{title} in 6 h",
                f"The eight most frequent kinds of {what}. Good: the rhythm of the news.",
                Query(q.happened(part), "{{kind}}"),
                width=THIRD,
            )
            for title, what, part in (
                ("Interactions", "what parties did with each other", "interaction"),
                ("Flights", "what happened to flights", "flight"),
                ("Consular", "what happened to people across borders", "consular"),
            )
        ),
    ),
)

BOARD = Board(
    "model",
    "Rasad: model",
    "What the model says, how sure it is, the signs that it is ageing, and what the enrichment finds.",
    (NOW, SAYS, SURE, READS, FINDS),
    (chosen("process", "Process", "rasad_model_info"), chosen("label", "Label", "rasad_label_decisions_total")),
)
