"""The settings of every process: what can be set, its bounds and its default, with each number's reason.

Knows nothing of where values come from (`settings_sources`) or of who reads them.
"""

import importlib.util
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ingest.service.toml_document import matching
from ingest.service.version import version

_Positive = Annotated[int, Field(ge=1)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Port = Annotated[int, Field(ge=0, le=65535)]
_Servers = Annotated[
    str, matching(r"[^\s,]+:\d{1,5}(,[^\s,]+:\d{1,5})*", "must be host:port, several with commas and no spaces")
]
_Contact = Annotated[str, matching(r"(https?://[\x21-\x7e]+)?", "must be a URL of http or https")]
_Header = Annotated[str, matching(r"[\x20-\x7e]+", "must be ASCII")]
_Namespace = Annotated[
    str, matching(r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", "must be up to 48 lower-case letters, digits and hyphens")
]

BEATS_PER_SESSION = 3
"""Kafka's own advice: a member may miss two heartbeats before its session ends."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SecurityProtocol(StrEnum):
    """How a broker is spoken to."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def authenticates(self) -> bool:
        """Tell whether a user name and a password are sent."""
        return self in {SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL}

    @property
    def encrypts(self) -> bool:
        """Tell whether TLS is spoken."""
        return self in {SecurityProtocol.SSL, SecurityProtocol.SASL_SSL}


class SaslMechanism(StrEnum):
    """How a broker is told who we are."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class Compression(StrEnum):
    """How record batches are compressed."""

    NONE = "none"
    GZIP = "gzip"
    LZ4 = "lz4"
    ZSTD = "zstd"


class KafkaSettings(_Section):
    """The broker, who we are to it, and how long anything may take."""

    bootstrap_servers: _Servers = "127.0.0.1:9092"
    """`host:port`, several with commas and no spaces."""
    security_protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    sasl_mechanism: SaslMechanism | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: FilePath | None = None
    """The authority that signed the brokers' certificates; a file that is not there would look like a silent broker."""
    session_timeout_ms: _Positive = 10_000
    """A lost machine's share moves after this long."""
    heartbeat_interval_ms: _Positive = 2_500
    max_poll_interval_ms: _Positive = 60_000
    """It is also the bound of a rebalance."""
    transaction_timeout_ms: _Positive = 10_000
    """The broker ends a transaction that a dead process left open after this long."""
    flush_seconds: _Seconds = 8.0
    """Bound of one flush: leaves 2 s of the transaction's time for offsets and commit."""
    commit_seconds: _Seconds = 10.0
    """Bound of one whole transaction: the broker would abort it after transaction_timeout_ms."""
    compression: Compression = Compression.LZ4
    replication_factor: _Positive = 1
    """Of topics that `rasad topics create` makes; 3 for a cluster that must survive a broker."""
    exit_after_seconds: _Seconds = 60.0
    """Without one success for this long the process ends, so that its supervisor starts a fresh one."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.heartbeat_interval_ms * BEATS_PER_SESSION > self.session_timeout_ms:
            raise ValueError("heartbeat_interval_ms must be at most a third of session_timeout_ms")
        if self.flush_seconds > self.commit_seconds:
            raise ValueError("flush_seconds must not be greater than commit_seconds")
        if self.commit_seconds * 1000 > self.transaction_timeout_ms:
            raise ValueError("commit_seconds must not be greater than transaction_timeout_ms")
        credentials = (self.sasl_mechanism, self.sasl_username, self.sasl_password)
        if self.security_protocol.authenticates and None in credentials:
            raise ValueError(f"{self.security_protocol} needs sasl_mechanism, sasl_username and sasl_password")
        # Who gave these believes to be protected by them.
        if self.ssl_cafile is not None and not self.security_protocol.encrypts:
            raise ValueError(
                f"{self.security_protocol} does not use ssl_cafile: security_protocol must be SSL or SASL_SSL"
            )
        if None not in credentials and not self.security_protocol.authenticates:
            raise ValueError(
                f"{self.security_protocol} sends no credentials: security_protocol must be SASL_SSL or SASL_PLAINTEXT"
            )
        return self


def honest_user_agent(validated: dict[str, Any]) -> str:
    """Return what we tell servers unless the operator says otherwise: product, release, contact."""
    contact = validated.get("contact_url")
    return f"Rasad/{version()} (+{contact})" if contact else f"Rasad/{version()}"


class FetchLimits(_Section):
    """What one fetcher may take from the network, from publishers and from its own machine."""

    threads: _Positive = 16
    """Fetches at once; httpx slows down with hundreds in flight on one client."""
    tick_seconds: _Seconds = 0.5
    """Finished polls are committed together this often (DESIGN 2)."""
    deadline_seconds: _Seconds = 30.0
    """From connect to the last byte, redirects included."""
    max_body_bytes: _Positive = 8 * 1_024 * 1_024
    """After decompression; the greatest honest feed known to us has 2.7 MB."""
    contact_url: _Contact = ""
    """A page that tells publishers who fetches and how to reach them; part of the User-Agent."""
    user_agent: _Header = Field(default_factory=honest_user_agent)
    host_gap_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Between the starts of two requests to one host."""
    max_in_flight: _Positive = 64
    """Polls that run or wait for their commit; the bound of memory while the broker is away."""
    parse_workers: _Positive = 1
    parse_deadline_seconds: _Seconds = 20.0
    """After it the parsing child is killed; an honest feed of 10,000 entries takes 5 s."""


class PageLimits(_Section):
    """What the pages of feeds that give leads only may take, beside the polls."""

    wait_seconds: Annotated[float, Field(gt=0, le=3_600)] = 600.0
    """An entry waits no longer for its page; then it is published with what the feed says (DESIGN 2)."""
    tries: _Positive = 3
    """Of one page, with 20 s and 40 s between."""
    gap_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 2.0
    """From a page to the next request to its host; a longer Crawl-delay in robots.txt counts."""
    per_host_hour: _Positive = 240
    """Pages of one host in an hour: more than the busiest agency publishes, and a burst ends here."""
    deadline_seconds: _Seconds = 15.0
    """From connect to the last byte: a host's polls wait no longer for its pages."""
    max_body_bytes: _Positive = 4 * 1_024 * 1_024
    """After decompression; honest article pages have up to 1 MB."""
    parse_deadline_seconds: _Seconds = 10.0
    """After it the reading child is killed; a page of 1 MB takes about 1 s."""


class WorkerSettings(_Section):
    """How a worker batches, and what one record may cost."""

    batch_records: _Positive = 100
    batch_seconds: _Seconds = 0.2
    """A batch that is not full is worked on after this long."""
    publish_normalized_text: bool = False
    record_deadline_seconds: _Seconds = 45.0
    """Below max_poll_interval_ms, so that a record that hangs ends the process and not the group's peace."""


class MetricsSettings(_Section):
    """Where `/metrics`, `/healthz` and `/readyz` are served."""

    host: str = "127.0.0.1"
    port: _Port = 9464
    """0 takes any free port and says which."""


class LogLevel(StrEnum):
    """The least level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look; `auto` is JSON unless a person watches a terminal."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class LogSettings(_Section):
    """What is logged, and in which form."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.AUTO


class RunSettings(_Section):
    """How `rasad run` supervises its children."""

    fetchers: Annotated[int, Field(ge=0, le=64)] = 1
    workers: Annotated[int, Field(ge=0, le=64)] = 2
    drain_seconds: _Seconds = 20.0
    """Two commits of 10 s; Kubernetes kills after 30 s."""
    backoff_first_seconds: _Seconds = 0.5
    """Before the first restart of a child that died; doubles from there."""
    backoff_max_seconds: _Seconds = 60.0
    healthy_seconds: _Seconds = 60.0
    """A child that lived this long starts again at the first backoff."""


class Settings(BaseSettings):
    """All settings of one process; frozen."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="RASAD_", env_nested_delimiter="__")

    kafka: KafkaSettings = Field(default_factory=KafkaSettings)
    fetch: FetchLimits = Field(default_factory=FetchLimits)
    page: PageLimits = Field(default_factory=PageLimits)
    worker: WorkerSettings = Field(default_factory=WorkerSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    run: RunSettings = Field(default_factory=RunSettings)
    namespace: _Namespace = "rasad"
    """Prefix of topics, group ids and transactional ids: two installations share a broker under two names."""
    partitions: Annotated[int, Field(ge=1, le=1_024)] = 24
    """Of each topic; fixed for the life of v1, for a site's partition follows from it."""
    registry: Path | None = None
    """The file of sites and feeds; the shipped one if it is not set."""
    runtime_dir: Path = Path(".local/run")
    """Folder for what a process leaves for others on this machine while it runs."""
    secrets_dir: Path | None = None
    """Folder of files named like `kafka__sasl_password`, each holding one value."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the caller only: `settings_sources` reads the others, and remembers which came whence."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def registry_file(self) -> Path:
        """Return the registry to read."""
        return self.registry or seeds_dir() / "feeds.toml"

    def redacted(self) -> dict[str, Any]:
        """Return all values for a person to read; secrets are masked."""
        return self.model_dump(mode="json")


def seeds_dir() -> Path:
    """Return the folder of registry, labels and models: RASAD_SEEDS_DIR, the checkout's or the wheel's."""
    if chosen := os.environ.get("RASAD_SEEDS_DIR"):
        return Path(chosen)
    found = importlib.util.find_spec("ingest")
    package = Path(str(found and found.origin)).resolve().parent
    checkout = package.parent / "seeds"
    return checkout if checkout.is_dir() and (package.parent / "pyproject.toml").is_file() else package / "_seeds"
