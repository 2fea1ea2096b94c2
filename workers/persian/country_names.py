"""The Persian names of countries, for those who show their codes.

Reads one file of the gazetteers, as a page or a terminal needs nothing else of them. Knows nothing of texts.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ingest.service.errors import UsageError
from ingest.service.toml_document import read_toml


def country_names(seeds: Path) -> Mapping[str, str]:
    """Return the usual Persian name of each ISO 3166-1 code. Raises UsageError when the file is not there."""
    path = seeds / "gazetteer" / "countries.toml"
    document = read_toml(path, "the countries' gazetteer")
    try:
        return MappingProxyType({str(country["id"]): str(country["name"]) for country in document["country"]})
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path}: country: an entry without id and name: {error}") from error
