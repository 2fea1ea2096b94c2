"""The model card for people: what the model was made of, how good it is, and where it is not.

Knows nothing of models; it puts `card.json` into words.
"""

from dataclasses import asdict
from typing import Any

from workers.classify.estimate import LiveEstimate


def readme(card: dict[str, Any]) -> str:
    """Return the card as Markdown."""
    parts = (_head(card), _scores(card), _across(card), _thresholds(card), _live(card["live"]), _limits(card), _ORIGIN)
    return "\n".join(line for part in parts for line in part)


def live_facts(stream: LiveEstimate) -> dict[str, Any]:
    """Return what the card keeps of an estimate."""
    facts: dict[str, Any] = rounded(asdict(stream))
    return facts


def rounded(value: Any) -> Any:
    """Return the value with every figure cut to what its spread lets one read."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value


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
        "Written by `rasad train`; figures in `figures.npz`, the same facts for programs in `card.json`, digests of",
        "the articles it learned in `trained-on.npy`.",
        "",
        f"- What: {card['kind']}. Serving needs numpy only.",
        f"- Data: {articles} ({carry}; of {data['sure']:,} the reader was sure), SHA-256 `{data['sha256']}`.",
        f"- Corrections: {data['corrected']} labels were corrected for learning; the scores below use all as given.",
        f"- For training alone, in no score: {data['written']:,} articles written for it, and {data['read']:,} of the",
        f"  stream read for it, picked where an earlier model was unsure; {features['concepts']} concepts.",
        f"- Word vectors: {vectors}, learned from these texts and {data['unlabelled']:,} more without labels.",
        f"- Features: {kept}, each in several articles. No other text of the data is in the figures.",
        f"- Seed {card['seed']}; {versions}. The same data and seed give the digest `{card['digest'][:16]}…`.",
        "",
    ]


def _scores(card: dict[str, Any]) -> list[str]:
    scores = card["out_of_fold"]
    by_fold = ", ".join(f"{one:.3f}" for one in scores["macro_f1_by_fold"])
    rows = [
        f"| {one['label']} | {_with(one, 'precision')} | {_with(one, 'recall')} | {_with(one, 'f1')} "
        f"| {one['support']} | {one['calibration_error']:.3f} | {one['brier']:.3f} | {one['abstained']:.1%} |"
        for one in scores["labels"]
    ]
    return [
        "## Quality",
        "",
        f"**Macro-F1 {_with(scores, 'macro_f1')}**; by fold {by_fold};",
        f"{_with(scores, 'macro_f1_sure')} on the articles of which the reader was sure. Five folds, near-duplicates",
        "together; thresholds and calibration are chosen inside the training folds. The word vectors saw the texts of",
        "all folds, without labels. In brackets 95 % intervals: bootstrap samples of the stories. Calibration is that",
        "of the labelled articles' mix.",
        "",
        "| label | precision | recall | F1 | articles | calibration error | Brier | abstained |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def _with(scores: dict[str, Any], name: str) -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:.3f} ({low:.3f} to {high:.3f})"


def _across(card: dict[str, Any]) -> list[str]:
    if not card["across"]:
        return []
    labels = [one["label"] for one in card["out_of_fold"]["labels"]]
    rows = [
        f"| {one['trained_on']} | {one['tested_on']} | {one['articles']:,} | {_with(one, 'macro_f1')} "
        f"| {one['macro_f1_sure']:.3f} | {' | '.join(f'{f1:.3f}' for f1 in one['f1'])} |"
        for one in card["across"]
    ]
    return [
        "Agencies and papers, and channels (posts) apart; trained on both: out of fold, trained on one kind: on all of",
        "it, without the stories that the other kind tells too, and without the articles that are for training alone.",
        "",
        f"| trained on | tested on | articles | macro-F1 | on sure ones | {' | '.join(labels)} |",
        f"|---|---|---|---|---|{'---|' * len(labels)}",
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
        "Published probability from which a label is abstained from rather than rejected (nine in ten of the articles",
        "that carry it score as high, out of fold), and from which it is assigned (half of the best F1 out of fold).",
        "",
        "| label | abstained from | assigned from |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _live(live: dict[str, Any] | None) -> list[str]:
    if live is None:
        return []
    rates, bands = [], []
    for one in live["labels"]:
        low, high = one["rate_interval"]
        rates.append(
            f"| {one['label']} | {one['rate']:.2%} ({low:.2%} to {high:.2%}) | {one['recall']:.2f} "
            f"| {one['offset']:+.2f} | {one['calibration_error_before']:.4f} | {one['calibration_error']:.4f} |"
        )
        for band in one["bands"]:
            low, high = band["carry_interval"]
            bands.append(
                f"| {one['label']} | {band['decision']} | {band['share']:.2%} | {band['said']:.3f} "
                f"| {band['carry']:.3f} ({low:.3f} to {high:.3f}) | {band['read']:,} |"
            )
    return [
        "## In a live stream",
        "",
        f"Estimated for a stream of {live['articles']:,} articles from {live['read']:,} that were read:",
        f"{live['drawn']} drawn at random within strata of score, by one reader, and those that had been labelled",
        "before, judged out of fold. The offset is added to the log-odds of the labelled articles' mix; the published",
        "probability holds it.",
        "",
        "| label | carried by | recall | offset | calibration error without it | with it |",
        "|---|---|---|---|---|---|",
        *rates,
        "",
        "Of what is decided so, how many carry the label (of the assigned: the precision), and what probability says:",
        "",
        "| label | decision | of the stream | mean probability | carry it | read |",
        "|---|---|---|---|---|---|",
        *bands,
        "",
    ]


def _limits(card: dict[str, Any]) -> list[str]:
    mix = (
        "- Probabilities are for the stream that the live sample was drawn from; another mix of sources shifts them."
        if card["live"]
        else "- Probabilities are for the mix of the labelled articles. Were they picked because labels are likely,\n"
        "  a live stream has fewer: draw a live sample (`rasad evaluate --draw`) and train with it."
    )
    return ["## Limits", "", mix, *_LIMITS]


_LIMITS = [
    "- Most labelled articles are short channel posts; long newswire is scarcer, and cut at about 2,500 characters.",
    "- Persian only, Dari included. Text in another language gets scores that mean nothing.",
    "- Words show what an article is about, not who is right: a denied agreement scores like an agreement.",
    "",
]
_ORIGIN = [
    "## Origin and licence",
    "",
    "The labelled articles are published news of agencies, newspapers and channels, read and labelled for training.",
    "Their texts belong to their publishers, are not part of this project, and cannot be restored from the figures,",
    "which hold weights of single words, prefixes and pairs that at least three articles have. Figures and card are",
    "part of the project and under its licence (Apache-2.0).",
    "",
]
