"""Shows published events and the demo's figures in a terminal.

Knows nothing of Kafka; takes every string of an event for hostile, as it came from a feed somebody else wrote.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from io import StringIO
from itertools import islice, zip_longest
from types import MappingProxyType

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from workers.article import Article, ArticleKind, Decision, LabelResult
from workers.demo.samples import Expected
from workers.persian.phrases import Countries, named_countries
from workers.persian.plain import FSI, PDI, RLI, clean

PUBLISHER_CELLS = 16
EVIDENCE_CELLS = 40
EVIDENCE_WORDS = 5
EVIDENCE_WORD_CELLS = 16
COUNTRIES_SHOWN = 3
"""Of a labelled article, the weightiest; most are about one or two."""
NO_NAMES: Countries = MappingProxyType({})
LEAST_CELLS = 6
"""A piece cut to less than this tells nothing."""
TITLE_INDENT = "          "
"""As wide as the time and its gap: a title in a row of its own stands under the publisher."""

LRM = "\u200e"
ELLIPSIS = "…"
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

DIM, BOLD, RED, GREEN, YELLOW, CYAN = "2", "1", "31", "32", "33", "36"
_LABEL_COLOURS = ("92", "93", "95", "96", "94")
"""Bright, apart from red, which means that something is wrong."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures that `rasad demo --once` ends with."""

    entries: int
    """Events on the articles topic: distinct (article, revision)."""
    articles: int
    labels: Mapping[str, int]
    """Distinct articles by assigned label, in any of their revisions."""
    several_feeds: int
    updates: int
    dead_letters: int
    p50_seconds: float | None
    """From seen in the feed to published; null when nothing was published."""
    p95_seconds: float | None
    expected: Expected | None = None
    """What the sample data promises; null where nobody can know."""

    def reconciles(self) -> bool:
        """Say whether the counts are those that the data promises; labels are the model's opinion, not a promise."""
        promised = self.expected
        return self.dead_letters == 0 and (
            promised is None
            or (self.entries, self.articles, self.several_feeds, self.updates)
            == (promised.entries, promised.articles, promised.several_feeds, promised.updates)
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A clean piece of a row with one style and one direction."""

    text: str
    style: str = ""
    isolate: str = ""
    gap: int = 2
    close: str = ""
    """What stands at the end even when the text is cut."""

    @property
    def cells(self) -> int:
        return self.gap + cell_len(self.text) + cell_len(self.close)

    def cut(self, cells: int) -> "_Piece | None":
        """Return the piece within `cells`, gap included, or nothing when too little of it would be left."""
        if self.cells <= cells:
            return self
        if cells < self.gap + LEAST_CELLS:
            return None
        return replace(self, text=truncate(self.text, cells - self.gap - cell_len(self.close)))

    def render(self, colour: bool) -> str:
        """Return the piece with its gap, its isolate and, if wanted, its SGR codes."""
        text = self.text + self.close
        shown = f"{self.isolate}{text}{PDI}" if self.isolate else text
        styled = f"\x1b[{self.style}m{shown}\x1b[0m" if colour and self.style else shown
        return " " * self.gap + styled


def wants_colour(is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """Say whether to colour: only a terminal, not a dumb one, and not against NO_COLOR (no-color.org)."""
    return is_terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def line(
    article: Article,
    *,
    width: int | None,
    colour: bool,
    kind: ArticleKind | None = None,
    zone: tzinfo | None = None,
    countries: Countries = NO_NAMES,
) -> str:
    """Return one event: a row, or, where a labelled title would not fit into `width` cells, two.

    `width` null: one row of any length, for pipes. `kind` null: taken from the revision. `zone` null: the machine's.
    `countries`: Persian names by code; a country without one is shown by its code.
    """
    head = _head(article, kind, zone, countries)
    title = _title(article)
    if width is None or sum(piece.cells for piece in (*head, title)) <= width:
        return _row([*head, title], None, colour)
    if article.assigned():
        below = _Piece(title.text, title.style, title.isolate, gap=len(TITLE_INDENT))
        return f"{_row(head, width, colour)}\n{_row([below], width, colour)}"
    return _row([*head, title], width, colour)


def truncate(text: str, cells: int) -> str:
    """Return the text within `cells` terminal cells, with an ellipsis for what was cut."""
    if cell_len(text) <= cells:
        return text
    room = cells - cell_len(ELLIPSIS)
    kept = ""
    for char in text:
        room -= cell_len(char)
        if room < 0:
            break
        kept += char
    # A variation selector (VS16) makes the character before it wider than the sum says.
    while cell_len(kept) > cells - cell_len(ELLIPSIS):
        kept = kept[:-1]
    return kept.rstrip(" \u200c\u200d") + ELLIPSIS


def summary(counts: Summary, *, colour: bool = False, width: int = 100) -> str:
    """Return the figures as a table, with what was expected beside them where that is known."""
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
    console.print(_table(counts))
    rows = (row.rstrip() for row in out.getvalue().splitlines())
    return "\n".join(row for row in rows if row)


def _head(article: Article, kind: ArticleKind | None, zone: tzinfo | None, countries: Countries) -> list[_Piece]:
    publisher = truncate(clean(article.publisher), PUBLISHER_CELLS)
    pad = PUBLISHER_CELLS - cell_len(publisher)
    pieces = [
        _Piece(f"{article.fetched_at.astimezone(zone):%H:%M:%S}", DIM, gap=0),
        _Piece(publisher, CYAN, FSI),
        # The padding lies outside the isolate: spaces inside would be on the publisher's other side.
        _Piece("", gap=pad),
        *_marker(article, kind),
    ]
    numbered = list(enumerate(article.labels))
    assigned = [(place, result) for place, result in numbered if result.decision is Decision.ASSIGNED]
    pieces += [_assigned(place, result) for place, result in assigned] or [_Piece("-", DIM)]
    if assigned and article.countries:
        named = named_countries((country.code for country in article.countries[:COUNTRIES_SHOWN]), countries)
        pieces.append(_Piece(f"({named}", GREEN, RLI, close=")"))
    if words := _evidence([result for _, result in assigned]):
        pieces.append(_Piece(f"«{words}", YELLOW, _direction(article), close="»"))
    pieces += [_abstained(result) for _, result in numbered if result.decision is Decision.ABSTAINED]
    return pieces


def _marker(article: Article, kind: ArticleKind | None) -> list[_Piece]:
    kind = kind or (ArticleKind.UPDATED if article.revision > 1 else ArticleKind.PUBLISHED)
    if kind is ArticleKind.WITHDRAWN:
        return [_Piece("withdrawn", RED)]
    return [_Piece(f"updated r{article.revision}", YELLOW)] if kind is ArticleKind.UPDATED else []


def _title(article: Article) -> _Piece:
    text = clean(article.title) or clean(article.url or article.article_id)
    return _Piece(text, BOLD if article.assigned() else "", _direction(article))


def _direction(article: Article) -> str:
    # A Persian title that starts with a Latin word or a digit is Persian still; first-strong would turn it round.
    return RLI if article.language.partition("-")[0].lower() in _RIGHT_TO_LEFT else FSI


def _assigned(place: int, result: LabelResult) -> _Piece:
    # An event has a result for every label of the set, sorted: a label keeps its place, and so its colour.
    colour = _LABEL_COLOURS[place % len(_LABEL_COLOURS)]
    return _Piece(f"{clean(result.label)} {result.score:.2f}", f"{BOLD};{colour}")


def _abstained(result: LabelResult) -> _Piece:
    return _Piece(f"{clean(result.label)}? {result.score:.2f}", DIM)


def _evidence(results: Sequence[LabelResult]) -> str:
    return truncate("، ".join(islice(_words_in_turn(results), EVIDENCE_WORDS)), EVIDENCE_CELLS)


def _words_in_turn(results: Iterable[LabelResult]) -> Iterator[str]:
    # The strongest word of each label first, then each label's second: every label gets to speak.
    seen: set[str] = set()
    for turn in zip_longest(*(result.evidence for result in results)):
        for evidence in turn:
            word = truncate(clean(evidence.surface), EVIDENCE_WORD_CELLS) if evidence else ""
            if word and word not in seen:
                seen.add(word)
                yield word


def _row(pieces: Sequence[_Piece], width: int | None, colour: bool) -> str:
    # The mark at the start keeps a row that holds no Latin letter from being laid out from the right.
    row, room = LRM, width
    for piece in pieces:
        fitting = piece if room is None else piece.cut(room)
        if fitting is None:
            break
        row += fitting.render(colour)
        if room is not None:
            room -= fitting.cells
    return row


def _table(counts: Summary) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("published", justify="right")
    promised = counts.expected
    if promised:
        table.add_column("expected", justify="right")
        table.add_column("")
    for name, count, wanted in _counted(counts):
        table.add_row(name, str(count), *(_verdict(count, wanted) if promised else ()))
    for label in sorted({*counts.labels, *(promised.labels if promised else ())}):
        cells = (f"~{promised.labels.get(label, 0)}", "") if promised else ()
        table.add_row(f"label {clean(label)}", str(counts.labels.get(label, 0)), *cells, style="dim")
    for name, seconds in (("p50", counts.p50_seconds), ("p95", counts.p95_seconds)):
        table.add_row(f"seen to published, {name}", "-" if seconds is None else f"{seconds:.2f} s")
    return table


def _counted(counts: Summary) -> list[tuple[str, int, int]]:
    promised = counts.expected
    return [
        ("entries", counts.entries, promised.entries if promised else 0),
        ("articles", counts.articles, promised.articles if promised else 0),
        ("seen in several feeds", counts.several_feeds, promised.several_feeds if promised else 0),
        ("updates", counts.updates, promised.updates if promised else 0),
        ("dead letters", counts.dead_letters, 0),
    ]


def _verdict(count: int, wanted: int) -> tuple[str, str]:
    return str(wanted), "[green]ok[/green]" if count == wanted else "[bold red]differs[/bold red]"
