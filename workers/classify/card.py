"""The model card for people: what the model was made of, how good it is, and where it is not.

Knows nothing of models; it puts `card.json` into words.
"""

from typing import Any


def readme(card: dict[str, Any]) -> str:
    """Return the card as Markdown."""
    return "\n".join([*_head(card), *_scores(card), *_thresholds(card), *_LIMITS])


def _head(card: dict[str, Any]) -> list[str]:
    data, features = card["data"], card["features"]
    carry = ", ".join(f"{count:,} {label}" for label, count in data["carry"].items())
    versions = ", ".join(f"{name} {number}" for name, number in card["versions"].items())
    articles = f"{data['articles']:,} labelled articles and headlines in {data['stories']:,} stories"
    kept = f"{features['words']:,} words, {features['prefixes']:,} prefixes and {features['pairs']:,} pairs of words"
    vectors = f"{features['word_vectors']:,} words in {features['dimensions']} dimensions"
    return [
        f"# Model card: {card['model_id']}",
        "",
        "Written by `rasad train`; figures in `figures.npz`, the same facts for programs in `card.json`.",
        "",
        f"- What: {card['kind']}. Serving needs numpy only.",
        f"- Data: {articles} ({carry}; of {data['sure']:,} the reader was sure), SHA-256 `{data['sha256']}`.",
        f"- Word vectors: {vectors}, learned from these texts and {data['unlabelled']:,} more without labels.",
        f"- Features: {kept}, each in several articles. No other text of the data is in the figures.",
        f"- Seed {card['seed']}; {versions}. The same data and seed give the digest `{card['digest'][:16]}…`.",
        "",
    ]


def _scores(card: dict[str, Any]) -> list[str]:
    scores = card["out_of_fold"]
    low, high = scores["macro_f1_interval"]
    by_fold = ", ".join(f"{one:.3f}" for one in scores["macro_f1_by_fold"])
    rows = [
        f"| {one['label']} | {one['precision']:.3f} | {one['recall']:.3f} | {one['f1']:.3f} | {one['support']} |"
        for one in scores["labels"]
    ]
    return [
        "## Quality",
        "",
        f"**Macro-F1 {scores['macro_f1']:.3f}** (95 % interval {low:.3f} to {high:.3f}; by fold {by_fold});",
        f"{scores['macro_f1_sure']:.3f} on the articles of which the reader was sure. Calibration error of the worst",
        f"label {scores['calibration_error']:.3f}. Five folds, near-duplicates together; thresholds and calibration",
        "are chosen inside the training folds. The word vectors saw the texts of all folds, without labels.",
        "",
        "| label | precision | recall | F1 | articles |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _thresholds(card: dict[str, Any]) -> list[str]:
    rows = [
        f"| {label} | {band['abstain_at']:.2f} | {band['assign_at']:.2f} |"
        for label, band in card["thresholds"].items()
    ]
    return [
        "## Thresholds",
        "",
        "Probability from which a label is abstained from rather than rejected, and from which it is assigned.",
        "",
        "| label | abstained from | assigned from |",
        "|---|---|---|",
        *rows,
        "",
    ]


_LIMITS = [
    "## Limits",
    "",
    "- Scores are calibrated for the mix of the labelled data, in which the labels are several times as frequent as in",
    "  a live feed: at live rates an assigned label is right less often than the precision above.",
    "- Most labelled articles are short channel posts; long newswire is scarcer, and cut at about 2,500 characters.",
    "- Persian only, Dari included. Text in another language gets scores that mean nothing.",
    "- Words show what an article is about, not who is right: a denied agreement scores like an agreement.",
    "",
]
