"""Turns marked-up lines into gold annotations: surfaces in, spans out; and picks and shows the articles to mark.

    python tests/gold/mark.py select            ids to annotate, with half and group
    python tests/gold/mark.py select-more       ids of the further tuning articles, with half and group
    python tests/gold/mark.py show ID...        the texts, for reading
    python tests/gold/mark.py compile IN OUT    marked lines into annotations; every problem is named
    python tests/gold/mark.py compile-events IN OUT    the same for articles outside both halves, which are for tuning

A marked line holds the article's id and the parts of `workers.enrich.gold` with surfaces in place of spans. A surface
is looked for in the title, then in the text, the first one first: "ایران"; "ایران@2" is its second occurrence;
"title:…" and "text:…" look in one field; "before|surface|after" takes what stands between the bars; white space stands
for any white space. A span that is
long may be written as [surface of its beginning, surface of its end]. A quote's end is looked for after its beginning.
"""

import hashlib
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workers.enrich.gold import GoldArticle, Group, Half, digest_of, texts_of

PROJECT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("RASAD_DATA", PROJECT.parent / "shared" / "data"))
LABELS = ("consular", "flights", "security-cooperation")
PER_LABEL = 34
"""Of each group."""
WITHOUT_LABEL = 6
MORE = {
    "consular": {Group.AGENCY: 17, Group.CHANNEL: 18},
    "flights": {Group.AGENCY: 23, Group.CHANNEL: 27},
    "security-cooperation": {Group.AGENCY: 17, Group.CHANNEL: 18},
}
"""The further tuning articles."""
PREFERRED = {
    "flights": (("فرودگاه", "هواپیمایی", "ایرلاین", "ایرویز"), 27),
    "consular": (("مرز",), 6),
}
"""Words of which these articles have one as long as there are so many: airlines, airports and crossings are rare."""
FEWEST_CHARACTERS = 120
"""A bare headline has hardly anything to find."""
SPAN_KEYS = frozenset({"span", "name", "role", "organisation", "speaker", "verb", "trigger"})


class Unmarkable(Exception):
    """A surface is not in the text."""


def labelled() -> list[dict[str, Any]]:
    """Return the labelled rows."""
    with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def group_of(source: str) -> Group:
    """Tell channel posts from agencies, newspapers and sites."""
    return Group.CHANNEL if "(Telegram)" in source else Group.AGENCY


def half_of(article_id: str) -> Half:
    """Return the half of an article, by its id alone: nobody chooses."""
    return Half.TEST if hashlib.sha256(f"half/{article_id}".encode()).digest()[0] % 2 else Half.TUNE


def selected() -> Iterator[dict[str, Any]]:
    """Return the rows to annotate: of each group so many of each label, in the order of a digest."""
    rows = sorted(labelled(), key=lambda row: hashlib.sha256(f"gold/{row['id']}".encode()).digest())
    rows = [row for row in rows if len(row["title"]) + len(row["text"]) >= FEWEST_CHARACTERS]
    wanted = {(group, label): PER_LABEL for group in Group for label in LABELS}
    wanted |= {(group, None): WITHOUT_LABEL for group in Group}
    for row in rows:
        kinds = [(group_of(row["source"]), label) for label in row["labels"] or [None]]
        if any(wanted[kind] > 0 for kind in kinds):
            for kind in kinds:
                wanted[kind] -= 1
            yield row


def selected_more() -> Iterator[dict[str, Any]]:
    """Return further rows of the tune half: of each group so many of each label, those with a preferred word first."""
    taken = {row["id"] for row in selected()}
    rows = [row for row in labelled() if row["id"] not in taken and half_of(row["id"]) is Half.TUNE]
    rows = [row for row in rows if len(row["title"]) + len(row["text"]) >= FEWEST_CHARACTERS]
    rows.sort(key=lambda row: hashlib.sha256(f"more/{row['id']}".encode()).digest())
    chosen: set[str] = set()
    for label in LABELS:
        for group, wanted in MORE[label].items():
            fitting = [row for row in rows if label in row["labels"] and group_of(row["source"]) is group]
            words, times = PREFERRED.get(label, ((), 0))
            naming = [row for row in fitting if _names(row, words)][:times]
            others = [row for row in fitting if row not in naming]
            picked = [row for row in (*naming, *others) if row["id"] not in chosen][:wanted]
            chosen.update(row["id"] for row in picked)
            yield from picked


def _names(row: Mapping[str, Any], words: Iterable[str]) -> bool:
    """Tell whether an article has one of the words, in Persian or Arabic letters."""
    text = f"{row['title']} {row['text']}".replace("ي", "ی").replace("ك", "ک")
    return any(word in text for word in words)


