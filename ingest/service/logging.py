"""Sets up the log of one process: one line an event on stderr, JSON unless a person watches a terminal.

Knows nothing of what is logged, except that a value may be hostile text or hold a secret.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

from ingest.service.settings import LogFormat, LogSettings


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Let what is imported meanwhile do without a package; whoever wants it later gets it."""
    if package in sys.modules:
        yield
        return
    # how Python is told that there is no such module
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


with _hidden("rich"):  # 0.2 s of every start, to colour tracebacks that come here as text
    import structlog
    from structlog.typing import Processor

MASK = "***"

_SECRET_KEY = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:[\w-]*(?:token|secret|password|api_?key|signature)|key|sig|auth)=)[^&;#\s]+", re.IGNORECASE
)

# What moves the cursor, ends a line or turns the reading direction: C0, DEL, C1, U+2028/9, bidi controls; and
# lone surrogates, which no UTF-8 stream takes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL_BUT_NEWLINE = re.compile(_CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f"))

_MANY_LINES = frozenset({"exception", "stack"})
"""Made by structlog from our own code's lines; in a terminal they stay readable."""


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - two hex digits hold a byte


def without_control_characters(text: str) -> str:
    """Return text in which everything that could forge or upset a log line is spelled out."""
    return _CONTROL.sub(_escape, text)


def without_secrets(text: str) -> str:
    """Return text whose URLs show neither userinfo nor secret query parameters."""
    return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", _USERINFO.sub(MASK, text))


def _cleaned(key: str, value: object) -> object:
    if _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, str):
        pattern = _CONTROL_BUT_NEWLINE if key in _MANY_LINES else _CONTROL
        return pattern.sub(_escape, without_secrets(value))
    if isinstance(value, Mapping):
        return {str(name): _cleaned(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(key, inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else _cleaned(key, str(value))


def clean(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask secrets and spell out control characters in every value of an event (a structlog processor)."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own, which it removes
            event[key] = _cleaned(key, value)
    return event


def _shared(process: str) -> list[Processor]:
    def add_process(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("process", process)
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        add_process,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        clean,
    ]


def _renderer(settings: LogSettings, stream: TextIO) -> Processor:
    as_json = settings.format is LogFormat.JSON or (settings.format is LogFormat.AUTO and not stream.isatty())
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at")


def configure(settings: LogSettings, process: str, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records to stderr; libraries speak from WARNING on."""
    stream = stream or sys.stderr
    shared = _shared(process)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings, stream)],
    )
    sink = logging.StreamHandler(stream)
    sink.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(logging.WARNING)
    for package in ("ingest", "workers"):
        logging.getLogger(package).setLevel(settings.level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
