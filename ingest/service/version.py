"""Says which release of Rasad this process runs.

Knows nothing of who asks: `version`, the build metric and the User-Agent do.
"""

import importlib.metadata
from functools import cache

UNINSTALLED = "0+uninstalled"


@cache
def version() -> str:
    """Return the release of the installed distribution, or a mark that there is none."""
    try:
        return importlib.metadata.version("rasad")
    except importlib.metadata.PackageNotFoundError:
        return UNINSTALLED
