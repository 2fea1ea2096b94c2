"""Takes secrets out of URLs, and out of messages that quote URLs, before they are logged or stored.

Knows nothing of logging; works on text that need not be a valid URL.
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote_plus

REDACTED = "***"

_USERINFO = re.compile(r"(//)[^/?#\s]*@")
_PARAMETER = re.compile(r"([?&;#])([^=&;#\s?]+)=([^&;#\s'\"<>]*)")
_SECRET_NAME = re.compile(
    r"token|secret|passw|pwd|^pass$|^pw$|api.?key|^key$|[-_.]key$|^auth|[-_.]auth$|authorization|signature|^sig$|"
    r"session|^sess$|^sid$|^jwt$|credential|^code$|^hash$|^user(name)?$|^login$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"(?=[^%]*[0-9])(?=[^%]*[A-Za-z])[A-Za-z0-9._~+/=-]{20,}")
"""Long and mixed like a key; a percent sign means text in another script, such as a Persian search."""


def redact(text: str) -> str:
    """Return the text with user information and secret-looking query values of its URLs replaced by `***`."""
    return _PARAMETER.sub(_redact_parameter, _USERINFO.sub(rf"\1{REDACTED}@", text))


def _redact_parameter(found: re.Match[str]) -> str:
    separator, name, value = found.groups()
    if value and (_SECRET_NAME.search(unquote_plus(name)) or _SECRET_VALUE.fullmatch(value)):
        return f"{separator}{name}={REDACTED}"
    return found[0]


@lru_cache(maxsize=2_048)  # a poll asks twice, and the same feeds come round for ever
def fingerprint(url: str) -> str:
    """Return what a URL is known again by where it must not stand itself, for it may hold secrets (HARDCASES N20)."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