class Marker:
    """The two fields of one article, in which surfaces are found."""

    def __init__(self, title: str, text: str) -> None:
        self._fields = {"title": title, "text": text}

    def span(self, surface: str | list[str], after: list[Any] | None = None) -> list[Any]:
        """Return field, start and end of a surface, or of [beginning, end]. Raises Unmarkable."""
        if isinstance(surface, list):
            field, start, _ = self.span(surface[0], after)
            _, _, end = self._found(field, surface[1], start)
            return [field, start, end]
        for field in ("title", "text"):
            if surface.startswith(f"{field}:"):
                return self._found(field, surface.removeprefix(f"{field}:"), 0)
        if after is not None:
            return self._found(after[0], surface, after[2])
        try:
            return self._found("title", surface, 0)
        except Unmarkable:
            # The second occurrence may stand in the text when the title has one.
            before, _, nth = surface.rpartition("@")
            inside = self._fields["title"].count(before) if before and nth.isdigit() else 0
            return self._found("text", f"{before}@{int(nth) - inside}" if inside else surface, 0)

    def _found(self, field: str, surface: str, start: int) -> list[Any]:
        before, _, nth = surface.rpartition("@")
        wanted, times = (before, int(nth)) if before and nth.isdigit() else (surface, 1)
        head, bar, rest = wanted.partition("|")
        lead, core, tail = (head, *rest.partition("|")[::2]) if bar else ("", wanted, "")
        # Old pages separate words by one space or two, or by a no-break space: any white space stands for any other.
        pattern = re.compile("".join(f"({_spaced(part)})" for part in (lead, core, tail)))
        at = start
        for _ in range(times):
            match = pattern.search(self._fields[field], at)
            if match is None:
                raise Unmarkable(f"{surface!r} is not in the {field}")
            at = match.start() + 1
        return [field, match.start(2), match.end(2)]


def _spaced(surface: str) -> str:
    """Return a pattern of a surface in which white space matches any white space."""
    return "".join(r"\s+" if part.isspace() else re.escape(part) for part in re.split(r"(\s+)", surface))


def spans_for(value: Any, marker: Marker) -> Any:
    """Return a marked part with its surfaces replaced by spans."""
    if isinstance(value, list):
        return [spans_for(item, marker) for item in value]
    if not isinstance(value, dict):
        return value
    marked: dict[str, Any] = {}
    for key, item in value.items():
        if key in SPAN_KEYS and item is not None:
            # A quote follows its verb: the same words may stand in the title or before.
            follows = marked.get("verb") if key == "span" else None
            try:
                marked[key] = marker.span(item, follows)
            except Unmarkable:
                marked[key] = marker.span(item)
        elif key == "mentions":
            marked[key] = [marker.span(surface) for surface in item]
        else:
            marked[key] = spans_for(item, marker)
    return marked


def compiled(
    line: str,
    texts: Mapping[str, tuple[str, str, str | None]],
    groups: Mapping[str, Group],
    half: Callable[[str], Half] = half_of,
) -> GoldArticle:
    """Return the annotation of one marked line. Raises Unmarkable, ValidationError, KeyError, JSONDecodeError."""
    row = json.loads(line)
    article_id = row.pop("id")
    title, text, _ = texts[article_id]
    parts = spans_for(row, Marker(title, text))
    return GoldArticle.model_validate(
        {
            "id": article_id,
            "half": half(article_id),
            "group": groups[article_id],
            "sha256": digest_of(title, text),
            **parts,
        },
        strict=False,
    )


def compile_file(source: Path, target: Path, half: Callable[[str], Half] = half_of) -> int:
    """Write the annotations of a marked file; say every problem and return how many there were."""
    lines = [line for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    groups = {row["id"]: group_of(row["source"]) for row in labelled()}
    with (DATA / "labelled.jsonl").open(encoding="utf-8") as data:
        texts = texts_of(groups, data)
    articles: dict[str, GoldArticle] = {}
    problems = 0
    for number, line in enumerate(lines, start=1):
        try:
            article = compiled(line, texts, groups, half)
            articles[article.id] = article
        except (Unmarkable, ValidationError, KeyError, ValueError) as error:
            problems += 1
            sys.stderr.write(f"{source}:{number}: {line[:16]}: {error}\n")
    target.write_text("".join(f"{articles[key].model_dump_json()}\n" for key in sorted(articles)), encoding="utf-8")
    sys.stderr.write(f"{len(articles)} annotated, {problems} problems\n")
    return problems


def show(ids: Iterable[str]) -> None:
    """Print articles for reading."""
    wanted = list(ids)
    with (DATA / "labelled.jsonl").open(encoding="utf-8") as data:
        texts = texts_of(wanted, data)
    rows = {row["id"]: row for row in labelled() if row["id"] in texts}
    for article_id in wanted:
        title, text, date = texts[article_id]
        source = rows[article_id]["source"]
        sys.stdout.write(
            f"=== {article_id} | {source} | {date} | {rows[article_id]['labels']}\nTITLE: {title}\n{text}\n\n"
        )


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    match arguments:
        case ["select" | "select-more" as which]:
            counts: dict[tuple[str, str], int] = defaultdict(int)
            for row in selected() if which == "select" else selected_more():
                half, group = half_of(row["id"]), group_of(row["source"])
                counts[half, group] += 1
                sys.stdout.write(f"{row['id']} {half} {group} {','.join(row['labels']) or '-'}\n")
            sys.stderr.write(f"{dict(counts)}\n")
            return 0
        case ["show", *ids] if ids:
            show(ids)
            return 0
        case ["compile", source, target]:
            return min(1, compile_file(Path(source), Path(target)))
        case ["compile-events", source, target]:
            return min(1, compile_file(Path(source), Path(target), lambda _: Half.TUNE))
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
