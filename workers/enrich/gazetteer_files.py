"""Reads the gazetteers of a folder, and says everything that is wrong with them at once.

Knows nothing of texts. Every fault names the file, the entry and the key.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import Problem, key_path, read_toml, reason_of, refusal, shown
from workers.enrich.gazetteer_entries import (
    Airline,
    Airport,
    Body,
    City,
    Crossing,
    Entry,
    EntryKind,
    GazetteerFile,
    International,
    Outlet,
    Province,
    Rule,
)
from workers.enrich.gazetteer_forms import Form, forms_of, own_forms, written_forms
from workers.enrich.gazetteer_words import words_of


@dataclass(frozen=True, slots=True)
class GazetteerData:
    """All entries of a folder, and what files say beside them."""

    entries: tuple[Entry, ...]
    forms: tuple[Form, ...]
    contexts: Mapping[str, tuple[str, ...]]
    not_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry and the file that it stands in."""

    source: str
    entry: Entry

    def problem(self, key: str, value: object, reason: str) -> Problem:
        return Problem(self.source, f"{self.entry.kind} {self.entry.id}: {key}", shown(value), reason)


def read_gazetteers(folder: Path) -> GazetteerData:
    """Return the gazetteers of a folder's `*.toml`. Raises UsageError that lists every fault, a line each."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise UsageError(f"{folder}: holds no gazetteers (*.toml)")
    files: dict[str, GazetteerFile] = {}
    problems: list[Problem] = []
    for path in paths:
        document = read_toml(path, "the gazetteer")
        try:
            files[str(path)] = GazetteerFile.model_validate(document)
        except ValidationError as error:
            problems += _faults(str(path), document, error)
    if problems:
        raise refusal(problems)
    placed = [_Placed(source, entry) for source, file in files.items() for entry in file.entries()]
    prefixes: dict[EntryKind, tuple[str, ...]] = defaultdict(tuple)
    for file in files.values():
        for prefix in file.prefix:
            prefixes[EntryKind(prefix.kind)] += prefix.words
    entries = tuple(each.entry for each in placed)
    data = GazetteerData(
        entries=entries,
        forms=forms_of(entries, prefixes),
        contexts={context.id: context.words for file in files.values() for context in file.context},
        not_names=tuple(phrase for file in files.values() for phrase in file.not_names),
    )
    if problems := [*_ids(placed), *_references(placed), *_rules(placed, data), *_shared(placed, data.forms, prefixes)]:
        raise refusal(problems)
    return data


def _faults(source: str, document: Mapping[str, Any], error: ValidationError) -> Iterator[Problem]:
    """Yield what a model found wrong, each with the id of its entry where it has one."""
    for fault in error.errors(include_url=False):
        location = fault["loc"]
        key = key_path(location)
        if len(location) > 1 and isinstance(table := document.get(str(location[0])), list):
            entry = table[int(location[1])] if isinstance(location[1], int) else {}
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                key = f"{location[0]} {entry['id']}: {key}"
        value = None if isinstance(fault["input"], Mapping) else shown(fault["input"])
        yield Problem(source, key, value, reason_of(fault["type"], fault["msg"]))


def _ids(placed: list[_Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    codes: set[tuple[EntryKind, str]] = set()
    for each in placed:
        if each.entry.id in seen:
            yield each.problem("id", each.entry.id, "stands there twice")
        seen.add(each.entry.id)
        code = each.entry.iata if isinstance(each.entry, Airport | Airline) else None
        if code and (each.entry.kind, code) in codes:
            yield each.problem("iata", code, "stands there twice")
        if code:
            codes.add((each.entry.kind, code))


def _references(placed: list[_Placed]) -> Iterator[Problem]:
    countries = {each.entry.id for each in placed if each.entry.kind is EntryKind.COUNTRY}
    provinces = {each.entry.id for each in placed if each.entry.kind is EntryKind.PROVINCE}
    for each in placed:
        for key, code in _countries_of(each.entry):
            if code not in countries:
                yield each.problem(key, code, "is no country of the gazetteers")
        if isinstance(each.entry, City) and each.entry.province and each.entry.province not in provinces:
            yield each.problem("province", each.entry.province, "is no province of the gazetteers")
        if isinstance(each.entry, Province) and not each.entry.id.startswith(each.entry.country):
            yield each.problem("country", each.entry.country, "is not the country of the id")


def _countries_of(entry: Entry) -> tuple[tuple[str, str], ...]:
    match entry:
        case Province() | City() | Airport() | Airline() | Outlet() | Body():
            return (("country", entry.country),)
        case Crossing():
            return tuple(("countries", code) for code in entry.countries)
        case International(seat=str(code)):
            return (("seat", code),)
        case _:
            return ()


def _rules(placed: list[_Placed], data: GazetteerData) -> Iterator[Problem]:
    """Yield rules and phrases that can never apply."""
    for each in placed:
        forms = set(written_forms(each.entry))
        for rule in each.entry.rules:
            if rule.form not in own_forms(each.entry):
                yield each.problem("rules", rule.form, "is no form of the entry that is found wherever it stands")
            for name in sorted(_contexts_of(rule) - data.contexts.keys()):
                yield each.problem("rules", f"@{name}", "is no context of the gazetteers")
        phrases = each.entry.phrases if isinstance(each.entry, Outlet) else ()
        for phrase in phrases:
            if not any(phrase.endswith(f" {form}") for form in forms):
                yield each.problem("phrases", phrase, "does not end in a form of the outlet")


def _contexts_of(rule: Rule) -> set[str]:
    words = (*rule.before, *rule.after, *rule.not_before, *rule.not_after)
    return {word[1:] for word in words if word.startswith("@")}


def _shared(
    placed: list[_Placed], forms: tuple[Form, ...], prefixes: Mapping[EntryKind, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield forms that stand for two entries and are not declared by both, and declarations that are not so."""
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for form in forms:
        owners[form.words].add(form.entry.id)
    by_id = {each.entry.id: each for each in placed}
    declared = {each.entry.id: set(map(words_of, each.entry.shared)) for each in placed}
    prefix_words = [words_of(prefix) for words in prefixes.values() for prefix in words]
    for words, ids in sorted(owners.items()):
        if len(ids) == 1:
            continue
        for entry_id in sorted(ids):
            if declared[entry_id].isdisjoint(_unprefixed(words, prefix_words)):
                others = ", ".join(sorted(ids - {entry_id}))
                yield by_id[entry_id].problem(
                    "shared", " ".join(words), f"also stands for {others}: declare it in both"
                )
    together = {words for words, ids in owners.items() if len(ids) > 1}
    together |= {short for words in together for short in _unprefixed(words, prefix_words)}
    for each in placed:
        for shared in each.entry.shared:
            if words_of(shared) not in together:
                yield each.problem("shared", shared, "is a form of no other entry")


def _unprefixed(words: tuple[str, ...], prefixes: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the words, and what remains of them without each prefix word that they begin with."""
    return {words} | {words[len(prefix) :] for prefix in prefixes if words[: len(prefix)] == prefix}
