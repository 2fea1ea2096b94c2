"""The evaluation report for a person at a terminal.

Knows nothing of how its figures came about. Takes every text of an article for hostile.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workers.classify.estimate import LiveEstimate
from workers.classify.measures import Evaluation, Interval
from workers.classify.report import Mistake, Report, Slice
from workers.demo.show import truncate
from workers.persian.plain import PDI, RLI, clean

TITLE_CELLS = 100
LINES_SHOWN = 3
LINE_CHARACTERS = 100
SOURCE_CELLS = 34


def report_text(report: Report, *, width: int, colour: bool) -> str:
    """Return the report as text of so many cells a line."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
    )
    console.print(
        f"[bold]{escape(report.model_id)}[/bold]: {report.articles:,} articles in {report.stories:,} stories, "
        f"{report.learned:,} of which the model learned"
    )
    console.print(f"[bold]{report.judge}[/bold]")
    console.print(_quality(report.evaluation))
    console.print(_whole(report.evaluation))
    if report.for_stream:
        console.print("probabilities are for a live stream: on these articles, of another mix, they are low on purpose")
    for title, parts in (
        ("by certainty of the reader", report.certainty),
        ("by kind of source", report.kinds),
        ("by source", report.sources),
        ("by year", report.years),
    ):
        console.print(_parts(title, parts))
    if report.live:
        for table in _live(report.live):
            console.print(table)
    rows = (row.rstrip() for row in out.getvalue().splitlines())
    return "\n".join([*(row for row in rows if row), *_mistakes(report.mistakes), ""])


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _quality(scores: Evaluation) -> Table:
    columns = ("label", "precision", "recall", "F1", "articles", "calibration error", "Brier", "abstained, carry it")
    table = _table("quality (95 % of bootstrap samples of the stories)", columns)
    for one in scores.labels:
        table.add_row(
            one.label,
            _with(one.precision, one.precision_interval),
            _with(one.recall, one.recall_interval),
            _with(one.f1, one.f1_interval),
            f"{one.support:,}",
            f"{one.calibration_error:.3f}",
            f"{one.brier:.3f}",
            f"{one.abstained:.1%}, {one.abstained_carry:.0%}",
        )
    return table


def _whole(scores: Evaluation) -> str:
    by_fold = ", ".join(f"{one:.3f}" for one in scores.macro_f1_by_fold)
    folds = f"; by fold {by_fold}" if len(scores.macro_f1_by_fold) > 1 else ""
    return (
        f"[bold]macro-F1 {_with(scores.macro_f1, scores.macro_f1_interval)}[/bold], "
        f"on sure rows {_with(scores.macro_f1_sure, scores.macro_f1_sure_interval)}{folds}"
    )


def _with(value: float, interval: Interval) -> str:
    return f"{value:.3f} ({interval[0]:.3f}-{interval[1]:.3f})"


def _parts(title: str, parts: Sequence[Slice]) -> Table:
    names = [one.label for one in parts[0].labels] if parts else []
    table = _table(f"{title}: F1 (right / false alarms / missed)", ("", "articles", "macro-F1", *names))
    for part in parts:
        cells = (
            "-" if one.f1 is None else f"{one.f1:.2f} ({one.hits}/{one.false_alarms}/{one.misses})"
            for one in part.labels
        )
        name = escape(truncate(clean(part.name), SOURCE_CELLS))
        table.add_row(name, f"{part.articles:,}", f"{part.macro_f1:.2f}", *cells)
    return table


def _live(live: LiveEstimate) -> Iterator[Table]:
    read = f"{live.read:,} of {live.articles:,} articles read, {live.drawn} of them drawn at random"
    columns = ("label", "carried by", "recall", "offset", "calibration error without it", "with it")
    rates = _table(f"in the stream: {read}", columns)
    bands = _table("in the stream: what is decided so, and is so", ("", "of the stream", "said", "carry it", "read"))
    for one in live.labels:
        low, high = one.rate_interval
        rates.add_row(
            one.label,
            f"{one.rate:.2%} ({low:.2%}-{high:.2%})",
            f"{one.recall:.2f}",
            f"{one.offset:+.2f}",
            f"{one.calibration_error_before:.4f}",
            f"{one.calibration_error:.4f}",
        )
        for band in one.bands:
            share, carry = f"{band.share:.2%}", _with(band.carry, band.carry_interval)
            bands.add_row(f"{one.label}, {band.decision}", share, f"{band.said:.3f}", carry, f"{band.read:,}")
    yield rates
    yield bands


def _mistakes(mistakes: Sequence[Mistake]) -> Iterator[str]:
    for one in mistakes:
        was = "missed" if one.carries else "false alarm"
        where = f"{clean(one.row.source or 'source not told')}, {clean(one.row.date or 'no date')}"
        doubt = "" if one.row.sure else ", borderline"
        yield ""
        yield f"{one.label}: {was}, probability {one.probability:.3f}{doubt} - {clean(one.row.id)} ({where})"
        yield from (f"    {RLI}{line}{PDI}" for line in _lines(one.row.title, one.row.text))


def _lines(title: str, text: str) -> Iterator[str]:
    """Yield the title and the first lines, each for itself from right to left."""
    if shown := clean(title):
        yield truncate(shown, TITLE_CELLS)
    yield from textwrap.wrap(clean(text), LINE_CHARACTERS, max_lines=LINES_SHOWN, placeholder=" …")
