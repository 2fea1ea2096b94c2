"""The families of article pages: read from `seeds/pages.toml` and checked before a page is read.

Knows nothing of pages that were fetched; `parse.page` reads them by these rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from ingest.parse.page import Family
from ingest.service.toml_document import matching, problems_of, read_toml, refusal

_EMPTY = LexborHTMLParser("<html></html>")


@dataclass(frozen=True, slots=True)
class PageRules:
    """All families, in the order in which they are tried, and what is removed from every page of theirs."""

    families: tuple[Family, ...]
    remove: tuple[str, ...]


def checked_selector(selector: str) -> str:
    """Return a CSS selector that can be looked for, or raise ValueError."""
    if not selector.strip() or "," in selector:
        raise ValueError("must be one CSS selector; several stand in a list")
    try:
        _EMPTY.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ValueError("not a CSS selector") from error
    return selector


_Selectors = tuple[Annotated[str, AfterValidator(checked_selector)], ...]


class _FamilyTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, matching(r"[a-z0-9][a-z0-9-]{0,31}", "must be up to 32 lower-case letters, digits, hyphens")]
    hosts: tuple[
        Annotated[str, matching(r"(?!www\.)[^\W_A-Z][^\sA-Z/:]*", "a host in lower case, without www. and port")], ...
    ] = ()
    signs: _Selectors = ()
    lead: _Selectors = ()
    body: _Selectors
    remove: _Selectors = ()

    @model_validator(mode="after")
    def _can_be_known(self) -> "_FamilyTable":
        if not self.body or not (self.hosts or self.signs):
            raise ValueError("a family needs a body, and hosts or signs by which its pages are known")
        return self


def _each_once(families: tuple[_FamilyTable, ...]) -> tuple[_FamilyTable, ...]:
    ids = [family.id for family in families]
    if len(ids) != len(set(ids)):
        raise ValueError("two families have one id")
    return families


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    remove: _Selectors = ()
    family: Annotated[tuple[_FamilyTable, ...], AfterValidator(_each_once)] = ()


def parse_page_rules(source: str, document: Mapping[str, Any]) -> PageRules:
    """Return the rules of a parsed document, or raise one UsageError that names every fault in it."""
    try:
        table = _Document.model_validate(document)
    except ValidationError as error:
        raise refusal(problems_of(source, error)) from None
    return PageRules(
        tuple(
            Family(family.id, family.hosts, family.signs, family.lead, family.body, family.remove)
            for family in table.family
        ),
        table.remove,
    )


def load_page_rules(path: Path) -> PageRules:
    """Return the rules of a TOML file, or raise one UsageError that names every fault in it."""
    return parse_page_rules(str(path), read_toml(path, "the file of page rules"))
