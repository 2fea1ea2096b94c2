"""Finds the values of settings: environment, secret files, a TOML file, defaults, in this order of rank.

Knows nothing of what a setting means; a fault is told with the place where the value was written.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import EnvSettingsSource, NestedSecretsSettingsSource, SecretsSettingsSource, SettingsError

from ingest.service.errors import UsageError
from ingest.service.settings import Settings
from ingest.service.toml_document import Problem, problems_of, read_toml, refusal

PREFIX = "RASAD_"
ENVIRONMENT = "environment"
DEFAULT_FILE = Path("rasad.toml")
NOT_SETTINGS = frozenset(
    {"CONFIG", "SEEDS_DIR", "DATA", "REQUIRE_DATA", "ANNOUNCE_FD", "SUPERVISOR_PID"},
)
"""Variables under our prefix that are read elsewhere: the file's own place, seeds, test data, the supervisor's."""

# A service called `rasad` in the same namespace makes Kubernetes set these in every container.
_KUBERNETES = re.compile(r"(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP)(_.+)?)?)")


@dataclass(frozen=True, slots=True)
class _Layer:
    """Values from one place."""

    name: str
    values: Mapping[str, Any]
    secret: bool = False
    """A fault never shows the value."""

    def holds(self, location: tuple[int | str, ...]) -> bool:
        """Tell whether the value at a location came from here."""
        value: Any = self.values
        for part in location:
            if not isinstance(value, Mapping) or part not in value:
                return False
            value = value[part]
        return True


def _known(keys: list[str], model: type[BaseModel] = Settings) -> bool:
    field = model.model_fields.get(keys[0])
    if field is None:
        return False
    if len(keys) == 1:
        return True
    section = field.annotation
    return isinstance(section, type) and issubclass(section, BaseModel) and _known(keys[1:], section)


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[Problem]:
    for variable in sorted(environ):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in NOT_SETTINGS or _KUBERNETES.fullmatch(name):
            continue
        if not _known(name.lower().split("__")):
            yield Problem(ENVIRONMENT, variable, None, "unknown setting")


def _environment() -> _Layer:
    try:
        values = dict(EnvSettingsSource(Settings)())
    except SettingsError as error:
        raise UsageError(f"{ENVIRONMENT}: {error}") from error
    # The name that every Kafka tool knows; ours is more particular and so has the rank.
    if common := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        values["kafka"] = {"bootstrap_servers": common, **values.get("kafka", {})}
    return _Layer(ENVIRONMENT, values)


def _secrets(folder: Path) -> _Layer:
    if not folder.is_dir():
        raise UsageError(f"{folder}: secrets_dir is not a folder")
    files = SecretsSettingsSource(Settings, secrets_dir=folder)
    source = NestedSecretsSettingsSource(files, env_prefix="", secrets_nested_delimiter="__")
    unknown = [name for name in source.env_vars if not _known(name.lower().split("__"))]
    if unknown:
        raise refusal(Problem(str(folder), name, None, "no setting has this name") for name in sorted(unknown))
    return _Layer(str(folder), source(), secret=True)


def _file(chosen: Path | None) -> _Layer:
    path = chosen or Path(os.environ.get("RASAD_CONFIG") or DEFAULT_FILE)
    if path == DEFAULT_FILE and chosen is None and "RASAD_CONFIG" not in os.environ and not path.exists():
        return _Layer(str(path), {})
    return _Layer(str(path), read_toml(path, "the settings file"))


def _merged(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(lower)
    for key, value in upper.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = _merged(value, below) if both and below is not None else value
    return result


def _origin(fault: Problem, layers: list[_Layer]) -> _Layer:
    keys = tuple(fault.key.split("."))
    return next((layer for layer in layers if layer.holds(keys)), layers[-1])


def _located(fault: Problem, layers: list[_Layer]) -> Problem:
    keys = tuple(fault.key.split("."))
    layer = _origin(fault, layers)
    key = PREFIX + "__".join(keys).upper() if layer.name == ENVIRONMENT else fault.key
    return Problem(layer.name, key, None if layer.secret else fault.value, fault.reason)


def _layers(config: Path | None) -> list[_Layer]:
    file, environment = _file(config), _environment()
    folder = environment.values.get("secrets_dir") or file.values.get("secrets_dir")
    secrets = [_secrets(Path(str(folder)))] if folder else []
    return [environment, *secrets, file]


def load_settings(config: Path | None = None) -> Settings:
    """Return the settings of this process, or raise one UsageError that names every fault and its place.

    `config` is the file that the command line names; without it RASAD_CONFIG, then `rasad.toml` if there is one.
    """
    layers = _layers(config)
    unknown = list(_unknown_variables(os.environ))
    faults: list[Problem] = []
    values: dict[str, Any] = {}
    for layer in layers:
        values = _merged(values, layer.values)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults = [_located(fault, layers) for fault in problems_of("", error)]
    told = {problem.key for problem in unknown}
    if unknown or faults:
        raise refusal([*unknown, *(fault for fault in faults if fault.key not in told)])
    return settings
